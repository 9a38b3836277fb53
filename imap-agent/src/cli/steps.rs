//! What `account add` asks once the login works: which folder is Junk, what becomes of junk and doubtful mail, whether to
//! learn from what is there, whether to start at login. Enter takes what is proposed, options answer beforehand, and where
//! there is no terminal nobody is asked and nothing is changed.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    thread,
    time::{Duration, Instant},
};

use tamis_core::{
    api::{AccountReport, Arrangement, LearningStatus, Reply, Request, Steer, Treatment},
    config::Account,
};

use super::{Backend, Failure, held::account_of, learn, out::Out, review};
use crate::{
    autostart::{Autostart, AutostartError},
    client::Client,
    paths::Home,
    settings::Settings,
    words::{because, one_line},
};

/// How long it is counted what there is to learn from, and how often that is looked at.
const PATIENCE: Duration = Duration::from_mins(1);
const ASK_EVERY: Duration = Duration::from_millis(250);

#[derive(Debug, clap::Args)]
pub(super) struct StepArgs {
    /// What becomes of doubtful mail: it stays in the inbox, or goes to a folder of its own
    #[arg(long, value_name = "inbox|folder", value_parser = ["inbox", "folder"], conflicts_with = "only_mark")]
    doubtful: Option<String>,

    /// Move nothing: junk gets a mark that other mail programs know, and stays where it is
    #[arg(long)]
    only_mark: bool,

    /// Learn from the mail that is there
    #[arg(long, conflicts_with = "no_learn")]
    learn: bool,

    /// Do not learn from the mail that is there, and do not ask
    #[arg(long)]
    no_learn: bool,

    /// Start Tamis when you log in
    #[arg(long, conflicts_with = "no_autostart")]
    autostart: bool,

    /// Leave starting at login as it is, and do not ask
    #[arg(long)]
    no_autostart: bool,
}

impl StepArgs {
    /// What is said of junk and doubtful mail.
    fn treatment(&self) -> Option<Treatment> {
        match self.doubtful.as_deref() {
            Some("folder") => Some(Treatment::Apart),
            Some(_) => Some(Treatment::File),
            None => self.only_mark.then_some(Treatment::Mark),
        }
    }
}

/// An account that was just added, and whom to tell what the person wants of it.
pub(super) struct Steps<'a> {
    pub(super) home: &'a Home,
    pub(super) backend: &'a dyn Backend,
    pub(super) args: &'a StepArgs,
    pub(super) account: &'a Account,
    /// The Junk folder that is wanted, if it was said and is not kept yet.
    pub(super) junk_folder: Option<&'a str>,
    /// What was found there, if somebody has looked.
    pub(super) report: Option<&'a AccountReport>,
    /// The agent, if it is running.
    pub(super) agent: Option<Client>,
}

impl Steps<'_> {
    pub(super) fn take(mut self, out: &mut Out) -> Result<(), Failure> {
        let asks = io::stdin().is_terminal() && io::stderr().is_terminal();
        let junk_folder = match self.junk_folder {
            None if asks => self.ask_for_junk(out)?,
            said => said.map(str::to_owned),
        };
        let treatment = match self.args.treatment() {
            None if asks => ask_for_treatment(Treatment::of(&self.account.policy), out)?,
            said => said,
        };
        let arrangement = Arrangement { junk_folder, treatment };
        if arrangement != Arrangement::default() {
            self.arrange(arrangement)?;
        }
        if self.args.learn || (asks && !self.args.no_learn) {
            self.learn(asks, out)?;
        }
        let starts = self.args.autostart || (asks && !self.args.no_autostart && self.asks_for_start(out)?);
        if starts {
            let failed = |err: AutostartError| Failure::outside(err.to_string());
            out.line(Autostart::of(self.home).and_then(|autostart| autostart.switch(true)).map_err(failed)?)?;
        }
        if !asks {
            self.say_what_was_not_asked(out);
        }
        Ok(())
    }

    /// Names the folders that were found, and asks for another Junk folder. `None`: the one that was found is right.
    fn ask_for_junk(&self, out: &mut Out) -> Result<Option<String>, Failure> {
        let Some(report) = self.report.filter(|_| self.account.junk_folder.is_none()) else { return Ok(None) };
        let shown = |folder: &Option<String>| folder.as_deref().map_or_else(|| "none".to_owned(), one_line);
        out.remark(format_args!(
            "Folders found: Sent: {}, Trash: {}",
            shown(&report.sent_folder),
            shown(&report.trash_folder)
        ));
        let found = report.junk_folder.as_deref().map_or_else(|| "a new one, Junk".to_owned(), one_line);
        let said = ask(out, &format!("Which folder is for junk? [{found}] "))?;
        if said.is_empty() {
            return Ok(None);
        }
        if !report.folders.contains(&said) {
            out.remark(format_args!("there is no folder {} yet; it will be made", one_line(&said)));
        }
        Ok(Some(said))
    }

    fn arrange(&mut self, arrangement: Arrangement) -> Result<(), Failure> {
        let Some(agent) = &mut self.agent else {
            Settings::arrange(self.home, &self.account.name, &arrangement)?;
            return Ok(());
        };
        let reply = agent.call(Request::Arrange { account: self.account.name.clone(), arrangement })?;
        if matches!(reply, Reply::Done { .. }) { Ok(()) } else { Err(review::unexpected(reply)) }
    }

    /// Learns from what is there; if somebody can be asked, only after a yes, and once it is known how much that is.
    fn learn(&mut self, asks: bool, out: &mut Out) -> Result<(), Failure> {
        let account = self.account.name.clone();
        if asks && !self.args.learn {
            if let Some(found) = self.count(out)? {
                out.remark(format_args!("{}", learn::words(&found)));
            }
            let question = "Learn from the mail that is there? Nothing is moved or marked, and it can be taken back";
            if !agrees(out, question)? {
                return Ok(());
            }
        }
        let Some(agent) = &mut self.agent else {
            self.backend.learn_later(self.home, self.account)?;
            return out.line("learning from the mail that is there begins once the agent runs");
        };
        let reply = agent.call(Request::Learn { account: account.clone(), junk: true, is_rehearsal: false })?;
        review::say(reply, out)?;
        out.remark(format_args!("how far it has got says: tamis-agent learn {}", one_line(&account)));
        Ok(())
    }

    /// What there is to learn from, if that is known soon.
    fn count(&mut self, out: &mut Out) -> Result<Option<LearningStatus>, Failure> {
        let Some(agent) = &mut self.agent else { return Ok(None) };
        let account = self.account.name.clone();
        out.remark("counting what there is to learn from…");
        let begun = agent.call(Request::Learn { account: account.clone(), junk: true, is_rehearsal: true })?;
        if !matches!(begun, Reply::Done { .. }) {
            return Ok(None);
        }
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let Reply::Status(status) = agent.call(Request::Status)? else { return Ok(None) };
            let learning = account_of(&status, &account)?.learning.clone();
            if let Some(learning) = learning.filter(|learning| learning.is_ended) {
                return Ok(Some(learning));
            }
            thread::sleep(ASK_EVERY);
        }
        agent.call(Request::SteerLearning { account, steer: Steer::Stop })?;
        Ok(None)
    }

    fn asks_for_start(&self, out: &mut Out) -> Result<bool, Failure> {
        let is_on = Autostart::of(self.home).is_ok_and(|autostart| autostart.is_on());
        if is_on { Ok(false) } else { agrees(out, "Start Tamis when you log in?") }
    }

    /// What is so because nobody could be asked, and which option says otherwise.
    fn say_what_was_not_asked(&self, out: &mut Out) {
        let mut so = Vec::new();
        if self.args.treatment().is_none() {
            so.push(if Treatment::of(&self.account.policy) == Some(Treatment::File) {
                "junk is filed and doubtful mail stays in the inbox (otherwise: --only-mark, --doubtful folder)"
            } else {
                "junk and doubtful mail are handled as [policy] in the settings says"
            });
        }
        if !self.args.learn && !self.args.no_learn {
            so.push("nothing is learned from the mail that is there (otherwise: --learn)");
        }
        if !self.args.autostart && !self.args.no_autostart {
            so.push("starting at login stays as it is (otherwise: --autostart)");
        }
        if !so.is_empty() {
            out.remark(format_args!("there is no terminal to ask: {}", so.join("; ")));
        }
    }
}

/// What the person chooses; `None`: what is so now, which is proposed.
fn ask_for_treatment(now: Option<Treatment>, out: &mut Out) -> Result<Option<Treatment>, Failure> {
    let proposed = match now {
        Some(Treatment::File) => "1",
        Some(Treatment::Mark) => "2",
        Some(Treatment::Apart) => "3",
        None => "as it is",
    };
    out.remark("What becomes of junk and of doubtful mail?");
    out.remark("  1  File junk, leave doubtful mail in the inbox (recommended)");
    out.remark("  2  Only mark junk: nothing is moved until you say so");
    out.remark("  3  File junk, and put doubtful mail into a folder of its own");
    loop {
        match ask(out, &format!("1, 2 or 3? [{proposed}] "))?.as_str() {
            "" => return Ok(None),
            "1" => return Ok(Some(Treatment::File)),
            "2" => return Ok(Some(Treatment::Mark)),
            "3" => return Ok(Some(Treatment::Apart)),
            _ => {}
        }
    }
}

/// Yes unless the person says no.
fn agrees(out: &mut Out, question: &str) -> Result<bool, Failure> {
    let said = ask(out, &format!("{question} [Y/n] "))?;
    Ok(!matches!(said.to_lowercase().as_str(), "n" | "no"))
}

/// What is typed in answer, without what is around it. The end of the input is no answer.
fn ask(out: &mut Out, question: &str) -> Result<String, Failure> {
    let failed = |error: io::Error| Failure::outside(format!("cannot ask: {}", because(&error)));
    out.flush()?;
    let mut terminal = io::stderr().lock();
    write!(terminal, "{question}").map_err(failed)?;
    terminal.flush().map_err(failed)?;
    let mut answer = String::new();
    if io::stdin().lock().read_line(&mut answer).map_err(failed)? == 0 {
        return Err(Failure::person("the input has ended; what was not answered stays as it is"));
    }
    Ok(answer.trim().to_owned())
}
