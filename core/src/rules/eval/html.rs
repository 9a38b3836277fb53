//! What rules ask about pages: the functions of SpamAssassin's `HTMLEval` and `HTTPSMismatch`.
//!
//! Where a message has several HTML parts, the last one counts, as there.

use super::{Eval, Scene, support::argument};
use crate::rules::{
    book::{EvalTest, Pattern},
    pattern::Search,
    view::{Page, html::HtmlFacts},
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "html_test", run: |scene, test| count(has(scene, test)) },
    Eval { name: "html_range", run: |scene, test| count(is_within(scene, test) == Some(true)) },
    Eval { name: "html_eval", run: |scene, test| count(compares(scene, test) == Some(true)) },
    Eval { name: "html_text_match", run: |scene, test| count(says(scene, test) == Some(true)) },
    Eval { name: "html_tag_exists", run: |scene, test| count(open(scene, test).is_some()) },
    Eval { name: "html_tag_balance", run: |scene, test| count(is_balance(scene, test) == Some(true)) },
    Eval { name: "html_image_only", run: |scene, test| count(is_image_only(scene, test) == Some(true)) },
    Eval { name: "html_image_ratio", run: |scene, test| count(is_image_share(scene, test) == Some(true)) },
    Eval { name: "html_title_subject_ratio", run: |scene, test| count(is_titled_longer(scene, test) == Some(true)) },
    Eval { name: "check_https_http_mismatch", run: |scene, test| count(is_other_host(scene, test) == Some(true)) },
];

/// Steps one search may take.
const MOST_STEPS: u64 = 200_000;

fn count(holds: bool) -> u32 {
    u32::from(holds)
}

fn facts<'run>(scene: &Scene<'run>) -> Option<&'run HtmlFacts> {
    let page: &'run Page = scene.view.pages().last()?;
    Some(&page.rendering.facts)
}

fn has(scene: &Scene<'_>, test: &EvalTest) -> bool {
    facts(scene).and_then(|facts| facts.number(argument(test, 0))).is_some_and(|number| number != 0.0)
}

/// A bound of a range. Nothing, `undef` and `inf` are no bound.
fn bound(test: &EvalTest, at: usize) -> Option<f64> {
    let word = argument(test, at).trim();
    if word == "inf" { Some(f64::INFINITY) } else { word.parse().ok() }
}

/// Above the first bound and not above the second; 0 belongs to a range that begins with 0.
fn is_in(number: f64, least: Option<f64>, most: Option<f64>) -> bool {
    if least == Some(0.0) && number == 0.0 {
        return true;
    }
    least.is_none_or(|least| least < number) && most.is_none_or(|most| number <= most)
}

fn is_within(scene: &Scene<'_>, test: &EvalTest) -> Option<bool> {
    let number = facts(scene)?.number(argument(test, 0))?;
    Some(is_in(number, bound(test, 1), bound(test, 2)))
}

fn compares(scene: &Scene<'_>, test: &EvalTest) -> Option<bool> {
    let number = facts(scene)?.number(argument(test, 0))?;
    holds(number, argument(test, 1))
}

/// `< 512`, `!= 0` and the like.
fn holds(number: f64, condition: &str) -> Option<bool> {
    let condition = condition.trim();
    let at = condition.find(|c: char| !"<>=!".contains(c))?;
    let (sign, limit) = condition.split_at_checked(at)?;
    let limit: f64 = limit.trim().parse().ok()?;
    let order = number.partial_cmp(&limit)?;
    Some(match sign {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        _ => return None,
    })
}

fn says(scene: &Scene<'_>, test: &EvalTest) -> Option<bool> {
    let texts = facts(scene)?.texts(argument(test, 0));
    if texts.is_empty() {
        return None;
    }
    let pattern = Pattern { text: argument(test, 1).to_owned(), ..Pattern::default() };
    let search = Search::new(&pattern)?;
    let mut budget = MOST_STEPS;
    Some(texts.iter().any(|text| search.is_in(text, &mut budget)))
}

fn open(scene: &Scene<'_>, test: &EvalTest) -> Option<u32> {
    facts(scene)?.open(argument(test, 0))
}

fn is_balance(scene: &Scene<'_>, test: &EvalTest) -> Option<bool> {
    holds(f64::from(open(scene, test)?), argument(test, 1))
}

/// Images, and text of about so many characters.
fn is_image_only(scene: &Scene<'_>, test: &EvalTest) -> Option<bool> {
    let facts = facts(scene)?;
    facts.open("img")?;
    let ink = facts.number("non_space_len")?;
    Some(is_in(ink, bound(test, 0), bound(test, 1)))
}

/// Characters of text for each pixel of images.
fn is_image_share(scene: &Scene<'_>, test: &EvalTest) -> Option<bool> {
    let facts = facts(scene)?;
    let (ink, area) = (facts.number("non_space_len")?, facts.number("image_area")?);
    let (least, most) = (bound(test, 0)?, bound(test, 1)?);
    if area <= 0.0 {
        return None;
    }
    let share = ink / area;
    Some(least < share && share <= most)
}

/// The title is so many times as long as the subject.
fn is_titled_longer(scene: &Scene<'_>, test: &EvalTest) -> Option<bool> {
    let subject = scene.view.headers().get("Subject")?;
    let subject = subject.trim_ascii_end().len();
    let title = facts(scene)?.texts("title").iter().map(Vec::len).max()?;
    let least: f64 = argument(test, 0).trim().parse().ok()?;
    if subject == 0 || title == 0 {
        return None;
    }
    let length = |length: usize| f64::from(u32::try_from(length).unwrap_or(u32::MAX));
    Some(least < length(title) / length(subject))
}

/// A link to a page without protection whose text is the protected address of another host. So many links, of those
/// that have one text and one domain.
fn is_other_host(scene: &Scene<'_>, test: &EvalTest) -> Option<bool> {
    let (least, most) = (bound(test, 0)?, bound(test, 1)?);
    let (mut links, mut is_other) = (0u32, false);
    for uri in scene.view.uris().iter().filter(|uri| !uri.anchors.is_empty()) {
        let [domain] = uri.domains().into_iter().collect::<Vec<_>>()[..] else { continue };
        links += 1;
        let Some(anchor) = uri.anchors.last() else { continue };
        let shown = String::from_utf8_lossy(anchor);
        let Some(host) = shown.to_ascii_lowercase().split_once("https://").map(|(_, rest)| host_of(rest)) else {
            continue;
        };
        is_other |= scene.lists.boundaries.domain(&host).is_some_and(|shown| shown != domain);
    }
    Some(is_other && least <= f64::from(links) && f64::from(links) < most)
}

fn host_of(rest: &str) -> String {
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-.".contains(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mail::{Arrival, Mail},
        rules::{View, eval, lists::Lists},
    };

    fn counts(page: &str, asked: &[(&str, &[&str])]) -> Vec<u32> {
        let raw = format!("Subject: hello\nContent-Type: text/html\n\n{page}");
        let mail = Mail::parse(raw.as_bytes(), &Arrival::default());
        let (view, lists) = (View::new(&mail), Lists::default());
        let scene = Scene { view: &view, lists: &lists, probability: None };
        let ask = |(function, arguments): &(&str, &[&str])| {
            let arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
            let test = EvalTest { target: "body".to_owned(), function: (*function).to_owned(), arguments };
            (eval::find(function).unwrap().run)(&scene, &test)
        };
        asked.iter().map(ask).collect()
    }

    #[test]
    fn pages_are_asked_by_name() {
        let page = "<html><head><title>a rather long title, as it were</title></head><body><center><!-- note -->\
                    <a href=\"http://a.example/\"><img src=x></a> text</body></html>";
        let asked: &[(&str, &[&str])] = &[
            ("html_test", &["html"]),
            ("html_test", &["embeds"]),
            ("html_range", &["length", "0", "1024"]),
            ("html_eval", &["length", "< 10"]),
            ("html_eval", &["length", "> 10"]),
            ("html_text_match", &["comment", "n.te"]),
            ("html_text_match", &["anchor", "<img>"]),
            ("html_text_match", &["title", "[Z]"]),
            ("html_tag_exists", &["center"]),
            ("html_tag_exists", &["table"]),
            ("html_tag_balance", &["center", "!= 0"]),
            ("html_tag_balance", &["body", "!= 0"]),
            ("html_image_only", &["0000", "0400"]),
            ("html_image_only", &["0400", "0800"]),
            ("html_title_subject_ratio", &["3.5"]),
        ];
        assert_eq!(counts(page, asked), [1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    }

    #[test]
    fn the_protected_address_of_another_host_is_seen_in_the_text_of_a_link() {
        let other = "<a href=\"http://a.example.com/\">https://www.bank.com/</a>";
        let same = "<a href=\"http://a.bank.com/\">https://www.bank.com/</a>";
        let asked: &[(&str, &[&str])] = &[("check_https_http_mismatch", &["1", "10"])];
        assert_eq!((counts(other, asked), counts(same, asked)), (vec![1], vec![0]));
    }
}
