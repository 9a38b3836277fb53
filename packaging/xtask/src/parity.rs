//! Our rule engine beside SpamAssassin itself, on the same mail and the same rules.
//!
//! Both run without network and without a learner. Compared is which rules hit which messages, sub-rules (`__X`) too, as
//! every difference there is sooner or later one of scores. A rule that only one of them runs is left out and counted.

mod compare;
mod oracle;
mod ours;
mod reasons;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use tamis_core::rules::RuleFile;

use self::reasons::Reasons;
pub use self::{
    compare::{Comparison, Differences, Pair, SAME_SCORE, Said},
    oracle::{Oracle, fingerprint},
    ours::Ours,
};
use crate::index;

/// Where Debian's SpamAssassin has its rules.
pub const DEBIANS_RULES: &str = "/usr/share/spamassassin";

/// Of all hits of either engine, at least this share must be hits of both.
const WANTED_AGREEMENT: f64 = 0.995;

/// At least this share of messages must have the same score.
const WANTED_SAME_SCORE: f64 = 0.99;

/// What the person asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Indexes of mail.
    pub corpora: Vec<PathBuf>,
    /// A folder of rule files, or one.
    pub rules: PathBuf,
    /// How many rules that differ are listed.
    pub rows: usize,
    /// A rule whose messages are listed.
    pub show: Option<String>,
    /// One JSON object instead of tables.
    pub is_json: bool,
    /// Where the same is left besides.
    pub out: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            corpora: Vec::new(),
            rules: PathBuf::from(DEBIANS_RULES),
            rows: 40,
            show: None,
            is_json: false,
            out: None,
        }
    }
}

/// Something that runs rules on messages: our engine, or a pretended one.
pub trait Rules {
    /// The rules that it runs.
    fn rules(&self) -> &BTreeSet<String>;
    /// What it says of one message.
    fn said(&self, raw: &[u8]) -> Said;
}

/// Compares, and writes the tables to `out`. Whether the two are alike enough.
pub fn run(options: &Options, out: &mut dyn Write) -> Result<bool> {
    let mut mail = BTreeSet::new();
    for corpus in &options.corpora {
        mail.extend(index::read(corpus)?.into_iter().map(|line| line.path));
    }
    let mail: Vec<PathBuf> = mail.into_iter().collect();
    let oracle = Oracle::new(&options.rules)?;
    let ours = Ours::new(&rule_files(&options.rules)?)?;
    let theirs = oracle.said(&mail)?;
    let pairs = pairs(&mail, &theirs, &ours)?;
    let all = Comparison::of(&pairs, oracle.rules(), ours.rules());
    let report = report(options, &all, &pairs, oracle.version())?;
    out.write_all(report.as_bytes())?;
    if let Some(file) = &options.out {
        fs::write(file, &report).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(all.agreement() >= WANTED_AGREEMENT && all.same_score_share() >= WANTED_SAME_SCORE)
}

/// What both say of each message.
fn pairs(mail: &[PathBuf], theirs: &BTreeMap<String, Said>, ours: &dyn Rules) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for path in mail {
        let raw = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.display().to_string();
        let theirs = theirs.get(&fingerprint(&raw)).with_context(|| format!("{name} changed meanwhile"))?;
        pairs.push(Pair { theirs: theirs.clone(), ours: ours.said(&raw), name });
    }
    Ok(pairs)
}

fn report(options: &Options, all: &Comparison, pairs: &[Pair], version: &str) -> Result<String> {
    let reasons = Reasons::known()?;
    if options.is_json {
        return Ok(format!("{}\n", table::json(all, pairs, &reasons)));
    }
    if let Some(rule) = &options.show {
        return table::of_rule(all, pairs, rule);
    }
    let (summary, rules) = (table::summary(all)?, options.rules.display());
    let differences = table::differences(all, &reasons, options.rows)?;
    Ok(format!("SpamAssassin {version} and Tamis, rules of {rules}\n\n{summary}\n{differences}"))
}

/// The rule files of a folder in the order in which SpamAssassin reads them, or the one file.
pub fn rule_files(place: &Path) -> Result<Vec<RuleFile>> {
    let mut paths = vec![place.to_path_buf()];
    if place.is_dir() {
        let entries = fs::read_dir(place).with_context(|| format!("cannot read {}", place.display()))?;
        paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "cf"));
        paths.sort();
    }
    ensure!(!paths.is_empty(), "{} has no rule files", place.display());
    let read = |path: PathBuf| {
        let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(RuleFile { name: path.display().to_string(), text, is_only_included: false })
    };
    paths.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An engine that finds words.
    struct Words(BTreeSet<String>);

    impl Rules for Words {
        fn rules(&self) -> &BTreeSet<String> {
            &self.0
        }

        fn said(&self, raw: &[u8]) -> Said {
            let text = String::from_utf8_lossy(raw).into_owned();
            let hits = self.0.iter().filter(|word| text.contains(*word)).map(|word| (word.clone(), 1));
            Said { hits: hits.collect(), ..Said::default() }
        }
    }

    #[test]
    fn every_message_gets_both_opinions_by_its_bytes() {
        let folder = std::env::temp_dir().join(format!("tamis-parity-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mail: Vec<PathBuf> = [("a.eml", "LOAN"), ("b.eml", "PILLS LOAN")]
            .into_iter()
            .map(|(name, text)| {
                let path = folder.join(name);
                fs::write(&path, text).unwrap();
                path
            })
            .collect();
        let words = Words(["LOAN", "PILLS"].map(str::to_owned).into());
        let loan = Said { hits: BTreeMap::from([("LOAN".to_owned(), 1)]), ..Said::default() };
        let theirs = BTreeMap::from([(fingerprint(b"LOAN"), loan.clone()), (fingerprint(b"PILLS LOAN"), loan)]);

        let pairs = pairs(&mail, &theirs, &words);
        let unknown = super::pairs(&mail, &BTreeMap::new(), &words);
        let pairs = pairs.unwrap();
        let all = Comparison::of(&pairs, &words.0, &words.0);
        let text = report(&Options::default(), &all, &pairs, "4").unwrap();
        let shown = Options { show: Some("PILLS".to_owned()), ..Options::default() };
        let shown = report(&shown, &all, &pairs, "4").unwrap();
        let json = report(&Options { is_json: true, ..Options::default() }, &all, &pairs, "4").unwrap();
        fs::remove_dir_all(&folder).unwrap();

        assert!(unknown.unwrap_err().to_string().ends_with("a.eml changed meanwhile"));
        assert_eq!((all.intersection, all.hits_ours, all.hits_theirs), (2, 3, 2));
        assert!(
            text.contains("PILLS                                           1        0        0  unexplained"),
            "{text}"
        );
        assert!(shown.contains("ours    ") && shown.contains("b.eml"), "{shown}");
        assert!(json.contains("\"rule\":\"PILLS\"") && json.contains("\"union\":3"), "{json}");
    }

    #[test]
    fn a_folder_of_rules_is_read_in_order_and_one_without_is_an_error() {
        let folder = std::env::temp_dir().join(format!("tamis-parity-rules-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let none = rule_files(&folder).unwrap_err().to_string();
        for name in ["b.cf", "a.cf", "c.pre"] {
            fs::write(folder.join(name), name).unwrap();
        }

        let files = rule_files(&folder).unwrap();
        let one = rule_files(&folder.join("c.pre")).unwrap();

        fs::remove_dir_all(&folder).unwrap();
        assert!(none.ends_with("has no rule files"), "{none}");
        let texts: Vec<&[u8]> = files.iter().map(|file| file.text.as_slice()).collect();
        assert_eq!(texts, [b"a.cf", b"b.cf"]);
        assert_eq!(one.len(), 1);
    }
}
