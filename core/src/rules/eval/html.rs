//! Functions on HTML parts: what SpamAssassin's `HTMLEval` asks. A message is what any of its HTML parts is.

use super::{
    Eval, Scene,
    support::{argument, number},
};
use crate::rules::{book::EvalTest, view::html::HtmlFacts};

/// What one match of a text may cost.
const BUDGET: u64 = 1_000_000;

/// The functions.
pub(super) const EVALS: &[Eval] = &[
    Eval { name: "html_test", run: test },
    Eval { name: "html_range", run: range },
    Eval { name: "html_eval", run: compare },
    Eval { name: "html_tag_exists", run: tag_exists },
    Eval { name: "html_tag_balance", run: tag_balance },
    Eval { name: "html_text_match", run: text_match },
    Eval { name: "html_image_only", run: image_only },
    Eval { name: "html_image_ratio", run: image_ratio },
    Eval { name: "html_title_subject_ratio", run: title_subject_ratio },
    Eval { name: "check_iframe_src", run: iframe_src },
];

/// Whether it holds of a page. What cannot be told is no.
fn any(scene: &Scene<'_>, holds: impl FnMut(&HtmlFacts) -> Option<bool>) -> u32 {
    let mut holds = holds;
    u32::from(scene.view.pages().iter().any(|page| holds(&page.rendering.facts).unwrap_or(false)))
}

/// Above the first limit, and not above the second.
fn is_between(value: f64, test: &EvalTest, at: usize) -> Option<bool> {
    let above = number(test, at)? < value;
    Some(above && number(test, at + 1).is_none_or(|most| value <= most))
}

fn test(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    any(scene, |facts| Some(facts.number(argument(test, 0))? != 0.0))
}

fn range(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    any(scene, |facts| is_between(facts.number(argument(test, 0))?, test, 1))
}

fn compare(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    any(scene, |facts| holds(facts.number(argument(test, 0))?, argument(test, 1)))
}

/// Whether a comparison such as `< 512` holds.
fn holds(value: f64, comparison: &str) -> Option<bool> {
    let comparison = comparison.trim();
    let sign_end = comparison.find(|c: char| !"<>=!".contains(c))?;
    let (sign, limit) = comparison.split_at_checked(sign_end)?;
    let order = value.partial_cmp(&limit.trim().parse().ok()?)?;
    match sign {
        "<" => Some(order.is_lt()),
        "<=" => Some(order.is_le()),
        ">" => Some(order.is_gt()),
        ">=" => Some(order.is_ge()),
        "==" => Some(order.is_eq()),
        "!=" => Some(order.is_ne()),
        _ => None,
    }
}

fn tag_exists(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    any(scene, |facts| Some(facts.open(argument(test, 0)).is_some()))
}

fn tag_balance(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    any(scene, |facts| holds(f64::from(facts.open(argument(test, 0))?), argument(test, 1)))
}

fn text_match(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let Some(search) = scene.lists.patterns.get(argument(test, 1)) else { return 0 };
    let mut budget = BUDGET;
    any(scene, |facts| {
        let mut texts = facts.texts(argument(test, 0)).iter();
        Some(texts.any(|text| search.is_in(text, &mut budget)))
    })
}

fn image_only(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    any(scene, |facts| {
        facts.open("img")?;
        is_between(facts.number("length")?, test, 0)
    })
}

fn image_ratio(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    any(scene, |facts| {
        let area = facts.number("image_area").filter(|area| 0.0 < *area)?;
        is_between(facts.number("non_space_len")? / area, test, 0)
    })
}

/// The title has more than so many times as many characters as the subject with a line end has bytes.
fn title_subject_ratio(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let Some(subject) = scene.view.headers().get("Subject") else { return 0 };
    any(scene, |facts| {
        let most = number(test, 0)? * f64::from(u32::try_from(subject.trim_ascii_end().len() + 1).ok()?);
        let title = facts.titles.iter().map(|title| String::from_utf8_lossy(title).chars().count()).max()?;
        Some(most < f64::from(u32::try_from(title).ok()?))
    })
}

fn iframe_src(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    any(scene, |facts| Some(facts.has_framed))
}

#[cfg(test)]
mod tests {
    use super::super::test_mail::holds_of_page;

    fn holds(page: &str, function: &str, arguments: &[&str]) -> bool {
        holds_of_page(page, "", function, arguments)
    }

    #[test]
    fn a_range_is_open_below_and_closed_above() {
        for (arguments, want) in [
            (["length", "0", "10"], true),
            (["length", "10", "20"], false),
            (["length", "9", "inf"], true),
            (["bad_tag_ratio", "-1", "1"], false),
            (["other", "0", "inf"], false),
        ] {
            assert_eq!(holds("abcdefghij", "html_range", &arguments), want, "{arguments:?}");
        }
        assert!(holds("abc", "html_eval", &["length", "< 4"]));
        assert!(!holds("abc", "html_eval", &["length", "== 4"]));
        assert!(!holds("abc", "html_eval", &["length", "4"]));
    }

    #[test]
    fn tags_exist_and_balance() {
        assert!(holds("<body>", "html_tag_exists", &["body"]));
        assert!(!holds("<b>", "html_tag_exists", &["body"]));
        assert!(holds("<body>", "html_tag_balance", &["body", "!= 0"]));
        assert!(!holds("<body></body>", "html_tag_balance", &["body", "!= 0"]));
        assert!(!holds("<b>", "html_tag_balance", &["body", "== 0"]));
    }

    #[test]
    fn texts_match_patterns() {
        assert!(holds("<!x>", "html_text_match", &["comment", "<!(?!-).{0,6}>"]));
        assert!(!holds("<!-- x -->", "html_text_match", &["comment", "<!(?!-).{0,6}>"]));
        assert!(holds("<a><img></a>", "html_text_match", &["anchor", "<img>"]));
        assert!(!holds("<title>abcd</title>", "html_text_match", &["title", ".{5}"]));
        assert!(!holds("<title>abcd</title>", "html_text_match", &["title", "(no pattern"]));
    }

    #[test]
    fn images_are_weighed_against_text() {
        assert!(holds("<img width=100 height=100>abcdefghi", "html_image_only", &["0030", "0040"]));
        assert!(!holds("abcdefghijklmnopqrstuvwxyzabcdefghi", "html_image_only", &["0030", "0040"]));
        let page = format!("<img width=100 height=100>{}", "a b ".repeat(15));
        assert!(holds(&page, "html_image_ratio", &["0.002", "0.004"]));
        assert!(!holds("<img width=100 height=100>", "html_image_ratio", &["0.000", "0.002"]));
    }

    #[test]
    fn a_title_may_be_longer_than_the_subject() {
        assert!(!holds("<title>xxxxxxxxxxxxxx</title>", "html_title_subject_ratio", &["3.5"]));
        assert!(holds("<title>xxxxxxxxxxxxxxx</title>", "html_title_subject_ratio", &["3.5"]));
    }

    #[test]
    fn facts_have_names() {
        assert!(holds("a", "html_test", &["html"]));
        assert!(holds("<font color=white>a", "html_test", &["font_low_contrast"]));
        assert!(!holds("<font color=black>a", "html_test", &["font_low_contrast"]));
        assert!(holds("<iframe src=x>", "check_iframe_src", &[]));
        assert!(!holds("<iframe src=''>", "check_iframe_src", &[]));
    }
}
