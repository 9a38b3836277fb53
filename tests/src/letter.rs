//! Letters for the tests: synthetic, each with an identifier and a subject of its own.

use std::process::Command;

use anyhow::{Context as _, Result};

/// A message to deliver.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Its `Message-ID`, with brackets.
    pub id: String,
    /// Its subject, by which the agent's rows are known.
    pub subject: String,
    /// The whole.
    pub raw: Vec<u8>,
}

impl Letter {
    /// A letter that every filter must call spam, whatever it learned: it carries the Generic Test for Unsolicited Bulk
    /// Email. `name` makes it unlike others.
    pub fn spam(name: &str) -> Result<Self> {
        // In pieces, so that no filter takes these sources for spam.
        let gtube = ["XJS*C4JDBQADN1", ".NSBN3*2IDNEN*", "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL", "*C.34X"].concat();
        Self::write(name, "Offers <offers@example.net>", &format!("An offer about {name}\r\n{gtube}\r\n"))
    }

    /// A letter that nobody would call spam.
    pub fn ham(name: &str) -> Result<Self> {
        let text = format!(
            "Hello Robin,\r\n\r\nthe notes about {name} are ready. Shall we go through them on Thursday after lunch?\r\n\
             I will bring the sketches from last week.\r\n\r\nBest wishes\r\nDana\r\n"
        );
        Self::write(name, "Dana Novak <dana@example.org>", &text)
    }

    /// A letter of any text.
    pub fn write(name: &str, from: &str, text: &str) -> Result<Self> {
        let id = format!("<{name}@mail.example.org>");
        let subject = format!("About {name}");
        let date = now()?;
        let head = format!(
            "From: {from}\r\nTo: Robin Marsh <robin@example.org>\r\nSubject: {subject}\r\nDate: {date}\r\n\
             Message-ID: {id}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        );
        Ok(Self { id, subject, raw: format!("{head}{text}").into_bytes() })
    }

    /// The same letter with an attachment of `bytes` bytes behind its text.
    #[must_use]
    pub fn with_attachment(&self, bytes: usize) -> Self {
        let text = String::from_utf8_lossy(&self.raw);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let head = head.replace("text/plain; charset=utf-8", "multipart/mixed; boundary=\"part\"");
        let mut raw = format!(
            "{head}\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n--part\r\n\
             Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename=\"summer.jpg\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n"
        )
        .into_bytes();
        let line = [b"Tamis".repeat(15), b"a\r\n".to_vec()].concat();
        for _ in 0..bytes.div_ceil(line.len()) {
            raw.extend_from_slice(&line);
        }
        raw.extend_from_slice(b"\r\n--part--\r\n");
        Self { raw, ..self.clone() }
    }
}

/// The time of writing, as a header has it.
fn now() -> Result<String> {
    let output = Command::new("date").arg("-R").env("LC_ALL", "C").output().context("cannot run date")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
