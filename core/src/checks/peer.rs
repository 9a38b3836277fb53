//! Whether it is from somebody the person writes to.
//!
//! What is of a peer is wanted, whatever its words look like. But an address is easily written: it counts only with the
//! provider's word that the message is of that author, or where it comes as the peer's mail came before, as
//! [`Origin`] says. In the name of a peer alone there is nothing to be had, and if there always was proof it is a warning.

use crate::{
    check::Check,
    evidence::{Evidence, Query, QueryPlan},
    finding::Findings,
    mail::{Mail, UnixTime},
    reputation::{Origin, Peer, Seen, author},
    symbol::SymbolInfo,
};

pub(crate) const PEER: SymbolInfo = SymbolInfo::new("PEER", "It is from somebody you write to");
const PEER_LONG_AGO: SymbolInfo =
    SymbolInfo::new("PEER_LONG_AGO", "It is from somebody you wrote to once, or a long time ago");
const PEER_PERHAPS: SymbolInfo = SymbolInfo::new(
    "PEER_PERHAPS",
    "It names somebody you write to, and your provider does not say whether that is true",
);
const PEER_UNPROVEN: SymbolInfo =
    SymbolInfo::new("PEER_UNPROVEN", "It names somebody you write to, and nothing proves that it is from there");
const PEER_FORGED: SymbolInfo = SymbolInfo::new(
    "PEER_FORGED",
    "It names somebody you write to, but lacks the proof that all other mail from there has",
);
const REPLY_TO_YOURS: SymbolInfo = SymbolInfo::new("REPLY_TO_YOURS", "It answers a message that you sent");

/// Most messages that it is said to answer of which it is asked whether they are the person's.
const MOST_ANSWERED: usize = 10;

/// Peers, and answers to the person.
#[derive(Debug)]
pub(crate) struct Peers;

impl Check for Peers {
    fn name(&self) -> &'static str {
        "peer"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[PEER, PEER_LONG_AGO, PEER_PERHAPS, PEER_UNPROVEN, PEER_FORGED, REPLY_TO_YOURS] }
    }

    fn queries(&self, mail: &Mail<'_>, plan: &mut QueryPlan) {
        if let Some(address) = author(mail).filter(|author| !mail.account.is_me(author)) {
            plan.ask(Query::Standing(address.to_string().to_ascii_lowercase()));
        }
        let answered = answered(mail);
        if !answered.is_empty() {
            plan.ask(Query::Sent(answered));
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        if evidence.is_answer() {
            findings.raise(&REPLY_TO_YOURS, "it names a message that you sent");
        }
        let Some(peer) = evidence.peer() else { return };
        let now = mail.received_at().or(peer.last_written).or(peer.listed_at).unwrap_or(UnixTime(0));
        let standing = peer.standing(now);
        // Whoever the person has called a spammer, or whom nothing is left of.
        if standing < 0.01 {
            return;
        }
        match peer.recognise(&Origin::of(mail)) {
            Seen::AsBefore if Peer::DECIDES <= standing => findings.raise(&PEER, dealings(peer)),
            Seen::AsBefore => findings.raise(&PEER_LONG_AGO, dealings(peer)),
            Seen::Untold if Peer::DECIDES <= standing => {
                findings.raise(&PEER_PERHAPS, format!("{}, if it is from there", dealings(peer)));
            }
            Seen::Untold => {}
            // Lists write on what they pass on, and break its seals.
            Seen::Forged if !is_of_list(mail) => {
                findings.raise(&PEER_FORGED, format!("{}, whose mail always had proof of its sender", dealings(peer)));
            }
            Seen::Forged | Seen::Unproven => {
                findings.raise(&PEER_UNPROVEN, format!("{}, but nothing proves that it is from there", dealings(peer)));
            }
        }
    }
}

/// The messages that it is said to answer, without their brackets: the newest last.
fn answered(mail: &Mail<'_>) -> Vec<String> {
    let lines = ["References", "In-Reply-To"].into_iter().filter_map(|name| mail.header(name));
    let ids = lines.flat_map(|line| line.split('<').skip(1)).filter_map(|rest| rest.split_once('>'));
    let mut ids: Vec<String> = ids.map(|(id, _)| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
    ids.drain(..ids.len().saturating_sub(MOST_ANSWERED));
    ids
}

fn is_of_list(mail: &Mail<'_>) -> bool {
    ["List-Id", "List-Post", "Mailing-List"].iter().any(|name| mail.has_header(name))
}

/// `you wrote to this person 4 times, last in March 2026`.
fn dealings(peer: &Peer) -> String {
    let times = |count: u32| match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    };
    let when = peer.last_written.map(month).unwrap_or_default();
    match (peer.written.max(peer.replied), peer.replied) {
        (0, _) => "this person is in your address book".to_owned(),
        (1, 1) => format!("you answered this person once, in {when}"),
        (1, _) => format!("you wrote to this person once, in {when}"),
        (written, 0) => format!("you wrote to this person {}, last in {when}", times(written)),
        (written, replied) => {
            format!("you wrote to this person {}, {} of it in answer, last in {when}", times(written), times(replied))
        }
    }
}

/// `March 2026`, in UTC.
fn month(at: UnixTime) -> String {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    // Days from 1 March 0000, in eras of 400 years: Howard Hinnant, "chrono-compatible low-level date algorithms".
    let days = at.0.div_euclid(86_400) + 719_468;
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let (number, is_next) = if from_march < 10 { (from_march + 2, 0) } else { (from_march - 10, 1) };
    let year = year_of_era + days.div_euclid(146_097) * 400 + is_next;
    let name = usize::try_from(number).ok().and_then(|number| NAMES.get(number)).copied().unwrap_or_default();
    format!("{name} {year}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_told() {
        for (at, want) in [
            (0, "January 1970"),
            (-1, "December 1969"),
            (951_782_400, "February 2000"),
            (951_868_800, "March 2000"),
            (1_774_999_999, "March 2026"),
            (4_107_542_400, "March 2100"),
            (4_107_542_399, "February 2100"),
        ] {
            assert_eq!(month(UnixTime(at)), want, "{at}");
        }
    }

    #[test]
    fn the_dealings_are_told_in_words() {
        let told = |written, replied| {
            dealings(&Peer { written, replied, last_written: Some(UnixTime(1_774_000_000)), ..Peer::default() })
        };
        assert_eq!(told(0, 0), "this person is in your address book");
        assert_eq!(told(1, 0), "you wrote to this person once, in March 2026");
        assert_eq!(told(1, 1), "you answered this person once, in March 2026");
        assert_eq!(told(4, 0), "you wrote to this person 4 times, last in March 2026");
        assert_eq!(told(4, 2), "you wrote to this person 4 times, twice of it in answer, last in March 2026");
    }

    #[test]
    fn the_newest_messages_it_answers_are_asked_about() {
        let ids = (0..30).map(|n| format!("<{n}@example.org>")).collect::<Vec<_>>().join("\n ");
        let raw =
            format!("From: kim@example.net\nReferences: {ids}\nIn-Reply-To: <last@example.org> junk <\n\nHello.\n");
        let mail = Mail::parse(raw.as_bytes(), &crate::Arrival::default());
        let answered = answered(&mail);
        assert_eq!((answered.len(), answered.first().unwrap().as_str()), (10, "21@example.org"));
        assert_eq!(answered.last().unwrap(), "last@example.org");
    }

    #[test]
    fn the_person_is_never_asked_about() {
        let account = crate::mail::AccountFacts {
            identities: vec![crate::mail::Address::parse("Robin@example.org").unwrap()],
            ..Default::default()
        };
        let arrival = crate::Arrival { account, ..Default::default() };
        for (from, want) in [("robin@example.org", false), ("robin+shop@example.org", false), ("Kim@Example.net", true)]
        {
            let raw = format!("From: {from}\n\nHello.\n");
            let mut plan = QueryPlan::default();
            Peers.queries(&Mail::parse(raw.as_bytes(), &arrival), &mut plan);
            assert_eq!(!plan.is_empty(), want, "{from}");
        }
    }
}
