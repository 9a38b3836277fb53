//! Functions that rules may call and that are not run here, with the reason. Rules that call them never hit.

/// Names, sorted, and why.
const UNRUN: &[(&str, &str)] = &[
    ("check_access_database", "the access database of a mail server is not on this machine"),
    ("check_authres_result", "what a server says in Authentication-Results is judged without rules"),
    ("check_from_in_auto_welcomelist", NO_REPUTATION),
    ("check_from_in_auto_whitelist", NO_REPUTATION),
    ("check_hashbl_bodyfuzzy", "how its lists make a digest of a text is not published"),
    ("check_hashbl_bodyre_phone", "it is in no released version"),
    ("check_invalid_from", "it is in no released version"),
    ("check_language", "there are no models of languages"),
    ("check_phishing", "there is no list of phishing addresses on this machine"),
    ("check_senders_reputation", NO_REPUTATION),
    ("check_shortcircuit", "rules are never cut short"),
    ("check_uri_local_bl", "there is no table of countries and networks"),
    ("pdf_match_fuzzy_md5", "how its digest is made is not documented"),
    ("pdf_uri_regex", "it is in no released version"),
    ("redir_url", NO_REDIRECTS),
    ("redir_url_chained", NO_REDIRECTS),
    ("redir_url_loop", NO_REDIRECTS),
    ("redir_url_maxchain", NO_REDIRECTS),
    ("short_url_200", NO_REDIRECTS),
    ("short_url_404", NO_REDIRECTS),
    ("short_url_chained", NO_REDIRECTS),
    ("short_url_code", NO_REDIRECTS),
    ("short_url_loop", NO_REDIRECTS),
    ("short_url_maxchain", NO_REDIRECTS),
    ("short_url_redir", NO_REDIRECTS),
    ("short_url_tests", NO_REDIRECTS),
];

const NO_REPUTATION: &str = "no reputation of senders is kept for rules";
const NO_REDIRECTS: &str = "links are never followed: that would tell their sender who reads";

/// Why a function is not run; nothing if it is, or if nobody knows it.
pub fn why_unrun(function: &str) -> Option<&'static str> {
    let at = UNRUN.binary_search_by_key(&function, |(name, _)| name).ok()?;
    UNRUN.get(at).map(|(_, why)| *why)
}

#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    UNRUN.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_found_by_name() {
        assert!(UNRUN.is_sorted_by_key(|(name, _)| name));
        assert!(UNRUN.iter().all(|(name, why)| why_unrun(name) == Some(why)));
        assert_eq!(why_unrun("image_count"), None);
    }
}
