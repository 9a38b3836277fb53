//! Somebody who signs mail and is not us: dkimpy, by way of `signer.py`.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

use crate::ground::temporary_folder;

/// Keys, and what is signed with them. Gone with the value.
#[derive(Debug)]
pub struct Signer {
    root: PathBuf,
}

/// A message that was signed and perhaps altered, and what dkimpy makes of it.
#[derive(Clone, Debug)]
pub struct Variant {
    /// What was done to it.
    pub name: String,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// The valid signatures as `domain/selector`, in alphabetical order.
    pub valid: Vec<String>,
    /// The word on the chain of those who have handed it on: `none`, `pass` or `fail`.
    pub chain: String,
}

impl Signer {
    /// Makes keys.
    pub fn new() -> Result<Self> {
        let signer = Self { root: temporary_folder("signer")? };
        fs::write(signer.script(), include_str!("signer.py"))?;
        signer.run(&["keys"], b"")?;
        Ok(signer)
    }

    /// The records with the public keys, each a name and a text.
    pub fn records(&self) -> Result<Vec<(String, String)>> {
        let text = fs::read_to_string(self.root.join("records"))?;
        let records = text.lines().filter_map(|line| line.split_once('\t'));
        Ok(records.map(|(name, text)| (name.to_owned(), text.to_owned())).collect())
    }

    /// Signs a message for `domain`, of those that have a record `rsa._domainkey`.
    pub fn sign(&self, raw: &[u8], domain: &str) -> Result<Vec<u8>> {
        self.run(&["sign", "rsa.pem", "rsa", domain], raw)
    }

    /// Messages in many ways signed and altered. Makes new keys.
    pub fn variants(&self) -> Result<Vec<Variant>> {
        self.run(&["variants"], b"")?;
        let verdicts = fs::read_to_string(self.root.join("verdicts"))?;
        let variant = |line: &str| {
            let mut fields = line.split('\t');
            let mut next = || fields.next().context("a verdict has three fields");
            let (name, valid, chain) = (next()?.to_owned(), next()?, next()?.to_owned());
            let raw = fs::read(self.root.join(format!("{name}.eml")))?;
            Ok(Variant { name, raw, valid: valid.split_whitespace().map(str::to_owned).collect(), chain })
        };
        verdicts.lines().map(variant).collect()
    }

    fn script(&self) -> PathBuf {
        self.root.join("signer.py")
    }

    fn run(&self, words: &[&str], input: &[u8]) -> Result<Vec<u8>> {
        let (what, rest) = words.split_first().context("nothing to do")?;
        // Debian's own Python, which knows Debian's packages: another may come first in the path.
        let mut command = Command::new("/usr/bin/python3");
        command.arg(self.script()).arg(what).arg::<&Path>(&self.root).args(rest);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        child.stdin.take().context("no input")?.write_all(input)?;
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "signer.py failed:\n{}", String::from_utf8_lossy(&output.stderr));
        Ok(output.stdout)
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.root).ok();
    }
}
