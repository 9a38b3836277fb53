//! Every file of Tamis where a Linux system wants it, below a folder that stands for `/`.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use super::facts::Facts;
use crate::ground::{checked, temporary_folder};

/// Files as they are: in the source, and in the system.
const FILES: &[(&str, &str)] = &[
    ("packaging/linux/tamis-agent.service", "usr/lib/systemd/user/tamis-agent.service"),
    ("packaging/linux/tamis.desktop", "usr/share/applications/tamis.desktop"),
    ("packaging/linux/tamis.metainfo.xml", "usr/share/metainfo/example.tamis.Tamis.metainfo.xml"),
    ("packaging/linux/tamis.bash", "usr/share/bash-completion/completions/tamis"),
    ("packaging/linux/_tamis", "usr/share/zsh/vendor-completions/_tamis"),
    ("packaging/linux/tamis.fish", "usr/share/fish/vendor_completions.d/tamis.fish"),
    ("assets/icons/tamis.svg", "usr/share/icons/hicolor/scalable/apps/tamis.svg"),
    ("README.md", "usr/share/doc/tamis/README.md"),
    ("assets/config.toml", "usr/share/doc/tamis/examples/tamis.toml"),
];

/// The icon, by the length of its side.
const ICONS: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];

/// What the shells complete, as the agent writes it.
const COMPLETIONS: &[(&str, &str)] = &[
    ("tamis-agent.bash", "usr/share/bash-completion/completions/tamis-agent"),
    ("_tamis-agent", "usr/share/zsh/vendor-completions/_tamis-agent"),
    ("tamis-agent.fish", "usr/share/fish/vendor_completions.d/tamis-agent.fish"),
];

/// Lays out everything below `tree`, out of the programs in that folder.
pub(super) fn lay_out(tree: &Path, programs: &Path, facts: &Facts) -> Result<()> {
    for name in ["tamis", "tamis-agent"] {
        let place = tree.join("usr/bin").join(name);
        place_file(&programs.join(name), &place)?;
        // What debuggers read, and nobody else.
        checked(Command::new("strip").args(["--strip-unneeded", "--remove-section=.comment"]).arg(&place))?;
    }
    for (from, to) in FILES {
        place_file(&facts.root.join(from), &tree.join(to))?;
    }
    for side in ICONS {
        let name = format!("usr/share/icons/hicolor/{side}x{side}/apps/tamis.png");
        place_file(&facts.root.join(format!("assets/icons/tamis-{side}.png")), &tree.join(name))?;
    }
    for folder in ["assets/guide/src", "assets/images"] {
        let to = tree.join("usr/share/doc/tamis").join(if folder.ends_with("src") { "guide" } else { "images" });
        for entry in fs::read_dir(facts.root.join(folder))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                place_file(&entry.path(), &to.join(entry.file_name()))?;
            }
        }
    }
    manual(tree, facts)?;
    settle(tree, facts)
}

/// The manual pages and completions: the window's are files, the agent's it writes itself.
fn manual(tree: &Path, facts: &Facts) -> Result<()> {
    let pages = tree.join("usr/share/man/man1");
    place_file(&facts.root.join("packaging/linux/tamis.1"), &pages.join("tamis.1"))?;
    let written = temporary_folder("manual")?;
    checked(Command::new(tree.join("usr/bin/tamis-agent")).arg("manual").arg(&written))?;
    for (from, to) in COMPLETIONS {
        place_file(&written.join(from), &tree.join(to))?;
    }
    for entry in fs::read_dir(&written)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "1") {
            place_file(&path, &pages.join(path.file_name().context("a page has a name")?))?;
        }
    }
    fs::remove_dir_all(&written).ok();
    for page in files_below(&pages)? {
        compress(&page)?;
    }
    Ok(())
}

/// Compresses a file as Debian wants it: as small as can be, and with neither its name nor its time in it.
pub(super) fn compress(file: &Path) -> Result<()> {
    checked(Command::new("gzip").arg("-9n").arg(file))
}

/// Copies a file and makes the folders it needs.
pub(super) fn place_file(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file is in a folder")?)?;
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// Writes a text and makes the folders it needs.
pub(super) fn place_text(text: &str, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file is in a folder")?)?;
    fs::write(to, text).with_context(|| format!("cannot write {}", to.display()))
}

/// Every file below a folder, in the order of their names.
pub(super) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Gives everything the modes and the time that it has in a package, whatever those of the source are.
pub(super) fn settle(tree: &Path, facts: &Facts) -> Result<()> {
    for file in files_below(tree)? {
        let is_program = file.starts_with(tree.join("usr/bin")) || is_script(tree, &file);
        if !file.is_symlink() {
            fs::set_permissions(&file, fs::Permissions::from_mode(if is_program { 0o755 } else { 0o644 }))?;
        }
    }
    checked(Command::new("find").arg(tree).args(["-type", "d", "-exec", "chmod", "755", "{}", "+"]))?;
    let time = format!("@{}", facts.epoch);
    checked(Command::new("find").arg(tree).args(["-exec", "touch", "--no-dereference", "--date", &time, "{}", "+"]))
}

/// The scripts by which dpkg asks a package to do something.
fn is_script(tree: &Path, file: &Path) -> bool {
    ["postinst", "postrm", "preinst", "prerm"].iter().any(|name| file == tree.join("DEBIAN").join(name))
}
