//! Files of other programs.

use super::*;
use crate::lists::{Kind, Side, What, export};

#[test]
fn our_own_file_comes_back_as_it_went() {
    let mut entries = Vec::new();
    for (side, kind, value) in [
        (Side::Accept, Kind::Address, "ann@example.org via mail.example.net"),
        (Side::Block, Kind::Domain, "example.net"),
        (Side::Block, Kind::Phrase, "say \"yes\", now"),
        (Side::Block, Kind::Regex, "^dear (?:friend|sir), \\d+"),
        (Side::Block, Kind::Header, "X-Mailer: *bulk*"),
        (Side::Accept, Kind::Ip, "192.0.2.0/24"),
        (Side::Block, Kind::File, "*.iso"),
    ] {
        let what = What::parse(kind, value).unwrap();
        let note = "from \"Ann\", once".to_owned();
        entries.push(Draft { account: "me".to_owned(), note, is_on: side == Side::Block, ..Draft::new(side, what) });
    }
    let text = export(&entries);
    assert!(text.starts_with("list,kind,value,account,note,state\r\naccept,address,"), "{text}");
    assert_eq!(import(&text), Imported { drafts: entries, skipped: Vec::new() });
}

#[test]
fn lines_of_our_own_file_that_are_wrong_are_named() {
    let text = "kind;x\n";
    assert!(import(text).drafts.is_empty());
    let text = "value,list,kind\nann@example.org,accept,address\nx,accept,address\nx,maybe,address\n\"a\nb\",block,shape\n\
                com,accept,domain\n";
    let imported = import(text);
    assert_eq!(values(&imported), ["accept address ann@example.org"]);
    let why: Vec<(usize, &str)> = imported.skipped.iter().map(|(line, why)| (*line, why.as_str())).collect();
    assert_eq!(
        why,
        [
            (3, "\"x\" is not an address such as ann@example.org"),
            (4, "\"maybe\" is neither accept nor block"),
            (5, "there is no kind \"shape\""),
            (7, "under \"com\" anybody can have a name, so it cannot be accepted as a whole"),
        ]
    );
}

#[test]
fn settings_of_spamassassin_give_their_lists() {
    let text = "required_score 5\n\
                whitelist_from  ann@example.org *@example.com # friends\n\
                welcomelist_from_rcvd joe@example.org example.net\n\
                blacklist_from *.example.biz\n\
                blocklist_from\tspam?@example.info nobody\n\
                unwhitelist_from x@example.org\n\
                whitelist_from_rcvd joe@example.org [192.0.2.1]\n\
                body FOO /whitelist_from/\n";
    let imported = import(text);
    let want = [
        "accept address ann@example.org",
        "accept address *@example.com",
        "accept address joe@example.org via example.net",
        "block address *.example.biz",
        "block address spam?@example.info",
    ];
    assert_eq!(values(&imported), want);
    let lines: Vec<usize> = imported.skipped.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [5, 6, 7]);
    assert_eq!(imported.skipped[1].1, "unwelcomelist_from is nothing that Tamis has a list for");
}

#[test]
fn whoever_is_in_an_address_book_is_accepted_once() {
    let vcard = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann\r\nitem1.EMAIL;TYPE=\"a:b\":Ann@example.\r\n org\r\n\
                 EMAIL:mailto:joe@example.org\r\nEMAIL:\r\nEND:VCARD\r\nBEGIN:VCARD\r\nEMAIL:ann@example.org\r\nEND:VCARD\r\n";
    let ldif = "dn: cn=Ann,mail=ann@example.org\nobjectclass: top\ncn: Ann\nmail: ann@example.\n org\n\
                mozillaSecondEmail: joe@example.org\n\ndn: cn=J\nmail:: am9lQGV4YW1wbGUub3Jn\n";
    let csv = "First Name,Last Name,Display Name,Primary Email,Secondary Email\n\
               Ann,Lee,\"Lee, Ann\",ann@example.org,\nJoe,,Joe,\"joe@example.org\",ann@example.org\n";
    let german = "Vorname;E-Mail-Adresse\nAnn;ann@example.org\nJoe;joe@example.org\n";
    for text in [vcard, ldif, csv, german, &format!("\u{feff}{csv}")] {
        let imported = import(text);
        assert_eq!(values(&imported), ["accept address ann@example.org", "accept address joe@example.org"], "{text}");
        assert!(imported.skipped.is_empty(), "{imported:?}");
    }
    let star = import("BEGIN:VCARD\nEMAIL:*@example.org\nEND:VCARD\n");
    assert_eq!((star.drafts.len(), star.skipped.len()), (0, 1), "in an address book a star is no pattern");
}

fn values(imported: &Imported) -> Vec<String> {
    let said = |draft: &Draft| format!("{} {} {}", draft.side.word(), draft.what.kind(), draft.what.value());
    imported.drafts.iter().map(said).collect()
}
