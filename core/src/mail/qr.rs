//! QR codes: what a telephone would read in a picture, or in a page that draws a code with signs or table cells.
//!
//! Only codes as programs draw them are looked for: flat, perhaps turned, not photographed at an angle. That is what
//! comes by mail, and it needs one pass over the picture. Everything is bounded: bytes, pixels, pictures and tries.

mod drawn;
mod find;
mod picture;

/// Most pictures of one message that are looked at.
const MAX_PICTURES: usize = 8;

/// Most pixels of one message that are looked at. A photograph of a telephone has ten million, and no code that matters.
const MAX_PIXELS: usize = 3_000_000;

/// Smallest and largest file that is looked at, in bytes: a code in a GIF takes two hundred.
const FILE_BYTES: std::ops::RangeInclusive<usize> = 100..=2 * 1024 * 1024;

/// Looks for codes in one message.
#[derive(Debug)]
pub(super) struct Looker {
    pictures: usize,
    pixels: usize,
}

impl Default for Looker {
    fn default() -> Self {
        Self { pictures: MAX_PICTURES, pixels: MAX_PIXELS }
    }
}

impl Looker {
    /// Whether a file of that many bytes is still looked at.
    pub(super) fn wants(&self, bytes: usize) -> bool {
        0 < self.pictures && FILE_BYTES.contains(&bytes)
    }

    /// What the codes in a picture say.
    pub(super) fn picture(&mut self, file: &[u8]) -> Vec<String> {
        if !self.wants(file.len()) {
            return Vec::new();
        }
        self.pictures -= 1;
        let Some(bits) = picture::bits(file, self.pixels) else { return Vec::new() };
        self.pixels = self.pixels.saturating_sub(bits.pixels);
        find::codes(&bits.dark)
    }

    /// What a code says that a text or a page draws.
    pub(super) fn page(&mut self, text: &str, is_html: bool) -> Vec<String> {
        if self.pictures == 0 {
            return Vec::new();
        }
        let Some(dark) = drawn::bits(text, is_html) else { return Vec::new() };
        self.pictures -= 1;
        find::codes(&dark)
    }
}

/// Which points of a picture are dark.
#[derive(Debug, Default)]
struct Bits {
    width: usize,
    dark: Vec<bool>,
}

impl Bits {
    fn height(&self) -> usize {
        self.dark.len().checked_div(self.width).unwrap_or_default()
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.width && self.dark.get(y * self.width + x).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
