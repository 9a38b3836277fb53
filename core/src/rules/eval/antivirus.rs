//! Attached programs, and files that are not what their names say (`Mail::SpamAssassin::Plugin::AntiVirus`).

use crate::{
    mail::decode::Declared,
    rules::{
        book::EvalTest,
        eval::{Eval, Scene},
        view::Part,
    },
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_microsoft_executable", run: has_program },
    Eval { name: "check_suspect_name", run: has_suspect_name },
];

/// Extensions of programs and of what Windows runs.
const PROGRAMS: &[&str] = &[
    "ade", "adp", "asx", "bas", "bat", "chm", "cmd", "com", "cpl", "crt", "dll", "exe", "hlp", "hta", "inf", "ins",
    "isp", "js", "jse", "lnk", "mda", "mdb", "mde", "mdt", "mdw", "mdz", "msc", "msi", "msp", "mst", "nws", "ops",
    "pcd", "pif", "prf", "reg", "scf", "scr", "sct", "shb", "shm", "shs", "url", "vb", "vbe", "vbs", "vxd", "wsc",
    "wsf", "wsh",
];

/// Bytes of a program that are decoded to know it.
const START: usize = 48;

/// Files with a type of their own; multiparts and attached messages have none.
fn files<'run>(scene: &Scene<'run>) -> impl Iterator<Item = &'run Part<'run>> + use<'run> {
    scene.view.parts().iter().filter(|part| {
        let kind = part.content_type.as_str();
        !kind.starts_with("multipart/") && !kind.starts_with("message/")
    })
}

/// What follows the last dot of a name in `Content-Type`, lower case.
fn extension(part: &Part<'_>) -> Option<String> {
    let declared = Declared::parse(&String::from_utf8_lossy(part.header("Content-Type")?));
    let name = declared.readable_parameter("name")?;
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())
}

fn has_program(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    files(scene).any(is_program).into()
}

fn is_program(part: &Part<'_>) -> bool {
    if part.encoding == "base64" && is_executable(&part.decoded_start(START)) {
        return true;
    }
    let is_uuencoded = || part.content_type.starts_with("text/") && part.encoding != "base64" && has_uuencoded(part);
    extension(part).is_some_and(|extension| PROGRAMS.binary_search(&extension.as_str()).is_ok()) || is_uuencoded()
}

/// Whether bytes begin as a program for DOS or Windows does: its marks, and sizes in its header that are not absurd.
fn is_executable(start: &[u8]) -> bool {
    let [b'M', b'Z', _, page, _, pages, _, relocations, _, paragraphs, ..] = start else { return false };
    page & 0xfc == 0 && pages & 0x3e == 0 && relocations & 0xfe == 0 && paragraphs & 0xfc == 0
}

/// Whether a line of a text is the first one of a uuencoded program.
fn has_uuencoded(part: &Part<'_>) -> bool {
    let raw = part.raw();
    let places = memchr::memmem::find_iter(&raw, b"M35").filter(|at| {
        let before = at.checked_sub(1).and_then(|before| raw.get(before));
        before.is_none_or(|byte| *byte == b'\n')
    });
    let mut starts = places.filter_map(|at| raw.get(at + 1..at + 17).and_then(uudecoded));
    starts.any(|start| is_executable(&start))
}

fn uudecoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for group in text.chunks_exact(4) {
        let mut number = 0_u32;
        for byte in group {
            let value = byte.checked_sub(b' ').filter(|value| *value <= 64)?;
            number = number << 6 | u32::from(value & 63);
        }
        bytes.extend_from_slice(number.to_be_bytes().get(1..)?);
    }
    Some(bytes)
}

fn has_suspect_name(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    files(scene).any(is_suspect).into()
}

/// Whether a file's name ends as files of another type do.
fn is_suspect(part: &Part<'_>) -> bool {
    let kind = part.content_type.as_str();
    let Some(extension) = extension(part) else { return false };
    let document = |word: &str| kind.starts_with("application/") && kind.ends_with(word);
    let fits = match extension.as_str() {
        "bat" | "com" | "exe" | "pif" | "scr" | "vbs" => return !kind.starts_with("application/"),
        "htm" | "html" | "txt" => kind.starts_with("text/"),
        "gif" | "jpeg" | "jpg" | "png" => kind.starts_with("image/"),
        "doc" => document("word"),
        "ppt" => document("powerpoint"),
        "xls" => document("excel"),
        _ => true,
    };
    !fits && kind != "application/octet-stream"
}
