//! Figures as files: a table or a picture, in the person's own folders. Nothing that is there is ever written over.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use directories::UserDirs;
use eframe::icon_data::IconDataExt as _;
use egui::{ColorImage, IconData, Rect};

use crate::theme;

/// As many files of one name as anybody makes in a day.
const MOST_NAMES: u32 = 1_000;

/// Something to write.
#[derive(Clone, Debug, PartialEq)]
pub struct Saving {
    /// What the file is called, without its ending.
    pub name: String,
    /// What is in it.
    pub content: Content,
}

/// What is in a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Lines of values with commas between.
    Table(String),
    /// A part of a picture of the window: where, in points, and how many pixels a point has.
    Picture(Arc<ColorImage>, Rect, f32),
}

impl Saving {
    /// Writes it into `folder`, or into the person's folder for such things. Says where, or where not and why.
    pub(crate) fn write(&self, folder: Option<&Path>) -> Result<PathBuf, (PathBuf, String)> {
        let folder = folder.map_or_else(|| self.usual_folder(), Path::to_path_buf);
        let wrong = |why: String| (folder.clone(), why);
        let (bytes, ending) = match &self.content {
            Content::Table(text) => (text.clone().into_bytes(), "csv"),
            Content::Picture(image, rect, scale) => (png(image, *rect, *scale).map_err(wrong)?, "png"),
        };
        let written = fs::create_dir_all(&folder).and_then(|()| write_new(&folder, (&self.name, ending), &bytes));
        written.map_err(|err| (folder.clone(), err.to_string()))
    }

    fn usual_folder(&self) -> PathBuf {
        let Some(dirs) = UserDirs::new() else { return PathBuf::from(".") };
        let folder = match self.content {
            Content::Table(_) => dirs.download_dir(),
            Content::Picture(..) => dirs.picture_dir().or(dirs.download_dir()),
        };
        folder.unwrap_or(dirs.home_dir()).to_path_buf()
    }
}

/// Writes a file that was not there: with a number behind its name if need be.
fn write_new(folder: &Path, (name, ending): (&str, &str), bytes: &[u8]) -> io::Result<PathBuf> {
    for number in 1..=MOST_NAMES {
        let number = if number == 1 { String::new() } else { format!(" ({number})") };
        let path = folder.join(format!("{name}{number}.{ending}"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(bytes)?;
                return Ok(path);
            }
            Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {}
            Err(err) => return Err(err),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// The part of the picture that lies in `rect`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between zero and the picture's size")]
fn png(image: &ColorImage, rect: Rect, scale: f32) -> Result<Vec<u8>, String> {
    let [width, height] = image.size;
    let pixel = |at: f32, most: usize| ((at * scale).round().max(0.0) as usize).min(most);
    let (left, right) = (pixel(rect.min.x, width), pixel(rect.max.x, width));
    let (top, bottom) = (pixel(rect.min.y, height), pixel(rect.max.y, height));
    if right <= left || bottom <= top {
        return Err("it is not in sight".to_owned());
    }
    let rows = image.pixels.chunks_exact(width.max(1)).take(bottom).skip(top);
    let pixels = rows.flat_map(|row| row.iter().copied().take(right).skip(left));
    let side = |from: usize, to: usize| u32::try_from(to - from).unwrap_or(u32::MAX);
    let (width, height) = (side(left, right), side(top, bottom));
    IconData { rgba: pixels.flat_map(theme::bytes).collect(), width, height }.to_png_bytes()
}

/// A cell of a table: quoted if need be, and never taken for a formula.
pub(crate) fn cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    let needs_quotes = text.contains([',', '"', '\n', '\r']);
    if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use egui::{Rgba, pos2};

    use super::*;

    #[test]
    fn nothing_that_is_there_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let saving = |text: &str| Saving { name: "mail".to_owned(), content: Content::Table(text.to_owned()) };
        let first = saving("1").write(Some(folder.path())).unwrap();
        let second = saving("2").write(Some(folder.path())).unwrap();
        assert_eq!((first.file_name(), second.file_name()), (Some("mail.csv".as_ref()), Some("mail (2).csv".as_ref())));
        assert_eq!((fs::read_to_string(first).unwrap(), fs::read_to_string(second).unwrap()), ("1".into(), "2".into()));
        let file = folder.path().join("mail.csv");
        let (place, _) = saving("3").write(Some(&file)).unwrap_err();
        assert_eq!(place, file);
    }

    #[test]
    fn a_picture_is_the_part_that_was_meant() {
        let mut image = ColorImage::filled([8, 6], Rgba::BLACK.into());
        image.pixels[2 * 8 + 4] = Rgba::WHITE.into();
        let rect = Rect::from_min_max(pos2(2.0, 1.0), pos2(3.0, 90.0));
        let bytes = png(&image, rect, 2.0).unwrap();
        let icon = eframe::icon_data::from_png_bytes(&bytes).unwrap();
        assert_eq!((icon.width, icon.height, &icon.rgba[..4]), (2, 4, &[255; 4][..]));
        assert!(png(&image, Rect::from_min_max(pos2(90.0, 0.0), pos2(99.0, 1.0)), 1.0).is_err());
    }

    #[test]
    fn a_cell_is_no_formula_and_keeps_its_commas() {
        assert_eq!([cell("a"), cell("a, \"b\""), cell("=1+1")], ["a", "\"a, \"\"b\"\"\"", "'=1+1"]);
    }
}
