//! Leaving a mailing by a message, with a real mailbox and a real server that sends; and the mail of which nothing is asked.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tamis_agent::{client::Client, paths::Home};
use tamis_core::api::{MailId, Reply, Request};
use tamis_tests::{
    letter::Letter,
    world::{USER, World, seconds_now},
};
use xtask::{dovecot::Options, smtp::SmtpServer};

#[test]
fn a_mailing_is_left_by_a_message_and_of_spam_nothing_is_asked() -> Result<()> {
    let smtp = SmtpServer::start()?;
    let mut world = World::new(Options::default())?;
    let password = world.agent.home().join("smtp-password");
    std::fs::write(&password, "secret")?;
    std::fs::set_permissions(&password, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    world.agent.append_settings(&format!(
        "[account.smtp]\nhost = \"localhost\"\nport = {}\nuser = \"robin\"\npassword_file = \"{}\"\nca_file = \"{}\"",
        smtp.tls_port,
        password.display(),
        smtp.ca_file().display()
    ))?;
    world.agent.start()?;
    let way =
        "List-Unsubscribe: <https://shop.example.com/leave>, <mailto:leave@lists.example.net?subject=out%2017>\r\n";
    let known = "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=news@example.net\r\n\
                 Received: from mail.example.net (mail.example.net [192.0.2.7]) by mx.example.org; x\r\n";
    let with = |letter: Letter, head: &str| {
        let raw = [head.as_bytes(), &letter.raw].concat();
        Letter { raw, ..letter }
    };
    let news =
        with(Letter::write("news", "Shop <news@example.net>", "What is new this week")?, &format!("{known}{way}"));
    let unknown = with(Letter::write("odd", "Shop <news@example.net>", "What is new this month")?, way);
    let spam = with(Letter::spam("junk")?, &format!("{known}{way}"));
    let proved = "Authentication-Results: mx.example.org; dkim=pass header.d=example.net\r\n\
                  Received: from mail.example.net (mail.example.net [192.0.2.7]) by mx.example.org; x\r\n\
                  DKIM-Signature: v=1; d=example.net; s=a; h=From:List-Unsubscribe; b=x\r\n";
    let signed =
        with(Letter::write("signed", "Shop <news@example.net>", "What is new this year")?, &format!("{proved}{way}"));
    for (judged, letter) in (1..).zip([&news, &unknown, &spam, &signed]) {
        world.server.place(USER, &letter.raw, seconds_now()?)?;
        world.wait_judged(judged)?;
    }

    let id = id_of(&world, &news)?;
    let refused = world.agent.command().args(["unsubscribe", &id]).output()?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    let want = "message to leave@lists.example.net: subject \u{201C}out 17\u{201D}, text \u{201C}unsubscribe\u{201D}; if it may be sent";
    assert!(refused.status.code() == Some(1) && said.contains(want), "{said}");
    assert_eq!(smtp.accepted()?, [], "nothing is written before the person has seen it");
    let said = world.agent.say(&["unsubscribe", "--by-message", &id])?;
    assert_eq!(said.trim(), "a message to leave@lists.example.net asks to take you off its list");
    let accepted = smtp.accepted()?;
    assert_eq!(accepted.len(), 1, "{}", smtp.log());
    assert_eq!(accepted[0].to, "leave@lists.example.net");
    let text = String::from_utf8_lossy(&accepted[0].content).into_owned();
    assert!(text.contains("\r\nSubject: out 17\r\n") && text.contains("unsubscribe"), "{text}");

    for (letter, want) in [
        (&unknown, "this mailing can only be left on a page of shop.example.com: https://shop.example.com/leave"),
        (&spam, "this message is spam: to ask its sender for anything would tell that somebody reads this address"),
    ] {
        let refused = world.agent.command().args(["unsubscribe", &id_of(&world, letter)?]).output()?;
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(1) && said.contains(want), "{said}");
    }
    assert_eq!(smtp.accepted()?.len(), 1);

    let said = world.agent.say(&["unsubscribe", &id_of(&world, &signed)?])?;
    assert_eq!(said.trim(), "a message to leave@lists.example.net asks to take you off its list");
    assert_eq!(smtp.accepted()?.len(), 2);

    leaves_a_selection(&world, &smtp, [&spam, &news, &signed, &unknown])
}

/// Of a whole selection, what can be left is left, once for each way out.
fn leaves_a_selection(world: &World, smtp: &SmtpServer, letters: [&Letter; 4]) -> Result<()> {
    let number = |letter: &Letter| anyhow::Ok(MailId(id_of(world, letter)?.parse()?));
    let all = letters.into_iter().map(number).collect::<Result<Vec<MailId>>>()?;
    let mut client = Client::connect(&Home::below(world.agent.home())?)?;
    let Reply::Done { text, .. } = client.call(Request::UnsubscribeAll(all.clone()))? else { bail!("not done") };
    assert_eq!(
        text,
        "unsubscribed from 1 mailing; not done for Offers: this message is spam: to ask its sender for anything would tell that somebody reads this address; and for 1 more"
    );
    assert_eq!(smtp.accepted()?.len(), 3);
    let refused = client.call(Request::UnsubscribeAll(all.into_iter().take(1).collect()))?;
    assert!(matches!(refused, Reply::Refused { .. }), "{refused:?}");
    Ok(())
}

/// The number of a letter, which has a reason in one sentence.
fn id_of(world: &World, letter: &Letter) -> Result<String> {
    let rows = world.agent.say(&["junk", "--all", "--json"])?;
    let rows: Vec<Value> = rows.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let row = rows.iter().find(|row| row["subject"] == letter.subject.as_str()).context("no such letter")?;
    let reason = row["reason"].as_str().unwrap_or_default();
    assert!(reason.ends_with('.') && reason.starts_with(char::is_uppercase), "{row}");
    Ok(row["id"].to_string())
}
