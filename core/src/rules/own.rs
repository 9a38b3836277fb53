//! The rules that come with Tamis.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use super::{CompileSettings, LoadSettings, Program, RuleFile, load};

/// A file of `assets/rules` with its name.
macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../assets/rules/", $name)))),*]
    };
}

/// All of them, in the order in which they are read.
const FILES: &[(&str, &str)] = files! {
    "10_advance_fee.cf"
    "11_lottery.cf"
    "12_phishing_account.cf"
    "13_parcel.cf"
    "14_invoice_bec.cf"
    "15_crypto.cf"
    "16_pills.cf"
    "17_dating.cf"
    "18_casino.cf"
    "19_sextortion.cf"
    "20_seo_offer.cf"
    "21_loans.cf"
    "22_work_home.cf"
    "23_sales.cf"
    "24_stocks.cf"
    "25_kind_elements.cf"
    "26_kind_accounts.cf"
    "27_kind_money.cf"
    "28_kind_offers.cf"
    "29_more_kinds.cf"
    "30_header_forms.cf"
    "31_mailer_forgery.cf"
    "32_route.cf"
    "40_html_tricks.cf"
    "41_links.cf"
    "42_hosting.cf"
    "50_files.cf"
    "55_marks.cf"
    "60_obfuscation.cf"
    "70_ham_signs.cf"
    "90_scores.cf"
};

/// The files that come with Tamis, to be read before any other.
pub fn own_files() -> Vec<RuleFile> {
    let file = |(name, text): &(&str, &str)| RuleFile {
        name: (*name).to_owned(),
        text: text.as_bytes().to_vec(),
        is_only_included: false,
    };
    FILES.iter().map(file).collect()
}

/// These alone, ready to run.
pub fn own_program() -> &'static Arc<Program> {
    static PROGRAM: LazyLock<Arc<Program>> = LazyLock::new(|| {
        let book = load(&own_files(), &LoadSettings::default());
        Arc::new(Program::compile(&book, CompileSettings { has_network: false, has_learner: true }).0)
    });
    &PROGRAM
}

/// Whether a rule of that name comes with Tamis, in one of the files about what unwanted mail says: those up to number 29.
pub(crate) fn is_of_words(name: &str) -> bool {
    static NAMES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| names(|file| file < "30"));
    NAMES.contains(name)
}

/// Whether a rule of that name comes with Tamis.
pub(crate) fn is_own_rule(name: &str) -> bool {
    static NAMES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| names(|_| true));
    NAMES.contains(name)
}

/// The rules in some of the files.
fn names(is_asked: impl Fn(&str) -> bool) -> BTreeSet<&'static str> {
    let lines = FILES.iter().filter(|(file, _)| is_asked(file)).flat_map(|(_, text)| text.lines());
    lines.filter_map(|line| line.strip_prefix("describe ")?.split_whitespace().next()).collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_read_and_runs_whole() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/rules");
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| Path::new(name).extension().is_some_and(|end| end == "cf"));
        names.sort();
        assert_eq!(FILES.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);

        let book = load(&own_files(), &LoadSettings::default());
        assert_eq!(book.problems, []);
        let (_, problems) = Program::compile(&book, CompileSettings::default());
        assert_eq!(problems, []);
    }
}
