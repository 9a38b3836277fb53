//! Each fault servers were seen to have, and each attack.

use tokio::io::AsyncReadExt as _;

use super::*;

/// As the real one: understands lines, not everything, and panics on one thing.
fn check(response: &[u8]) -> bool {
    assert!(!response.windows(16).any(|window| window == b"INTERNALDATE NIL"), "as the library does");
    let is_bad = response.windows(3).any(|window| window == b"bad") || response.contains(&0);
    !is_bad && response.ends_with(b"\r\n")
}

async fn read(sent: &[u8]) -> io::Result<(String, u64)> {
    read_limited(sent, 0).await
}

async fn read_limited(sent: &[u8], limit: usize) -> io::Result<(String, u64)> {
    let mut guard = Guard::new(sent, check);
    guard.set_literal_limit(limit);
    let mut all = Vec::new();
    guard.read_to_end(&mut all).await?;
    Ok((String::from_utf8_lossy(&all).into_owned(), guard.dropped()))
}

fn fault(outcome: io::Result<(String, u64)>) -> Fault {
    let error = outcome.expect_err("the connection must end");
    *error.get_ref().and_then(|inner| inner.downcast_ref()).expect("a fault")
}

#[tokio::test]
async fn good_responses_pass_unchanged() {
    let sent = "* OK hello\r\n* 1 FETCH (UID 1 BODY[] {5}\r\na\nb\r\n)\r\n+ go\r\nT1 OK done\r\n";
    assert_eq!(read(sent.as_bytes()).await.unwrap(), (sent.to_owned(), 0));
}

#[tokio::test]
async fn bare_line_feeds_become_crlf_but_not_inside_literals() {
    let (got, _) = read(b"* OK hello\n* 1 FETCH (BODY[] {4}\na\nb\n)\nT1 OK\r\n").await.unwrap();
    assert_eq!(got, "* OK hello\r\n* 1 FETCH (BODY[] {4}\r\na\nb\n)\r\nT1 OK\r\n");
}

#[tokio::test]
async fn an_unreadable_untagged_line_is_dropped_and_counted() {
    let (got, dropped) = read(b"* NAMESPACE bad\r\n* 1 EXISTS\r\n* bad\r\n").await.unwrap();
    assert_eq!((&*got, dropped), ("* 1 EXISTS\r\n", 2));
}

#[tokio::test]
async fn empty_lines_are_dropped_and_not_counted() {
    assert_eq!(read(b"\r\n\n* 1 EXISTS\r\n  \r\n").await.unwrap(), ("* 1 EXISTS\r\n".to_owned(), 0));
}

#[tokio::test]
async fn an_unreadable_tagged_line_keeps_tag_and_status() {
    let (got, _) = read(b"T1 NO [x\0] no\r\nT2 OK [bad\r\n").await.unwrap();
    assert_eq!(got, "T1 NO [x] no\r\nT2 OK -\r\n");
}

#[tokio::test]
async fn the_date_nil_that_makes_the_parser_panic_is_replaced() {
    let (got, dropped) = read(b"* 1 FETCH (UID 7 INTERNALDATE NIL)\r\n").await.unwrap();
    assert_eq!(got, "* 1 FETCH (UID 7 INTERNALDATE \"01-Jan-1970 00:00:00 +0000\")\r\n");
    assert_eq!(dropped, 0);
}

#[tokio::test]
async fn a_fetch_nobody_can_read_keeps_its_uid_so_that_no_message_is_overlooked() {
    let (got, dropped) = read(b"* 3 FETCH (UID 12 FLAGS (bad) BODY[] {8}\r\n UID 99 )\r\n").await.unwrap();
    assert_eq!((&*got, dropped), ("* 3 FETCH (UID 12)\r\n", 0));
    let (got, dropped) = read(b"* 3 FETCH (BODY[] {8}\r\n UID 99  bad)\r\n").await.unwrap();
    assert_eq!((&*got, dropped), ("", 1));
}

#[tokio::test]
async fn folder_names_in_literals_become_quoted_strings() {
    let (got, _) = read(b"* LIST () \"/\" {5}\r\na\\b\"c\r\n* STATUS {1}\r\nx (UIDNEXT 5)\r\n").await.unwrap();
    assert_eq!(got, "* LIST () \"/\" \"a\\\\b\\\"c\"\r\n* STATUS \"x\" (UIDNEXT 5)\r\n");
}

#[tokio::test]
async fn nesting_that_would_overflow_the_stack_ends_the_connection() {
    let deep = format!("* 1 FETCH (BODYSTRUCTURE {}{})\r\n", "(".repeat(1000), ")".repeat(1000));
    assert_eq!(fault(read(deep.as_bytes()).await), Fault::TooDeep);
    let split = "* 1 FETCH ".to_owned() + &"( {1}\r\nx".repeat(70);
    assert_eq!(fault(read(split.as_bytes()).await), Fault::TooDeep, "also when spread over literals");
    let words = format!("* OK {}\r\n", "(".repeat(1000));
    assert!(read(words.as_bytes()).await.is_ok(), "in words for people parentheses mean nothing");
    let quoted = format!("* LIST () \"/\" \"{}\\\"(\"\r\n", "(".repeat(1000));
    assert!(read(quoted.as_bytes()).await.is_ok(), "nor in names");
}

#[tokio::test]
async fn a_line_without_end_ends_the_connection() {
    assert_eq!(fault(read(&vec![b'x'; MAX_LINE + 2]).await), Fault::LineTooLong);
}

#[tokio::test]
async fn a_literal_longer_than_asked_for_ends_the_connection_before_it_is_read() {
    let announced = |length: &str| format!("* 1 FETCH (BODY[] {{{length}}}\r\n");
    assert_eq!(fault(read(announced("5000000").as_bytes()).await), Fault::LiteralTooLong);
    assert_eq!(fault(read(announced("99999999999999999999999").as_bytes()).await), Fault::LiteralTooLong);
    let whole = format!("* 1 FETCH (BODY[] {{5000000}}\r\n{})\r\n", "x".repeat(5_000_000));
    assert_eq!(read_limited(whole.as_bytes(), 5_000_000).await.unwrap().0.len(), whole.len());
}

#[tokio::test]
async fn many_literals_in_one_response_count_together() {
    let many = "* 1 FETCH (".to_owned() + &format!("BODY[] {{2000000}}\r\n{} ", "x".repeat(2_000_000)).repeat(3);
    assert_eq!(fault(read(many.as_bytes()).await), Fault::LiteralTooLong);
}

#[tokio::test]
async fn an_end_in_the_middle_is_not_an_end() {
    for cut in ["* 1 FETCH (BODY[] {100}\r\nabc", "* 1 EXI", "T1 OK"] {
        assert_eq!(fault(read(cut.as_bytes()).await), Fault::CutShort, "{cut}");
    }
    assert!(read(b"").await.is_ok());
}

#[tokio::test]
async fn what_is_not_imap_ends_the_connection() {
    assert_eq!(fault(read(b"\x15\x03\x03\0\x02\x02bad\n").await), Fault::NotUnderstood);
}

#[tokio::test]
async fn words_that_look_like_a_literal_are_words() {
    let sent = "* OK see {12}\r\nT1 NO ask {3}\r\n";
    assert_eq!(read(sent.as_bytes()).await.unwrap().0, sent);
    let quoted = "* LIST () \"/\" \"a {12}\"\r\n";
    assert_eq!(read(quoted.as_bytes()).await.unwrap().0, quoted);
}

#[tokio::test]
async fn double_spaces_and_unasked_search_data_are_mended() {
    let strict = |response: &[u8]| !response.windows(2).any(|pair| pair == b"  ") && !response.contains(&b'(');
    let sent: &[u8] = b"* 5  EXISTS\r\n* SEARCH 2 3 (MODSEQ 917)\r\n";
    let mut got = String::new();
    Guard::new(sent, strict).read_to_string(&mut got).await.unwrap();
    assert_eq!(got, "* 5 EXISTS\r\n* SEARCH 2 3\r\n");
}

#[test]
fn nothing_of_the_mail_shows_in_debug_output() {
    let mut guard = Guard::new(&b""[..], check);
    guard.incoming.extend_from_slice(b"Subject: private");
    assert_eq!(format!("{guard:?}"), "Guard { buffered: 16, dropped: 0, .. }");
}

#[tokio::test]
async fn bytes_that_arrive_one_by_one_make_the_same_responses() {
    let sent = b"* LIST () \"/\" {3}\r\na b\r\n* 1 FETCH (BODY[] {3}\r\n\r\n\n FLAGS ())\nT1 OK done\r\n";
    let (whole, _) = read(sent).await.unwrap();
    let mut chopped = Guard::new(one_by_one(sent), check);
    let mut got = String::new();
    chopped.read_to_string(&mut got).await.unwrap();
    assert_eq!(got, whole);
}

/// A stream that gives one byte at a time.
fn one_by_one(sent: &'static [u8]) -> impl AsyncRead + Unpin {
    struct OneByOne(&'static [u8]);
    impl AsyncRead for OneByOne {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            if let Some((first, rest)) = self.0.split_first() {
                buf.put_slice(&[*first]);
                self.0 = rest;
            }
            Poll::Ready(Ok(()))
        }
    }
    OneByOne(sent)
}

/// Says one line again and again, as fast as it is read.
struct Flood {
    line: &'static [u8],
    at: usize,
    left: u64,
}

impl AsyncRead for Flood {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        while 0 < self.left && 0 < buf.remaining() {
            let rest = &self.line[self.at..];
            let rest = &rest[..rest.len().min(buf.remaining())];
            buf.put_slice(rest);
            self.at += rest.len();
            if self.at == self.line.len() {
                self.at = 0;
                self.left -= 1;
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_million_responses_pass_through_a_small_buffer() {
    // Two hundred thousand of each sort.
    for line in ["* 1 EXPUNGE\r\n", "* 7 EXISTS\r\n", "* 9 FETCH (UID 9 BODY[] {3}\r\nabc)\r\n", "* bad\r\n", "\r\n"] {
        let times = 200_000;
        let mut guard = Guard::new(Flood { line: line.as_bytes(), at: 0, left: times }, check);
        let (mut block, mut passed, mut largest) = (vec![0; 4096], 0_u64, 0);
        loop {
            let length = guard.read(&mut block).await.unwrap();
            largest = largest.max(guard.incoming.capacity() + guard.outgoing.capacity());
            passed += u64::try_from(length).unwrap();
            if length == 0 {
                break;
            }
        }
        let length = u64::try_from(line.len()).unwrap();
        let want = if line.contains("bad") || line == "\r\n" { 0 } else { times * length };
        assert_eq!(passed, want, "{line}");
        assert!(largest <= 4 * (16 << 10), "{line}: {largest} bytes");
    }
}

#[tokio::test]
async fn literals_of_no_length_are_counted_too() {
    let many = "* 1 FETCH (".to_owned() + &"BODY[1] {0}\r\n ".repeat(MAX_LITERALS + 1);
    assert_eq!(fault(read(many.as_bytes()).await), Fault::LiteralTooLong);
}
