//! Which way is taken, and what is never asked.

use tamis_core::{
    Action, Score, UnixTime,
    fuzzy::Print,
    reputation::{Origin, Track},
};

use super::*;
use crate::store::{
    AccountId, Fingerprint, Key, Location,
    mail::{Judged, JudgedReason, Shape},
};

const SETTINGS: &str = "[[account]]\nname = \"me\"\naddress = \"robin@example.com\"\nhost = \"imap.example.com\"\n";
const SMTP: &str = "[account.smtp]\nhost = \"smtp.example.com\"\n";

const NEWSLETTER: &str = "Authentication-Results: mx.example.com; dkim=pass header.d=shop.org\r\n\
    Received: from a.shop.org (a.shop.org [192.0.2.1]) by mx.example.com; x\r\n\
    DKIM-Signature: v=1; d=shop.org; s=a; h=From:List-Unsubscribe:List-Unsubscribe-Post; b=x\r\n\
    List-Unsubscribe: <https://leave.shop.org/u?1>, <mailto:leave@shop.org?subject=out>\r\n\
    List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
    From: Shop <news@shop.org>\r\nSubject: News\r\n\r\nHello\r\n";

fn found(class: Class, taught: Option<Label>, symbols: &[&str]) -> StoredMail {
    let reason = |symbol: &&str| JudgedReason {
        symbol: (*symbol).to_owned(),
        about: String::new(),
        why: String::new(),
        score: Score::ZERO,
    };
    let judged = Judged {
        account: AccountId(1),
        key: Key::of(b"1"),
        fingerprint: Fingerprint::of("", "", 0),
        message_id: String::new(),
        from_name: String::new(),
        from_address: String::new(),
        to: String::new(),
        subject: String::new(),
        received_at: UnixTime(0),
        judged_at: UnixTime(0),
        size: 0,
        score: Score::ZERO,
        class,
        action: Action::Leave,
        probability: None,
        origin: Origin::default(),
        decided_by: String::new(),
        reason: String::new(),
        reasons: symbols.iter().map(reason).collect(),
        clues: Vec::new(),
        asked: Vec::new(),
        keywords: mail::Keywords::None,
        listed: Vec::new(),
        contact: None,
        is_first_contact: false,
        track: Track::default(),
        print: Print::default(),
        is_plain_spam: false,
    };
    StoredMail {
        id: MailId(1),
        account_name: "me".to_owned(),
        shape_key: judged.key,
        judged,
        location: Location::new("INBOX", 1, 1),
        home: "INBOX".to_owned(),
        taught,
        reviewed_at: UnixTime(0),
        shape: Shape::Original,
        held_at: UnixTime(0),
        is_archived: false,
        waits_until: UnixTime(0),
    }
}

fn offered(settings: &str, found: &StoredMail, raw: &str) -> Option<Leaving> {
    offer(&Config::parse(settings).unwrap(), found, raw.as_bytes())
}

#[test]
fn the_best_way_is_offered_and_only_of_whom_the_provider_knows() {
    let known = found(Class::Ham, None, &["DKIM_VALID_AU"]);
    let by_itself = |whom: &str| Some(Leaving::ByItself(whom.to_owned()));
    let page =
        Some(Leaving::OnPage { host: "leave.shop.org".to_owned(), url: "https://leave.shop.org/u?1".to_owned() });
    assert_eq!(offered(SETTINGS, &known, NEWSLETTER), by_itself("leave.shop.org"));
    let no_click = NEWSLETTER.replace("List-Unsubscribe=One-Click", "no");
    assert_eq!(offered(SETTINGS, &known, &no_click), page, "nothing is set up that sends mail");
    let sends = format!("{SETTINGS}{SMTP}");
    assert_eq!(offered(&sends, &known, &no_click), by_itself("leave@shop.org"));
    let half_signed = NEWSLETTER.replace(":List-Unsubscribe-Post", "");
    assert_eq!(offered(&sends, &known, &half_signed), by_itself("leave@shop.org"), "the address is signed");
    assert_eq!(offered(SETTINGS, &known, &half_signed), page);
    let unsigned = NEWSLETTER.replace("List-Unsubscribe:List", "Subject:List");
    let (to, subject, text) = ("leave@shop.org".to_owned(), "out".to_owned(), "unsubscribe".to_owned());
    assert_eq!(offered(&sends, &known, &unsigned), Some(Leaving::ByMessage { to, subject, text }), "it is shown first");
    assert_eq!(offered(SETTINGS, &known, &unsigned), page);
    assert_eq!(offered(&sends, &found(Class::Ham, None, &["SUBJ_EXCLAIM"]), NEWSLETTER), page);
    assert_eq!(offered(SETTINGS, &known, "Subject: no mailing\r\n\r\nHello\r\n"), None);
}

#[test]
fn of_spam_nothing_is_offered_unless_the_person_says_that_it_is_none() {
    let symbols = ["DKIM_VALID_AU"];
    for (class, taught, is_offered) in [
        (Class::Spam, None, false),
        (Class::Spam, Some(Label::Spam), false),
        (Class::Ham, Some(Label::Spam), false),
        (Class::Spam, Some(Label::Ham), true),
        (Class::Unsure, None, true),
        (Class::Ham, None, true),
    ] {
        let offered = offered(SETTINGS, &found(class, taught, &symbols), NEWSLETTER);
        assert_eq!(offered.is_some(), is_offered, "{class:?} {taught:?}");
    }
}

#[tokio::test]
async fn what_the_site_answers_is_one_sentence() {
    for (status, want) in [
        ("200 OK", "leave.shop.example was asked to take you off its list, and agreed"),
        (
            "302 Found\r\nLocation: https://leave.shop.example/page",
            "leave.shop.example does not do it by itself but wants you to open a page, so nothing was changed",
        ),
        ("503 Busy", "leave.shop.example did not take the request (it answered 503); try again later"),
    ] {
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        let server = https::tests::Server::start(answer.into_bytes());
        let reply = click("https://leave.shop.example/u?1".to_owned(), server.reach()).await;
        let (Reply::Done { text, .. } | Reply::Refused { text, .. }) = reply else { panic!("{reply:?}") };
        assert_eq!(text, want);
    }
    let Reply::Refused { text, .. } = click("https://localhost/u".to_owned(), Reach::Public).await else { panic!() };
    assert_eq!(text, "localhost could not be asked: its name leads into a private network");
}

#[test]
fn the_host_that_is_named_is_the_one_that_a_browser_opens() {
    for (url, want) in [
        ("https://shop.example/leave?u=1", "shop.example"),
        ("https://shop.example:8443/leave", "shop.example"),
        ("https://mallory.example\\@shop.example/leave", "mallory.example"),
        ("https://mallory.example\\.shop.example/", "mallory.example"),
    ] {
        assert_eq!(host(url), want, "{url}");
    }
}

#[test]
fn what_was_not_left_is_told_beside_what_was() {
    let faults = ["Shop: it is away".to_owned(), "message 4: there is no message 4".to_owned()];
    assert_eq!(told(2, &[], 0), done("unsubscribed from 2 mailings".to_owned()));
    let text =
        "unsubscribed from 1 mailing; not done for Shop: it is away; and for 1 more; there was no time for 3 messages";
    assert_eq!(told(1, &faults, 3), done(text.to_owned()));
    let text = "not done for Shop: it is away; and for 1 more".to_owned();
    assert_eq!(told(0, &faults, 0), refused(text, RefusedKind::Person));
}
