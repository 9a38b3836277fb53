//! What is written for systemd and for desktops, checked by their own tools.

use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;

/// A program with a name that needs care.
const PROGRAM: &str = "tamis agent; ä";

struct Bench {
    folder: TempDir,
    autostart: Autostart,
}

impl Bench {
    /// `systemctl` is a program that notes what it is asked, and links the unit as the real one does.
    fn new(has_systemd: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (program, settings) = (folder.path().join(PROGRAM), folder.path().join("settings"));
        script(&program, "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$(dirname \"$0\")/said\"\n");
        let systemctl = folder.path().join("systemctl");
        let wants = settings.join("systemd/user/default.target.wants");
        let text = format!(
            "#!/bin/sh\necho \"$*\" >> {log}\ncase $2 in\nenable) mkdir -p {wants} && ln -sf ../{UNIT} {wants}/{UNIT};;\n\
             disable) rm -f {wants}/{UNIT};;\nesac\nexit {code}\n",
            log = folder.path().join("log").display(),
            wants = wants.display(),
            code = u8::from(!has_systemd),
        );
        script(&systemctl, &text);
        let home = Some(folder.path().join("my home"));
        let package = (folder.path().join("package.service"), program.clone());
        Self { autostart: Autostart { program, home, settings, systemctl, package }, folder }
    }

    fn asked(&self) -> Vec<String> {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
        log.lines().map(str::to_owned).collect()
    }
}

fn script(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn succeeds(program: &str, words: &[&str]) {
    let runtime = tempfile::tempdir().unwrap();
    let ran = Command::new(program).args(words).env("XDG_RUNTIME_DIR", runtime.path()).output().unwrap();
    let said = [ran.stdout, ran.stderr].concat();
    assert!(ran.status.success(), "{program} {words:?}: {}", String::from_utf8_lossy(&said));
}

#[test]
fn with_systemd_it_is_a_service_that_comes_back_and_that_systemd_understands() {
    let bench = Bench::new(true);
    assert!(!bench.autostart.is_on());

    let said = bench.autostart.switch(true).unwrap();

    assert!(said.contains("again if it should crash"), "{said}");
    assert!(bench.autostart.is_on());
    assert_eq!(bench.asked()[1..], ["--user daemon-reload", "--user enable tamis-agent.service"]);
    let unit = bench.autostart.unit();
    succeeds("systemd-analyze", &["--user", "--man=no", "verify", unit.to_str().unwrap()]);
    assert!(fs::read_to_string(&unit).unwrap().contains("Restart=on-failure"));

    bench.autostart.switch(false).unwrap();
    assert!(!bench.autostart.is_on() && !unit.exists());
    assert_eq!(bench.asked().last().unwrap(), "--user disable tamis-agent.service");
}

#[test]
fn without_systemd_it_is_an_entry_that_a_desktop_starts_with_every_word_as_it_is() {
    let bench = Bench::new(false);
    bench.autostart.switch(true).unwrap();
    assert!(bench.autostart.is_on());
    let entry = bench.autostart.entry();
    succeeds("desktop-file-validate", &[entry.to_str().unwrap()]);

    // As a session starts it.
    succeeds("dex", &["--wait", entry.to_str().unwrap()]);
    let home = bench.folder.path().join("my home");
    let said = fs::read_to_string(bench.folder.path().join("said")).unwrap();
    assert_eq!(said, format!("--home\n{}\nrun\n--restart\n--until-logout\n", home.display()));

    bench.autostart.switch(false).unwrap();
    bench.autostart.switch(false).unwrap();
    assert!(!bench.autostart.is_on() && !entry.exists());
}

#[test]
fn who_gets_systemd_later_starts_it_once() {
    let bench = Bench::new(false);
    bench.autostart.switch(true).unwrap();
    let now = Bench::new(true);
    let (systemctl, entry) = (now.autostart.systemctl, bench.autostart.entry());
    Autostart { systemctl, ..bench.autostart }.switch(true).unwrap();
    assert!(!entry.exists());
}

#[test]
fn a_refusal_is_told_and_a_name_that_cannot_be_written_is_not_written() {
    let bench = Bench::new(true);
    let lost = Autostart { systemctl: "/nowhere/systemctl".into(), ..bench.autostart.clone() };
    assert!(lost.switch(true).unwrap().contains("your desktop"), "no systemd is no error");
    bench.autostart.switch(false).unwrap();
    for odd in ["a\nExecStart=evil", "$HOME", "a\"b", "a\\b", "100%h"] {
        let odd = Autostart { home: Some(odd.into()), ..bench.autostart.clone() };
        assert!(matches!(odd.switch(true), Err(AutostartError::Name { .. })));
        assert!(!odd.is_on() && !odd.unit().exists());
    }
}

#[test]
fn the_unit_of_a_package_takes_over_from_our_older_one_and_from_no_other() {
    let mut bench = Bench::new(true);
    bench.autostart.home = None;
    bench.autostart.switch(true).unwrap();
    let unit = bench.autostart.unit();
    assert!(unit.is_file());
    fs::write(bench.folder.path().join("package.service"), "").unwrap();
    bench.autostart.switch(true).unwrap();
    assert!(!unit.exists(), "it still stands before the package's");
    assert_eq!(bench.asked().iter().filter(|line| line.ends_with("daemon-reload")).count(), 2);
    fs::write(&unit, "[Unit]\nDescription=mine\n").unwrap();
    bench.autostart.switch(true).unwrap();
    assert!(unit.is_file(), "the person's own was removed");
}

#[test]
fn systemd_starts_only_what_is_this_program_for_this_home() {
    let bench = Bench::new(true);
    assert!(!bench.autostart.start(), "nothing starts at login");
    bench.autostart.switch(true).unwrap();
    assert!(bench.autostart.start());
    assert_eq!(bench.asked().iter().rfind(|line| line.contains("start")).unwrap(), "--user start tamis-agent.service");
    let home = Autostart { home: None, ..bench.autostart.clone() };
    assert!(!home.start(), "the service keeps everything in another folder");
    let program = Autostart { program: "/opt/newer/tamis-agent".into(), ..bench.autostart.clone() };
    assert!(!program.start(), "the service starts another program");
    let lost = Autostart { systemctl: "/nowhere/systemctl".into(), ..bench.autostart };
    assert!(!lost.start());
}

#[test]
fn a_service_that_ends_at_once_was_not_started() {
    let bench = Bench::new(true);
    bench.autostart.switch(true).unwrap();
    let systemctl = bench.folder.path().join("failing");
    script(&systemctl, "#!/bin/sh\ntest \"$2\" != is-active\n");
    assert!(!Autostart { systemctl, ..bench.autostart }.start());
}
