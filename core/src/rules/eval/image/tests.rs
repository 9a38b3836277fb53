//! What is found in images, and what rules make of it.

use super::*;
use crate::rules::eval::trial::{message, part, run};

fn gif_file(width: u16, height: u16) -> Vec<u8> {
    [b"GIF89a", &width.to_le_bytes()[..], &height.to_le_bytes(), b"\x80\0\0\0\0\0"].concat()
}

fn png_file(width: u32, height: u32) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", &size[..], b"\x08\x02\0\0\0\0\0\0\0"].concat()
}

fn jpeg_file(width: u16, height: u16, frame: u8) -> Vec<u8> {
    let size = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let before = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xdb\0\x04ab";
    [&before[..], &[0xff, frame, 0, 17, 8], &size, b"\x03\x01\x11\0\xff\xda\0\x02"].concat()
}

fn size(width: u32, height: u32) -> Size {
    Size { width, height }
}

#[test]
fn sizes_are_read_from_headers() {
    assert_eq!(gif(&gif_file(100, 50)), Some(size(100, 50)));
    assert_eq!(png(&png_file(100, 50)), Some(size(100, 50)));
    assert_eq!(jpeg(&jpeg_file(100, 50, 0xc2)), Some(size(100, 50)));
}

#[test]
fn what_is_no_image_has_no_size() {
    assert_eq!((gif(b"GIF90a\x64\0\x32\0"), gif(&gif_file(0, 50))), (None, None));
    assert_eq!((png(b"\x89PNG"), png(&png_file(0, 1))), (None, None));
    // A table of codes, not a frame; then the scan begins.
    assert_eq!(jpeg(&jpeg_file(100, 50, 0xc4)), None);
    let whole = jpeg_file(100, 50, 0xc0);
    for cut in 0..whole.len() {
        assert!(jpeg(&whole[..cut]).is_none_or(|size| size.width == 100));
    }
    assert_eq!(jpeg(&[&b"\xff\xd8"[..], &b"\xff\xe0\0\x02".repeat(100_000)].concat()), None);
}

#[test]
fn images_are_counted_by_kind() {
    let mail = message(&[
        part("image/gif", "a.gif", &gif_file(100, 50)),
        part("IMAGE/JPG", "b.jpg", &jpeg_file(30, 40, 0xc0)),
        part("image/gif", "c.gif", b"no image at all"),
        part("image/bmp", "d.bmp", b"BM"),
        part("application/octet-stream", "e.gif", &gif_file(1, 1)),
    ]);
    let holds = |call: &str| run(&mail, &[], call) == 1;
    assert!(holds("image_count all 3 3") && holds("image_count gif 2") && holds("image_count jpeg 1 1"));
    assert!(holds("image_count png 0 0") && !holds("image_count bmp 0") && !holds("image_count gif"));
    assert!(holds("pixel_coverage gif 5000 5000") && holds("pixel_coverage all 6200 6200"));
    assert!(holds("pixel_coverage png 0") && !holds("pixel_coverage gif 5001"));
    assert!(holds("image_size_exact gif 50 100") && !holds("image_size_exact gif 100 50"));
    assert!(holds("image_size_range all 35 25 45 35") && !holds("image_size_range gif 10 10 49 100"));
    assert!(holds("image_named a.gif") && !holds("image_named c.gif"), "only images have names");
    assert!(holds("image_name_regex ^a\\.gif$"));
}

#[test]
fn text_is_measured_against_images() {
    // 16 bytes, the subject among them, to 100 pixels.
    let mail = message(&[part("image/gif", "a.gif", &gif_file(10, 10))]);
    let holds = |call: &str| run(&mail, &[], call) == 1;
    assert!(holds("image_to_text_ratio all 0.16 0.17") && !holds("image_to_text_ratio all 0.0 0.16"));
    assert!(!holds("image_to_text_ratio all 0.0") && !holds("image_to_text_ratio png 0.0 9"));
    let alone = message(&[]);
    assert_eq!(run(&alone, &[], "image_to_text_ratio all 0.0 9"), 0);
}
