//! What the agent says to the person, in German for whoever asks in German.
//!
//! Everywhere else the agent makes, stores and logs its sentences in English; here, on their way out, those that a book
//! knows are said anew with their values. What it does not know stays English.

use std::sync::LazyLock;

use tamis_core::{
    Tongue,
    api::{AccountReport, FoundServers, MailDetail, Reply, RouteReport, SignInStage, Status},
    phrase::PhraseBook,
};

use crate::tongue;

static BOOK: LazyLock<PhraseBook> = LazyLock::new(|| PhraseBook::read(include_str!("../sentences.de.txt")));

/// What stands between the parts of a sentence.
const BETWEEN: &str = "; ";

/// More parts are not looked at one by one.
const MOST_PARTS: usize = 12;

/// An answer in the language of whoever asked.
pub(crate) fn answered(mut reply: Reply) -> Reply {
    if tongue::asked() == Tongue::English {
        return reply;
    }
    if let Reply::Done { text, .. } | Reply::Refused { text, .. } = &mut reply {
        say(text);
    } else if let Reply::Status(status) = &mut reply {
        say_status(status);
    } else if let Reply::Mail(mail) = &mut reply {
        let MailDetail { no_preview, .. } = &mut **mail;
        no_preview.iter_mut().for_each(say);
    } else if let Reply::History(changes) = &mut reply {
        for change in changes {
            say(&mut change.text);
        }
    } else if let Reply::Entries(entries) = &mut reply {
        for entry in entries {
            say(&mut entry.why_off);
        }
    } else if let Reply::Account(AccountReport { steps, notes, .. }) = &mut reply {
        steps.iter_mut().chain(notes).for_each(say);
    } else if let Reply::SignIn(sign_in) = &mut reply {
        if let SignInStage::Failed(text) = &mut sign_in.stage {
            say(text);
        } else if let SignInStage::Done(AccountReport { steps, notes, .. }) = &mut sign_in.stage {
            steps.iter_mut().chain(notes).for_each(say);
        }
    } else if let Reply::Servers(FoundServers { servers, advice, .. }) = &mut reply {
        for server in servers {
            say(&mut server.source);
        }
        say(advice);
    } else if let Reply::Route(report) = &mut reply {
        let RouteReport { why_not, advice, .. } = &mut **report;
        say(why_not);
        for one in advice {
            say(&mut one.topic);
            say(&mut one.text);
        }
    }
    reply
}

fn say_status(status: &mut Status) {
    for account in &mut status.accounts {
        say(&mut account.text);
        say(&mut account.held_why);
        for skip in account.learning.iter_mut().flat_map(|learning| &mut learning.skipped) {
            say(&mut skip.why);
        }
    }
    status.problems.iter_mut().chain(&mut status.undoable).for_each(say);
}

/// Says a sentence in German if all of it is known.
fn say(text: &mut String) {
    if let Some(german) = in_german(text) {
        *text = german;
    }
}

/// The parts between semicolons if all are known, else the whole. What somebody outside said may have semicolons in it.
fn in_german(text: &str) -> Option<String> {
    let places: Vec<usize> = text.match_indices(BETWEEN).map(|(at, _)| at).take(MOST_PARTS + 1).collect();
    let split = |at: usize| {
        let (first, rest) = text.split_at_checked(at)?;
        Some(BOOK.say(first)? + BETWEEN + &in_german(rest.strip_prefix(BETWEEN)?)?)
    };
    let parts = if places.len() <= MOST_PARTS { places.into_iter().find_map(split) } else { None };
    parts.or_else(|| BOOK.say(text))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use tamis_core::api::BatchId;

    use super::*;

    fn german(text: &str) -> String {
        let mut text = text.to_owned();
        say(&mut text);
        text
    }

    #[test]
    fn frequent_sentences_are_said_in_german_and_others_as_they_are() {
        for (english, want) in [
            ("2 messages released and learned as good", "2 Nachrichten freigegeben und als erwünscht gelernt"),
            ("1 message learned as spam and filed", "1 Nachricht als Spam gelernt und aussortiert"),
            ("undone: release of 1,204 messages", "zurückgenommen: Freigabe von 1.204 Nachrichten"),
            (
                "2 messages learned as good, but 1 message not found any more: moved or deleted by another program",
                "2 Nachrichten als erwünscht gelernt, aber 1 Nachricht nicht mehr gefunden: von einem anderen Programm verschoben oder gelöscht",
            ),
            (
                "Home: The connection to imap.example.org broke (the server did not answer in time). Trying again",
                "Home: Die Verbindung zu imap.example.org ist abgebrochen (der Server hat nicht rechtzeitig geantwortet). Neuer Versuch läuft",
            ),
            (
                "More was to be filed than usual, so 3 messages wait for your word; of older mail, 1 message looked like spam and waits for your word",
                "Es wäre mehr aussortiert worden als sonst, deshalb warten 3 Nachrichten auf dein Wort; von der älteren Post sieht 1 Nachricht nach Spam aus und wartet auf dein Wort",
            ),
            (
                "looking at mail of the last 30 days in `work`; what looks like spam stays until you have been asked",
                "sieht die Post der letzten 30 Tage in „work“ durch; was nach Spam aussieht, bleibt, bis du gefragt worden bist",
            ),
            (
                "mail.example refused user name or password (“no such user”); many providers want an app password here",
                "mail.example hat Benutzername oder Passwort abgelehnt („no such user“); viele Anbieter wollen hier ein App-Passwort",
            ),
            ("the moon is full", "the moon is full"),
            ("undone: the moon", "undone: the moon"),
            ("1 message deleted; the moon is full", "1 message deleted; the moon is full"),
            ("judge.tag is that already", "judge.tag ist schon so eingestellt"),
            ("Filtering is paused until Monday, 06:00", "Pause: bis Montag, 06:00, wird nicht gefiltert"),
            (
                "from now on you always accept mail from ann@example.org (entry 3)",
                "von nun an gilt: du lässt Post von ann@example.org immer zu (Eintrag 3)",
            ),
            (
                "2 messages deleted, but 1 message not found any more: moved or deleted by another program; the server refused 1 message: Over; quota",
                "2 Nachrichten gelöscht, aber 1 Nachricht nicht mehr gefunden: von einem anderen Programm verschoben oder gelöscht; der Server hat 1 Nachricht abgelehnt: Over; quota",
            ),
        ] {
            assert_eq!(german(english), want);
        }
    }

    /// Sentences as the agent makes them, with what stands between their braces filled in.
    #[test]
    fn what_the_parts_of_the_window_are_answered_is_said_in_german() {
        for english in SENTENCES.lines() {
            let said = german(english);
            assert_ne!(said, english);
            assert!(!said.contains("undone: ") && !said.contains("undo of "), "{said}");
            for left in [" is ", " the ", " of ", " and ", "message ", "messages", " lesson", " from ", " already"] {
                assert!(!said.contains(left), "{said}");
            }
        }
    }

    const SENTENCES: &str = "\
undone: deletion of 1 message
undone: change of judge.tag to its default
undone: 12 lessons forgotten
undone: ann@example.org forgotten as a peer
undone: filing
undo of example.org removed from the lists
undo of deletion of 1,204 messages
2 messages deleted
2 messages deleted, but 1 message not found any more: moved or deleted by another program
written down; 2 messages will follow once the server can be reached
12 lessons forgotten; they are in /srv/ann/lessons-before-2026.txt
1 lesson forgotten
12 lessons written to /srv/ann/tamis-lessons.txt
/srv/ann/tamis-lessons.txt is there already; name another file
/srv/ann/tamis-lists.csv is there already; name another file, or have it written over
2 lessons learned, 3 known already; 5 differ from what was taught here: 1 newer and taken over, 4 older and not
2 messages learned as spam from files
2 messages learned as good from files
1 message of files forgotten
nothing has been learned yet
that is forgotten already
\"a b c\" is more than two words; lessons know words and pairs of words
nobody with the address \"x@example.org\" has written, and you have not written there
ann@example.org is a peer no longer, until you write there again
you always block mail with the words \"cheap pills\" already
from now on you always accept mail whose line \"List-Id\" is like \"x*\" (entry 12)
mail from 3 senders is always accepted from now on; 1 sender passed over
mail from 2 domains is always blocked already; 2 senders passed over
anybody can have an address at gmail.com, so it cannot be listed as a whole
example.org switched on
example.org switched off
a backup is being restored already; start Tamis, which brings that to its end
this passphrase is too short; use at least 12 characters
there is data of Tamis already in /srv/ann/tamis; have it put aside with --force; nothing of it is lost
cannot restore /srv/ann/b.tamis: its passphrase is another one, or it is damaged; nothing was changed
/srv/ann/b.tamis cannot be restored: it is damaged; nothing was changed
a message was filed without a copy in the archive: the keyring that holds its key is locked; unlock it
Bin cannot be the folder for junk, as other mail is in it: write another one as `junk_folder` into the settings of this account
entry 3 is removed
12 new, 0 changed, 3 known already; 2 not taken: line 4: no idea
12 entries written to /srv/ann/tamis-lists.csv
the lists can have 50000 entries at most; remove some first
cannot read /srv/ann/x: it is no file
judge.junk is its default from now on
judge.junk is 6.5 from now on
network.key is another value from now on
`log.days` must be a whole number from 1 to 365. Nothing was changed
judge.tag was changed again since then; take that back first, or set it by hand
Filtering is paused for an hour
Filtering is paused until tomorrow morning
Filtering is paused until you go on
Filtering is paused until 14:05
Filtering is paused until Sunday, 06:00
Filtering goes on, with what has come meanwhile
filtering is paused; go on with it to look for new mail
unsubscribed from 1 mailing
unsubscribed from 3 mailings; not done for Shop: a.example could not be asked: it is not there; and for 2 more
unsubscribed from 3 mailings; not done for Shop: this message does not say how its mailing can be left; there was no time for 4 messages
not done for Shop: a.example did not take the request (it answered 500); try again later
this mailing can only be left on a page of a.example: https://a.example/u
there is no message 4";

    #[tokio::test]
    async fn an_answer_is_in_the_language_of_whoever_asked() {
        let done = || Reply::Done { text: "1 message learned as good".to_owned(), undo: Some(BatchId(1)) };
        assert_eq!(answered(done()), done());
        let german = tongue::within(Tongue::German, async { answered(done()) }).await;
        let text = "1 Nachricht als erwünscht gelernt".to_owned();
        assert_eq!(german, Reply::Done { text, undo: Some(BatchId(1)) });
    }

    /// A phrase whose English no longer stands in the program would be said by nobody. Some are put together of up to
    /// three pieces.
    #[test]
    fn the_english_of_every_phrase_stands_in_the_program() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut program = String::new();
        for folder in ["core/src", "imap-agent/src"] {
            sources(&root.join(folder), &mut program);
        }
        let facts = PhraseBook::read(include_str!("../../core/facts.de.txt"));
        assert_eq!(BOOK.faults(), [] as [&str; 0]);
        if program.contains("%A") {
            program.push_str("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");
        }
        let is_gone = |phrase: &String| {
            let longest = phrase.split("{}").max_by_key(|words| words.len()).unwrap();
            let words: Vec<&str> = longest.split_whitespace().collect();
            !is_made_of(&words, &program, 3)
        };
        let gone: Vec<String> = BOOK.english().chain(facts.english()).filter(is_gone).collect();
        assert!(gone.is_empty(), "nobody says {gone:#?}");
        assert!(!is_made_of(&["of", "cheese", "the", "moon", "is", "made"], &program, 3));
    }

    fn is_made_of(words: &[&str], program: &str, pieces: usize) -> bool {
        let stands = |words: &[&str]| {
            let text = words.join(" ");
            program.contains(text.trim_matches(|c: char| !c.is_alphanumeric()))
        };
        let rest = |count| pieces > 1 && is_made_of(&words[count..], program, pieces - 1);
        words.is_empty()
            || (1..=words.len()).rev().any(|count| stands(&words[..count]) && (count == words.len() || rest(count)))
    }

    /// All there is without tests, with broken lines made whole.
    fn sources(folder: &Path, program: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, program);
            } else if !path.ends_with("german.rs") && !path.ends_with("tests.rs") {
                program.push_str(&whole_lines(&fs::read_to_string(&path).unwrap()));
            }
        }
    }

    fn whole_lines(text: &str) -> String {
        let mut program = String::new();
        let mut lines = text.split("#[cfg(test)]").next().unwrap().lines();
        while let Some(line) = lines.next() {
            let mut line = line.to_owned();
            while line.ends_with('\\') {
                line.pop();
                line.push_str(lines.next().unwrap().trim_start());
            }
            program.push_str(&line.replace("\\\"", "\""));
            program.push('\n');
        }
        program
    }
}
