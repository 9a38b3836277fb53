//! What the tools of others say of the package and of the recipes.

use std::{io::Write, path::Path, process::Command};

use anyhow::{Context as _, Result, bail, ensure};

use super::facts::Facts;

/// Recipes and the files they install, and the command that reads each; `FILE` stands for its path.
const RECIPES: &[(&str, &[&str])] = &[
    ("packaging/linux/tamis.desktop", &["desktop-file-validate", "FILE"]),
    ("packaging/linux/tamis.metainfo.xml", &["appstreamcli", "validate", "--no-net", "FILE"]),
    ("packaging/linux/tamis.1", &["mandoc", "-T", "lint", "-W", "warning", "FILE"]),
    ("packaging/linux/tamis.bash", &["bash", "-n", "FILE"]),
    ("packaging/deb/postinst", &["sh", "-n", "FILE"]),
    ("packaging/deb/prerm", &["sh", "-n", "FILE"]),
    ("packaging/deb/postrm", &["sh", "-n", "FILE"]),
    ("packaging/rpm/tamis.spec", &["rpmspec", "--parse", "FILE"]),
    ("packaging/flatpak/example.tamis.Tamis.json", &["python3", "-m", "json.tool", "FILE", "/dev/null"]),
    ("packaging/windows/tamis.wxs", &["xmllint", "--noout", "FILE"]),
    ("packaging/macos/Info.plist", &["plistutil", "-i", "FILE", "-o", "/dev/null"]),
    ("packaging/macos/example.tamis.agent.plist", &["plistutil", "-i", "FILE", "-o", "/dev/null"]),
];

/// Has lintian read a package. Errors are a failure; warnings are shown.
pub(super) fn deb(deb: &Path, out: &mut dyn Write) -> Result<()> {
    let mut lintian = Command::new("lintian");
    lintian.args(["--allow-root", "--tag-display-limit", "0", "--fail-on", "error"]).arg(deb).env("LC_ALL", "C.UTF-8");
    let said = lintian.output().context("cannot run lintian")?;
    let text = String::from_utf8_lossy(&said.stdout);
    write!(out, "{text}")?;
    ensure!(said.status.success(), "lintian found errors in {}", deb.display());
    let count = text.lines().filter(|line| line.starts_with("W:")).count();
    writeln!(out, "lintian: no errors, {count} warnings")?;
    Ok(())
}

/// Has each recipe read by a tool of its own system, as far as Debian has such.
pub(super) fn recipes(out: &mut dyn Write) -> Result<()> {
    let facts = Facts::find()?;
    let mut faults = 0;
    for (name, words) in RECIPES {
        let path = facts.root.join(name);
        let (program, words) = words.split_first().context("no command")?;
        let mut command = Command::new(program);
        for word in words {
            command.arg(if *word == "FILE" { path.as_os_str() } else { word.as_ref() });
        }
        let said = command.output().with_context(|| format!("cannot run {program}"))?;
        if said.status.success() {
            writeln!(out, "{name}: {program} finds nothing wrong")?;
        } else {
            faults += 1;
            let words = [said.stdout, said.stderr].concat();
            writeln!(out, "{name}: {program} says\n{}", String::from_utf8_lossy(&words).trim())?;
        }
    }
    if faults > 0 {
        bail!("{faults} recipes are wrong");
    }
    Ok(())
}
