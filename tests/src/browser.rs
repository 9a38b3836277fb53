//! A browser as far as signing in needs one: it follows redirects, keeps cookies, and sends forms off.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};

/// More pages than that is a loop.
const MOST_PAGES: usize = 20;

/// A browser that speaks plain HTTP.
#[derive(Debug, Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
}

/// What is seen in the end.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it is.
    pub url: String,
    /// Its status.
    pub status: u16,
    /// Its text.
    pub body: String,
}

impl Browser {
    /// Opens a page, and whatever it leads on to.
    pub fn open(&mut self, url: &str) -> Result<Page> {
        let (mut url, mut form) = (url.to_owned(), None);
        for _ in 0..MOST_PAGES {
            let (status, head, body) = self.ask(&url, form.take())?;
            if let Some(next) = header(&head, "location").filter(|_| (300..400).contains(&status)) {
                url = whole(&url, next)?;
            } else {
                return Ok(Page { url, status, body });
            }
        }
        bail!("{url} leads on and on")
    }

    /// Opens a page and sends off each form that it shows, with this in the field of that name.
    pub fn fill_in(&mut self, url: &str, (name, value): (&str, &str)) -> Result<Page> {
        let mut page = self.open(url)?;
        for _ in 0..MOST_PAGES {
            let Some((action, mut fields)) = form_of(&page.body) else { return Ok(page) };
            fields.insert(name.to_owned(), value.to_owned());
            let sent: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let action = whole(&page.url, &action)?;
            let (status, head, body) = self.ask(&action, Some(sent.join("&")))?;
            page = match header(&head, "location").filter(|_| (300..400).contains(&status)) {
                Some(next) => self.open(&whole(&action, next)?)?,
                None => Page { url: action, status, body },
            };
        }
        bail!("{url} shows form after form")
    }

    fn ask(&mut self, url: &str, form: Option<String>) -> Result<(u16, String, String)> {
        let rest = url.strip_prefix("http://").with_context(|| format!("{url} is for another browser"))?;
        let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
        let mut stream = TcpStream::connect(place).with_context(|| format!("cannot open {url}"))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let sent = form.as_ref().map_or_else(String::new, |form| {
            format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", form.len())
        });
        let (verb, form) = (if form.is_some() { "POST" } else { "GET" }, form.unwrap_or_default());
        write!(
            stream,
            "{verb} /{path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\nCookie: {cookies}\r\n{sent}\r\n{form}"
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").with_context(|| format!("{url} answers nothing"))?;
        for line in head.lines() {
            let Some(cookie) = line.strip_prefix("Set-Cookie: ").or_else(|| line.strip_prefix("set-cookie: ")) else {
                continue;
            };
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).unwrap_or((cookie, ""));
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        self.cookies.retain(|_, value| !value.is_empty());
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
        ensure!(status < 500, "{url} failed: {answer}");
        Ok((status, head.to_owned(), body.to_owned()))
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, v)| v)
}

fn whole(from: &str, to: &str) -> Result<String> {
    if to.starts_with("http") {
        return Ok(to.to_owned());
    }
    let place = from.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    ensure!(to.starts_with('/'), "{to} is no whole path");
    Ok(format!("{place}{to}"))
}

/// Where the first form of a page goes, and what is in its fields.
fn form_of(page: &str) -> Option<(String, BTreeMap<String, String>)> {
    let (_, form) = page.split_once("<form")?;
    let (form, _) = form.split_once("</form>")?;
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let fields = form.split("<input").skip(1).filter_map(|input| {
        let tag = input.split('>').next()?;
        Some((value(tag, "name")?, value(tag, "value").unwrap_or_default()))
    });
    Some((value(form, "action")?, fields.collect()))
}
