//! A stored verdict, said again in the language of whoever asks.

use tamis_core::{
    DecidedBy, Finding, ScoredFinding, Symbol, Tongue, Verdict, api::Reason, fact_in, in_words_in, lists::EntryId,
    reason_in,
};

use super::judged::{Judged, JudgedReason};
use crate::tongue;

impl JudgedReason {
    fn finding(&self) -> Finding {
        let symbol = Symbol::of_rule(self.symbol.as_str().into());
        Finding { symbol, about: self.about.as_str().into(), why: self.why.clone() }
    }

    /// What it means in plain words, without the facts of its message.
    pub(super) fn meaning(&self) -> String {
        let finding = Finding { why: String::new(), ..self.finding() };
        in_words_in(tongue::asked(), &finding).text
    }

    /// For people: what it means in plain words, and the facts where these do not hold them.
    pub(super) fn in_words(&self) -> Reason {
        let tongue = tongue::asked();
        let words = in_words_in(tongue, &self.finding());
        Reason {
            symbol: self.symbol.clone(),
            about: words.text,
            why: if words.has_facts { String::new() } else { fact_in(tongue, &self.why) },
            score: self.score.points(),
        }
    }

    /// The same as short as fits beside others.
    pub(super) fn in_short(&self) -> String {
        match tongue::asked() {
            Tongue::English if self.why.is_empty() => self.about.clone(),
            Tongue::English => self.why.clone(),
            tongue @ Tongue::German => in_words_in(tongue, &self.finding()).text,
        }
    }
}

impl Judged {
    /// Why it was judged so. English is what was stored; another language is made of the findings.
    pub(super) fn said_reason(&self) -> String {
        let tongue = tongue::asked();
        match self.verdict() {
            Some(verdict) if tongue != Tongue::English => reason_in(tongue, &verdict),
            Some(_) | None => self.reason.clone(),
        }
    }

    /// The verdict as far as its sentence needs it; `None` where none was kept.
    fn verdict(&self) -> Option<Verdict> {
        let has = |symbol: &str| self.reasons.iter().any(|reason| reason.symbol == symbol);
        let decided_by = match self.decided_by.as_str() {
            "score" => DecidedBy::Score,
            "test message" => DecidedBy::TestMessage,
            "unwanted file" => DecidedBy::FilePolicy,
            "peer" => DecidedBy::Peer,
            "virus" => DecidedBy::Virus,
            word if word.starts_with("list entry") && has("LISTED_ACCEPT") => DecidedBy::Accepted(EntryId(0)),
            word if word.starts_with("list entry") && has("LISTED_BLOCK") => DecidedBy::Blocked(EntryId(0)),
            _ => return None,
        };
        let scored = |reason: &JudgedReason| ScoredFinding { finding: reason.finding(), score: reason.score };
        Some(Verdict {
            score: self.score,
            class: self.class,
            probability: None,
            clues: Vec::new(),
            decided_by,
            findings: self.reasons.iter().map(scored).collect(),
            listed: Vec::new(),
            exhausted: Vec::new(),
            asked: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use tamis_core::{Class, Score, reason};

    use super::{super::testing::judged, *};
    use crate::store::AccountId;

    fn found(symbol: &str, why: &str, thousandths: i32) -> JudgedReason {
        JudgedReason {
            symbol: symbol.to_owned(),
            about: String::new(),
            why: why.to_owned(),
            score: Score::from_thousandths(thousandths),
        }
    }

    fn mail(class: Class, decided_by: &str, reasons: Vec<JudgedReason>) -> Judged {
        let mut mail = Judged { class, reasons, decided_by: decided_by.to_owned(), ..judged(AccountId(1), 1) };
        mail.reason = mail.verdict().map(|verdict| reason(&verdict)).unwrap_or_default();
        mail
    }

    #[test]
    fn a_stored_verdict_is_said_in_the_language_of_whoever_asks() {
        let brand = found("FROM_BRAND", "called \"DHL\" but writes from post.example", 3_290);
        let link = found("URL_TEXT_MISMATCH", "the link says dhl.com but goes to pay-dhl.example", 1_040);
        let peer = found("PEER", "you wrote to this person 4 times, last in March 2026", -500);
        let listed = found("LISTED_BLOCK", "you always block mail from shop.example", 0);
        for (mail, english, german) in [
            (
                mail(Class::Spam, "score", vec![brand, link]),
                "It claims to be DHL, but a link that says dhl.com goes to pay-dhl.example.",
                "Sie gibt sich als DHL aus, aber ein Link, auf dem dhl.com steht, führt zu pay-dhl.example.",
            ),
            (
                mail(Class::Ham, "peer", vec![peer]),
                "You wrote to this person 4 times, last in March 2026.",
                "Du hast dieser Person 4-mal geschrieben, zuletzt im März 2026.",
            ),
            (
                mail(Class::Spam, "list entry 7", vec![listed]),
                "You always block mail from shop.example.",
                "Du sperrst Post von shop.example immer.",
            ),
            (mail(Class::Ham, "score", vec![]), "Little in it is suspicious.", "Kaum etwas an ihr ist verdächtig."),
        ] {
            assert_eq!(mail.said_reason(), english);
            assert_eq!(tongue::on_thread(Tongue::German, || mail.said_reason()), german);
            assert_eq!(mail.said_reason(), english, "the language goes with the job");
        }
    }

    #[test]
    fn reasons_are_said_in_that_language_too() {
        let reason =
            found("PEER_PERHAPS", "you wrote to this person twice, last in May 2026, if it is from there", -500);
        let words = tongue::on_thread(Tongue::German, || (reason.in_words(), reason.in_short()));
        assert_eq!(words.0.about, "Sie nennt jemanden, dem du schreibst");
        assert_eq!(
            words.0.why,
            "du hast dieser Person zweimal geschrieben, zuletzt im Mai 2026, falls sie von dort ist"
        );
        assert_eq!(words.1, words.0.about);
        assert_eq!(reason.in_short(), reason.why);
    }
}
