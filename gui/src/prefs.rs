//! What the window remembers from one start to the next.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

pub use crate::text::Language;

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

/// How large everything is drawn, in percent of what the system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scale(u16);

impl Default for Scale {
    fn default() -> Self {
        Self(100)
    }
}

impl Scale {
    /// The steps there are.
    const STEPS: [u16; 8] = [80, 90, 100, 110, 125, 150, 175, 200];

    /// In percent, 80 to 200, whatever a file may say.
    pub const fn percent(self) -> u16 {
        let [least, .., most] = Self::STEPS;
        if self.0 < least {
            least
        } else if most < self.0 {
            most
        } else {
            self.0
        }
    }

    /// The next larger one, or the largest.
    #[must_use]
    pub fn larger(self) -> Self {
        Self(Self::STEPS.into_iter().find(|&step| self.percent() < step).unwrap_or(self.percent()))
    }

    /// The next smaller one, or the smallest.
    #[must_use]
    pub fn smaller(self) -> Self {
        Self(Self::STEPS.into_iter().rev().find(|&step| step < self.percent()).unwrap_or(self.percent()))
    }
}

/// Where the window was, in points of the screen, whatever the scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its upper left corner; `None` where the system does not tell (Wayland).
    pub at: Option<[i32; 2]>,
    /// Width and height of what is inside its frame.
    pub size: [i32; 2],
    /// Whether it filled the screen. The rest says how it was before.
    pub is_maximized: bool,
    /// Width and height of the screen: on another one the corner means nothing.
    pub screen: Option<[i32; 2]>,
}

/// The window's settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prefs {
    /// Light or dark.
    pub look: Look,
    /// What the window speaks.
    pub language: Language,
    /// How large everything is drawn.
    pub scale: Scale,
    /// Whether text stands out more (level AAA of WCAG).
    pub has_contrast: bool,
    /// Where the window was.
    pub place: Option<Place>,
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
        let place = Place { at: Some([40, 50]), size: [1000, 600], is_maximized: true, screen: Some([1920, 1080]) };
        let prefs =
            Prefs { look: Look::Dark, scale: Scale(150), has_contrast: true, place: Some(place), ..Prefs::default() };
        prefs.save(&file).unwrap();
        assert_eq!(Prefs::load(&file), prefs);
        fs::write(&file, r#"{"look":"dark"}"#).unwrap();
        assert_eq!(Prefs::load(&file), Prefs { look: Look::Dark, ..Prefs::default() }, "of an older window");
        fs::write(&file, "{").unwrap();
        assert_eq!(Prefs::load(&file), Prefs::default());
    }

    #[test]
    fn the_scale_goes_by_steps_and_stays_within_bounds() {
        let usual = Scale::default();
        assert_eq!((usual.larger().percent(), usual.smaller().percent()), (110, 90));
        let climb = (0..20).fold(usual, |scale, _| scale.larger());
        let fall = (0..20).fold(usual, |scale, _| scale.smaller());
        assert_eq!((climb.percent(), fall.percent()), (200, 80));
        assert_eq!((Scale(3).percent(), Scale(999).percent(), Scale(101).larger().percent()), (80, 200, 110));
    }
}
