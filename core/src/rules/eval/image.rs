//! Attached images: how many there are and how large they are, as their first bytes say.
//!
//! Only images in base64 are counted, as there (`Mail::SpamAssassin::Plugin::ImageInfo`).

use crate::rules::{
    book::EvalTest,
    eval::{Eval, Scene, argument},
    view::View,
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "image_count", run: count },
    Eval { name: "image_name_regex", run: has_name_like },
    Eval { name: "image_named", run: has_name },
    Eval { name: "image_size_exact", run: has_size },
    Eval { name: "image_size_range", run: has_size_within },
    Eval { name: "image_to_text_ratio", run: has_ratio },
    Eval { name: "pixel_coverage", run: covers },
];

/// Most bytes of an image, still encoded, in which its size is looked for.
const MAX_START: usize = 256 * 1024;

/// What kind of image a part says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `image/gif`
    Gif,
    /// `image/png`
    Png,
    /// `image/jpeg`, `image/jpg`
    Jpeg,
}

/// One attached image.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    kind: Kind,
    size: Option<Size>,
    name: Option<String>,
}

/// Pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Size {
    /// No size if there is nothing to see.
    pub(super) fn new(width: u32, height: u32) -> Option<Self> {
        (width != 0 && height != 0).then_some(Self { width, height })
    }

    pub(super) fn area(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether it is what two arguments say: the height, then the width.
    pub(super) fn is(self, test: &EvalTest, at: usize) -> bool {
        let (height, width) = (argument::number(test, at), argument::number(test, at + 1));
        height == Some(f64::from(self.height)) && width == Some(f64::from(self.width))
    }

    /// Whether it is within what arguments say: least height and width, then the most of both, which may be left out.
    pub(super) fn is_within(self, test: &EvalTest, at: usize) -> bool {
        argument::is_between(self.height.into(), test, at, at + 2)
            && argument::is_between(self.width.into(), test, at + 1, at + 3)
    }
}

/// All images of a message.
pub(crate) fn read(view: &View<'_>) -> Vec<Image> {
    let images = view.leaves().filter_map(|part| {
        let kind = match part.content_type.as_str() {
            "image/gif" => Kind::Gif,
            "image/png" => Kind::Png,
            "image/jpeg" | "image/jpg" => Kind::Jpeg,
            _ => return None,
        };
        let start = (part.encoding == "base64").then(|| part.decoded_start(MAX_START))?;
        let size = match kind {
            Kind::Gif => gif(&start),
            Kind::Png => png(&start),
            Kind::Jpeg => jpeg(&start),
        };
        Some(Image { kind, size, name: part.file_name.clone() })
    });
    images.collect()
}

fn gif(bytes: &[u8]) -> Option<Size> {
    let rest = bytes.strip_prefix(b"GIF87a").or_else(|| bytes.strip_prefix(b"GIF89a"))?;
    let [w0, w1, h0, h1, ..] = rest else { return None };
    Size::new(u16::from_le_bytes([*w0, *w1]).into(), u16::from_le_bytes([*h0, *h1]).into())
}

/// The header chunk comes first and has 13 bytes (PNG specification, 11.2.2).
fn png(bytes: &[u8]) -> Option<Size> {
    let rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")?;
    let [w0, w1, w2, w3, h0, h1, h2, h3, _, _, _, _, _, ..] = rest else { return None };
    Size::new(u32::from_be_bytes([*w0, *w1, *w2, *w3]), u32::from_be_bytes([*h0, *h1, *h2, *h3]))
}

/// The first start of a frame has the size (ITU T.81, B.2.2).
fn jpeg(bytes: &[u8]) -> Option<Size> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let [0xff, marker, l0, l1, tail @ ..] = rest else { return None };
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            let [_, h0, h1, w0, w1, ..] = tail else { return None };
            return Size::new(u16::from_be_bytes([*w0, *w1]).into(), u16::from_be_bytes([*h0, *h1]).into());
        }
        if *marker == 0xda {
            return None;
        }
        rest = tail.get(usize::from(u16::from_be_bytes([*l0, *l1])).checked_sub(2)?..)?;
    }
}

/// The images that the first argument means: `all` or a kind. `None`: there is no such kind.
fn chosen<'run>(scene: &Scene<'run>, test: &EvalTest) -> Option<impl Iterator<Item = &'run Image> + use<'run>> {
    let kind = match argument::text(test, 0)? {
        "all" => None,
        "gif" => Some(Kind::Gif),
        "png" => Some(Kind::Png),
        "jpeg" => Some(Kind::Jpeg),
        _ => return None,
    };
    let images = scene.view.files().images(scene.view);
    Some(images.iter().filter(move |image| kind.is_none_or(|kind| image.kind == kind)))
}

fn sizes<'run>(scene: &Scene<'run>, test: &EvalTest) -> impl Iterator<Item = Size> + use<'run> {
    chosen(scene, test).into_iter().flatten().filter_map(|image| image.size)
}

fn count(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let Some(images) = chosen(scene, test) else { return 0 };
    let count = u32::try_from(images.count()).unwrap_or(u32::MAX);
    argument::is_between(count.into(), test, 1, 2).into()
}

fn covers(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    if chosen(scene, test).is_none() {
        return 0;
    }
    let area = sizes(scene, test).map(Size::area).fold(0, u64::saturating_add);
    argument::is_between(argument::float(area), test, 1, 2).into()
}

fn has_size(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    sizes(scene, test).any(|size| size.is(test, 1)).into()
}

fn has_size_within(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    sizes(scene, test).any(|size| size.is_within(test, 1)).into()
}

fn has_ratio(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let area = sizes(scene, test).map(Size::area).fold(0, u64::saturating_add);
    is_ratio(scene, test, area, 1).into()
}

/// Whether bytes of text to pixels of images are within two arguments. No text or no image: no.
pub(super) fn is_ratio(scene: &Scene<'_>, test: &EvalTest, area: u64, at: usize) -> bool {
    let text = if test.target == "rawbody" { scene.view.rawbody() } else { scene.view.body() };
    let length = u64::try_from(text.iter().map(Vec::len).sum::<usize>()).unwrap_or(u64::MAX);
    let ratio = argument::float(length) / argument::float(area);
    length != 0 && area != 0 && argument::is_ratio_within(ratio, test, at, at + 1)
}

/// Names of images of which the size is known.
fn names<'run>(scene: &Scene<'run>) -> impl Iterator<Item = &'run str> + use<'run> {
    let images = scene.view.files().images(scene.view).iter();
    images.filter(|image| image.size.is_some()).filter_map(|image| image.name.as_deref())
}

fn has_name(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let Some(name) = argument::text(test, 0) else { return 0 };
    names(scene).any(|image| image == name).into()
}

fn has_name_like(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let Some(expression) = argument::text(test, 0) else { return 0 };
    names(scene).any(|name| argument::is_found(expression, name.as_bytes())).into()
}
