//! A home of its own for each test, and the program run in it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// What a command did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A folder for the settings and one for mail.
#[derive(Debug)]
pub(crate) struct Home {
    dir: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["home", "mail"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        Self { dir }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// A path for mail, which need not exist.
    pub(crate) fn mail(&self, name: &str) -> String {
        self.dir.path().join("mail").join(name).to_str().unwrap().to_owned()
    }

    /// Writes mail.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.mail(name);
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs the program; what judges mail asks nobody.
    pub(crate) fn run(&self, args: &[&str]) -> Done {
        self.run_from(args, Stdio::null())
    }

    /// The same, and this stands on its standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Done {
        let path = self.write("input", input);
        self.run_from(args, File::open(path).unwrap().into())
    }

    fn run_from(&self, args: &[&str], input: Stdio) -> Done {
        let judges = args.iter().any(|arg| ["scan", "explain"].contains(arg)) && !args.contains(&"--no-network");
        let output = Command::new(env!("CARGO_BIN_EXE_tamis-agent"))
            .args(args)
            .args(judges.then_some("--no-network"))
            .env("TAMIS_HOME", self.path())
            // No keyring, whatever session the tests run in.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .stdin(input)
            .output()
            .unwrap();
        Done {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Done {
    /// Fails unless the command succeeded without a remark.
    pub(crate) fn good(&self) -> &str {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{self:?}");
        &self.stdout
    }

    /// Fails unless the command failed with this exit code and exactly one line that holds `text`.
    pub(crate) fn failed(&self, code: i32, text: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.stderr.starts_with("error: ") && self.stderr.contains(text), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
    }
}

/// A wanted message, like any other.
pub(crate) const HAM: &str = "Received: from mx.example.org (mx.example.org [192.0.2.7])\r
\tby imap.example.org; Thu, 22 Jan 2026 12:36:23 +0000\r
Date: Thu, 22 Jan 2026 12:36:20 +0000\r
From: Ann <ann@example.org>\r
To: Bob <bob@example.org>\r
Subject: lunch\r
Message-ID: <1@example.org>\r
\r
Shall we meet at noon?\r
";

/// The message that is spam by agreement.
pub(crate) fn gtube() -> String {
    HAM.replace("Shall we meet", "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X")
}
