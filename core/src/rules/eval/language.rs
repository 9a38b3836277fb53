//! Text in scripts that one does not read (`Mail::SpamAssassin::Plugin::TextCat`, without its language models).

use crate::rules::{
    Directive,
    book::EvalTest,
    eval::{Eval, Scene},
};

pub(super) const EVALS: &[Eval] = &[Eval { name: "check_body_8bits", run: has_wide_run }];

/// So many bytes beyond ASCII in a row are no accented letter.
const RUN: usize = 8;

/// Languages in which such rows are usual.
const WIDE: &[&str] = &[
    "all", "am", "ar", "be", "bg", "cs", "el", "et", "fa", "fi", "he", "hi", "hy", "is", "ja", "ka", "ko", "mr", "pt",
    "ru", "ta", "th", "tr", "uk", "vi", "yi", "zh",
];

/// Whether one reads languages that are written without ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Languages {
    reads_wide: bool,
}

impl Default for Languages {
    fn default() -> Self {
        Self { reads_wide: true }
    }
}

impl Languages {
    /// From the last `ok_languages`; all if there is none.
    pub fn read(directives: &[Directive]) -> Self {
        let last = directives.iter().rev().find(|directive| directive.name == "ok_languages");
        let is_wide = |directive: &Directive| directive.value.split_whitespace().any(|word| WIDE.contains(&word));
        Self { reads_wide: last.is_none_or(is_wide) }
    }
}

fn has_wide_run(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    if scene.lists.languages.reads_wide {
        return 0;
    }
    scene.view.body().iter().any(|paragraph| is_wide(paragraph)).into()
}

fn is_wide(paragraph: &[u8]) -> bool {
    paragraph.split(u8::is_ascii).any(|run| RUN <= run.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_reads_no_such_script_minds_it() {
        let read = |value: &str| {
            let directive = Directive { name: "ok_languages".into(), value: value.into(), place: Default::default() };
            Languages::read(&[directive]).reads_wide
        };
        assert!(Languages::read(&[]).reads_wide && read("en ja") && read("de all"));
        assert!(!read("de fr") && !read("JA"));
    }

    #[test]
    fn eight_bytes_in_a_row_are_wide() {
        assert!(is_wide("hello \u{e9}\u{e9}\u{e9}\u{e9} x".as_bytes()));
        assert!(!is_wide("hello \u{e9}\u{e9}\u{e9} \u{e9}".as_bytes()));
    }
}
