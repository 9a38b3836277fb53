//! Made-up mail: what a person sees on an ordinary day, and a few things that are hard to draw.

use jiff::Timestamp;
use tamis_core::api::{AskedView, Leaving, MailDetail, MailId, MailRow, Reason};

use crate::message;

/// Class, points, sender, address, subject, main reason.
type Line = (&'static str, f64, &'static str, &'static str, &'static str, &'static str);

const LINES: &[Line] = &[
    (
        "spam",
        14.2,
        "PayPal Service",
        "service@paypa1-alerts.example",
        "Your account has been limited: confirm your identity within 24 hours",
        "A link says paypal.com but goes elsewhere",
    ),
    (
        "unsure",
        3.9,
        "Marta Kowalska",
        "marta@example.net",
        "Zażółć gęślą jaźń: faktura za wrzesień",
        "First message from this sender",
    ),
    (
        "spam",
        9.1,
        "Dr. Emmanuel Okoro",
        "okoro.emm@example.com",
        "URGENT business proposal of mutual benefit",
        "Words of advance-fee fraud",
    ),
    (
        "spam",
        11.7,
        "WIN-A-CAR",
        "winner@promo.example",
        "🎉🎉 Congratulations!!! You have been selected as the lucky winner of a brand new car, answer today and claim your prize now",
        "Sender is listed by three block lists",
    ),
    (
        "spam",
        7.4,
        "Pharmacy Online",
        "deals@pills.example",
        "V1agra, C1alis: 80 % off this weekend",
        "Words are disguised with digits",
    ),
    (
        "unsure",
        4.4,
        "北京贸易有限公司",
        "sales@trade.example",
        "关于贵公司的产品报价单和合作机会",
        "Language you never write in",
    ),
    ("spam", 8.8, "בנק לאומי", "info@bank.example", "שלום, חשבונך נחסם (דחוף) 971", "Sender address is forged"),
    (
        "spam",
        6.2,
        "مركز الجوائز",
        "prize@award.example",
        "السلام عليكم لقد ربحت جائزة 5000",
        "Known in a bulk wave: 1,204 copies",
    ),
    (
        "unsure",
        3.2,
        "Newsletter of the Alpine Club",
        "news@alpine.example",
        "Hut bookings open on Monday",
        "Bulk mail without a way to unsubscribe",
    ),
    (
        "spam",
        12.9,
        "Microsoft 365",
        "no-reply@m365-login.example",
        "Password expires today",
        "Brand name, but not the brand's server",
    ),
    (
        "spam",
        5.6,
        "Crypto Insider",
        "alpha@coins.example",
        "This token will 100x before Friday",
        "Learner: words seen in spam",
    ),
    ("unsure", 4.9, "Jonas", "jonas1987@example.com", "Re: photos", "Answer to a message you never sent"),
    (
        "spam",
        10.3,
        "DHL Express",
        "parcel@dhl-tracking.example",
        "Your parcel is waiting: pay 1.99 € customs",
        "A link says dhl.com but goes elsewhere",
    ),
    (
        "spam",
        6.8,
        "SEO Team",
        "growth@rank.example",
        "Rank #1 on search engines, guaranteed",
        "Learner: words seen in spam",
    ),
    ("ham", -3.4, "Grace Hopper", "grace@example.org", "Minutes of Tuesday's meeting", "You write to this person"),
    ("ham", -1.2, "Build server", "ci@example.org", "main: build 4711 has passed", "Signed by a domain you know"),
    (
        "ham",
        0.4,
        "Library of the town",
        "library@town.example",
        "Two of your books are due on Friday",
        "Signed by a domain you know",
    ),
    (
        "unsure",
        3.6,
        "Recruiting",
        "talent@jobs.example",
        "Your profile and an exciting opportunity in embedded systems (remote, m/f/d, 4-day week, long subject that goes on and on)",
        "First message from this sender",
    ),
    ("spam", 15.8, "", "x93kd@203-0-113-7.example", "", "No subject, no sender name, dynamic address"),
    (
        "spam",
        8.1,
        "Invoice Dept",
        "billing@inv.example",
        "Invoice 88231 overdue\u{202E}fdp.exe",
        "Attachment hides what it is",
    ),
    ("ham", -5.0, "Mum", "mum@example.org", "Sunday lunch?", "You write to this person"),
    (
        "ham",
        -0.6,
        "Railway",
        "tickets@rail.example",
        "Your ticket Lyon – Turin, 3 October",
        "Signed by a domain you know",
    ),
];

/// What the pretended agent complains about.
pub(crate) fn problems() -> Vec<String> {
    vec!["office@example.net cannot be reached, so its new mail is not filtered. Tamis keeps trying".to_owned()]
}

/// The messages written above, twice, over a few days. The newest spam of an account waits for the person's word, and of
/// the others some were dealt with in rarer ways.
pub(crate) fn written() -> Vec<MailRow> {
    let lines = LINES.iter().chain(LINES);
    let mut rows: Vec<MailRow> = (0..).zip(lines).map(|(at, line)| row(at, line, 1_900 + at * at * 260)).collect();
    let mut rare = RARE.iter().cycle();
    for (at, row) in rows.iter_mut().enumerate().filter(|(_, row)| row.class == "spam") {
        if at < 10 && row.account == "ada" {
            row.is_held = true;
            row.folder = "Inbox".into();
        } else if let Some(&(action, folder, is_archived)) = rare.next() {
            row.action = action.into();
            row.folder = folder.into();
            row.is_archived = is_archived;
        }
    }
    rows
}

/// What was done, where the message is now, and whether the archive has the original.
const RARE: [(&str, &str, bool); 7] = [
    ("junk", "Junk", false),
    ("tag", "Inbox", true),
    ("quarantine", "Tamis/Quarantine", false),
    ("strip", "Inbox", true),
    ("forward", "Junk", false),
    ("delete", "", true),
    ("junk", "", true),
];

/// So many made-up messages.
pub(crate) fn many(number: i64) -> Vec<MailRow> {
    let lines = LINES.iter().cycle();
    (0..number).zip(lines).map(|(at, line)| row(at, line, at * 97)).collect()
}

fn row(at: i64, line: &Line, age_secs: i64) -> MailRow {
    let &(class, score, name, address, subject, reason) = line;
    MailRow {
        id: MailId(at + 1),
        account: if at % 5 == 1 { "office" } else { "ada" }.to_owned(),
        from_name: name.to_owned(),
        from_address: address.to_owned(),
        subject: subject.to_owned(),
        received_at: Timestamp::now().as_second() - age_secs,
        class: class.to_owned(),
        score,
        probability: Some((0.5 + score / 30.0).clamp(0.02, 0.995)),
        folder: if class == "spam" { "Junk" } else { "Inbox" }.to_owned(),
        uid: 1,
        action: if class == "spam" { "junk" } else { "leave" }.to_owned(),
        is_archived: false,
        is_held: false,
        taught: None,
        reason: format!("{reason}."),
        reasons: vec![reason.to_owned()],
        waits_until: 0,
    }
}

/// A whole message for a row.
pub(crate) fn detail(row: &MailRow) -> MailDetail {
    let preview = message::preview(row);
    let clue = |word: &str, share: f64| (format!("\"{word}\""), share);
    MailDetail {
        row: row.clone(),
        reasons: reasons(row),
        clues: vec![
            clue("limited", 0.97),
            clue("confirm your", 0.99),
            clue("identity", 0.93),
            clue("funds", 0.95),
            clue("within 24", 0.96),
            clue("sincerely", 0.31),
            clue("account", 0.78),
            clue("activity", 0.66),
            clue("security team", 0.88),
            clue("follow the", 0.22),
            ("link to paypa1-alerts.example".to_owned(), 0.999),
        ],
        tag_threshold: 3.0,
        junk_threshold: 5.0,
        to: "Ada Lovelace <ada@example.org>".to_owned(),
        text: preview.text,
        links: preview.links,
        files: preview.files,
        leaving: (row.class != "spam").then(|| leaving(row)),
        asked: vec![AskedView {
            question: "DNS: A of paypa1-alerts.example.dbl.spamhaus.org".to_owned(),
            answer: "127.0.1.4".to_owned(),
            millis: 23,
        }],
        way: crate::route::way(),
        reportable: if row.class == "spam" { reportable() } else { Vec::new() },
        no_preview: (row.folder.is_empty()).then(|| "The message is no longer on the server".to_owned()),
        page: preview.page,
    }
}

/// One of the ways, by the number of the message.
fn leaving(row: &MailRow) -> Leaving {
    match row.id.0 % 3 {
        0 => Leaving::ByItself("list.example".to_owned()),
        1 => Leaving::ByMessage {
            to: "leave@list.example".to_owned(),
            subject: "leave announcements 4711".to_owned(),
            text: "unsubscribe".to_owned(),
        },
        _ => Leaving::OnPage { host: "list.example".to_owned(), url: "https://list.example/u".to_owned() },
    }
}

/// Reasons that add up to the row's score.
fn reasons(row: &MailRow) -> Vec<Reason> {
    let main = row.reasons.first().cloned().unwrap_or_default();
    let rest = row.score * 0.55;
    let list = [
        ("MAIN_REASON", main.as_str(), "service@paypa1-alerts.example", rest),
        (
            "LEARNED",
            "The learner knows such words from spam",
            "97 % spam by the words of this message",
            row.score * 0.3,
        ),
        (
            "RCVD_IN_LIST",
            "The sending server is on a block list",
            "192.0.2.44 is listed by zen.example",
            row.score * 0.2,
        ),
        ("DATE_IN_FUTURE", "Dated more than two hours after it arrived", "5 h ahead of arrival", 1.1),
        ("HTML_ONLY", "There is only HTML, no text", "", 0.6),
        ("MISSING_TO", "Nobody is named as the recipient", "no To header", 0.4),
        (
            "KNOWN_DOMAIN",
            "You have had wanted mail from this domain",
            "3 messages since March",
            -row.score * 0.05 - 1.3,
        ),
        ("DKIM_VALID", "Signed by the sender's domain", "d=paypa1-alerts.example", -0.8),
    ];
    let mut reasons: Vec<Reason> = list
        .into_iter()
        .map(|(symbol, about, why, score)| Reason {
            symbol: symbol.to_owned(),
            about: about.to_owned(),
            why: why.to_owned(),
            score,
        })
        .collect();
    reasons.sort_by(|a, b| b.score.abs().total_cmp(&a.score.abs()));
    reasons
}

fn reportable() -> Vec<String> {
    vec![
        "to the pyzor server 127.0.0.1:24441: the digest 57f4a3b0c8a2f1be1a60b5dbf3ab1a1e2f0d1c3a of some lines of the text"
            .to_owned(),
    ]
}
