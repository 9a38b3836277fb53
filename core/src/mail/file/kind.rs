//! What a file really is, by its bytes.

use super::bytes::{has, number, start};

/// How far into a file the beginning of a PDF may be (PDF 1.7, implementation note 13).
const PDF_LEAD: usize = 1024;

/// What a file really is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Text, or something not known here.
    #[default]
    Other,
    /// A program for Windows, Linux or macOS, or compiled Java.
    Program,
    /// ZIP.
    Zip,
    /// A document that is a ZIP archive inside: of an office (ECMA-376, ISO 26300), or a book (EPUB).
    OpenDocument,
    /// 7z.
    SevenZip,
    /// RAR, before version 5.
    Rar4,
    /// RAR of version 5.
    Rar5,
    /// tar.
    Tar,
    /// gzip.
    Gzip,
    /// A Windows cabinet.
    Cabinet,
    /// An archive of a kind that hardly anybody sends: ACE, ARJ, LHA. Its name.
    RareArchive(&'static str),
    /// An image of a disk: ISO 9660, UDF, VHD, VHDX, DMG.
    DiskImage,
    /// A compound file: an old office document, a mail of Outlook, an installer ([MS-CFB]).
    Compound,
    /// RTF.
    Rtf,
    /// PDF.
    Pdf,
    /// HTML.
    Page,
    /// SVG.
    Svg,
    /// A Windows shortcut ([MS-SHLLINK]).
    Shortcut,
    /// An Internet shortcut, as text.
    WebShortcut,
    /// A section of OneNote ([MS-ONESTORE]).
    OneNote,
    /// Compiled HTML help.
    Help,
    /// A signature or certificates (CMS, RFC 5652).
    Signature,
    /// A picture: PNG, JPEG, GIF, BMP, WebP, TIFF.
    Picture,
    /// A calendar (RFC 5545).
    Calendar,
    /// Somebody's address card (RFC 6350).
    Card,
}

impl Kind {
    /// Whether it is an archive of which the names are listed.
    pub(super) const fn is_archive(self) -> bool {
        matches!(
            self,
            Self::Zip
                | Self::OpenDocument
                | Self::SevenZip
                | Self::Rar4
                | Self::Rar5
                | Self::Tar
                | Self::Gzip
                | Self::Cabinet
        )
    }

    /// Whether there is a reader for what is in such a file.
    pub(super) const fn has_inside(self) -> bool {
        !matches!(
            self,
            Self::Other
                | Self::Program
                | Self::DiskImage
                | Self::Shortcut
                | Self::Help
                | Self::Signature
                | Self::Picture
        )
    }
}

/// Marks at the very beginning.
const MARKS: [(&[u8], Kind); 32] = [
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"7z\xbc\xaf\x27\x1c", Kind::SevenZip),
    (b"Rar!\x1a\x07\x01\0", Kind::Rar5),
    (b"Rar!\x1a\x07\0", Kind::Rar4),
    (b"\x1f\x8b\x08", Kind::Gzip),
    (b"MSCF\0\0\0\0", Kind::Cabinet),
    (b"\x60\xea", Kind::RareArchive("ARJ")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Compound),
    (b"{\\rt", Kind::Rtf),
    (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", Kind::Shortcut),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", Kind::OneNote),
    (b"ITSF", Kind::Help),
    (b"\x7fELF", Kind::Program),
    (b"\xca\xfe\xba\xbe", Kind::Program),
    (b"\xcf\xfa\xed\xfe", Kind::Program),
    (b"\xce\xfa\xed\xfe", Kind::Program),
    (b"conectix", Kind::DiskImage),
    (b"vhdxfile", Kind::DiskImage),
    (b"\x89PNG\r\n\x1a\n", Kind::Picture),
    (b"\xff\xd8\xff", Kind::Picture),
    (b"GIF8", Kind::Picture),
    (b"BM", Kind::Picture),
    (b"RIFF", Kind::Picture),
    (b"II*\0", Kind::Picture),
    (b"MM\0*", Kind::Picture),
    (b"BEGIN:VCALENDAR", Kind::Calendar),
    (b"BEGIN:VCARD", Kind::Card),
    (b"[InternetShortcut]", Kind::WebShortcut),
    (b"[DEFAULT]\r\nBASEURL=", Kind::WebShortcut),
    (b"[DEFAULT]\nBASEURL=", Kind::WebShortcut),
    (b"%PDF-", Kind::Pdf),
];

/// How pages begin, white space aside, in lower case.
const PAGE_STARTS: [&[u8]; 6] = [b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<meta "];

/// How documents are called that are ZIP archives inside: those of offices, books, drawings.
const DOCUMENT_ENDINGS: [&str; 51] = [
    "docx", "docm", "dotx", "dotm", "xlsx", "xlsm", "xltx", "xltm", "xlsb", "xlam", "pptx", "pptm", "potx", "potm",
    "ppsx", "ppsm", "ppam", "sldx", "sldm", "thmx", "vsdx", "vsdm", "vssx", "vstx", "xps", "oxps", "odt", "ott", "odm",
    "oth", "ods", "ots", "odp", "otp", "odg", "otg", "odf", "odb", "odc", "odi", "sxw", "stw", "sxc", "sxi", "sxd",
    "epub", "idml", "kra", "ora", "hwpx", "xmind",
];

/// Whether a file is opened as a document by its name; one without an ending, by its type. What is called otherwise is
/// opened as the archive that it is.
pub(crate) fn is_called_document(name: Option<&str>, content_type: &str) -> bool {
    let name = name.unwrap_or_default().trim_end_matches(|c: char| !c.is_alphanumeric());
    if let Some((_, ending)) = name.rsplit_once('.') {
        return DOCUMENT_ENDINGS.contains(&ending.to_lowercase().as_str());
    }
    let marks = ["application/vnd.openxmlformats", "application/vnd.oasis", "application/vnd.ms-", "application/epub"];
    marks.iter().any(|mark| content_type.starts_with(mark))
}

/// Says what a file is.
pub(super) fn kind(content: &[u8]) -> Kind {
    if is_program(content) {
        return Kind::Program;
    }
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let found = MARKS.iter().find(|(mark, _)| content.starts_with(mark)).map(|(_, kind)| *kind);
    match found {
        Some(Kind::Zip) if is_document(content) => Kind::OpenDocument,
        // Two letters are no proof: the length and the four reserved bytes behind them are (BITMAPFILEHEADER), and for
        // ARJ the size of the basic header.
        Some(Kind::Picture) if content.starts_with(b"BM") && content.get(6..10) != Some(&[0; 4]) => Kind::Other,
        Some(Kind::RareArchive(_)) if !matches!(content.get(2..5), Some([_, 0..=10, 30..=40])) => Kind::Other,
        Some(kind) => kind,
        None => within(content),
    }
}

/// `MZ` alone begins texts too: the place of the second header follows, and in what is too short for one nothing runs.
fn is_program(content: &[u8]) -> bool {
    content.starts_with(b"MZ") && 64 <= content.len() && start(content, 64).contains(&0)
}

/// What does not show at the very beginning.
fn within(content: &[u8]) -> Kind {
    if content.get(257..262) == Some(b"ustar") {
        return Kind::Tar;
    }
    if content.get(7..14) == Some(b"**ACE**") {
        return Kind::RareArchive("ACE");
    }
    if matches!(content.get(2..7), Some([b'-', b'l', b'h' | b'z', _, b'-'])) {
        return Kind::RareArchive("LHA");
    }
    // The first volume descriptor of ISO 9660 is in sector 16; that of UDF begins in the same place.
    if matches!(content.get(0x8001..0x8006), Some(b"CD001" | b"BEA01")) {
        return Kind::DiskImage;
    }
    let tail = content.len().saturating_sub(512);
    if matches!(content.get(tail..tail + 4), Some(b"koly" | b"cone")) && 512 < content.len() {
        return Kind::DiskImage;
    }
    // Signed data: a sequence, its length in two bytes or indefinite, and the identifier 1.2.840.113549.1.7.2.
    if content.first() == Some(&0x30) && has(start(content, 20), b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07") {
        return Kind::Signature;
    }
    if has(start(content, PDF_LEAD), b"%PDF-") {
        return Kind::Pdf;
    }
    markup(content)
}

fn markup(content: &[u8]) -> Kind {
    let text = start(content.trim_ascii_start(), 512);
    if text.first() != Some(&b'<') {
        return Kind::Other;
    }
    let lower = text.to_ascii_lowercase();
    if PAGE_STARTS.iter().any(|mark| lower.starts_with(mark)) {
        Kind::Page
    } else if has(&lower, b"<svg") {
        Kind::Svg
    } else if has(&lower, b"<!doctype html") || has(&lower, b"<html") {
        Kind::Page
    } else {
        Kind::Other
    }
}

/// What documents say that they are.
const DOCUMENT_TYPES: [&[u8]; 7] = [
    b"application/epub+zip",
    b"application/vnd.oasis.",
    b"application/vnd.sun.xml.",
    b"application/vnd.adobe.",
    b"application/x-krita",
    b"application/hwp+zip",
    b"image/openraster",
];

/// Office documents keep their parts in folders of these names. Those of the other tradition, books too, say in their first
/// file what they are, which is not packed (ISO 26300-3, 3.3; EPUB 3.3, 4.3).
fn is_document(content: &[u8]) -> bool {
    let name = content.get(30..).map(|rest| start(rest, 64)).unwrap_or_default();
    let is_first = [&b"[Content_Types].xml"[..], b"_rels/.rels", b"word/", b"xl/", b"ppt/", b"docProps/"];
    let says_type = || {
        let extra = number(content, 28, 2).unwrap_or_default();
        number(content, 26, 2) == Some(8)
            && content.get(38 + extra..).is_some_and(|rest| DOCUMENT_TYPES.iter().any(|known| rest.starts_with(known)))
    };
    is_first.iter().any(|mark| name.starts_with(mark)) || name.starts_with(b"mimetype") && says_type()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_bytes() {
        let mut disk = vec![0; 0x8800];
        disk.splice(0x8001..0x8006, *b"CD001");
        let mut tar = vec![b'a'; 512];
        tar.splice(257..262, *b"ustar");
        let program = [&b"MZ\x90\0\x03\0"[..], &[0; 64]].concat();
        let table: &[(&[u8], Kind)] = &[
            (&program, Kind::Program),
            (b"PK\x03\x04\x14\0\0\0", Kind::Zip),
            (b"Rar!\x1a\x07\x01\0", Kind::Rar5),
            (b"Rar!\x1a\x07\0\xcf", Kind::Rar4),
            (&disk, Kind::DiskImage),
            (&tar, Kind::Tar),
            (b"\0\0\0\0\0\0\0**ACE**", Kind::RareArchive("ACE")),
            (b"\x60\xea\x26\0\x1e", Kind::RareArchive("ARJ")),
            (b"\x10\0-lh5-", Kind::RareArchive("LHA")),
            (b"garbage\n%PDF-1.4", Kind::Pdf),
            (b"\xef\xbb\xbf \n<!DOCTYPE HTML>", Kind::Page),
            (b"<?xml version=\"1.0\"?><!-- x --><svg>", Kind::Svg),
            (b"BEGIN:VCALENDAR\r\n", Kind::Calendar),
            (b"0\x82\x14Z\x06\t*\x86H\x86\xf7\r\x01\x07\x02", Kind::Signature),
        ];
        for (content, want) in table {
            assert_eq!(kind(content), *want, "{:?}", String::from_utf8_lossy(start(content, 20)));
        }
    }

    #[test]
    fn a_document_that_is_an_archive_inside_is_no_archive() {
        let zip = |name: &str, extra: &[u8], content: &str| {
            let mut zip = b"PK\x03\x04\x0a".to_vec();
            zip.resize(26, 0);
            zip.extend_from_slice(&[u8::try_from(name.len()).unwrap(), 0, u8::try_from(extra.len()).unwrap(), 0]);
            [&zip, name.as_bytes(), extra, content.as_bytes()].concat()
        };
        for (name, extra, content, want) in [
            ("mimetype", "", "application/epub+zip", Kind::OpenDocument),
            ("mimetype", "UX\u{4}\0abcd", "application/epub+zip", Kind::OpenDocument),
            ("mimetype", "", "application/vnd.oasis.opendocument.text", Kind::OpenDocument),
            ("word/document.xml", "", "<", Kind::OpenDocument),
            ("META-INF/MANIFEST.MF", "", "Manifest-Version: 1.0", Kind::Zip),
            ("mimetype", "", "see the other file", Kind::Zip),
            ("mimetype", "", "application/zip", Kind::Zip),
            ("mimetypes.txt", "", "application/pdf", Kind::Zip),
        ] {
            assert_eq!(kind(&zip(name, extra.as_bytes(), content)), want, "{name} {content}");
        }
    }

    #[test]
    fn only_what_is_called_a_document_is_opened_as_one() {
        for (name, content_type, want) in [
            (Some("Report.DOCX"), "application/octet-stream", true),
            (Some("letter.final.odt"), "application/zip", true),
            (Some("book.epub "), "application/octet-stream", true),
            (Some("report"), "application/vnd.oasis.opendocument.text", true),
            (None, "application/epub+zip", true),
            (Some("report.zip"), "application/epub+zip", false),
            (Some("report.rar"), "application/vnd.oasis.opendocument.text", false),
            (Some("report.docx.dat"), "application/vnd.ms-excel", false),
            (Some("report"), "application/octet-stream", false),
            (None, "", false),
        ] {
            assert_eq!(is_called_document(name, content_type), want, "{name:?} {content_type}");
        }
    }

    #[test]
    fn text_that_begins_like_something_else_is_text() {
        for text in [
            "MZ is a country code",
            "BMW invoice",
            "`\u{ea}e",
            "<note>hello</note>",
            "0 hours",
            "",
            "PK",
            "Report: %PD",
        ] {
            assert_eq!(kind(text.as_bytes()), Kind::Other, "{text}");
        }
    }
}
