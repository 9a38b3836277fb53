//! A person at that machine, who logs in with a password and types what is asked for.

use std::{
    io::{Read as _, Write as _},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use super::machine::{Machine, PATIENCE, wait};

/// Their name and password, on the machine and at the mail server.
pub(super) const NAME: &str = "kim";
pub(super) const PASSWORD: &str = "linden-4711";

/// A program on a terminal of its own, with somebody in front of it.
#[derive(Debug)]
pub(super) struct Terminal {
    child: Child,
    said: String,
    words: Receiver<Vec<u8>>,
}

impl Terminal {
    /// Starts a command on a terminal.
    fn open(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut stdout = child.stdout.take().context("no terminal")?;
        let (sender, words) = sync_channel(1024);
        thread::Builder::new().spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = stdout.read(&mut buffer) {
                if sender.send(buffer.get(..length).unwrap_or_default().to_vec()).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { child, said: String::new(), words })
    }

    /// Waits for a question, then types the answer.
    pub(super) fn answer(&mut self, question: &str, answer: &str) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.said.contains(question) {
            ensure!(Instant::now() < deadline, "`{question}` was not asked:\n{}", self.said);
            match self.words.recv_timeout(Duration::from_millis(200)) {
                Ok(words) => self.said.push_str(&String::from_utf8_lossy(&words)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => bail!("`{question}` was not asked:\n{}", self.said),
            }
        }
        // Who asks for a password throws away what was typed before.
        thread::sleep(Duration::from_millis(300));
        let stdin = self.child.stdin.as_mut().context("no keyboard")?;
        Ok(stdin.write_all(format!("{answer}\n").as_bytes())?)
    }

    /// What was on the screen when the program had ended, which must have done what it was to do.
    pub(super) fn end(mut self) -> Result<String> {
        let status = wait("the program to end", PATIENCE, || Ok(self.child.try_wait()?))?;
        while let Ok(words) = self.words.recv_timeout(Duration::from_secs(1)) {
            self.said.push_str(&String::from_utf8_lossy(&words));
        }
        ensure!(status.success(), "it ended with {status}:\n{}", self.said);
        Ok(self.said.replace('\r', ""))
    }
}

/// Somebody who is logged in.
#[derive(Debug)]
pub(super) struct Person<'a> {
    machine: &'a Machine,
    session: Terminal,
}

impl<'a> Person<'a> {
    /// Logs in as people do: name, password, and a shell.
    pub(super) fn log_in(machine: &'a Machine) -> Result<Self> {
        let line = format!("login {NAME}");
        let mut session = Terminal::open(&mut machine.command(&["TERM=dumb", "script", "-qefc", &line, "/dev/null"]))?;
        session.answer("Password:", PASSWORD)?;
        session.answer("$ ", "echo here")?;
        let person = Self { machine, session };
        wait("the session", PATIENCE, || {
            Ok(person.says("systemctl --user is-system-running")?.contains("running").then_some(()))
        })?;
        Ok(person)
    }

    /// Types a line into the shell of the session, to which belongs what it starts.
    pub(super) fn in_session(&mut self, line: &str) -> Result<()> {
        self.session.answer("$ ", line)
    }

    /// Logs out, and waits until nothing of theirs runs any more. The screen goes with the session, and so do its windows.
    pub(super) fn log_out(mut self) -> Result<()> {
        self.says("for one in /proc/[0-9]*; do [ \"$(cat $one/comm)\" != Xvfb ] || kill ${one#/proc/}; done")?;
        self.session.answer("", "exit")?;
        wait("the session to end", PATIENCE, || {
            let services = self.machine.says("systemctl is-active 'user@*.service'")?;
            Ok((!services.lines().any(|line| line != "inactive")).then_some(()))
        })
    }

    /// A command of theirs, with what a session sets.
    fn command(&self, line: &str) -> Command {
        let words = format!(
            "cd ~{NAME}; export HOME=$PWD USER={NAME} LOGNAME={NAME} XDG_RUNTIME_DIR=/run/user/$(id -u {NAME}) PATH=/usr/bin:/bin \
             TERM=dumb; export DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus; \
             exec setpriv --reuid {NAME} --regid {NAME} --init-groups \"$@\""
        );
        self.machine.command(&["sh", "-c", &words, "sh", "sh", "-c", line])
    }

    /// What a line of shell prints.
    pub(super) fn says(&self, line: &str) -> Result<String> {
        let output = self.command(line).stdin(Stdio::null()).output()?;
        Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    /// What a line of shell prints, which must succeed.
    pub(super) fn done(&self, line: &str) -> Result<String> {
        let output = self.command(line).stdin(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        ensure!(output.status.success(), "`{line}` failed:\n{said}");
        Ok(said)
    }

    /// Starts a program on a terminal.
    pub(super) fn types(&self, line: &str) -> Result<Terminal> {
        Terminal::open(&mut self.command(&format!("exec script -qefc '{line}' /dev/null")))
    }

    /// Starts a program that goes on.
    pub(super) fn starts(&self, line: &str) -> Result<()> {
        self.done(&format!("{line} >~/said 2>&1 &")).map(|_| ())
    }
}
