//! The `[fingerprints]` section: what is known again, and who else is asked about it.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;

/// What is done to know messages again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprints {
    /// Whether it is looked for what came before, on this machine.
    pub is_local: bool,
    /// The server of pyzor that is asked, if one is.
    pub pyzor: Option<Server>,
    /// The fuzzy storage of rspamd that is asked, if one is.
    pub rspamd: Option<FuzzyStorage>,
    /// The DCC of this machine, if it is asked.
    pub dcc: Option<Dcc>,
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// A fuzzy storage of rspamd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuzzyStorage {
    /// Where it listens.
    pub server: Server,
    /// Its public key; without one nothing is encrypted.
    pub key: Option<[u8; 32]>,
    /// Under which flag spam is reported there.
    pub flag: u8,
}

/// The DCC client of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dcc {
    /// The socket of `dccifd`.
    Socket(PathBuf),
    /// The program `dccproc`.
    Program(PathBuf),
}

impl Default for Fingerprints {
    fn default() -> Self {
        Self { is_local: true, pyzor: None, rspamd: None, dcc: None }
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl Fingerprints {
    /// Whether the check of that name has anybody to ask.
    pub(super) fn allows(&self, check: &str) -> bool {
        match check {
            "fingerprint" => self.is_local,
            "pyzor" => self.pyzor.is_some(),
            "rspamd_fuzzy" => self.rspamd.is_some(),
            "dcc" => self.dcc.is_some(),
            _ => true,
        }
    }
}

/// As rspamd's own settings number what its users report as spam.
const USUAL_FLAG: u8 = 11;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FingerprintsSection {
    local: Option<bool>,
    pyzor: Option<Spanned<String>>,
    rspamd: Option<Spanned<String>>,
    rspamd_key: Option<Spanned<String>>,
    rspamd_flag: Option<Spanned<u8>>,
    dcc: Option<Spanned<String>>,
}

impl FingerprintsSection {
    /// `base` with what this section says.
    pub(super) fn apply(self, text: &str, base: &Fingerprints) -> Result<Fingerprints, ConfigError> {
        let mut found = base.clone();
        found.is_local = self.local.unwrap_or(found.is_local);
        if let Some(written) = self.pyzor {
            found.pyzor = server(text, ("pyzor", &written), 24441)?;
        }
        let key = self.rspamd_key.map(|written| key(text, &written)).transpose()?.flatten();
        let flag = self.rspamd_flag.map_or(USUAL_FLAG, Spanned::into_inner);
        if let Some(written) = self.rspamd {
            found.rspamd = server(text, ("rspamd", &written), 11335)?.map(|server| FuzzyStorage { server, key, flag });
        }
        if let Some(written) = self.dcc {
            found.dcc = dcc(text, &written)?;
        }
        Ok(found)
    }
}

/// A host with its port; empty is none.
fn server(text: &str, (name, written): (&str, &Spanned<String>), usual: u16) -> Result<Option<Server>, ConfigError> {
    let value = written.get_ref().trim();
    if value.is_empty() {
        return Ok(None);
    }
    let wrong = || {
        let what = format!("`{name}` must be a host and a port, such as \"127.0.0.1:{usual}\"");
        ConfigError::at(text, &written.span(), what)
    };
    let (host, port) = value.rsplit_once(':').ok_or_else(wrong)?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_host =
        !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_'));
    let port = port.parse().ok().filter(|port| *port != 0 && is_host).ok_or_else(wrong)?;
    Ok(Some(Server { host: host.to_owned(), port }))
}

/// A public key as `rspamadm keypair` writes it.
fn key(text: &str, written: &Spanned<String>) -> Result<Option<[u8; 32]>, ConfigError> {
    if written.get_ref().trim().is_empty() {
        return Ok(None);
    }
    let key = base32(written.get_ref().trim());
    key.map(Some).ok_or_else(|| {
        let what = "`rspamd_key` must be the 52 letters and digits that `rspamadm keypair` calls pubkey".to_owned();
        ConfigError::at(text, &written.span(), what)
    })
}

/// z-base-32, of which rspamd fills the bits from the least on.
fn base32(written: &str) -> Option<[u8; 32]> {
    const ALPHABET: &str = "ybndrfg8ejkmcpqxot1uwisza345h769";
    let (mut held, mut bits, mut key) = (0_u32, 0, Vec::new());
    for c in written.chars() {
        held |= u32::try_from(ALPHABET.find(c.to_ascii_lowercase())?).ok()? << bits;
        bits += 5;
        if 8 <= bits {
            key.push(u8::try_from(held & 0xff).ok()?);
            held >>= 8;
            bits -= 8;
        }
    }
    if held != 0 {
        return None;
    }
    key.try_into().ok()
}

/// A path: to a socket if its name says nothing else, or to the program.
fn dcc(text: &str, written: &Spanned<String>) -> Result<Option<Dcc>, ConfigError> {
    let value = written.get_ref().trim();
    if value.is_empty() {
        return Ok(None);
    }
    let path = PathBuf::from(value);
    if !path.is_absolute() {
        let what = "`dcc` must be the whole path of dccifd's socket or of the program dccproc, such as \
                    \"/var/dcc/dccifd\" or \"/usr/bin/dccproc\"";
        return Err(ConfigError::at(text, &written.span(), what.to_owned()));
    }
    let is_program = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("dccproc"));
    Ok(Some(if is_program { Dcc::Program(path) } else { Dcc::Socket(path) }))
}
