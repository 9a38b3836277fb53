//! The tree as a package for Debian. The same tree makes the same package, byte for byte.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use super::{
    facts::{Facts, HOME_PAGE, MAINTAINER},
    tree::{compress, files_below, place_file, place_text, settle},
};
use crate::ground::{checked, said_by, temporary_folder};

/// What dpkg runs before and after it changes files.
const SCRIPTS: [&str; 3] = ["postinst", "postrm", "prerm"];

/// Packs the tree into a file in the folder `to`, and returns its path.
pub(super) fn pack(tree: &Path, facts: &Facts, to: &Path) -> Result<PathBuf> {
    documents(tree, facts)?;
    let control = tree.join("DEBIAN");
    for name in SCRIPTS {
        place_file(&facts.root.join("packaging/deb").join(name), &control.join(name))?;
    }
    place_text(&sums(tree)?, &control.join("md5sums"))?;
    place_text(&control_file(tree, facts)?, &control.join("control"))?;
    settle(tree, facts)?;
    fs::create_dir_all(to)?;
    let deb = to.join(format!("tamis_{}_{}.deb", facts.debian_version(), facts.architecture));
    let mut pack = Command::new("dpkg-deb");
    pack.args(["--root-owner-group", "--uniform-compression", "-Zxz", "--build"]).arg(tree).arg(&deb);
    // As many threads as there are processors would make other files on other machines.
    pack.env("SOURCE_DATE_EPOCH", facts.epoch.to_string()).env("DPKG_DEB_THREADS_MAX", "1").env("XZ_OPT", "-T1");
    checked(&mut pack)?;
    Ok(deb)
}

/// What Debian wants every package to say of itself: its licence, its changes, and what lintian need not complain of.
fn documents(tree: &Path, facts: &Facts) -> Result<()> {
    let doc = tree.join("usr/share/doc/tamis");
    let text = |name: &str| {
        let path = facts.root.join(name);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let copyright = text("packaging/deb/copyright")?
        .replace("@mit@", &field(&text("LICENSE-MIT")?))
        .replace("@ofl@", &field(&text("assets/fonts/Inter-OFL.txt")?));
    place_text(&copyright, &doc.join("copyright"))?;
    place_file(&facts.root.join("CHANGELOG.md"), &doc.join("changelog"))?;
    let changes = format!(
        "tamis ({}) unstable; urgency=medium\n\n  * See changelog.gz for what changed in this version.\n\n -- {MAINTAINER}  {}\n",
        facts.debian_version(),
        facts.date()?
    );
    place_text(&changes, &doc.join("changelog.Debian"))?;
    compress(&doc.join("changelog"))?;
    compress(&doc.join("changelog.Debian"))?;
    let overrides = facts.root.join("packaging/deb/lintian-overrides");
    place_file(&overrides, &tree.join("usr/share/lintian/overrides/tamis"))
}

/// A text within a field of a control file: each line begins with a space, and an empty one is a dot.
fn field(text: &str) -> String {
    let line = |line: &str| if line.trim().is_empty() { " .".to_owned() } else { format!(" {}", line.trim_end()) };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

fn control_file(tree: &Path, facts: &Facts) -> Result<String> {
    let template = fs::read_to_string(facts.root.join("packaging/deb/control"))?;
    let kilobytes = |file: &PathBuf| fs::symlink_metadata(file).map_or(0, |found| found.len().div_ceil(1024));
    let size: u64 = files_below(&tree.join("usr"))?.iter().map(kilobytes).sum();
    Ok(template
        .replace("@version@", &facts.debian_version())
        .replace("@architecture@", &facts.architecture)
        .replace("@maintainer@", MAINTAINER)
        .replace("@home_page@", HOME_PAGE)
        .replace("@size@", &size.to_string())
        .replace("@libraries@", &libraries(tree)?))
}

/// The packages of the libraries that the programs are linked with, each with the version that has all they call.
fn libraries(tree: &Path) -> Result<String> {
    let work = temporary_folder("shlibs")?;
    place_text("Source: tamis\n\nPackage: tamis\nArchitecture: any\n", &work.join("debian/control"))?;
    let mut ask = Command::new("dpkg-shlibdeps");
    ask.arg("-O").args(["tamis", "tamis-agent"].map(|name| tree.join("usr/bin").join(name))).current_dir(&work);
    let said = said_by(&mut ask);
    fs::remove_dir_all(&work).ok();
    let said = said?;
    Ok(said.trim().strip_prefix("shlibs:Depends=").context("dpkg-shlibdeps names no libraries")?.to_owned())
}

fn sums(tree: &Path) -> Result<String> {
    let mut sums = String::new();
    for file in files_below(&tree.join("usr"))? {
        let name = file.strip_prefix(tree)?;
        let said = said_by(Command::new("md5sum").arg(name).current_dir(tree))?;
        writeln!(sums, "{said}")?;
    }
    Ok(sums)
}
