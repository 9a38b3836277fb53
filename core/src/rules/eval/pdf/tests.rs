//! What is found in PDF files, and what rules make of it.

use super::*;
use crate::rules::eval::trial::{message, part, run};

fn pdf(objects: &str) -> Vec<u8> {
    format!("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n{objects}\ntrailer\n<< /Size 4 >>\n%%EOF\n").into_bytes()
}

fn mail(objects: &str) -> Vec<u8> {
    message(&[part("application/pdf", "a.pdf", &pdf(objects))])
}

#[test]
fn files_are_counted_by_type_and_name() {
    let mail = message(&[
        part("application/pdf", "a.dat", &pdf("")),
        part("application/octet-stream", "b.PDF", b"no PDF at all"),
        part("application/octet-stream", "c.dat", &pdf("")),
        part("text/plain", "d.pdf", &pdf("")),
    ]);
    let holds = |call: &str| run(&mail, &[], call) == 1;
    assert!(holds("pdf_count 2 2") && holds("pdf_image_count 0 0") && !holds("pdf_count 3"));
    assert!(holds("pdf_named a.dat") && !holds("pdf_named b.PDF"), "what is no PDF has no name");
    assert!(holds("pdf_name_regex /^A\\.dat$/i") && !holds("pdf_name_regex ^A\\.dat$"));
}

#[test]
fn images_on_one_line_are_measured() {
    let sizes = |line: &str| images(line.as_bytes()).iter().map(|size| (size.width, size.height)).collect::<Vec<_>>();
    assert_eq!(sizes("<</Type/XObject/Subtype/Image/Width 100/Height 50>>"), [(100, 50)]);
    assert_eq!(sizes("/Subtype/Image\n<</Width 100/Height 50>>"), [(100, 50)]);
    assert_eq!(sizes("/Subtype/Image/Width 1/Height 2\n/Subtype/Image/Width 3/Height 4"), [(1, 2), (3, 4)]);
    for other in
        ["/Width 100/Height 50", "/Subtype/Image/Height 50/Width 100", "/Subtype/Image\n/Width 100\n/Height 50"]
    {
        assert_eq!(sizes(other), [], "{other}");
    }
    assert_eq!(sizes("/Subtype/Image/Width 0/Height 50"), []);
    let mail = mail("<</Subtype/Image/Width 100/Height 50>>");
    let holds = |call: &str| run(&mail, &[], call) == 1;
    assert!(holds("pdf_pixel_coverage 5000 5000") && holds("pdf_image_size_exact 50 100"));
    assert!(holds("pdf_image_to_text_ratio 0.0032 0.0033") && holds("pdf_image_size_range 10 10 50"));
}

#[test]
fn encryption_stands_at_the_beginning_of_a_line() {
    assert_eq!(run(&mail("/Encrypt 7 0 R"), &[], "pdf_is_encrypted"), 1);
    assert_eq!(run(&mail("<</Encrypt 7 0 R>>"), &[], "pdf_is_encrypted"), 0);
}

#[test]
fn details_are_read_without_their_escapes() {
    let values = |line: &str| details::read(line.as_bytes()).into_iter().map(|(_, value)| value).collect::<Vec<_>>();
    assert_eq!(values("/Producer (GPL Ghostscript) /Author(jo\\(e\\))"), [&b"jo(e)"[..], b"GPL Ghostscript"]);
    assert_eq!(values("/Producer <FEFF00410042>"), [b"AB"]);
    assert_eq!(values("/Producer (A\\101B)"), [b"AAB"]);
    assert_eq!(values("/Producer (a (b) c)"), [b"a (b"], "it ends at the first bracket");
    assert_eq!(values("/CreationDate (D:20070801120000Z)"), [b"20070801120000"]);
    for none in ["/Producer (a", "/Producer\n(a)", "/ProducerX (a)", "/ModDate (2007)", "/ModDate (D:)"] {
        assert!(values(none).is_empty(), "{none}");
    }
    let mail = mail("/Producer (GPL Ghostscript 8.15)");
    assert_eq!(run(&mail, &[], "pdf_match_details producer /^(?:gnu|gpl)\\sghostscript/i"), 1);
    assert_eq!(run(&mail, &[], "pdf_match_details author /./"), 0);
}

#[test]
fn many_keys_are_read_only_so_far() {
    assert!(details::read(&b"/Title(x)".repeat(100_000)).len() <= 200);
}

#[test]
fn documents_are_known_by_their_digest() {
    let digest = md5::hex(&pdf("")).to_uppercase();
    assert_eq!(run(&mail(""), &[], &format!("pdf_match_md5 {digest}")), 1);
    assert_eq!(run(&mail("x"), &[], &format!("pdf_match_md5 {digest}")), 0);
}

#[test]
fn a_body_beside_a_document_is_empty_up_to_so_many_bytes() {
    // `hello world` and its line end.
    assert_eq!(run(&mail(""), &[], "pdf_is_empty_body 12"), 1);
    assert_eq!(run(&mail(""), &[], "pdf_is_empty_body 11") + run(&mail(""), &[], "pdf_is_empty_body"), 0);
    assert_eq!(run(&message(&[]), &[], "pdf_is_empty_body 50"), 0);
}
