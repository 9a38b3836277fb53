//! Leaving a mailing with one click, with a whole agent and a site over TLS, and the mail that may not have it.
//!
//! The agent is the one that people run: it trusts whom the system trusts, asks public addresses only, and knows nothing of
//! tests. So all of this happens in a network namespace, where a public address is this machine, the names are in a file,
//! and the system trusts the authority of the site.

use std::{env, fs, net::TcpListener, process::Command};

use anyhow::{Context as _, Result, ensure};
use tamis_tests::{
    letter::Letter,
    world::{USER, World, seconds_now},
};
use xtask::{dovecot::Options, web::WebServer};

/// Says that the namespace is there.
const INSIDE: &str = "TAMIS_TEST_INSIDE";

/// A public address, which is this machine in the namespace.
const PUBLIC: &str = "9.9.9.9";

/// A site in public, and one whose name leads home.
const SITE: &str = "leave.example.net";
const HOME: &str = "home.example.net";

const PASS: &str = "dkim=pass header.d=example.net; spf=pass smtp.mailfrom=news@example.net";
const LIST_HEADERS: &str = "From:List-Unsubscribe:List-Unsubscribe-Post";

#[test]
fn one_click_is_one_post_and_only_where_it_may_be() -> Result<()> {
    if env::var_os(INSIDE).is_some() {
        return inside();
    }
    let namespace = |words: &str| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--net", "--mount", "sh", "-c", words]);
        unshare
    };
    let tried = namespace("ip link set lo up && mount --bind /etc/hosts /etc/hosts").output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        println!("skipped: no network namespace can be made here");
        return Ok(());
    }
    let hosts = tempfile::NamedTempFile::new()?;
    fs::write(&hosts, format!("127.0.0.1 localhost {HOME}\n{PUBLIC} {SITE}\n"))?;
    let words = format!(
        "ip link set lo up && ip address add {PUBLIC}/32 dev lo && mount --bind \"$0\" /etc/hosts && exec \"$@\""
    );
    let mut test = namespace(&words);
    test.arg(hosts.path()).arg(env::current_exe()?).env(INSIDE, "yes");
    let done = test.args(["--exact", "one_click_is_one_post_and_only_where_it_may_be", "--nocapture"]).output()?;
    let said = format!("{}\n{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    ensure!(done.status.success() && said.contains("1 passed"), "{said}");
    Ok(())
}

fn inside() -> Result<()> {
    let site = WebServer::start(&[SITE, HOME])?;
    // Whoever followed the environment would come here.
    let proxy = TcpListener::bind("127.0.0.1:0")?;
    proxy.set_nonblocking(true)?;
    let mut world = World::new(Options::default())?;
    world.agent.set_variable("SSL_CERT_FILE", &site.ca_file().to_string_lossy());
    for name in ["ALL_PROXY", "HTTPS_PROXY", "http_proxy"] {
        world.agent.set_variable(name, &format!("http://{}", proxy.local_addr()?));
    }
    world.agent.start()?;
    let mut judged = 0;
    let mut leave = |letter: Letter| -> Result<(bool, String)> {
        judged += 1;
        world.server.place(USER, &letter.raw, seconds_now()?)?;
        world.wait_judged(judged)?;
        let id = world.row(&letter)?.id.to_string();
        let done = world.agent.command().args(["unsubscribe", &id]).output()?;
        let said = [done.stdout, done.stderr].concat();
        Ok((done.status.success(), String::from_utf8_lossy(&said).trim().to_owned()))
    };

    let (is_done, said) = leave(mailing("news", PASS, LIST_HEADERS, &format!("https://{SITE}/leave?u=17"))?)?;
    ensure!(
        is_done && said == format!("{SITE} was asked to take you off its list, and agreed"),
        "{said}\n{}",
        site.log()
    );
    check_only_call(&site)?;

    for (name, place, want) in [
        ("moved", "moved", "does not do it by itself but wants you to open a page, so nothing was changed"),
        ("dropped", "drop", "could not be asked"),
    ] {
        let before = site.calls()?.len();
        let (is_done, said) = leave(mailing(name, PASS, LIST_HEADERS, &format!("https://{SITE}/{place}"))?)?;
        ensure!(!is_done && said.contains(want), "{said}");
        ensure!(site.calls()?.len() == before + 1, "{name} was asked again: {:#?}", site.calls()?);
    }

    let knocks = site.knocks();
    let at_site = format!("https://{SITE}/leave");
    let unproved = format!("this mailing can only be left on a page of {SITE}");
    let of_another = "dkim=pass header.d=example.com; spf=pass smtp.mailfrom=news@example.net";
    let in_quotes = "dkim=none reason=\"; dkim=pass header.d=example.net\"; spf=pass smtp.mailfrom=news@example.net";
    for (name, results, signed, page, want) in [
        ("home", PASS, LIST_HEADERS, format!("https://{HOME}/leave"), "its name leads into a private network"),
        ("half", PASS, "From:List-Unsubscribe", at_site.clone(), &*unproved),
        ("foreign", of_another, LIST_HEADERS, at_site.clone(), &*unproved),
        ("quoted", in_quotes, LIST_HEADERS, at_site.clone(), &*unproved),
        ("failed", "dkim=fail header.d=example.net", LIST_HEADERS, at_site.clone(), &*unproved),
    ] {
        let (is_done, said) = leave(mailing(name, results, signed, &page)?)?;
        ensure!(!is_done && said.contains(want), "{name}: {said}");
    }
    let spam = with_header(Letter::spam("junk")?, PASS, LIST_HEADERS, &at_site);
    let (is_done, said) = leave(spam)?;
    ensure!(!is_done && said.contains("this message is spam"), "{said}");
    ensure!(site.knocks() == knocks, "somebody has knocked: {:#?}", site.calls()?);
    ensure!(proxy.accept().is_err(), "the proxy of the environment was asked");
    Ok(())
}

/// There was one connection, and on it the one post of RFC 8058 with nothing that tells who the person is.
fn check_only_call(site: &WebServer) -> Result<()> {
    let calls = site.calls()?;
    ensure!(calls.len() == 1 && site.knocks() == 1, "{calls:#?}");
    let (head, body) = calls.first().and_then(|call| call.split_once("\n\n")).context("no header")?;
    ensure!(head.starts_with("POST /leave?u=17 HTTP/1.1\n") && body == "List-Unsubscribe=One-Click", "{calls:#?}");
    let head = head.to_lowercase();
    ensure!(!head.contains("cookie") && !head.contains("referer") && !head.contains("robin"), "{head}");
    Ok(())
}

fn mailing(name: &str, results: &str, signed: &str, page: &str) -> Result<Letter> {
    let letter = Letter::write(name, "Shop <news@example.net>", "What is new this week")?;
    Ok(with_header(letter, results, signed, page))
}

fn with_header(letter: Letter, results: &str, signed: &str, page: &str) -> Letter {
    let head = format!(
        "Authentication-Results: mx.example.org; {results}\r\n\
         Received: from mail.example.net (mail.example.net [192.0.2.7]) by mx.example.org; x\r\n\
         DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=a; h={signed}; b=x\r\n\
         List-Unsubscribe: <{page}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    );
    Letter { raw: [head.as_bytes(), &letter.raw].concat(), ..letter }
}
