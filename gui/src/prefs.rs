//! What the window remembers from one start to the next.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The window's settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prefs {
    /// Light or dark.
    pub look: Look,
}

impl Prefs {
    /// Reads them. A missing or broken file is as good as none: nothing in it is worth a message.
    pub fn load(file: &Path) -> Self {
        fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Writes them.
    pub(crate) fn save(self, file: &Path) -> io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, serde_json::to_vec(&self)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_restart_and_a_broken_file_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/window.json");
        assert_eq!(Prefs::load(&file), Prefs::default());
        let prefs = Prefs { look: Look::Dark };
        prefs.save(&file).unwrap();
        assert_eq!(Prefs::load(&file), prefs);
        fs::write(&file, "{").unwrap();
        assert_eq!(Prefs::load(&file), Prefs::default());
    }
}
