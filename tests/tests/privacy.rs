//! What is said in confidence stays where it belongs.

use std::{
    fs,
    os::unix::fs::{FileTypeExt as _, PermissionsExt as _},
    path::Path,
};

use anyhow::{Context as _, Result};
use tamis_tests::{
    letter::Letter,
    repository::walk,
    world::{PASSWORD, USER, World},
};
use xtask::dovecot::Options;

/// What only the mail knows, in lower case.
const OF_THE_MAIL: &[&str] = &["zephyrine", "quincunx", "offers@example.net", "dana@example.org", "bounce@example.net"];

#[test]
fn the_most_talkative_log_has_no_password_and_no_word_of_the_mail() -> Result<()> {
    let world = busy_world()?;
    let home = world.agent.home();
    let mut told = vec![("its standard error".to_owned(), world.agent.log().into_bytes())];
    for path in walk(home)? {
        // The database is where the window's list comes from: it has senders and subjects.
        let is_database = file_name(&path).starts_with("tamis.db");
        if !is_database && home.join(&path).is_file() {
            told.push((path.clone(), fs::read(home.join(&path)).context(path)?));
        }
    }

    assert!(told.len() > 1, "there is no file under the home");
    assert!(told.iter().any(|(_, bytes)| bytes.len() > 1000), "the log is silent: this would prove nothing");
    for (place, bytes) in &told {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains(PASSWORD), "the password is in {place}");
        assert!(!text.contains(&in_base64()), "the password, in base64, is in {place}");
        let lower = text.to_lowercase();
        for word in OF_THE_MAIL {
            let line = lower.lines().find(|line| line.contains(word));
            assert_eq!(line, None, "`{word}` of the mail is in {place}");
        }
    }
    Ok(())
}

#[test]
fn the_database_has_no_password_and_no_text_of_the_mail() -> Result<()> {
    let mut world = busy_world()?;
    world.agent.stop()?;
    let home = world.agent.home();
    let databases: Vec<String> =
        walk(home)?.into_iter().filter(|path| file_name(path).starts_with("tamis.db")).collect();
    assert!(!databases.is_empty(), "there is no database under the home");
    for path in databases {
        let text = String::from_utf8_lossy(&fs::read(home.join(&path))?).to_lowercase();
        assert!(!text.contains(PASSWORD), "the password is in {path}");
        assert!(!text.contains("quincunx"), "the text of a message is in {path}");
    }
    Ok(())
}

#[test]
fn nobody_else_on_this_machine_can_look_into_the_home() -> Result<()> {
    let world = busy_world()?;
    let mut folders = vec![world.agent.home().to_path_buf()];
    while let Some(folder) = folders.pop() {
        assert_eq!(format!("{:o}", mode(&folder)?), "700", "{}", folder.display());
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let is_socket = fs::symlink_metadata(&path)?.file_type().is_socket();
            let mode = mode(&path)?;
            assert!(mode == 0o600 || (is_socket && mode == 0o700), "{} has mode {mode:o}", path.display());
        }
    }
    Ok(())
}

/// A world in which everything was done once, in the most talkative way: a login, a verdict of each kind, a word of the
/// person about both.
fn busy_world() -> Result<World> {
    let mut world = World::over_tls(Options::default())?;
    world.agent.set_variable("TAMIS_LOG", "trace");
    world.agent.start()?;
    let spam = Letter::spam("zephyrine")?;
    let text = "Hello Robin,\r\n\r\nthe quincunx is planted. See you on Thursday.\r\n\r\nDana\r\n";
    let ham = Letter::write("zephyrine-2", "Dana Novak <dana@example.org>", text)?;
    world.deliver(&spam)?;
    world.deliver(&ham)?;
    world.wait_judged(2)?;
    world.teach("release", &spam)?;
    world.wait_for_place(&spam, "INBOX")?;
    world.teach("spam", &ham)?;
    world.wait_for_place(&ham, "Junk")?;
    Ok(world)
}

fn mode(path: &Path) -> Result<u32> {
    Ok(fs::symlink_metadata(path)?.permissions().mode() & 0o777)
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The password as `AUTHENTICATE PLAIN` sends it behind the user's name, without the end, which depends on its length.
fn in_base64() -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let said = format!("\0{USER}\0{PASSWORD}");
    let threes = said.as_bytes().chunks_exact(3);
    let coded = threes.flat_map(|three| {
        let bits = three.iter().fold(0_usize, |bits, byte| (bits << 8) | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| LETTERS.get((bits >> shift) & 63).copied().map_or('=', char::from))
    });
    coded.skip(4 * (USER.len() + 2).div_ceil(3)).collect()
}
