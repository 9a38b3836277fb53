//! PDF files made for this.

use super::*;

#[test]
fn a_link_over_the_page_is_measured() {
    for content in [
        &include_bytes!("../../../../fixtures/files/cover.pdf")[..],
        include_bytes!("../../../../fixtures/files/packed.pdf"),
    ] {
        let mut urls = Vec::new();
        let pdf = read(content, &mut urls, &mut Room::default());
        assert_eq!((pdf.pages, pdf.links, pdf.covered, pdf.text_chars), (1, 1, 59, 4));
        assert_eq!(
            urls.iter().map(|url| url.written.as_str()).collect::<Vec<_>>(),
            ["https://files.nordhaven.example/open"]
        );
    }
}

#[test]
fn what_a_file_does_when_opened_is_known() {
    let script = of(include_bytes!("../../../../fixtures/files/script.pdf"));
    let launch = of(include_bytes!("../../../../fixtures/files/launch.pdf"));
    let form = of(include_bytes!("../../../../fixtures/files/form.pdf"));
    assert!(script.runs_script && !script.launches);
    assert!(launch.launches && !launch.runs_script);
    assert_eq!(form, Pdf { pages: 1, ..Pdf::default() });
}

#[test]
fn files_in_it_are_named() {
    assert_eq!(of(include_bytes!("../../../../fixtures/files/holds.pdf")).files, ["order.js"]);
}

#[test]
fn an_encrypted_file_says_nothing_more() {
    let pdf = of(include_bytes!("../../../../fixtures/files/locked.pdf"));
    assert_eq!(pdf, Pdf { is_encrypted: true, ..Pdf::default() });
}

#[test]
fn objects_without_end_are_given_up() {
    for piece in ["1 0 obj(", "1 0 obj<</A", "1 0 obj[[[[", "1 0 obj<<>>stream", "obj", "/Encrypt", "1 0 obj<</S/URI>>"]
    {
        of(&[b"%PDF-1.7\n", piece.repeat(200_000).as_bytes()].concat());
    }
}

fn of(content: &[u8]) -> Pdf {
    read(content, &mut Vec::new(), &mut Room::default())
}
