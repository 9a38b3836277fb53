//! Lists of digests in the DNS: `check_hashbl_…`.

use super::{Record, Subtest, list::zone};
use crate::rules::{book::EvalTest, eval::argument};

/// What digests are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HashOf {
    /// Mail addresses in these headers (`body`: in the text), of the providers that are named.
    Emails {
        /// `ALL`, `ALLFROM`, `EnvelopeFrom`, `body` or a header.
        headers: Vec<String>,
        /// The list of domains that count (`hashbl_acl_…`); all if there is none.
        providers: Option<String>,
    },
    /// Its links.
    Uris,
    /// What the first group of an expression takes in its text.
    Text {
        /// The expression.
        expression: String,
        /// Whether markup is looked at as well.
        is_raw: bool,
    },
    /// What a rule or plugin has noted under a name.
    Tag(String),
    /// Its attachments.
    Attachments,
}

/// How a digest is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// It is none: the text itself is looked up.
    Plain,
    /// MD5 in hexadecimal digits.
    Md5,
    /// SHA-1 in hexadecimal digits.
    Sha1,
    /// SHA-256 in base 32.
    Sha256,
}

/// Digests on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashBl {
    /// What digests are made of.
    pub of: HashOf,
    /// The list, lower case, without a last dot.
    pub zone: String,
    /// What is asked for.
    pub record: Record,
    /// How digests are made.
    pub digest: Digest,
    /// At most so many questions.
    pub most: u32,
    /// Words about what is done with a text before, such as `nodot`.
    pub options: Vec<String>,
    /// Which answers count.
    pub subtest: Subtest,
}

const ADDRESSES: &str = "sha1/notag/noquote/max=10/shuffle";
const OTHERS: &str = "sha1/max=10/shuffle";
const HEADERS: &str = "ALLFROM/Reply-To/body";
const ANY: &str = r"^127\.";

pub(super) fn read(test: &EvalTest) -> Option<HashBl> {
    let said = |at: usize| argument::text(test, at).filter(|text| !text.is_empty());
    let (of, options, subtest) = match test.function.as_str() {
        "check_hashbl_emails" => {
            let headers = said(2).unwrap_or(HEADERS).split('/').map(str::to_owned).collect();
            let providers = said(4).filter(|providers| *providers != "all").map(str::to_owned);
            (HashOf::Emails { headers, providers }, ADDRESSES, said(3))
        }
        "check_hashbl_uris" => (HashOf::Uris, OTHERS, said(2)),
        "check_hashbl_bodyre" => {
            let is_raw = test.target == "rawbody";
            (HashOf::Text { expression: said(2)?.to_owned(), is_raw }, OTHERS, said(3))
        }
        "check_hashbl_tag" => (HashOf::Tag(said(2)?.to_owned()), OTHERS, said(3)),
        "check_hashbl_attachments" => (HashOf::Attachments, OTHERS, said(2)),
        _ => return None,
    };
    let (list, record) = said(0)?.split_once('/').unwrap_or((said(0)?, "A"));
    let mut hash = HashBl {
        of,
        zone: zone(list)?,
        record: Record::named(record)?,
        digest: Digest::Sha1,
        most: 10,
        options: Vec::new(),
        subtest: Subtest::of_list(subtest.unwrap_or(ANY)),
    };
    for option in said(1).unwrap_or(options).split('/').filter(|option| !option.is_empty()) {
        hash.set(option);
    }
    Some(hash)
}

impl HashBl {
    fn set(&mut self, option: &str) {
        match option {
            "raw" => self.digest = Digest::Plain,
            "md5" => self.digest = Digest::Md5,
            "sha1" => self.digest = Digest::Sha1,
            "sha256" => self.digest = Digest::Sha256,
            _ => match option.strip_prefix("max=").and_then(|most| most.parse().ok()) {
                Some(most) => self.most = most,
                None => self.options.push(option.to_owned()),
            },
        }
    }
}
