//! A second pair of eyes: a small IMAP client over plain loopback, to see what is really on the server.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};

/// A connection.
#[derive(Debug)]
pub struct Imap {
    reader: BufReader<TcpStream>,
    number: u32,
}

/// One message as a folder shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its number in the folder.
    pub uid: u32,
    /// Its flags, as written: `\Seen $Junk`.
    pub flags: String,
    /// When it arrived, as written.
    pub internal_date: String,
    /// `Message-ID` with brackets, or empty.
    pub message_id: String,
}

impl Imap {
    /// Connects to a port of this machine, not yet logged in.
    pub fn connect(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).context("cannot reach the IMAP server")?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut imap = Self { reader: BufReader::new(stream), number: 0 };
        imap.response().context("the IMAP server does not greet")?;
        Ok(imap)
    }

    /// Sends one command and returns the untagged responses, literals included. NO and BAD are errors.
    pub fn command(&mut self, line: &str) -> Result<Vec<Vec<u8>>> {
        self.number += 1;
        let tag = format!("h{}", self.number);
        self.reader.get_mut().write_all(format!("{tag} {line}\r\n").as_bytes())?;
        let mut untagged = Vec::new();
        loop {
            let response = self.response().with_context(|| format!("the IMAP server does not answer to `{line}`"))?;
            let Some(rest) = response.strip_prefix(format!("{tag} ").as_bytes()) else {
                untagged.push(response);
                continue;
            };
            if rest.starts_with(b"OK") {
                return Ok(untagged);
            }
            bail!("{} failed: {}", line.split(' ').next().unwrap_or_default(), String::from_utf8_lossy(rest).trim());
        }
    }

    /// Puts a message into a folder, with flags such as `(\Seen)` and a date such as `"17-Jul-2026 02:44:25 +0200"`.
    pub fn append(&mut self, folder: &str, flags: &str, date: &str, raw: &[u8]) -> Result<()> {
        self.number += 1;
        let line = format!("h{} APPEND {} {flags} {date} {{{}}}\r\n", self.number, quoted(folder), raw.len());
        self.reader.get_mut().write_all(line.as_bytes())?;
        while !self.response()?.starts_with(b"+") {}
        self.reader.get_mut().write_all(raw)?;
        self.reader.get_mut().write_all(b"\r\n")?;
        let tag = format!("h{} ", self.number);
        loop {
            let response = self.response()?;
            if let Some(rest) = response.strip_prefix(tag.as_bytes()) {
                ensure!(rest.starts_with(b"OK"), "APPEND failed: {}", String::from_utf8_lossy(rest).trim());
                return Ok(());
            }
        }
    }

    /// Waits for news of the selected folder until the server ends the connection. `on` sees every line.
    pub fn idle(&mut self, mut on: impl FnMut(&str)) -> Result<()> {
        self.reader.get_ref().set_read_timeout(None)?;
        self.number += 1;
        self.reader.get_mut().write_all(format!("h{} IDLE\r\n", self.number).as_bytes())?;
        loop {
            on(&String::from_utf8_lossy(&self.response()?));
        }
    }

    /// The names of all folders that hold messages, as they go over the wire.
    pub fn folders(&mut self) -> Result<Vec<String>> {
        let responses = self.command("LIST \"\" *")?;
        let mut names = Vec::new();
        for response in responses {
            let text = String::from_utf8_lossy(&response).into_owned();
            // * LIST (\HasNoChildren \Junk) "/" Junk
            let Some((head, rest)) = text.split_once(") ").filter(|(head, _)| head.starts_with("* LIST")) else {
                continue;
            };
            let Some((_, name)) = rest.trim_end().split_once(' ') else { continue };
            if !head.contains(r"\Noselect") && !head.contains(r"\NonExistent") {
                names.push(unquoted(name));
            }
        }
        Ok(names)
    }

    /// Moves a message, as the person does in another mail program.
    pub fn carry(&mut self, from: &str, uid: u32, to: &str) -> Result<()> {
        self.command(&format!("SELECT {}", quoted(from)))?;
        self.command(&format!("UID MOVE {uid} {}", quoted(to)))?;
        // Leaves the folder, so that nothing is marked as seen by this session afterwards.
        self.command("UNSELECT").map(|_| ())
    }

    /// What is in a folder, in its order, without marking anything as read.
    pub fn folder(&mut self, name: &str) -> Result<Vec<Seen>> {
        self.command(&format!("EXAMINE {}", quoted(name)))?;
        let items = "(UID FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";
        let responses = self.command(&format!("UID FETCH 1:* {items}"))?;
        let mut seen = Vec::new();
        for response in responses {
            let text = String::from_utf8_lossy(&response).into_owned();
            if let Some(uid) = between(&text, "UID ", " ").and_then(|uid| uid.parse().ok()) {
                seen.push(Seen {
                    uid,
                    flags: between(&text, "FLAGS (", ")").unwrap_or_default().to_owned(),
                    internal_date: between(&text, "INTERNALDATE \"", "\"").unwrap_or_default().to_owned(),
                    message_id: message_id(&text),
                });
            }
        }
        Ok(seen)
    }

    /// Every message of a folder with its number, its flags as written, and the whole of it.
    pub fn messages(&mut self, folder: &str) -> Result<Vec<(u32, String, Vec<u8>)>> {
        self.command(&format!("EXAMINE {}", quoted(folder)))?;
        let mut found = Vec::new();
        for response in self.command("UID FETCH 1:* (UID FLAGS BODY.PEEK[])")? {
            let Some(line_end) = response.iter().position(|byte| *byte == b'\n') else { continue };
            let (first, rest) = response.split_at(line_end + 1);
            let first = String::from_utf8_lossy(first);
            let Some(size) = between(&first, "BODY[] {", "}").and_then(|size| size.parse::<usize>().ok()) else {
                continue;
            };
            let uid = between(&first, "UID ", " ").and_then(|uid| uid.parse().ok());
            let flags = between(&first, "FLAGS (", ")").unwrap_or_default().to_owned();
            found.push((uid.context("a message without a UID")?, flags, rest.get(..size).unwrap_or(rest).to_vec()));
        }
        Ok(found)
    }

    /// The whole of one message.
    pub fn message(&mut self, folder: &str, uid: u32) -> Result<Vec<u8>> {
        self.command(&format!("EXAMINE {}", quoted(folder)))?;
        let responses = self.command(&format!("UID FETCH {uid} BODY.PEEK[]"))?;
        for response in responses {
            let Some(line_end) = response.iter().position(|byte| *byte == b'\n') else { continue };
            let (first, rest) = response.split_at(line_end + 1);
            let first = String::from_utf8_lossy(first);
            if let Some(size) = between(&first, "BODY[] {", "}").and_then(|size| size.parse::<usize>().ok()) {
                return Ok(rest.get(..size).unwrap_or(rest).to_vec());
            }
        }
        bail!("there is no message {uid} in {folder}")
    }

    /// One response: a line, and for each literal in it the literal and the line that goes on.
    fn response(&mut self) -> Result<Vec<u8>> {
        let mut whole = Vec::new();
        loop {
            let start = whole.len();
            ensure!(self.reader.read_until(b'\n', &mut whole)? != 0, "the IMAP server hung up");
            let line = String::from_utf8_lossy(whole.get(start..).unwrap_or_default()).into_owned();
            let literal = line.trim_end().strip_suffix('}').and_then(|line| line.rsplit_once('{'));
            let Some(size) = literal.and_then(|(_, size)| size.parse::<u64>().ok()) else { return Ok(whole) };
            (&mut self.reader).take(size).read_to_end(&mut whole)?;
        }
    }
}

/// A folder's name as the argument of a command.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', r"\\").replace('"', "\\\""))
}

/// What stands for itself, in quotation marks, or as a literal.
fn unquoted(text: &str) -> String {
    if let Some((_, literal)) = text.split_once("}\r\n").filter(|_| text.starts_with('{')) {
        return literal.to_owned();
    }
    let Some(inside) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { return text.to_owned() };
    let mut name = String::new();
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        name.push(if character == '\\' { characters.next().unwrap_or(character) } else { character });
    }
    name
}

fn between<'text>(text: &'text str, before: &str, after: &str) -> Option<&'text str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(inside, _)| inside)
}

/// The identifier of a `Message-ID` header, which may be folded.
pub fn message_id(headers: &str) -> String {
    let lower = headers.to_ascii_lowercase();
    let Some(at) = lower.find("message-id:") else { return String::new() };
    let rest = headers.get(at..).unwrap_or_default();
    rest.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or_else(String::new, |(id, _)| format!("<{id}>"))
}

#[cfg(test)]
mod tests {
    use super::{quoted, unquoted};

    #[test]
    fn names_come_back_as_they_were_said() {
        for name in ["Junk", "INBOX.Junk &- more", r#"a "b" \c"#, r"\"] {
            assert_eq!(unquoted(&quoted(name)), name);
        }
        assert_eq!(unquoted("Junk"), "Junk");
        assert_eq!(unquoted("{3}\r\na\"b"), "a\"b");
    }
}
