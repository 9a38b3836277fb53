//! The addresses of an address book in a vCard file (RFC 6350; RFC 2426 and version 2.1 write them the same way).

use tamis_core::mail::Address;

/// More than any person knows; a limit all the same.
const MOST: usize = 100_000;

/// Every e-mail address in `text`, each once, in the order of the file. What is no address is passed over.
pub(crate) fn addresses(text: &str) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for line in unfolded(text) {
        let Some(address) = email(&line).and_then(|value| Address::parse(&value)) else { continue };
        if known.insert(address.to_string().to_ascii_lowercase()) && found.len() < MOST {
            found.push(address);
        }
    }
    found
}

/// The lines, each with what is folded below it: a line that begins with white space goes on where the one before ended.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// The value of an `EMAIL` line, which may have a group before its name and parameters behind it.
fn email(line: &str) -> Option<String> {
    let (head, value) = line.split_at_checked(colon(line)?)?;
    let name = head.split(';').next()?.rsplit('.').next()?;
    if !name.trim().eq_ignore_ascii_case("EMAIL") {
        return None;
    }
    let value = value.get(1..)?.trim();
    let bare = value
        .get(..7)
        .filter(|start| start.eq_ignore_ascii_case("mailto:"))
        .map_or(value, |start| value.get(start.len()..).unwrap_or_default());
    Some(bare.replace('\\', ""))
}

/// Where the value begins: a colon between quotation marks is of a parameter.
fn colon(line: &str) -> Option<usize> {
    let mut is_quoted = false;
    line.char_indices().find_map(|(at, c)| {
        is_quoted ^= c == '"';
        (c == ':' && !is_quoted).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        addresses(text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn addresses_are_read_however_they_are_written() {
        let text = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Kim\r\nEMAIL:kim@kim.example\r\n\
                    EMAIL;TYPE=work;PREF=1:kim@work.example\r\nitem1.email;X-LABEL=\"a:b;c\":KIM@home.example\r\n\
                    END:VCARD\r\nBEGIN:VCARD\r\nEMAIL;INTERNET;HOME:lee@\r\n lee.exa\r\n\tmple\r\n\
                    EMAIL:mailto:pat@pat.example\r\nEMAIL:Kim@Kim.example\r\nEND:VCARD\r\n";
        let want = ["kim@kim.example", "kim@work.example", "KIM@home.example", "lee@lee.example", "pat@pat.example"];
        assert_eq!(read(text), want);
        assert_eq!(read(&text.replace("\r\n", "\n")), want);
    }

    #[test]
    fn nothing_else_is_taken_for_an_address() {
        for text in [
            "",
            " a@b.example",
            "NOTE:EMAIL:a@b.example",
            "X-EMAIL:a@b.example",
            "EMAIL",
            "EMAIL:",
            "EMAIL;X=\":a@b.example",
            "EMAIL:nobody",
            "EMAIL:mailto:",
            "email:\u{e4}\u{e4}\u{e4}\u{e4}",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }
}
