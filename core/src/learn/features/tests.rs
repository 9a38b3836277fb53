//! Which tokens a message has, and how they are kept.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::mail::{AccountFacts, Arrival, Domain, TextPart};

fn tokens_of(mail: &Mail<'_>) -> BTreeSet<String> {
    Features::of(mail).iter().map(|(_, text)| text.into_owned()).collect()
}

fn tokens(raw: &str) -> BTreeSet<String> {
    tokens_of(&Mail::parse(raw.replace('\n', "\r\n").as_bytes(), &Arrival::default()))
}

fn of_text(part: TextPart) -> Mail<'static> {
    Mail::of_texts(String::new(), vec![part])
}

/// The tokens of a text alone.
fn text_tokens(text: &str) -> BTreeSet<String> {
    let part = TextPart { text: text.to_owned(), encoding: "7bit".to_owned(), ..TextPart::default() };
    let none = tokens_of(&of_text(TextPart { text: String::new(), ..part.clone() }));
    let all = tokens_of(&of_text(part));
    all.difference(&none).filter(|token| !token.starts_with("count:")).cloned().collect()
}

#[test]
fn text_becomes_words_and_pairs() {
    for (text, want) in [
        ("Buy now", &["buy", "now", "buy now"][..]),
        ("FREE pills!!", &["free", "caps:free", "pills", "free pills", "marks:!!"]),
        ("don't e-mail $10,000 a", &["don't", "e-mail", "$10,000", "don't e-mail", "e-mail $10,000"]),
        ("write to Jane@Shop.Example.", &["write", "to", "write to", "mail:shop.example"]),
        ("see http://shop.example/buy now", &["see", "now", "see now"]),
        ("abcdefghijklmnopqrstuvwxyz 1234567", &["skip:a 20", "number:7"]),
        ("", &[]),
    ] {
        let want: BTreeSet<String> = want.iter().map(|token| (*token).to_owned()).collect();
        assert_eq!(text_tokens(text), want, "{text}");
    }
}

#[test]
fn disguises_come_off() {
    for text in ["invoice", "in\u{200B}vo\u{AD}ice", "ｉｎｖｏｉｃｅ", "inv\u{43E}ice", "INVOICE", "𝐢𝐧𝐯𝐨𝐢𝐜𝐞"]
    {
        assert!(text_tokens(text).contains("invoice"), "{text}");
    }
    assert!(
        text_tokens("\u{441}\u{447}\u{435}\u{442}").contains("\u{441}\u{447}\u{435}\u{442}"),
        "Russian stays Russian"
    );
}

#[test]
fn writing_without_spaces_gives_pairs_of_characters() {
    let got = text_tokens("免費禮物");
    assert_eq!(got, ["免費", "費禮", "禮物", "script:Chinese"].map(str::to_owned).into());
}

#[test]
fn headers_say_who_and_by_which_way() {
    let got = tokens(
        "Received: from relay.shop.example (relay.shop.example [192.0.2.7]) by mx.example.org with ESMTP; Mon, 1 Jan 2024 00:00:00 +0000\n\
         From: \"The Shop\" <news@shop.example>\nReply-To: other@elsewhere.example\nTo: me@example.org\n\
         Subject: Your invoice\nMessage-ID: <abc123.4@shop.example>\nX-Mailer: Mass Mailer 2.0\n\
         Content-Type: text/plain\n\nhello\n",
    );
    for want in [
        "from:shop",
        "sender:news@shop.example",
        "domain:shop.example",
        "reply-domain:elsewhere.example",
        "fact:replies go to another domain",
        "subject:invoice",
        "in:subject your",
        "in:subject your invoice",
        "in:received relay.shop.example",
        "domain-in:received shop.example",
        "net-in:received 192.0.2",
        "in:received by _ _ esmtp",
        "shape-in:message-id a0.0@a.a",
        "domain-in:message-id shop.example",
        "in:x-mailer mass mailer",
        "in:content-type text/plain",
        "has:x-mailer",
        "after:subject message-id",
        "missing:Date",
        "hello",
    ] {
        assert!(got.contains(want), "{want} in {got:#?}");
    }
}

#[test]
fn a_mailbox_and_a_filter_leave_no_token() {
    let bare = "From: a@example.org\nSubject: hello there\n\nhello\n";
    let marked = "X-Spam-Status: Yes, score=12\nX-Spam-Flag: YES\nX-Tamis-Verdict: spam\nX-UID: 17\nStatus: RO\n\
                  X-Mozilla-Status: 0001\nX-MS-Exchange-Organization-SCL: 5\nX-Microsoft-Antispam: BCL:0\n\
                  X-Keywords: work\nAuthentication-Results: mx.example.org; spf=fail\n";
    assert_eq!(tokens(&format!("{marked}{bare}")), tokens(bare));
}

#[test]
fn of_a_date_only_the_form_and_the_zone_are_told() {
    let on =
        |date: &str| tokens(&format!("Received: from a by b; {date}\nDate: {date}\nFrom: a@example.org\n\nhello\n"));
    let got = on("Mon, 1 Jan 2024 10:20:30 +0000");
    assert_eq!(got, on("Tue, 2 Mar 2021 01:02:03 +0000"));
    assert!(got.contains("in:date +0000") && got.contains("shape-in:date Aaa, 0 Aaa 0000 00:00:00 +0000"), "{got:#?}");
}

#[test]
fn what_the_provider_found_out_is_told_and_what_others_say_is_not() {
    let raw = "Received: from relay.example (relay.example [192.0.2.7]) by mx.example.org with ESMTP; Mon, 1 Jan 2024 00:00:00 +0000\n\
               Authentication-Results: mx.example.org; dkim=fail header.d=shop.example; spf=pass smtp.mailfrom=a@shop.example\n\
               Received: from inside.example ([192.0.2.8]) by relay.example; Mon, 1 Jan 2024 00:00:00 +0000\n\
               Authentication-Results: mx.example.org; dmarc=pass\nFrom: a@shop.example\n\nhello\n";
    let account = AccountFacts { provider: vec![Domain::parse("example.org").unwrap()], ..AccountFacts::default() };
    let arrival = Arrival { account, ..Arrival::default() };
    let got = tokens_of(&Mail::parse(raw.replace('\n', "\r\n").as_bytes(), &arrival));
    let results: Vec<&String> = got.iter().filter(|token| token.starts_with("result:")).collect();
    assert_eq!(
        results,
        ["result:dkim fail", "result:dkim fail of shop.example", "result:spf pass", "result:spf pass of shop.example"]
    );
}

#[test]
fn a_word_in_foreign_letters_is_also_known_as_one() {
    let got = text_tokens("inv\u{43E}ice");
    assert!(got.contains("invoice") && got.contains("disguised:invoice"), "{got:?}");
    assert!(!text_tokens("invoice").contains("disguised:invoice"));
}

#[test]
fn the_language_and_the_script_are_told() {
    for (text, want) in [
        ("We are happy to tell you that the parcel is on the way with your order", "language:English"),
        ("Wir freuen uns, dass Sie der Einladung gefolgt sind und nicht mit dem Auto kommen", "language:German"),
        ("Не забудьте, что это письмо для вас, как и все", "language:Russian"),
        ("Не забудьте, что это письмо", "script:Cyrillic"),
        ("免費禮物送給您", "script:Chinese"),
        ("한국어로 쓴 편지", "script:Korean"),
    ] {
        assert!(text_tokens(text).contains(want), "{want} in {:?}", text_tokens(text));
    }
    let bare = text_tokens("lorem ipsum dolor");
    assert!(!bare.iter().any(|token| token.starts_with("language:") || token.starts_with("script:")), "{bare:?}");
}

#[test]
fn links_html_and_files_are_told() {
    let got = tokens(
        "From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b1\"\n\n\
         --b1\nContent-Type: text/html; charset=utf-8\n\n\
         <html><body><p>Dear customer</p><span style=\"display:none\">weather</span>\
         <a href=\"http://www.pay.shop.example/login/verify.php?id=1\">here</a></body></html>\n\
         --b1\nContent-Type: application/zip; name=\"Invoice.zip\"\n\
         Content-Disposition: attachment; filename=\"Invoice.zip\"\nContent-Transfer-Encoding: base64\n\nUEsDBAo=\n--b1--\n",
    );
    for want in [
        "dear customer",
        "hidden:weather",
        "link:www.pay.shop.example",
        "link:shop.example",
        "path:verify",
        "charset:utf-8",
        "fact:HTML alone",
        "file:invoice",
        "extension:zip",
        "file-type:application/zip",
        "in:content-type multipart/mixed",
    ] {
        assert!(got.contains(want), "{want} in {got:#?}");
    }
    assert!(!got.contains("weather"), "hidden text is not visible text");
}

#[test]
fn a_huge_message_has_no_more_tokens_than_it_may() {
    let text = (0..200_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
    let part = TextPart { text, encoding: "7bit".to_owned(), ..TextPart::default() };
    assert_eq!(Features::of(&of_text(part)).len(), 3000);
}

proptest! {
    #[test]
    fn ids_survive_the_store(ids in prop::collection::btree_set(any::<u64>(), 0..300)) {
        let ids: Vec<TokenId> = ids.into_iter().map(TokenId).collect();
        prop_assert_eq!(Features::decode(&Features::encode(&ids)), Some(ids));
    }

    #[test]
    fn damage_is_noticed(
        ids in prop::collection::btree_set(any::<u64>(), 1..50),
        place in any::<prop::sample::Index>(),
        bit in 0..8_u32,
        is_cut in any::<bool>(),
    ) {
        let mut bytes = Features::encode(&ids.into_iter().map(TokenId).collect::<Vec<_>>());
        let at = place.index(bytes.len());
        if is_cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << bit;
        }
        prop_assert_eq!(Features::decode(&bytes), None);
    }

    #[test]
    fn any_bytes_decode_to_something_or_nothing(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        if let Some(ids) = Features::decode(&bytes) {
            prop_assert_eq!(Features::encode(&ids), bytes);
        }
    }

    #[test]
    fn the_number_of_a_token_is_that_of_its_text(line in "\\PC{0,120}", words in "[a-z_.@: ]{0,80}", text in "[a-zA-Z!:_ ]{0,80}") {
        let raw = format!("From: {words} <a@example.org>\r\nX-Line: {line}\r\nReceived: from {words} by b\r\nDate: {line}\r\n\r\n{text}\r\n");
        let mail = Mail::parse(raw.as_bytes(), &Arrival::default());
        for (id, written) in Features::of(&mail).iter() {
            prop_assert_eq!(id, TokenId::of(&written, id.is_of_body()), "{}", written);
        }
    }

    #[test]
    fn any_text_has_features_in_order(text in "\\PC{0,300}") {
        let part = TextPart { text: text.clone(), ..TextPart::default() };
        let features = Features::of(&Mail::of_texts(text, vec![part]));
        let ids = features.ids();
        prop_assert!(ids.is_sorted_by(|a, b| a < b));
        prop_assert!(features.iter().all(|(id, text)| id == TokenId::of(&text, id.is_of_body())));
    }
}

#[test]
fn numbers_that_do_not_fit_are_damage() {
    let sealed = |packed: &[u8]| {
        let mut bytes = packed.to_vec();
        bytes.extend_from_slice(&checksum(packed));
        bytes
    };
    assert_eq!(Features::decode(&sealed(&[5, 1])), Some(vec![TokenId(5), TokenId(6)]));
    assert_eq!(Features::decode(&sealed(&[5, 0])), None, "the same id twice");
    assert_eq!(Features::decode(&sealed(&[0x80])), None, "cut off");
    assert_eq!(Features::decode(&sealed(&[0xFF; 11])), None, "more than 64 bits");
    let mut over = vec![0xFF; 9];
    over.extend([0x01, 0x01]);
    assert_eq!(Features::decode(&sealed(&over)), None, "beyond the largest id");
    assert_eq!(Features::decode(&[]), None);
}
