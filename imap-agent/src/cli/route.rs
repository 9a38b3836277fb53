//! `route`: the way of mail to the mailbox, and of one message.

use std::path::Path;

use tamis_core::{
    Arrival, Mail,
    api::{AdviceState, MailDetail, MailId, Reply, Request, RouteReport, WayHop},
    config::Account,
    mail::AccountFacts,
    route::{draw, way},
};
use tokio::runtime;

use super::{Failure, out::Out, review::unexpected, table::table};
use crate::{
    agent::facts, ask::World, client::Client, corpus::Corpus, paths::Home, route, settings::Settings, words::lines,
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent route
  tamis-agent route Work --selector mail2024
  tamis-agent route --message 23
  tamis-agent route --message strange.eml

Shows who takes mail for the domain of an account's address, in the order in which others try
them, and says what is good about the domain and what could be better. It asks the domain name
system about your own domain, and nobody about your mail. With --message it draws the way of one
message, a number of the list that `tamis-agent junk --all` shows or a file, from the sender to
your mailbox: who handed it to whom, how long each step took and whether it was encrypted, and
where your provider took it from outside. What stands before that may be invented.";

#[derive(Debug, clap::Args)]
pub(super) struct RouteArgs {
    /// The account's name; the first of the settings without it
    #[arg(conflicts_with = "message")]
    account: Option<String>,

    /// The name of a DKIM key of yours, to see whether it is published; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with = "message")]
    selector: Vec<String>,

    /// Draw the way of this message instead
    #[arg(long, value_name = "ID|FILE")]
    message: Option<String>,

    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn route(home: &Home, args: &RouteArgs, out: &mut Out) -> Result<(), Failure> {
    let Some(message) = &args.message else { return report(home, args, out) };
    let way = match message.parse() {
        Ok(id) if 0 < id => of_known(home, MailId(id))?,
        _ => of_file(home, Path::new(message))?,
    };
    if args.json {
        return out.json(&way);
    }
    if way.is_empty() {
        return out.line("Nobody has written down which way this message took.");
    }
    draw(&way).into_iter().try_for_each(|line| out.line(line))
}

/// The way of a message that the agent has judged.
fn of_known(home: &Home, id: MailId) -> Result<Vec<WayHop>, Failure> {
    let reply = Client::connect(home)?.call(Request::Mail(id))?;
    let Reply::Mail(detail) = reply else { return Err(unexpected(reply)) };
    let MailDetail { way, no_preview, .. } = *detail;
    match no_preview {
        Some(why) => Err(Failure::outside(why)),
        None => Ok(way),
    }
}

/// The way of a message in a file, with the hosts of all accounts taken for the provider's.
fn of_file(home: &Home, file: &Path) -> Result<Vec<WayHop>, Failure> {
    let settings = Settings::load(home)?;
    let mut account = AccountFacts::default();
    for facts in settings.config().accounts().iter().map(|one| facts(one, settings.config())) {
        account.provider.extend(facts.provider);
        account.identities.extend(facts.identities);
    }
    let Some(first) = Corpus::of(&[file]).next() else {
        return Err(Failure::person(format!("there is no message in {}", file.display())));
    };
    let message = first.map_err(|skipped| Failure::person(format!("cannot read {skipped}")))?;
    Ok(way(&Mail::parse(&message.raw, &Arrival { account, ..Arrival::default() })))
}

fn report(home: &Home, args: &RouteArgs, out: &mut Out) -> Result<(), Failure> {
    let settings = Settings::load(home)?;
    let account = account(settings.config().accounts(), args.account.as_deref())?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|err| Failure::outside(format!("cannot ask anybody: {err}")))?;
    let world = World::of(settings.config());
    let report = runtime.block_on(route::look(&world, account, &args.selector));
    if args.json {
        return out.json(&report);
    }
    text(&report).into_iter().try_for_each(|line| out.line(line))
}

fn account<'a>(accounts: &'a [Account], name: Option<&str>) -> Result<&'a Account, Failure> {
    match name {
        Some(name) => accounts.iter().find(|account| account.name == name).ok_or_else(|| {
            let names: Vec<&str> = accounts.iter().map(|account| account.name.as_str()).collect();
            Failure::person(format!("there is no account `{name}`; there are: {}", names.join(", ")))
        }),
        None => accounts.first().ok_or_else(|| {
            Failure::person("there is no account yet; add one with `tamis-agent account add`".to_owned())
        }),
    }
}

fn text(report: &RouteReport) -> Vec<String> {
    if !report.why_not.is_empty() {
        return vec![lines(&report.why_not)];
    }
    let mut all = vec![format!("The way of mail to {} ({})", lines(&report.account), report.domain), String::new()];
    let rows: Vec<Vec<String>> = report.servers.iter().flat_map(rows).collect();
    if !rows.is_empty() {
        all.extend(table(&["Order", "Server", "Address", "Its name", ""], &rows));
        all.push(String::new());
    }
    for advice in &report.advice {
        let mark = match advice.state {
            AdviceState::Good => "✓",
            AdviceState::Note => "·",
            AdviceState::Bad => "✗",
            AdviceState::Unknown => "?",
        };
        all.push(format!("{mark} {}: {}", advice.topic, lines(&advice.text)));
    }
    all
}

/// A line for each address of a server, or one that says that it has none.
fn rows(server: &tamis_core::api::MailServer) -> Vec<Vec<String>> {
    let backup = if server.is_backup { "stands in" } else { "" };
    let first = [server.preference.to_string(), server.host.clone()];
    let mut rows: Vec<Vec<String>> = server
        .addresses
        .iter()
        .map(|one| {
            let name = if one.name.is_empty() { "none known" } else { &one.name };
            vec![String::new(), String::new(), one.address.clone(), lines(name), String::new()]
        })
        .collect();
    if rows.is_empty() {
        rows.push(vec![String::new(), String::new(), "none known".to_owned(), String::new(), String::new()]);
    }
    if let Some([order, host, .., last]) = rows.first_mut().map(Vec::as_mut_slice) {
        [*order, *host] = first;
        backup.clone_into(last);
    }
    rows
}
