//! Whether the agent starts when the person logs in.
//!
//! Where the person's session is run by systemd, that is a service of the person's own, `tamis-agent.service`, which comes
//! back when it has crashed; elsewhere it is an entry of the desktop's autostart folder, for an agent that a second process
//! brings back. Both are files below the person's folder for settings, and nothing else is changed.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use directories::BaseDirs;

use crate::{paths::Home, words::because};

/// The service's name for systemd.
const UNIT: &str = "tamis-agent.service";

/// Where a package has put one, whose program is the package's.
const OF_THE_PACKAGE: &str = "/usr/lib/systemd/user/tamis-agent.service";

/// How those begin that we have written.
const UNIT_HEAD: &str = "[Unit]\nDescription=Tamis, the spam filter of your mailboxes\n";

const ENTRY: &str = "tamis-agent.desktop";

/// An agent that cannot start says so within that time.
const FIRST_STEPS: Duration = Duration::from_millis(500);

/// Why it could not be switched. What was so stays so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AutostartError {
    /// There is no home directory.
    #[error("cannot find your home directory")]
    Nowhere,
    /// A file cannot be written or removed.
    #[error("cannot change {}: {}", path.display(), because(source))]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The program's or the folder's name cannot be written down.
    #[error("the name of {} cannot be written into such a file; move it elsewhere", path.display())]
    Name {
        /// What is named so.
        path: PathBuf,
    },
    /// The program has been moved or removed.
    #[error("there is no program {} any more; restart the agent, then try again", path.display())]
    Missing {
        /// Where it was.
        path: PathBuf,
    },
    /// systemd does not want to.
    #[error("systemd refused: {0}")]
    Systemd(String),
}

/// How the agent is started at login.
#[derive(Clone, Debug)]
pub struct Autostart {
    program: PathBuf,
    /// The folder it was given to keep everything in.
    home: Option<PathBuf>,
    /// Where the person's settings are.
    settings: PathBuf,
    systemctl: PathBuf,
    /// What a package has installed: the unit, and the program in it.
    package: (PathBuf, PathBuf),
}

impl Autostart {
    /// This program, for this home.
    pub fn of(home: &Home) -> Result<Self, AutostartError> {
        let dirs = BaseDirs::new().ok_or(AutostartError::Nowhere)?;
        let program =
            std::env::current_exe().map_err(|source| AutostartError::File { path: "itself".into(), source })?;
        // So Linux names a program that was replaced since it was started.
        let replaced = program.to_str().and_then(|path| path.strip_suffix(" (deleted)")).map(PathBuf::from);
        let program = replaced.unwrap_or(program);
        Ok(Self {
            program,
            home: home.given().map(Path::to_path_buf),
            settings: dirs.config_dir().to_path_buf(),
            systemctl: "systemctl".into(),
            package: (OF_THE_PACKAGE.into(), "/usr/bin/tamis-agent".into()),
        })
    }

    /// Whether it starts at login.
    pub fn is_on(&self) -> bool {
        self.wanted_unit().is_symlink() || self.entry().is_file()
    }

    /// Lets it start at login, or no longer. Says in a sentence how it is now.
    pub fn switch(&self, is_on: bool) -> Result<String, AutostartError> {
        if is_on { self.switch_on() } else { self.switch_off() }
    }

    /// Has systemd start the service, if that is what starts this program for this home at login. `false`: it is not, or the
    /// service has ended at once.
    pub(crate) fn start(&self) -> bool {
        let is_this_one = match fs::read_to_string(self.unit()) {
            Ok(text) => self.unit_text().is_ok_and(|wanted| wanted == text),
            Err(_) => self.is_of_the_package(),
        };
        if !is_this_one || !self.wanted_unit().is_symlink() || self.systemctl(&["start", UNIT]).is_err() {
            return false;
        }
        // To systemd it has started when there is a process, whatever becomes of it.
        thread::sleep(FIRST_STEPS);
        self.systemctl(&["is-active", "--quiet", UNIT]).is_ok()
    }

    fn switch_on(&self) -> Result<String, AutostartError> {
        if !self.program.is_file() {
            return Err(AutostartError::Missing { path: self.program.clone() });
        }
        if !self.has_systemd() {
            write(&self.entry(), &self.entry_text()?)?;
            return Ok("Tamis starts when you log in to your desktop".to_owned());
        }
        // What a package has installed goes along with its updates.
        if !self.is_of_the_package() {
            write(&self.unit(), &self.unit_text()?)?;
            self.systemctl(&["daemon-reload"])?;
        } else if self.has_own_unit() {
            // It would stand before the package's, and may start a program that is there no more.
            remove(&self.unit())?;
            self.systemctl(&["daemon-reload"])?;
        }
        self.systemctl(&["enable", UNIT])?;
        remove(&self.entry())?;
        Ok("Tamis starts when you log in, and again if it should crash".to_owned())
    }

    fn switch_off(&self) -> Result<String, AutostartError> {
        remove(&self.entry())?;
        if self.wanted_unit().is_symlink() || self.unit().is_file() {
            if self.has_systemd() {
                self.systemctl(&["disable", UNIT])?;
            }
            remove(&self.wanted_unit())?;
            if self.has_own_unit() {
                remove(&self.unit())?;
            }
        }
        Ok("Tamis does not start when you log in".to_owned())
    }

    fn is_of_the_package(&self) -> bool {
        let (unit, program) = &self.package;
        self.home.is_none() && unit.is_file() && self.program == *program
    }

    /// Whether there is a unit that we have written. One that the person has written is the person's.
    fn has_own_unit(&self) -> bool {
        fs::read_to_string(self.unit()).is_ok_and(|text| text.starts_with(UNIT_HEAD))
    }

    fn unit(&self) -> PathBuf {
        self.settings.join("systemd/user").join(UNIT)
    }

    fn wanted_unit(&self) -> PathBuf {
        self.settings.join("systemd/user/default.target.wants").join(UNIT)
    }

    fn entry(&self) -> PathBuf {
        self.settings.join("autostart").join(ENTRY)
    }

    /// Whether systemd runs the person's session.
    fn has_systemd(&self) -> bool {
        self.systemctl(&["show", "--property=Version"]).is_ok()
    }

    fn systemctl(&self, words: &[&str]) -> Result<(), AutostartError> {
        let mut command = Command::new(&self.systemctl);
        command.arg("--user").args(words).stdin(Stdio::null());
        let ran = command.output().map_err(|error| AutostartError::Systemd(because(&error)))?;
        if ran.status.success() {
            return Ok(());
        }
        Err(AutostartError::Systemd(String::from_utf8_lossy(&ran.stderr).trim().to_owned()))
    }

    /// The command, each word in quotes, as both kinds of files want it (systemd.service(5); Desktop Entry Specification, "The
    /// Exec key").
    fn line(&self) -> Result<String, AutostartError> {
        let mut words = vec![plain(&self.program)?];
        if let Some(home) = &self.home {
            words.extend(["--home", plain(home)?]);
        }
        words.push("run");
        Ok(words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" "))
    }

    fn unit_text(&self) -> Result<String, AutostartError> {
        let line = self.line()?;
        Ok(format!(
            "{UNIT_HEAD}\
             Documentation=man:tamis-agent(1)\n\
             StartLimitIntervalSec=10min\n\
             StartLimitBurst=5\n\
             \n\
             [Service]\n\
             ExecStart={line}\n\
             Restart=on-failure\n\
             RestartSec=10s\n\
             \n\
             [Install]\n\
             WantedBy=default.target\n"
        ))
    }

    fn entry_text(&self) -> Result<String, AutostartError> {
        let line = self.line()?;
        Ok(format!(
            "[Desktop Entry]\n\
             Type=Application\n\
             Name=Tamis agent\n\
             Comment=Watches your mailboxes for spam\n\
             Exec={line} \"--restart\" \"--until-logout\"\n\
             Icon=tamis\n\
             Terminal=false\n\
             NoDisplay=true\n\
             X-GNOME-Autostart-enabled=true\n"
        ))
    }
}

/// A name that such files can have in them: what has a meaning within quotes is not read alike everywhere.
fn plain(path: &Path) -> Result<&str, AutostartError> {
    let is_odd = |letter: char| letter.is_control() || "\"'\\`$%".contains(letter);
    let text = path.to_str().filter(|text| !text.contains(is_odd));
    text.ok_or_else(|| AutostartError::Name { path: path.to_path_buf() })
}

/// Whole, or as it was.
fn write(path: &Path, text: &str) -> Result<(), AutostartError> {
    let failed = |source| AutostartError::File { path: path.to_path_buf(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let new = path.with_extension("new");
    fs::write(&new, text).and_then(|()| fs::rename(&new, path)).map_err(failed)
}

fn remove(path: &Path) -> Result<(), AutostartError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(AutostartError::File { path: path.to_path_buf(), source })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
