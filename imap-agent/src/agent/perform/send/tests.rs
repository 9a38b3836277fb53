//! What cannot be sent on yet waits, and does not hold up the rest.

use tamis_core::{
    config::{PasswordSource, Security},
    mail::Address,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpSocket},
};

use super::*;
use crate::{
    agent::perform::tests::{Bench, exchange, read},
    store::{journal::Deed, mail::Shape},
};

const RAW: &str = "From: offers@example.net\r\nSubject: no Message-ID\r\n\r\nBuy now\r\n";

const ACCOUNT: AccountId = AccountId(1);

#[test]
fn a_submission_server_is_left_alone_for_longer_and_longer_until_it_takes_something() {
    let rests = Rests::default();
    assert!(!rests.is_resting(ACCOUNT));
    for secs in [5, 10, 20, 40, 80, 160, 320, 600, 600] {
        let before = Instant::now();
        rests.begin(ACCOUNT);
        let (until, _) = rests.0.lock().unwrap()[&ACCOUNT];
        let rest = Duration::from_secs(secs);
        assert!(before + rest <= until && until <= Instant::now() + rest, "{secs} s");
        assert!(rests.is_resting(ACCOUNT) && !rests.is_resting(AccountId(2)), "{secs} s");
    }
    rests.wake(ACCOUNT);
    assert!(!rests.is_resting(ACCOUNT));
    rests.end(ACCOUNT);
    rests.begin(ACCOUNT);
    assert_eq!(rests.0.lock().unwrap()[&ACCOUNT].1, FIRST_REST);
}

#[tokio::test]
async fn without_a_way_to_send_a_message_waits_however_long_that_lasts_and_then_is_sent_once() {
    let mut bench = Bench::new("Junk").await;
    let dir = tempfile::tempdir().unwrap();
    let password = dir.path().join("password");
    // A port on which nobody listens yet.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    bench.desk.account.forward_to = Address::parse("you@elsewhere.example");
    bench.desk.account.smtp = Some(Smtp {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        user: "me".to_owned(),
        password: PasswordSource::File(password.clone()),
        ca_file: None,
    });
    let (id, _) = bench.filed_as(RAW, Deed::Send).await;

    // The password cannot be had; in between it is not asked for.
    for _ in 0..8 {
        waits(&bench, "the password").await;
        waits(&bench, "a moment ago").await;
        bench.desk.shared.rests.wake(bench.desk.id);
    }
    std::fs::write(&password, "fine-mesh-9174").unwrap();
    std::fs::set_permissions(&password, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    // The server cannot be reached.
    for _ in 0..8 {
        waits(&bench, "connection refused").await;
        waits(&bench, "a moment ago").await;
        bench.desk.shared.rests.wake(bench.desk.id);
    }
    let taken = tokio::spawn(take_one(socket.listen(1).unwrap()));
    let script = [
        bench.beginning().await,
        read(5, r"\Seen"),
        // For the archive.
        read(5, r"\Seen"),
        vec![exchange("UID MOVE 5 \"Junk\"", "* OK [COPYUID 8 5 3] Moved\r\n* 1 EXPUNGE\r\n")],
    ];

    bench.play(script.concat()).await;

    assert!(taken.await.unwrap().contains("Buy now"));
    assert_eq!(bench.lies(id).await, (Location::new("Junk", 8, 3), Shape::Original));
    assert_eq!(bench.pending().await, []);
    assert!(bench.desk.shared.rests.0.lock().unwrap().is_empty(), "the next is not waited with");
}

/// An attempt comes to nothing for want of that, and is not counted.
async fn waits(bench: &Bench, want: &str) {
    let mut script = bench.beginning().await;
    script.extend(read(5, r"\Seen"));
    bench.play(script).await;
    let intent = bench.pending().await.remove(0);
    assert_eq!((intent.attempts, intent.refusals), (1, 0), "{}", intent.last_error);
    assert!(intent.last_error.contains(want), "{}", intent.last_error);
}

impl Rests {
    /// As if the time were over.
    fn wake(&self, account: AccountId) {
        if let Some((until, _)) = self.0.lock().unwrap().get_mut(&account) {
            *until = Instant::now();
        }
    }
}

/// A submission server that takes one message, and returns it.
async fn take_one(listener: TcpListener) -> String {
    let mut stream = BufReader::new(listener.accept().await.unwrap().0);
    stream.write_all(b"220 mail.example.org\r\n").await.unwrap();
    let (mut letter, mut is_letter) = (String::new(), false);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap() == 0 {
            return letter;
        }
        let reply = match line.trim_end() {
            "." => "250 queued\r\n",
            _ if is_letter => {
                letter.push_str(&line);
                continue;
            }
            "DATA" => "354 go on\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        is_letter = reply.starts_with("354");
        stream.write_all(reply.as_bytes()).await.unwrap();
    }
}
