//! Which names are another's address. Expected results are those of SpamAssassin 4.0.1.

use crate::rules::eval::trial::run;

/// The functions, short: address, another, domain, owner, spoof, recipient, reply.
const CALLS: &[(&str, char)] = &[
    ("check_fromname_contains_email", 'a'),
    ("check_fromname_different", 'd'),
    ("check_fromname_domain_differ", 'n'),
    ("check_fromname_owners_differ", 'o'),
    ("check_fromname_spoof", 's'),
    ("check_fromname_equals_to", 't'),
    ("check_fromname_equals_replyto", 'r'),
];

fn with(lines: &[&str], from: &str) -> String {
    let message =
        format!("From: {from}\nTo: b@example.com\nCc: c@example.net\nReply-To: r@reply.net\nList-Id: <x>\n\nhi\n");
    CALLS.iter().filter(|(call, _)| run(message.as_bytes(), lines, call) == 1).map(|(_, letter)| letter).collect()
}

fn finds(from: &str) -> String {
    with(&[], from)
}

#[test]
fn another_address_in_a_name_is_found() {
    for (from, found) in [
        ("Joe <a@example.com>", ""),
        ("a@example.com", ""),
        ("\"a@example.com\" <A@Example.com>", "a"),
        ("\"x@example.com\" <a@example.com>", "ad"),
        ("\"x@mail.example.com\" <a@example.com>", "ad"),
        ("\"a@example.org\" <a@example.com>", "adn"),
        ("\"Joe x@other.org via List\" <a@example.com>", "adnos"),
        ("\"x@foo.co.uk\" <a@bar.co.uk>", "adnos"),
        ("\"B@Example.com\" <a@evil.org>", "adnost"),
        ("\"c@example.net\" <a@evil.org>", "adnost"),
        ("\"r@reply.net\" <a@evil.org>", "adnosr"),
        ("\"x@other\" <a@example.com>", ""),
        ("\"x@other.notatld\" <a@example.com>", ""),
        ("\"x@other.org.\" <a@example.com>", ""),
        ("\"x @ other.org\" <a@example.com>", ""),
    ] {
        assert_eq!(finds(from), found, "{from}");
    }
}

#[test]
fn long_names_mean_something_else() {
    let name = |more: usize| format!("\"{} x@other.org\" <a@example.com>", "y".repeat(more));
    assert_eq!((finds(&name(48)), finds(&name(49))), ("adnos".to_owned(), "a".to_owned()));
    assert_eq!(with(&["fns_extrachars 10"], &name(9)), "a");
}

#[test]
fn settings_say_how_closely_names_are_compared() {
    let (alias, domain) = ("\"x@example.com\" <a@example.com>", "\"a@example.org\" <a@example.com>");
    assert_eq!((with(&["fns_check 0"], alias), with(&["fns_check 2"], alias)), ("ads".to_owned(), "ad".to_owned()));
    assert_eq!(with(&["fns_check 2"], domain), "adns");
    let google = "\"x@gmail.com\" <x@googlemail.com>";
    assert_eq!(finds(google), "adnos");
    assert_eq!(with(&["fns_add_addrlist (GMAIL) *@gmail.com *@googlemail.com"], google), "adn");
    assert_eq!(with(&["fns_ignore_headers X-No List-Id"], "\"x@other.org\" <a@example.com>"), "");
}
