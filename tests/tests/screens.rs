//! Every page of the window, drawn for real, light and dark: `target/screens` has the pictures, to be looked at.
//!
//! The agent is the one that only pretends, so that the pages have something to show and show the same each time. It is an
//! example of the window's package: `cargo build -p tamis --examples`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde_json::json;
use tamis_tests::{
    program,
    screen::{Running, Screen},
    wait_until,
    world::PATIENCE,
};
use tempfile::TempDir;

/// A blank window has a handful of colours; text with soft edges has hundreds.
const COLOURS_OF_TEXT: u64 = 120;

/// Every page and the key that opens it, by its X name.
const PAGES: [(&str, &str); 13] = [
    ("review", "ctrl+1"),
    ("junk", "ctrl+2"),
    ("all", "ctrl+3"),
    ("history", "ctrl+4"),
    ("people", "ctrl+5"),
    ("lists", "ctrl+6"),
    ("learning", "ctrl+7"),
    ("statistics", "ctrl+8"),
    ("accounts", "ctrl+9"),
    ("route", "F6"),
    ("settings", "ctrl+comma"),
    ("palette", "ctrl+k"),
    ("keys", "F1"),
];

#[test]
fn every_page_is_drawn_in_light_and_dark_and_in_a_small_window() -> Result<()> {
    let cases = [
        ("light", [1200, 720], false),
        ("dark", [1200, 720], false),
        ("light", [980, 560], false),
        ("dark", [1200, 720], true),
    ];
    for (look, [width, height], has_contrast) in cases {
        let strong = if has_contrast { "-strong" } else { "" };
        let name = format!("{look}{strong}-{width}x{height}");
        let place = json!({"at": [20, 20], "size": [width, height], "is_maximized": false, "screen": [1440, 900]});
        let prefs = json!({"look": look, "language": "english", "has_contrast": has_contrast, "place": place});
        pages(&name, &prefs).with_context(|| name.clone())?;
    }
    Ok(())
}

/// Opens every page of a window with these settings.
fn pages(name: &str, prefs: &serde_json::Value) -> Result<()> {
    let home = TempDir::new()?;
    fs::write(home.path().join("window.json"), serde_json::to_vec(prefs)?)?;
    let agent = program("examples/fake_agent").context("build it with `cargo build -p tamis --examples`")?;
    let screen = Screen::start()?;
    let _agent = Running::start(screen.command(agent).arg(home.path()))?;
    wait_until("the pretended agent", PATIENCE, || Ok(home.path().join("agent.sock").exists().then_some(())))?;
    let _window = Running::start(screen.command(program("tamis")?).arg("--home").arg(home.path()))?;
    let number = screen.wait_for_window("Tamis", PATIENCE)?;
    screen.focus(&number)?;
    let folder = folder()?;
    let mut seen = BTreeMap::new();
    for (page, key) in PAGES {
        screen.press(key)?;
        let path = folder.join(format!("{name}-{page}.png"));
        let picture = if page == "palette" {
            // A cursor blinks in it, so it never rests.
            wait_until("the search for commands", PATIENCE, || {
                let picture = screen.picture(&path)?;
                Ok((!seen.contains_key(&picture.signature)).then_some(picture))
            })?
        } else {
            screen.picture_at_rest(&path, PATIENCE)?
        };
        assert!(COLOURS_OF_TEXT < picture.colours, "{name}: {page} is blank: {picture:?}");
        let other = seen.insert(picture.signature, page);
        assert_eq!(other, None, "{name}: {page} looks as another page");
        if matches!(page, "palette" | "keys") {
            screen.press("Escape")?;
        }
    }
    Ok(())
}

/// Where the pictures go.
fn folder() -> Result<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().context("no target folder")?;
    let folder = target.join("screens");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
