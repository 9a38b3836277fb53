//! Streams that are whole, cut anywhere, damaged, or swell.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::*;
use crate::mailbox::{CommandError, Loss, driver::Connection};

/// What a server compresses, with everything out.
fn packed(text: &[u8]) -> Vec<u8> {
    let mut deflate = Compress::new(Compression::default(), false);
    let mut out = Vec::with_capacity(text.len() + 1024);
    deflate.compress_vec(text, &mut out, FlushCompress::Sync).unwrap();
    assert_eq!(deflate.total_in(), text.len() as u64);
    out
}

fn pair() -> (Deflated<DuplexStream>, DuplexStream) {
    let (client, server) = duplex(1 << 16);
    (Deflated::new(client, BytesMut::new()), server)
}

#[tokio::test]
async fn both_ends_understand_each_other() {
    let (client, server) = duplex(100);
    let mut client = Deflated::new(client, BytesMut::new());
    let mut server = Deflated::new(server, BytesMut::new());
    let long: Vec<u8> = (0..300_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    for text in [&b"T1 NOOP\r\n"[..], b"", b"T2 IDLE\r\n", &long] {
        let mut heard = vec![0; text.len()];
        let say = async {
            client.write_all(text).await.unwrap();
            client.flush().await.unwrap();
        };
        let ((), read) = tokio::join!(say, server.read_exact(&mut heard));
        read.unwrap();
        assert!(heard == text);
    }
}

#[tokio::test]
async fn what_is_flushed_is_there_at_once_and_what_is_flushed_twice_only_once() {
    let (mut client, mut server) = pair();
    client.write_all(b"T1 NOOP\r\n").await.unwrap();
    client.flush().await.unwrap();
    let mut block = [0; 100];
    let length = server.read(&mut block).await.unwrap();
    client.flush().await.unwrap();
    client.shutdown().await.unwrap();
    let mut heard = Vec::new();
    let mut inflate = Decompress::new(false);
    heard.reserve(100);
    inflate.decompress_vec(&block[..length], &mut heard, FlushDecompress::None).unwrap();
    assert_eq!(heard, b"T1 NOOP\r\n");
    assert_eq!(server.read(&mut block).await.unwrap(), 0);
}

#[tokio::test]
async fn a_stream_may_be_cut_anywhere() {
    let text = b"* 1 EXISTS\r\n* 2 EXISTS\r\nT1 OK\r\n";
    let packed = packed(text);
    for cut in 0..packed.len() {
        let (before, after) = packed.split_at(cut);
        let (client, mut server) = duplex(1 << 16);
        // The first part came together with the OK to the command.
        let mut client = Deflated::new(client, BytesMut::from(before));
        server.write_all(after).await.unwrap();
        drop(server);
        let mut heard = Vec::new();
        client.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard, text, "{cut}");
    }
}

#[tokio::test]
async fn damage_is_an_error_and_no_end() {
    let good = packed(b"* 1 EXISTS\r\n");
    let mut ended = Vec::with_capacity(100);
    Compress::new(Compression::default(), false)
        .compress_vec(b"* 1 EXISTS\r\n", &mut ended, FlushCompress::Finish)
        .unwrap();
    for bytes in [vec![0xff; 20], [&*good, &[0x07; 20]].concat(), ended] {
        let (mut client, mut server) = pair();
        server.write_all(&bytes).await.unwrap();
        let mut heard = Vec::new();
        let error = client.read_to_end(&mut heard).await.unwrap_err();
        assert!(error.get_ref().unwrap().is::<Damaged>(), "{error:?}");
    }
}

#[tokio::test]
async fn a_connection_with_damaged_compression_is_lost_and_says_why() {
    let (client, mut server) = duplex(1 << 16);
    let serve = async {
        server.read_exact(&mut [0; 21]).await.unwrap();
        // An answer and a half in the block of the OK, then garbage.
        let answer = packed(b"* 1 EXISTS\r\n* 2");
        server.write_all(&[b"T1 OK go\r\n", &*answer].concat()).await.unwrap();
        assert_ne!(server.read(&mut [0; 100]).await.unwrap(), 0);
        server.write_all(b"garbage").await.unwrap();
        server
    };
    let ask = async {
        let mut connection = Connection::new(Box::new(client));
        let limit = Duration::from_secs(10);
        connection.command("COMPRESS DEFLATE", None, limit, drop).await.unwrap();
        let mut connection = connection.compressed().unwrap();
        let mut n_heard = 0;
        let outcome = connection.command("NOOP", None, limit, |_| n_heard += 1).await;
        assert_eq!(outcome, Err(CommandError::Lost(Loss::Unreadable(Damaged.to_string()))));
        assert!(!connection.is_usable());
        n_heard
    };
    let (n_heard, _server) = tokio::join!(ask, serve);
    assert_eq!(n_heard, 1);
}

#[tokio::test]
async fn what_swells_meets_the_limits_of_the_guard() {
    let line = format!("* OK {}\r\n", "x".repeat(64 << 20));
    let literal = format!("* 1 FETCH (UID 1 BODY[] {{{}}}\r\n{}", 64 << 20, "x".repeat(64 << 20));
    for (text, why) in [(line, "longer than 1 MiB"), (literal, "more than was asked for")] {
        let bomb = packed(text.as_bytes());
        assert!(bomb.len() < 1 << 17, "{}", bomb.len());
        let (client, mut server) = duplex(1 << 18);
        let serve = async {
            server.read_exact(&mut [0; 21]).await.unwrap();
            server.write_all(b"T1 OK go\r\n").await.unwrap();
            server.write_all(&bomb).await.unwrap();
            server
        };
        let ask = async {
            let mut connection = Connection::new(Box::new(client));
            let limit = Duration::from_secs(10);
            connection.command("COMPRESS DEFLATE", None, limit, drop).await.unwrap();
            let mut connection = connection.compressed().unwrap();
            connection.command("NOOP", None, limit, drop).await
        };
        let (outcome, _server) = tokio::join!(ask, serve);
        let Err(CommandError::Lost(Loss::Unreadable(said))) = outcome else { panic!("{outcome:?}") };
        assert!(said.contains(why), "{said}");
    }
}

#[tokio::test]
async fn no_more_is_held_than_one_block() {
    let bomb = packed(&vec![b'x'; 64 << 20]);
    let (client, mut server) = duplex(1 << 18);
    server.write_all(&bomb).await.unwrap();
    drop(server);
    let mut client = Deflated::new(client, BytesMut::new());
    let mut room = [0; 1000];
    let mut total = 0_u64;
    loop {
        let length = client.read(&mut room).await.unwrap();
        assert!(client.incoming.len() <= BLOCK && client.incoming.capacity() <= 4 * BLOCK);
        total += length as u64;
        if length == 0 {
            break;
        }
    }
    assert_eq!(total, 64 << 20);
}
