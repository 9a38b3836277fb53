//! Where the browser comes back to: an address of this machine, on a port of the system's choice, for as long as one sign-in
//! (RFC 8252 §7.3).
//!
//! Whatever else on this machine calls there gets nothing and ends nothing: only the `state` that was sent with the browser
//! counts.

use std::time::Duration;

use tamis_core::Tongue;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

use super::{TokenError, form, pkce};
use crate::{secret::Secret, tongue, words::because};

/// How long the person may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// How long a browser may take to say what it wants, and to take the page.
const REQUEST_PATIENCE: Duration = Duration::from_secs(10);

/// Most bytes of the head of a request: codes of some issuers have thousands.
const MOST_HEAD: usize = 16 << 10;

/// Browsers open some connections beforehand and say nothing on them.
const MOST_CONNECTIONS: usize = 16;

/// The code, or the issuer's word for why there is none.
pub(super) type Heard = Result<Secret, String>;

/// Opens the port. Returns the whole address that the browser is to come back to as well.
pub(super) async fn listen(redirect: &str) -> Result<(TcpListener, String), TokenError> {
    let failed = |error: &std::io::Error| TokenError::NoListener(because(error));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| failed(&error))?;
    let port = listener.local_addr().map_err(|error| failed(&error))?.port();
    let rest = redirect.strip_prefix("http://").unwrap_or(redirect);
    let address = match rest.split_once('/') {
        Some((host, path)) => format!("http://{host}:{port}/{path}"),
        None => format!("http://{rest}:{port}"),
    };
    Ok((listener, address))
}

/// Waits for the browser to bring the code of this sign-in.
pub(super) async fn code(
    listener: TcpListener,
    redirect: &str,
    state: &Secret,
    issuer: &str,
) -> Result<Heard, TokenError> {
    let path = redirect.strip_prefix("http://").and_then(|rest| rest.split_once('/')).map_or("", |(_, path)| path);
    let wanted = Wanted { path: format!("/{path}"), state: state.clone(), tongue: tongue::asked() };
    let heard = timeout(PATIENCE, first(&listener, &wanted)).await;
    heard.map_err(|_elapsed| TokenError::TooLate { issuer: issuer.to_owned() })
}

#[derive(Clone)]
struct Wanted {
    path: String,
    state: Secret,
    tongue: Tongue,
}

async fn first(listener: &TcpListener, wanted: &Wanted) -> Heard {
    let mut calls = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if calls.len() < MOST_CONNECTIONS => {
                if let Ok((stream, _)) = accepted {
                    let wanted = wanted.clone();
                    calls.spawn(async move {
                        timeout(REQUEST_PATIENCE, call(stream, &wanted)).await.ok().flatten()
                    });
                }
            }
            Some(called) = calls.join_next() => {
                if let Ok(Some(heard)) = called {
                    return heard;
                }
            }
        }
    }
}

/// One request and its page; `None` if it brings nothing.
async fn call(mut stream: TcpStream, wanted: &Wanted) -> Option<Heard> {
    let head = head(&mut stream).await?;
    let (heard, status, page) = match understood(head.expose(), wanted) {
        Called::Elsewhere => (None, "404 Not Found", None),
        Called::Stranger => (None, "400 Bad Request", Some(Page::Stranger)),
        Called::Back(heard) => {
            let page = if heard.is_ok() { Page::Done } else { Page::Refused };
            (Some(heard), "200 OK", Some(page))
        }
    };
    let body = page.map(|page| page.html(wanted.tongue)).unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    // A browser that has gone has brought its code all the same.
    stream.write_all(answer.as_bytes()).await.ok();
    stream.shutdown().await.ok();
    heard
}

/// The head of a request, as far as the empty line.
async fn head(stream: &mut TcpStream) -> Option<Secret> {
    let mut bytes = Vec::with_capacity(MOST_HEAD);
    let mut part = [0; 2048];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut part).await.ok()?;
        bytes.extend_from_slice(part.get(..read)?);
        if read == 0 || MOST_HEAD < bytes.len() {
            return None;
        }
    }
    String::from_utf8(bytes).ok().map(Secret::new)
}

enum Called {
    /// For a picture of the page, or whatever else browsers ask for.
    Elsewhere,
    /// Not by our sign-in.
    Stranger,
    Back(Heard),
}

fn understood(head: &str, wanted: &Wanted) -> Called {
    let line = head.lines().next().unwrap_or_default();
    let target = line.strip_prefix("GET ").and_then(|rest| rest.strip_suffix(" HTTP/1.1"));
    let Some((path, query)) = target.map(|target| target.split_once('?').unwrap_or((target, ""))) else {
        return Called::Elsewhere;
    };
    if path != wanted.path {
        return Called::Elsewhere;
    }
    let state = form::value(query, "state").unwrap_or_default();
    if !pkce::is_same(&wanted.state, &state) {
        return Called::Stranger;
    }
    match (form::value(query, "code").filter(|code| !code.is_empty()), form::value(query, "error")) {
        (Some(code), None) => Called::Back(Ok(Secret::new(code))),
        (_, Some(error)) => Called::Back(Err(error.chars().filter(char::is_ascii_graphic).take(60).collect())),
        (None, None) => Called::Stranger,
    }
}

#[derive(Clone, Copy)]
enum Page {
    Done,
    Refused,
    Stranger,
}

impl Page {
    fn html(self, tongue: Tongue) -> String {
        let (lang, words) = match (tongue, self) {
            (Tongue::English, Self::Done) => {
                ("en", "You are back from signing in. Close this page; Tamis goes on by itself.")
            }
            (Tongue::English, Self::Refused) => {
                ("en", "You were not signed in. Close this page; Tamis says what to do.")
            }
            (Tongue::English, Self::Stranger) => {
                ("en", "This does not belong to the sign-in that Tamis waits for. Begin again in Tamis.")
            }
            (Tongue::German, Self::Done) => {
                ("de", "Du bist zurück von der Anmeldung. Schließ diese Seite; Tamis macht von selbst weiter.")
            }
            (Tongue::German, Self::Refused) => {
                ("de", "Du wurdest nicht angemeldet. Schließ diese Seite; Tamis sagt, was zu tun ist.")
            }
            (Tongue::German, Self::Stranger) => {
                ("de", "Das gehört nicht zu der Anmeldung, auf die Tamis wartet. Beginn in Tamis noch einmal.")
            }
        };
        format!(
            "<!doctype html>\n<html lang=\"{lang}\">\n<meta charset=\"utf-8\">\n<title>Tamis</title>\n<p>{words}</p>\n</html>\n"
        )
    }
}

#[cfg(test)]
mod tests;
