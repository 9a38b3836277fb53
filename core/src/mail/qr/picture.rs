//! From a picture's file to dark and light points. The one place where picture files are read.

use std::{io::Cursor, panic::catch_unwind};

use image::{DynamicImage, ImageFormat, ImageReader, Limits, guess_format};

use super::Bits;

/// Shortest side of a picture that can hold a code: 21 modules of two points.
const MIN_SIDE: usize = 42;

/// Longest side of a picture that is looked at.
const MAX_SIDE: u32 = 4096;

/// Most memory a decoder may take, in bytes.
const MAX_ALLOC: u64 = 64 * 1024 * 1024;

/// Points of a picture and how many it cost to read them.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) dark: Bits,
    pub(super) pixels: usize,
}

/// The points of a picture of at most `most` pixels. What is transparent is white, as mail programs show it.
pub(super) fn bits(file: &[u8], most: usize) -> Option<Read> {
    let kind = guess_format(file).ok()?;
    let is_known =
        matches!(kind, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::Bmp | ImageFormat::WebP);
    is_known.then_some(())?;
    // The decoders are much tested, but of others: what is wrong in one must not cost the message.
    let grey = catch_unwind(|| grey(file, kind, most)).ok().flatten()?;
    let pixels = grey.points.len();
    let bound = threshold(&grey.points);
    let dark = grey.points.iter().map(|&point| point < bound).collect();
    Some(Read { dark: Bits { width: grey.width, dark }, pixels })
}

struct Grey {
    width: usize,
    points: Vec<u8>,
}

fn grey(file: &[u8], kind: ImageFormat, most: usize) -> Option<Grey> {
    let (width, height) = ImageReader::with_format(Cursor::new(file), kind).into_dimensions().ok()?;
    let (wide, high) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
    let is_plausible = MIN_SIDE <= wide.min(high) && width.max(height) <= MAX_SIDE && wide * high <= most;
    is_plausible.then_some(())?;
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);
    let mut reader = ImageReader::with_format(Cursor::new(file), kind);
    reader.limits(limits);
    let decoded = reader.decode().ok()?;
    Some(Grey { width: wide, points: points(decoded) })
}

/// How light each point is. The library's own conversion knows of colour spaces, and takes as long as decoding.
#[expect(clippy::wildcard_enum_match_arm, reason = "the rest are rare, and the library may add to them")]
fn points(decoded: DynamicImage) -> Vec<u8> {
    match decoded {
        DynamicImage::ImageLuma8(picture) => picture.into_raw(),
        DynamicImage::ImageLumaA8(picture) => {
            picture.into_raw().as_chunks().0.iter().map(|point| on_white(*point)).collect()
        }
        DynamicImage::ImageRgb8(picture) => {
            picture.into_raw().as_chunks().0.iter().map(|point| light(*point)).collect()
        }
        DynamicImage::ImageRgba8(picture) => {
            let point = |[red, green, blue, alpha]: [u8; 4]| on_white([light([red, green, blue]), alpha]);
            picture.into_raw().as_chunks().0.iter().map(|pixel| point(*pixel)).collect()
        }
        other if other.color().has_alpha() => {
            other.into_luma_alpha8().pixels().map(|point| on_white(point.0)).collect()
        }
        other => other.into_luma8().into_raw(),
    }
}

/// How light a colour is (ITU-R BT.709).
fn light([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 2126 * u32::from(red) + 7152 * u32::from(green) + 722 * u32::from(blue);
    u8::try_from((sum + 5000) / 10000).unwrap_or(u8::MAX)
}

fn on_white([light, alpha]: [u8; 2]) -> u8 {
    if alpha == u8::MAX {
        return light;
    }
    let (light, alpha) = (u32::from(light), u32::from(alpha));
    u8::try_from((light * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

/// The brightness that parts the dark points of a picture from the light ones best (Otsu, 1979).
fn threshold(points: &[u8]) -> u8 {
    let mut counts = [0_u32; 256];
    for &point in points {
        if let Some(count) = counts.get_mut(usize::from(point)) {
            *count += 1;
        }
    }
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let sum: f64 = (0_u8..=255).zip(counts).map(|(light, count)| f64::from(light) * f64::from(count)).sum();
    let (mut below, mut sum_below, mut best, mut bound) = (0.0, 0.0, 0.0, 128);
    for (light, count) in (0_u8..=255).zip(counts) {
        below += f64::from(count);
        sum_below += f64::from(light) * f64::from(count);
        let above = total - below;
        if below == 0.0 || above <= 0.0 {
            continue;
        }
        let apart = sum_below / below - (sum - sum_below) / above;
        let between = below * above * apart * apart;
        if best < between {
            best = between;
            bound = light.saturating_add(1);
        }
    }
    bound
}
