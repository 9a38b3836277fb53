//! Attached PDF files: what stands in them in clear (`Mail::SpamAssassin::Plugin::PDFInfo`). Nothing is unpacked.

mod details;

use details::Detail;

use super::image::{self, Size};
use crate::rules::{
    book::EvalTest,
    eval::{Eval, Scene, argument, md5},
    view::{Part, View},
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "pdf_count", run: count },
    Eval { name: "pdf_image_count", run: image_count },
    Eval { name: "pdf_image_size_exact", run: has_size },
    Eval { name: "pdf_image_size_range", run: has_size_within },
    Eval { name: "pdf_image_to_text_ratio", run: has_ratio },
    Eval { name: "pdf_is_empty_body", run: is_alone },
    Eval { name: "pdf_is_encrypted", run: is_encrypted },
    Eval { name: "pdf_match_details", run: has_detail },
    Eval { name: "pdf_match_md5", run: has_digest },
    Eval { name: "pdf_name_regex", run: has_name_like },
    Eval { name: "pdf_named", run: has_name },
    Eval { name: "pdf_pixel_coverage", run: covers },
];

/// Where `%PDF-` has to begin: within so many bytes (PDF 1.7, implementation note 13).
const MAX_LEAD: usize = 1024;

/// One attached PDF file. What only pretends to be one has nothing but itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pdf {
    name: Option<String>,
    digest: String,
    is_encrypted: bool,
    images: Vec<Size>,
    details: Vec<(Detail, Vec<u8>)>,
}

/// All PDF files of a message.
pub(crate) fn read(view: &View<'_>) -> Vec<Pdf> {
    view.leaves().filter(|part| is_pdf(part)).map(|part| Pdf::read(part.file_name.as_deref(), part.decoded())).collect()
}

fn is_pdf(part: &Part<'_>) -> bool {
    let name = part.file_name.as_deref().unwrap_or_default().as_bytes();
    let end = name.len().checked_sub(4).and_then(|at| name.get(at..)).unwrap_or_default().to_ascii_lowercase();
    match part.content_type.as_str() {
        "application/pdf" => true,
        "application/octet-stream" => matches!(end.as_slice(), b".pdf" | b".fdf"),
        _ => false,
    }
}

impl Pdf {
    fn read(name: Option<&str>, bytes: &[u8]) -> Self {
        let start = bytes.get(..MAX_LEAD).unwrap_or(bytes);
        if memchr::memmem::find(start, b"%PDF-").is_none() {
            return Self::default();
        }
        Self {
            name: name.map(str::to_owned),
            digest: md5::hex(bytes),
            is_encrypted: memchr::memmem::find(bytes, b"\n/Encrypt").is_some() || bytes.starts_with(b"/Encrypt"),
            images: images(bytes),
            details: details::read(bytes),
        }
    }
}

/// Images whose width and height stand in one line, behind `/Image` there or in an earlier line.
fn images(bytes: &[u8]) -> Vec<Size> {
    let mut sizes = Vec::new();
    let mut is_image = false;
    if memchr::memmem::find(bytes, b"/Image").is_none() {
        return sizes;
    }
    for line in bytes.split(|byte| *byte == b'\n') {
        let image = memchr::memmem::find(line, b"/Image");
        if !is_image && image.is_none() {
            continue;
        }
        is_image = true;
        let Some(width) = memchr::memmem::find(line, b"/Width ") else { continue };
        if image.is_some_and(|image| width < image) {
            continue;
        }
        if let Some(size) = size(line.get(width..).unwrap_or_default()) {
            sizes.push(size);
            is_image = false;
        }
    }
    sizes
}

/// `/Width 100/Height 50`
fn size(text: &[u8]) -> Option<Size> {
    let (width, rest) = number(text.strip_prefix(b"/Width ")?)?;
    let (height, _) = number(rest.strip_prefix(b"/Height ")?)?;
    Size::new(width, height)
}

fn number(text: &[u8]) -> Option<(u32, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

fn pdfs<'run>(scene: &Scene<'run>) -> &'run [Pdf] {
    scene.view.files().pdfs(scene.view)
}

fn sizes<'run>(scene: &Scene<'run>) -> impl Iterator<Item = Size> + use<'run> {
    pdfs(scene).iter().flat_map(|pdf| pdf.images.iter().copied())
}

fn area(scene: &Scene<'_>) -> u64 {
    sizes(scene).map(Size::area).fold(0, u64::saturating_add)
}

fn count(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let count = u32::try_from(pdfs(scene).len()).unwrap_or(u32::MAX);
    argument::is_between(count.into(), test, 0, 1).into()
}

fn image_count(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let count = u32::try_from(sizes(scene).count()).unwrap_or(u32::MAX);
    argument::is_between(count.into(), test, 0, 1).into()
}

fn covers(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let area = area(scene);
    (area != 0 && argument::is_between(argument::float(area), test, 0, 1)).into()
}

fn has_size(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    sizes(scene).any(|size| size.is(test, 0)).into()
}

fn has_size_within(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    sizes(scene).any(|size| size.is_within(test, 0)).into()
}

fn has_ratio(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    image::is_ratio(scene, test, area(scene), 0).into()
}

/// Whether there is next to no text beside a PDF; the subject is no text.
fn is_alone(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let length: usize = scene.view.body().iter().skip(1).map(Vec::len).sum();
    let most = argument::number(test, 0).unwrap_or_default();
    let length = argument::float(u64::try_from(length).unwrap_or(u64::MAX));
    (!pdfs(scene).is_empty() && length <= most).into()
}

fn is_encrypted(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    pdfs(scene).iter().any(|pdf| pdf.is_encrypted).into()
}

fn has_digest(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let Some(digest) = argument::text(test, 0) else { return 0 };
    pdfs(scene).iter().any(|pdf| pdf.digest.eq_ignore_ascii_case(digest) && !digest.is_empty()).into()
}

fn has_name(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let Some(name) = argument::text(test, 0) else { return 0 };
    pdfs(scene).iter().any(|pdf| pdf.name.as_deref() == Some(name)).into()
}

fn has_name_like(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let Some(expression) = argument::text(test, 0) else { return 0 };
    let names = pdfs(scene).iter().filter_map(|pdf| pdf.name.as_deref());
    names.into_iter().any(|name| argument::is_found(expression, name.as_bytes())).into()
}

fn has_detail(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let (Some(name), Some(expression)) = (argument::text(test, 0), argument::text(test, 1)) else { return 0 };
    let Some(wanted) = Detail::named(name) else { return 0 };
    let details = pdfs(scene).iter().flat_map(|pdf| &pdf.details).filter(|(detail, _)| *detail == wanted);
    details.into_iter().any(|(_, value)| argument::is_found(expression, value)).into()
}
