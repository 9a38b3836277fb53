//! Words that tell the writers of a `Received` header apart, all found in one pass over it.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// What may stand in a header, as [`WORDS`] has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Vpop3,
    Unverified,
    ByUser,
    UpperWith,
    Pop3,
    Imap,
    CloseBy,
    By,
    Exim,
    Helo,
    OpenHelo,
    Ident,
    OpenIdent,
    Domino,
    MailGear,
    Smtpd32,
    Communigate,
    Ecelerity,
    Squid,
    Id,
    MapiId,
    EnvelopeFrom,
    EnvelopeSender,
    EnvelopeFromIs,
    EnvelopeSenderIs,
    With,
    OpenAuth,
    OpenAccount,
    Authenticated,
    UpperHelo,
    UpperEhlo,
    UpperLhlo,
    QuotedHelo,
    UpperIdent,
    OpenSquirrel,
    OpenProxying,
    Verified,
    AtSign,
    Bracket,
}

/// How many there are.
const COUNT: usize = Mark::Bracket as usize + 1;

const WORDS: [(Mark, &[u8]); COUNT] = [
    (Mark::Vpop3, b" running VPOP3)"),
    (Mark::Unverified, b" (unverified) by "),
    (Mark::ByUser, b" by uid "),
    (Mark::UpperWith, b" WITH "),
    (Mark::Pop3, b" with POP3"),
    (Mark::Imap, b" with IMAP"),
    (Mark::CloseBy, b")by "),
    (Mark::By, b" by "),
    (Mark::Exim, b"Exim"),
    (Mark::Helo, b" helo="),
    (Mark::OpenHelo, b"(helo="),
    (Mark::Ident, b" ident="),
    (Mark::OpenIdent, b"(ident="),
    (Mark::Domino, b"(Lotus Domino"),
    (Mark::MailGear, b"(Mail-Gear"),
    (Mark::Smtpd32, b"(SMTPD32"),
    (Mark::Communigate, b"(CommuniGate Pro"),
    (Mark::Ecelerity, b"(ecelerity"),
    (Mark::Squid, b"(IDENT:squid@["),
    (Mark::Id, b" id "),
    (Mark::MapiId, b" with mapi id "),
    (Mark::EnvelopeFrom, b"envelope-from "),
    (Mark::EnvelopeSender, b"envelope-sender "),
    (Mark::EnvelopeFromIs, b"envelope-from="),
    (Mark::EnvelopeSenderIs, b"envelope-sender="),
    (Mark::With, b" with "),
    (Mark::OpenAuth, b"(AUTH: "),
    (Mark::OpenAccount, b" (account "),
    (Mark::Authenticated, b"(authenticated"),
    (Mark::UpperHelo, b"(HELO "),
    (Mark::UpperEhlo, b"(EHLO "),
    (Mark::UpperLhlo, b"(LHLO "),
    (Mark::QuotedHelo, b"\"HELO "),
    (Mark::UpperIdent, b"(IDENT:"),
    (Mark::OpenSquirrel, b"(SquirrelMail"),
    (Mark::OpenProxying, b"(proxying for "),
    (Mark::Verified, b" verified)"),
    (Mark::AtSign, b"@"),
    (Mark::Bracket, b"["),
];

/// `None` is never met: the words are few and short.
static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let kind = Some(AhoCorasickKind::DFA);
    AhoCorasick::builder().kind(kind).prefilter(false).build(WORDS.iter().map(|(_, words)| words)).ok()
});

/// A bit for each mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set(u64);

impl Set {
    fn with(self, mark: Mark) -> Self {
        Self(self.0 | 1 << mark as u32)
    }

    pub(super) fn has(self, mark: Mark) -> bool {
        self.0 >> mark as u32 & 1 == 1
    }

    pub(super) fn has_all(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// Those that stand in a text.
    pub(super) fn of(text: &[u8]) -> Self {
        let standing = WORDS.iter().filter(|(_, words)| memchr::memmem::find(text, words).is_some());
        standing.fold(Self::default(), |set, (mark, _)| set.with(*mark))
    }

    pub(super) fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

/// A header with what was found in it.
#[derive(Debug)]
pub(super) struct Marked<'line> {
    pub(super) line: &'line [u8],
    pub(super) set: Set,
    /// Where the first of each ends.
    ends: [usize; COUNT],
}

impl<'line> Marked<'line> {
    pub(super) fn read(line: &'line [u8]) -> Self {
        let mut marked = Self { line, set: Set::default(), ends: [0; COUNT] };
        for found in FINDER.iter().flat_map(|finder| finder.find_overlapping_iter(line)) {
            if let Some((mark, _)) = WORDS.get(found.pattern().as_usize())
                && !marked.set.has(*mark)
                && let Some(end) = marked.ends.get_mut(*mark as usize)
            {
                marked.set = marked.set.with(*mark);
                *end = found.end();
            }
        }
        marked
    }

    pub(super) fn has(&self, mark: Mark) -> bool {
        self.set.has(mark)
    }

    /// Where the first of it ends.
    pub(super) fn end(&self, mark: Mark) -> Option<usize> {
        self.ends.get(mark as usize).copied().filter(|_| self.has(mark))
    }

    /// What follows the first of it.
    pub(super) fn after(&self, mark: Mark) -> Option<&'line [u8]> {
        self.line.get(self.end(mark)?..)
    }
}
