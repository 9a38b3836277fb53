//! Codes are found in every form they come in, and hostile pictures cost little.

use std::{fmt::Write as _, io::Cursor};

use image::{DynamicImage, GrayImage, ImageFormat, Luma, imageops::rotate90};
use qrcodegen::{QrCode, QrCodeEcc};

use super::Looker;

const LINK: &str = "https://nordhaven.example/login?id=4711&user=robin";

fn code(text: &str) -> QrCode {
    QrCode::encode_text(text, QrCodeEcc::Medium).unwrap()
}

/// A code with fields of so many points and a quiet zone of four fields, dark and light as given.
fn picture(code: &QrCode, field: u32, [dark, light]: [u8; 2]) -> GrayImage {
    let side = u32::try_from(code.size()).unwrap();
    GrayImage::from_fn((side + 8) * field, (side + 8) * field, |x, y| {
        let at = |point: u32| i32::try_from(point / field).unwrap() - 4;
        Luma([if code.get_module(at(x), at(y)) { dark } else { light }])
    })
}

fn file(picture: GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageLuma8(picture);
    let picture =
        if format == ImageFormat::WebP || format == ImageFormat::Gif { picture.to_rgba8().into() } else { picture };
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn read(file: &[u8]) -> Vec<String> {
    Looker::default().picture(file)
}

#[test]
fn a_code_is_read_in_every_format() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP] {
        assert_eq!(read(&file(picture(&code(LINK), 4, [0, 255]), format)), [LINK], "{format:?}");
    }
}

#[test]
fn codes_of_all_sizes_are_read() {
    for length in [10, 100, 400, 1000] {
        let text = format!("https://nordhaven.example/{}", "x".repeat(length));
        for field in [2, 3, 5] {
            assert_eq!(
                read(&file(picture(&code(&text), field, [0, 255]), ImageFormat::Png)),
                std::slice::from_ref(&text),
                "{field}"
            );
        }
    }
}

#[test]
fn colours_turning_and_surroundings_do_not_hide_a_code() {
    let drawn = picture(&code(LINK), 4, [60, 190]);
    assert_eq!(read(&file(drawn.clone(), ImageFormat::Png)), [LINK]);
    assert_eq!(read(&file(picture(&code(LINK), 4, [255, 0]), ImageFormat::Png)), [LINK]);
    assert_eq!(read(&file(rotate90(&drawn), ImageFormat::Png)), [LINK]);
    let mut page = GrayImage::from_pixel(700, 900, Luma([255]));
    for line in (20..400).step_by(22) {
        for x in (30..600).filter(|x| x % 7 != 0 && x % 11 != 3) {
            page.put_pixel(x, line, Luma([0]));
            page.put_pixel(x, line + 5, Luma([0]));
        }
    }
    image::imageops::overlay(&mut page, &picture(&code(LINK), 5, [0, 255]), 200, 500);
    assert_eq!(read(&file(page, ImageFormat::Jpeg)), [LINK]);
}

#[test]
fn a_picture_without_a_code_says_nothing() {
    let noise = |x: u32, y: u32| Luma([u8::try_from((x * 7919 + y * 104_729 + x * y) % 251).unwrap()]);
    assert!(read(&file(GrayImage::from_fn(300, 200, noise), ImageFormat::Png)).is_empty());
    assert!(read(&file(GrayImage::from_pixel(300, 200, Luma([255])), ImageFormat::Png)).is_empty());
    assert!(
        read(b"\x89PNG\r\n\x1a\n and nothing that follows, however long it goes on and on and on and on and on and on")
            .is_empty()
    );
}

#[test]
fn a_code_drawn_with_signs_is_read() {
    let code = code(LINK);
    let (mut double, mut halves, mut cells) = (String::new(), String::new(), String::from("<table>"));
    for y in -4..code.size() + 4 {
        cells.push_str("<tr>");
        for x in -4..code.size() + 4 {
            let is_dark = code.get_module(x, y);
            double.push_str(if is_dark { "██" } else { "  " });
            let colour = if is_dark { "#000000" } else { "#fff" };
            write!(cells, "<td width=\"4\" style=\"background-color: {colour}\">&nbsp;</td>").unwrap();
        }
        double.push('\n');
        cells.push_str("</tr>\n");
    }
    for y in (-4..code.size() + 4).step_by(2) {
        for x in -4..code.size() + 4 {
            halves.push(match (code.get_module(x, y), code.get_module(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        halves.push('\n');
    }
    let page = |text: &str, is_html| Looker::default().page(text, is_html);
    assert_eq!(page(&format!("Scan this\n\n{double}\nor not"), false), [LINK]);
    assert_eq!(page(&format!("Scan this\n\n{halves}\nor not"), false), [LINK]);
    assert_eq!(page(&format!("<p>Scan</p>{cells}</table>"), true), [LINK]);
    let lines = format!("<div>{}</div>", double.replace(' ', "&nbsp;").replace('\n', "</div><div>"));
    assert_eq!(page(&lines, true), [LINK]);
    let pale = double.replace(' ', "<span style=\"color:transparent\">█</span>").replace('\n', "<br>");
    assert_eq!(page(&pale, true), [LINK]);
}

#[test]
fn drawings_and_tables_that_are_no_code_say_nothing() {
    let bars = "██████░░░░ 60 %\n██████████ 100 %\n".repeat(40);
    assert!(Looker::default().page(&bars, false).is_empty());
    let table = format!("<table>{}</table>", "<tr><td>1</td><td bgcolor=\"#000000\">2</td></tr>".repeat(900));
    assert!(Looker::default().page(&table, true).is_empty());
}

#[test]
fn a_picture_full_of_corner_marks_is_done_with_soon() {
    let tiled = GrayImage::from_fn(1700, 1700, |x, y| {
        let (x, y) = (x / 2 % 9, y / 2 % 9);
        let is_ring = |from: u32, to: u32| (from..=to).contains(&x) && (from..=to).contains(&y);
        let is_dark = is_ring(0, 6) && !is_ring(1, 5) || is_ring(2, 4);
        Luma([if is_dark { 0 } else { 255 }])
    });
    assert!(read(&file(tiled, ImageFormat::Png)).is_empty());
}

#[test]
fn bombs_are_not_unpacked() {
    // A PNG that says it has 60,000 × 60,000 points.
    let mut bomb = file(picture(&code(LINK), 2, [0, 255]), ImageFormat::Png);
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    assert!(read(&bomb).is_empty());
    assert!(!Looker::default().wants(5 * 1024 * 1024) && !Looker::default().wants(43));
    let mut looker = Looker::default();
    let small = file(picture(&code(LINK), 2, [0, 255]), ImageFormat::Png);
    let found: usize = (0..50).map(|_| looker.picture(&small).len()).sum();
    assert_eq!(found, 8);
}
