//! `Authentication-Results` (RFC 8601): what a server says that it found out about the sender.
//!
//! In such a line stand words of strangers, above all the address they sent from. A server puts them into quotes or comments,
//! where `; dkim=pass` is nobody's result.

use super::Domain;

/// Most results that are read of one header.
const MAX_RESULTS: usize = 20;

/// Most properties that are read of one result.
const MAX_PROPERTIES: usize = 20;

/// One `Authentication-Results`, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthResults {
    /// The name the server gives itself, as written; empty if there is none, as Microsoft's leave it out.
    pub server: String,
    /// What it found, in its order, at most 20.
    pub results: Vec<AuthResult>,
}

/// One `method=result property=value…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthResult {
    /// What was looked at, lower case, without a version: `dkim`.
    pub method: String,
    /// What came of it, lower case: `pass`.
    pub result: String,
    /// Names in lower case, such as `header.d`, and values without quotes, at most 20. A reason is not among them.
    pub properties: Vec<(String, String)>,
}

impl AuthResults {
    /// Reads the value of a header as it stands, folded or not. What does not end where it should is left out.
    pub fn read(value: &str) -> Self {
        let mut reader = Reader { rest: value };
        let mut results = Vec::new();
        let server = if reader.pair().is_some() {
            reader.rest = value;
            results.extend(reader.result());
            String::new()
        } else {
            reader.value().unwrap_or_default()
        };
        while results.len() < MAX_RESULTS && reader.skip_past_semicolon().is_some() {
            results.extend(reader.result());
        }
        Self { server, results }
    }
}

impl AuthResult {
    /// The first property of that name.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether it speaks of the author's own domain, of which `own` is the registrable one (RFC 7489, 3.1, relaxed).
    pub(crate) fn is_of_author(&self, own: &Domain) -> bool {
        let domain = match self.method.as_str() {
            "dkim" => self.signer(),
            "spf" => self.property("smtp.mailfrom").and_then(domain_of),
            "dmarc" => self.property("header.from").and_then(domain_of),
            _ => None,
        };
        domain.is_some_and(|domain| domain.registrable() == *own)
    }

    /// The domain whose signature a `dkim` result is about: `header.d`, else that of `header.i`, which may lie below it.
    pub fn signer(&self) -> Option<Domain> {
        let name = self.property("header.d").or_else(|| self.property("header.i"))?;
        domain_of(name)
    }
}

/// The domain of an address, or one that stands alone.
pub(crate) fn domain_of(name: &str) -> Option<Domain> {
    Domain::parse(name.rsplit('@').next()?)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// Passes over what is left of a result, and the semicolon behind it.
    fn skip_past_semicolon(&mut self) -> Option<()> {
        loop {
            self.skip_blanks();
            if self.rest.starts_with(';') {
                self.step(1);
                return Some(());
            }
            self.word(is_in_value)?;
        }
    }

    fn result(&mut self) -> Option<AuthResult> {
        let (method, result) = self.pair()?;
        let method = method.split('/').next().unwrap_or_default().to_owned();
        let mut properties = Vec::new();
        while properties.len() < MAX_PROPERTIES && !self.ends() {
            match self.pair() {
                Some((name, value)) if name.contains('.') => properties.push((name, value)),
                Some(_) => {}
                // Something that is no pair, or never ends.
                None => self.value().map(drop)?,
            }
        }
        Some(AuthResult { method, result: result.to_ascii_lowercase(), properties })
    }

    /// `name = value`. The name is never quoted. Nothing is passed over if it is none.
    fn pair(&mut self) -> Option<(String, String)> {
        let before = self.rest;
        let pair = self.name().and_then(|name| Some((name, self.value()?)));
        if pair.is_none() {
            self.rest = before;
        }
        pair
    }

    fn name(&mut self) -> Option<String> {
        self.skip_blanks();
        let name = self.plain(|c| is_in_value(c) && c != '=').to_ascii_lowercase();
        self.skip_blanks();
        let is_name = !name.is_empty() && self.rest.starts_with('=');
        is_name.then(|| self.step(1))?;
        Some(name)
    }

    /// A value, of which parts may be quoted: `"a b"@example.org`.
    fn value(&mut self) -> Option<String> {
        self.skip_blanks();
        self.word(is_in_value).filter(|word| !word.is_empty())
    }

    /// `None` if there is nothing, or a quote that never ends.
    fn word(&mut self, is_in_it: fn(char) -> bool) -> Option<String> {
        let mut word = String::new();
        let before = self.rest.len();
        loop {
            word.push_str(self.plain(is_in_it));
            if !self.rest.starts_with('"') {
                break;
            }
            word.push_str(&self.quoted()?);
        }
        (self.rest.len() < before).then_some(word)
    }

    fn plain(&mut self, is_in_it: impl Fn(char) -> bool) -> &str {
        let end = self.rest.find(|c: char| !is_in_it(c)).unwrap_or(self.rest.len());
        let (plain, rest) = self.rest.split_at(end);
        self.rest = rest;
        plain
    }

    fn quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut is_escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                _ if is_escaped => text.push(c),
                '\\' => {}
                '"' => {
                    self.step(at + 1);
                    return Some(text);
                }
                _ => text.push(c),
            }
            is_escaped = c == '\\' && !is_escaped;
        }
        self.rest = "";
        None
    }

    /// White space and comments, which may have others within. One that never ends takes everything with it.
    fn skip_blanks(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('(') {
                return;
            }
            let (mut depth, mut is_escaped) = (0_u32, false);
            let end = self.rest.find(|c: char| {
                match c {
                    _ if is_escaped => {}
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                is_escaped = c == '\\' && !is_escaped;
                depth == 0
            });
            self.step(end.map_or(self.rest.len(), |end| end + 1));
        }
    }

    /// Whether the result ends here.
    fn ends(&mut self) -> bool {
        self.skip_blanks();
        self.rest.is_empty() || self.rest.starts_with(';')
    }

    fn step(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

/// Many servers write values that would have to be quoted, such as `a=b@example.org`.
fn is_in_value(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, ';' | '(' | '"')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `method=result` of each, with its properties.
    fn read(value: &str) -> Vec<String> {
        let told = |result: &AuthResult| {
            let properties = result.properties.iter().map(|(name, value)| format!(" {name}={value}"));
            format!("{}={}{}", result.method, result.result, properties.collect::<String>())
        };
        AuthResults::read(value).results.iter().map(told).collect()
    }

    #[test]
    fn results_of_great_providers_are_read() {
        let gmail = " mx.google.com;\r\n       dkim=pass header.i=@shop.org header.s=s1 header.b=AbC/+dE=;\r\n       \
                     spf=pass (google.com: domain of b@shop.org designates 192.0.2.1 as permitted sender) \
                     smtp.mailfrom=b@shop.org;\r\n       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=shop.org";
        let want = [
            "dkim=pass header.i=@shop.org header.s=s1 header.b=AbC/+dE=",
            "spf=pass smtp.mailfrom=b@shop.org",
            "dmarc=pass header.from=shop.org",
        ];
        assert_eq!(read(gmail), want);
        assert_eq!(AuthResults::read(gmail).server, "mx.google.com");
        let opendkim = "mx.example.org 1; dkim=pass (2048-bit key; unprotected) header.d=shop.org header.i=@a.shop.org;\t\
                        dkim-atps=neutral";
        assert_eq!(read(opendkim), ["dkim=pass header.d=shop.org header.i=@a.shop.org", "dkim-atps=neutral"]);
        assert_eq!(AuthResults::read(opendkim).server, "mx.example.org");
        let exim = "mx.example.org;\r\n iprev=pass (a.shop.org) smtp.remote-ip=192.0.2.1;\r\n \
                    spf=softfail smtp.mailfrom=bounce+a=b.com@shop.org";
        let want = ["iprev=pass smtp.remote-ip=192.0.2.1", "spf=softfail smtp.mailfrom=bounce+a=b.com@shop.org"];
        assert_eq!(read(exim), want);
        assert_eq!(read("mx.example.org; none"), [""; 0]);
    }

    #[test]
    fn results_without_the_name_of_a_server_are_read() {
        let outlook = "spf=softfail (sender IP is 192.0.2.41)\r\n smtp.mailfrom=shop.org; dkim=pass (signature was verified)\r\n \
                       header.d=shop.org;dmarc=fail action=oreject\r\n header.from=shop.org;compauth=fail reason=000";
        let want = [
            "spf=softfail smtp.mailfrom=shop.org",
            "dkim=pass header.d=shop.org",
            "dmarc=fail header.from=shop.org",
            "compauth=fail",
        ];
        assert_eq!(
            (read(outlook), AuthResults::read(outlook).server),
            (want.map(str::to_owned).to_vec(), String::new())
        );
        let none = "dkim=none (message not signed)\r\n header.d=none;dmarc=none action=none header.from=shop.org;";
        assert_eq!(read(none), ["dkim=none header.d=none", "dmarc=none header.from=shop.org"]);
    }

    #[test]
    fn what_strangers_wrote_in_quotes_and_comments_is_no_result() {
        for (value, want) in [
            (
                r#"a.org; spf=fail smtp.mailfrom="x; dkim=pass header.d=shop.org"@b.org"#,
                "spf=fail smtp.mailfrom=x; dkim=pass header.d=shop.org@b.org",
            ),
            (r#"a.org; spf=fail reason="a \"; dkim=pass header.d=shop.org""#, "spf=fail"),
            (r#"a.org; spf=fail reason="a header.d=shop.org b" header.d=b.org"#, "spf=fail header.d=b.org"),
            ("a.org; spf=fail (see (b); dkim=pass header.d=shop.org)", "spf=fail"),
            (r"a.org; spf=fail (see \); dkim=pass header.d=shop.org)", "spf=fail"),
            ("a.org; spf=fail (dkim=pass) header.d=b.org", "spf=fail header.d=b.org"),
            (r#"a.org (x; dkim=pass) ; spf=fail "header.d=b.org" header.i=c.org"#, "spf=fail header.i=c.org"),
            (r#"a.org; spf=fail; "dkim=pass" header.d=shop.org"#, "spf=fail"),
            ("a.org; spf=fail; dkim=pass header.d=shop.org reason=\"never ends; header.d=b.org", "spf=fail"),
            ("a.org; spf=fail; (dkim=pass header.d=shop.org", "spf=fail"),
            ("a.org; spf=fail =?utf-8?Q?=3B_dkim=3Dpass?=", "spf=fail"),
        ] {
            assert_eq!(read(value), [want], "{value}");
        }
    }

    #[test]
    fn it_may_be_written_loosely() {
        let loose =
            "A.org ( c ) 1 ; DKIM (c) / 1 = pass; DKIM/1 (c) = (d) Pass Header.D = \"shop.org\" ;; spf=;dmarc=none";
        assert_eq!(read(loose), ["dkim=pass header.d=shop.org", "dmarc=none"]);
        for value in ["", ";", "=", ";=", "\"", "(", ";a=\"", "a;b=c d=", "a;b=(", "\\", ";;;\u{2003};"] {
            assert!(read(value).len() <= 1, "{value}");
        }
        let many = "a=b c.d=e;".repeat(100_000);
        assert_eq!(AuthResults::read(&many).results.len(), MAX_RESULTS);
        let many = format!("a;b=c{}", " d.e=f".repeat(100_000));
        assert_eq!(AuthResults::read(&many).results[0].properties.len(), MAX_PROPERTIES);
    }
}
