//! What shows that a message is of the author it names. Decided here alone.
//!
//! The word of the person's own provider comes first. Where it says nothing about a method, what we found ourselves takes its place:
//! a valid signature of the author's own domain (DKIM), that domain's word that the host may send for it (SPF), or the word of a
//! house that is known to hand on mail honestly (ARC). What we could not find out is no evidence; and what does not fit is none
//! where a list or a forwarder has had the message in its hands.

mod badges;

use std::{collections::BTreeSet, sync::LazyLock};

pub(crate) use self::badges::badges;
use crate::mail::{ArcState, AuthResult, Authentication, Dmarc, DmarcPolicy, Domain, Mail, Seal, SealState, SpfWord};

/// Whose word about those who handed mail on is believed.
static SEALERS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../assets/lists/arc_sealers.txt").lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// What is known about whether a message is of the author it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// Nobody says anything, or nobody could.
    #[default]
    Unsaid,
    /// The author's own domain has signed it (DKIM), or says that the host may send for it (SPF).
    Given,
    /// It was looked for, and there is nothing of that.
    Missing,
    /// It was looked for, and something is wrong.
    Refuted,
}

impl Proof {
    /// As it is stored: `unsaid`, `given`, `missing` or `refuted`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unsaid => "unsaid",
            Self::Given => "given",
            Self::Missing => "missing",
            Self::Refuted => "refuted",
        }
    }

    /// Reads [`Proof::word`] back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Unsaid, Self::Given, Self::Missing, Self::Refuted].into_iter().find(|proof| proof.word() == word)
    }
}

/// What the provider has said, and what of our own findings is wanted beside it.
pub(crate) struct Found<'a> {
    /// The provider's results, in its order.
    pub(crate) theirs: Vec<AuthResult>,
    /// What we found, unless the provider has said it all.
    ours: Option<&'a Authentication>,
    has_marks: bool,
    /// Nobody but the provider can have written its results.
    is_sure: bool,
    /// Nobody but the provider can have written which host handed it in.
    is_host_sure: bool,
}

impl<'a> Found<'a> {
    /// What is known of `mail`.
    pub(crate) fn of(mail: &'a Mail<'_>) -> Self {
        let theirs = mail.provider_results().map(|found| found.results).unwrap_or_default();
        let is_sure = mail.has_sure_results();
        let ours = mail.authentication.as_deref().filter(|_| !is_sure || is_silent(&theirs));
        Self { theirs, ours, has_marks: mail.is_passed_on(), is_sure, is_host_sure: mail.trace().is_entry_sure() }
    }

    /// Whether somebody seems to have handed it on, so that what does not fit says nothing.
    pub(crate) fn is_passed_on(&self) -> bool {
        let spf = self.ours.and_then(|ours| ours.spf.as_ref());
        self.has_marks || spf.is_some_and(|spf| spf.passed_before.is_some())
    }

    fn is_told(&self, method: &str) -> bool {
        self.is_sure && is_told(&self.theirs, method)
    }

    /// The signatures we looked at, if the provider says nothing of any.
    pub(crate) fn own_seals(&self) -> &'a [Seal] {
        self.ours.filter(|_| !self.is_told("dkim")).map(|ours| ours.signatures.as_slice()).unwrap_or_default()
    }

    /// What the envelope sender's domain told us, if the provider says nothing of it.
    pub(crate) fn own_spf(&self) -> Option<(&'a Domain, &'a SpfWord)> {
        let spf = self.ours.filter(|_| !self.is_told("spf"))?.spf.as_ref().filter(|spf| !spf.is_of_helo)?;
        // The domain has not said what becomes of its mail in other hands.
        let is_fault = matches!(spf.word, SpfWord::Fail | SpfWord::SoftFail);
        (!(is_fault && self.is_passed_on())).then_some((&spf.domain, &spf.word))
    }

    /// What the author's domain wants done with this message, which is not of it as far as we see; `None` if that cannot be held
    /// against it.
    pub(crate) fn own_refusal(&self, own: &Domain) -> Option<DmarcPolicy> {
        let is_sole = !["dkim", "spf", "dmarc"].iter().any(|method| self.is_told(method));
        match self.ours.filter(|_| is_sole && !self.is_passed_on() && self.is_all_told(own))?.dmarc {
            Dmarc::Fail(policy) => Some(policy),
            Dmarc::None | Dmarc::Pass | Dmarc::Unknown(_) => None,
        }
    }

    /// Who of those who have handed it on vouches for the author's domain, of which `own` is the registrable one.
    pub(crate) fn voucher(&self, own: &Domain) -> Option<&'a Domain> {
        let arc = self.ours?.arc.as_ref().filter(|arc| arc.state == ArcState::Valid)?;
        let is_known = |sealer: &Domain| SEALERS.contains(sealer.registrable().as_str());
        if arc.sealers.is_empty() || !arc.sealers.iter().all(is_known) {
            return None;
        }
        let vouches = |result: &AuthResult| {
            matches!(result.method.as_str(), "dkim" | "dmarc") && result.result == "pass" && result.is_of_author(own)
        };
        let found = arc.sealers.iter().zip(&arc.found).find(|(_, found)| found.results.iter().any(vouches));
        found.map(|(sealer, _)| sealer)
    }

    /// Whether we found it to be of the author's domain, of which `own` is the registrable one.
    fn own_proof(&self, own: &Domain) -> Proof {
        if self.ours.is_none() {
            return Proof::Unsaid;
        }
        let of_author = || self.own_seals().iter().filter(|seal| seal.domain.registrable() == *own);
        let spf = self.own_spf();
        let has_word = self.is_host_sure
            && spf.is_some_and(|(domain, word)| *word == SpfWord::Pass && domain.registrable() == *own);
        if has_word || of_author().any(|seal| seal.state == SealState::Valid) || self.voucher(own).is_some() {
            return Proof::Given;
        }
        if !self.is_all_told(own) {
            Proof::Unsaid
        } else if self.own_refusal(own).is_some_and(|policy| DmarcPolicy::Quarantine <= policy) {
            Proof::Refuted
        } else {
            Proof::Missing
        }
    }

    /// Whether everything that could be proof was looked at. Without a host to ask about, or an answer, nobody knows what there is.
    pub(crate) fn is_all_told(&self, own: &Domain) -> bool {
        let is_host_told =
            self.is_told("spf") || self.own_spf().is_some_and(|(_, word)| !matches!(word, SpfWord::Unknown(_)));
        let of_author = self.own_seals().iter().filter(|seal| seal.domain.registrable() == *own);
        is_host_told
            && of_author.map(|seal| &seal.state).all(|state| match state {
                SealState::HeadChanged => !self.is_passed_on(),
                SealState::Valid | SealState::ValidInPart => true,
                // Mailboxes put messages together anew, and gates write into them.
                SealState::TextChanged | SealState::Unknown(_) => false,
            })
    }

    /// Whether it is of the author's domain, of which `own` is the registrable one.
    pub(crate) fn proof(&self, own: &Domain) -> Proof {
        match (provider_proof(&self.theirs, own), self.own_proof(own)) {
            // What the sender may have written itself is not believed against what we have found.
            (Proof::Given, ours @ (Proof::Missing | Proof::Refuted)) if !self.is_sure => ours,
            (theirs @ (Proof::Given | Proof::Refuted), _) | (theirs, Proof::Unsaid) => theirs,
            (_, ours) => ours,
        }
    }

    /// Those whose valid signature is on it.
    pub(crate) fn signers(&self) -> impl Iterator<Item = Domain> {
        let is_believed = self.is_sure || self.ours.is_none();
        let is_pass = move |result: &&AuthResult| is_believed && result.method == "dkim" && result.result == "pass";
        let theirs = self.theirs.iter().filter(is_pass);
        let ours = self.own_seals().iter().filter(|seal| seal.state == SealState::Valid);
        theirs.filter_map(AuthResult::signer).chain(ours.map(|seal| seal.domain.clone()))
    }
}

/// Whether there is something left to find out about who sent `mail`.
pub(crate) fn is_untold(mail: &Mail<'_>) -> bool {
    !mail.has_sure_results() || is_silent(&mail.provider_results().map(|found| found.results).unwrap_or_default())
}

/// Whether the provider leaves something open: it neither says what came of it all, nor what came of both parts.
fn is_silent(theirs: &[AuthResult]) -> bool {
    let are_parts_told = is_told(theirs, "dkim") && is_told(theirs, "spf");
    !are_parts_told && !is_told(theirs, "dmarc")
}

/// Whether the provider has looked, and could.
fn is_told(theirs: &[AuthResult], method: &str) -> bool {
    theirs.iter().any(|result| result.method == method && result.result != "temperror")
}

fn provider_proof(results: &[AuthResult], own: &Domain) -> Proof {
    let mut found = Proof::Unsaid;
    let mut is_broken = false;
    for result in results.iter().filter(|result| matches!(result.method.as_str(), "dkim" | "spf" | "dmarc")) {
        match result.result.as_str() {
            "pass" if result.is_of_author(own) => return Proof::Given,
            "fail" => found = Proof::Refuted,
            // The provider could not ask the author's domain.
            "temperror" => is_broken = true,
            _ => found = found.max(Proof::Missing),
        }
    }
    if is_broken && found != Proof::Refuted { Proof::Unsaid } else { found }
}

#[cfg(test)]
mod tests;
