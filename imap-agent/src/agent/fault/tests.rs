//! Tests of what a panic costs.

use std::{
    io,
    pin::Pin,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll, ready},
};

use tamis_core::{Config, UnixTime};
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf},
    sync::oneshot,
};
use tracing::{Level, Metadata, span};

use super::*;
use crate::{
    agent::{
        Agent,
        account::Order,
        look::{Looked, Unreadable, look},
        perform::{
            self,
            tests::{Bench, exchange, reading, select},
        },
    },
    mailbox::{
        Session,
        script::{Server, Step},
    },
    paths::Home,
    settings::Settings,
    store::{
        Key,
        folder::{self, Baseline},
        journal,
    },
};

/// What nothing can bear, in these tests.
const UNBEARABLE: &str = "quincunx";

#[tokio::test(start_paused = true)]
async fn an_account_that_fails_rests_longer_and_longer_and_goes_on_with_the_same_orders() {
    let (orders, inbox) = mpsc::channel(4);
    let (_stop, stopped) = watch::channel(false);
    let (rests, mut begun) = (Mutex::new(Vec::new()), 0);
    let supervising = supervise(
        inbox,
        stopped,
        |orders, _| {
            begun += 1;
            assert!(begun < 20, "it goes on failing");
            let is_well = begun == 9;
            async move {
                assert!(is_well, "{UNBEARABLE}");
                assert_eq!(orders.recv().await, Some(5));
            }
            .boxed()
        },
        |rest| rests.lock().unwrap().push(rest.as_secs() / 60),
    );
    let order = async {
        sleep(Duration::from_mins(1 + 2 + 4 + 8 + 16 + 32 + 60 + 60 + 1)).await;
        orders.send(5).await.unwrap();
    };

    tokio::join!(supervising, order);

    assert_eq!(*rests.lock().unwrap(), [1, 2, 4, 8, 16, 32, 60, 60]);
}

#[tokio::test(start_paused = true)]
async fn after_an_hour_without_a_fault_the_next_is_the_first() {
    let (_orders, inbox) = mpsc::channel::<u32>(4);
    let (_stop, stopped) = watch::channel(false);
    let (rests, mut begun) = (Mutex::new(Vec::new()), 0);
    let supervising = supervise(
        inbox,
        stopped,
        |_, _| {
            begun += 1;
            let (is_well, lasts) = (begun == 5, if begun == 4 { LONGEST_REST } else { Duration::ZERO });
            async move {
                sleep(lasts).await;
                assert!(is_well, "{UNBEARABLE}");
            }
            .boxed()
        },
        |rest| rests.lock().unwrap().push(rest.as_secs() / 60),
    );

    supervising.await;

    assert_eq!(*rests.lock().unwrap(), [1, 2, 4, 1]);
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_while_it_rests_is_told_at_once_and_stopping_does_not_wait() {
    let (orders, inbox) = mpsc::channel::<oneshot::Sender<()>>(1);
    let (stop, stopped) = watch::channel(false);
    let (begun, start) = (AtomicU32::new(0), Instant::now());
    let supervising = supervise(
        inbox,
        stopped,
        |_, _| {
            begun.fetch_add(1, Ordering::Relaxed);
            async { panic!("{UNBEARABLE}") }.boxed()
        },
        |_| {},
    );
    let person = async {
        for _ in 0..3 {
            sleep(Duration::from_secs(5)).await;
            let (reply, answer) = oneshot::channel();
            orders.send(reply).await.unwrap();
            assert!(answer.await.is_err(), "nobody is there to answer");
        }
        stop.send(true).unwrap();
    };

    tokio::join!(supervising, person);

    assert_eq!((start.elapsed(), begun.into_inner()), (Duration::from_secs(15), 1));
}

#[tokio::test(start_paused = true)]
async fn the_board_says_that_an_account_failed_and_then_it_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::below(dir.path()).unwrap();
    // Nothing answers there.
    let text = "[[account]]\nname = \"Home\"\naddress = \"robin@example.org\"\nhost = \"127.0.0.1\"\nport = 1\n\
                password_file = \"/none\"\n";
    let account = Config::parse(text).unwrap().accounts()[0].clone();
    let agent = Agent::start(home.clone(), &Settings::load(&home).unwrap()).await.unwrap();
    let trap = Trap::at("tamis_agent::agent::account");
    agent.watch(&account).await.unwrap();

    let board = &agent.shared.board;
    let failed = "Home: Tamis made a mistake while it worked on this account, and begins anew in 1 minute";
    until(|| board.problems() == [failed]).await;
    let (_, orders) = agent.shared.orders_of(agent.shared.numbers()["Home"]).unwrap();
    orders.send(Order::Look).await.unwrap();
    let start = Instant::now();
    until(|| board.problems() == ["Home: cannot read the password file /none: No such file or directory"]).await;

    assert!(Duration::from_secs(59) < start.elapsed(), "{:?}", start.elapsed());
    drop(trap);
    agent.unwatch("Home").await;
}

#[tokio::test]
async fn what_breaks_the_session_is_given_up_after_five_attempts() {
    let bench = Bench::new("Junk").await;
    let (_, intent) = bench.filing().await;
    let account = bench.desk.id;
    // An earlier attempt has made something that is to be cleared away.
    bench.run(move |db| journal::will_make(db, intent, Key::of(b"copy"))).await;
    for attempt in 1..=5 {
        assert_eq!(
            bench.run(move |db| crate::store::testing::pending(db, account)).await.len(),
            1,
            "before attempt {attempt}"
        );
        let (stream, _server) = Server::start_raw(vec![Step::Hear, Step::say(&format!("* OK {UNBEARABLE}\r\n"))]);
        let mut session = Session::over(Brittle(stream), &["MOVE", "UIDPLUS"]);

        let done = perform::all(&bench.desk, &mut session).await;

        assert!(matches!(done, Err(Trouble::Fault)), "{done:?} in attempt {attempt}");
        assert!(!session.is_usable(), "it was in the middle of a command");
    }
    assert!(bench.run(move |db| crate::store::testing::pending(db, account)).await.is_empty());
}

#[tokio::test]
async fn what_fails_between_commands_is_refused_and_the_session_goes_on() {
    let bench = Bench::new("Junk").await;
    bench.desk.shared.board.open("robin@example.org", "robin@example.org");
    bench.filing().await;
    let account = bench.desk.id;
    // A file where the archive is to be, so that there is something to warn of.
    std::fs::write(bench.desk.shared.home.archive(), "").unwrap();
    let mut session = None;
    for attempt in 1..=5 {
        let trap = Trap::at("tamis_agent::agent::perform::moving");
        let mut script = vec![select("INBOX", 7, 1)];
        if 1 < attempt {
            script.push(exchange("UID FETCH 5 (UID FLAGS)", "* 1 FETCH (UID 5 FLAGS (\\Seen))\r\n"));
        }
        script.extend(reading(5, r"\Seen", (perform::tests::RAW, "")));
        let (stream, _server) = Server::start_owned("", script);
        let session = session.insert(Session::over(stream, &["MOVE", "UIDPLUS"]));

        let done = perform::all(&bench.desk, session).await;

        drop(trap);
        assert!(matches!(done, Ok(())), "{done:?} in attempt {attempt}");
        assert!(session.is_usable(), "in attempt {attempt}");
        let left = bench.run(move |db| crate::store::testing::pending(db, account)).await;
        let want = (attempt < 5).then_some(attempt);
        assert_eq!(left.first().map(|intent| intent.refusals), want, "in attempt {attempt}");
    }
    let problems = bench.desk.shared.board.problems();
    assert!(problems[0].ends_with("a message could not be moved to Junk: a fault in Tamis"), "{problems:?}");
}

#[tokio::test]
async fn a_message_that_breaks_the_session_is_passed_over_after_three_looks_and_the_next_is_not() {
    let bench = inbox_of_two().await;
    let mut unreadable = Unreadable::default();
    for round in 1..=4 {
        let mut script = listing();
        if round < 4 {
            let said = format!("* 1 FETCH (UID 11 FLAGS ({UNBEARABLE}))\r\n");
            script.push(exchange("UID FETCH 11 (UID FLAGS RFC822.SIZE INTERNALDATE)", &said));
        } else {
            script.extend(reading(12, r"\Seen", (GOOD, "")));
        }

        let looked = look_at(&bench, script, &mut unreadable).await;

        let judged = looked.as_ref().map(|looked| looked.judged).ok();
        assert_eq!(judged, (round == 4).then_some(1), "{looked:?} in round {round}");
        let high_water = high_water(&bench).await;
        assert_eq!(high_water, if round == 4 { 12 } else { 10 }, "in round {round}");
    }
    let problems = bench.desk.shared.board.problems();
    assert!(problems[0].ends_with("a message in the inbox cannot be read; it stays there, not judged"), "{problems:?}");
}

#[tokio::test]
async fn a_fault_over_one_message_keeps_no_other_from_being_judged() {
    let bench = inbox_of_two().await;
    let trap = Trap::at("tamis_agent::agent::look");
    let script =
        [listing(), reading(11, r"\Seen", (GOOD, "")), reading(12, r"\Seen", ("Subject: ho\r\n\r\nho\r\n", ""))];

    let looked = look_at(&bench, script.concat(), &mut Unreadable::default()).await;

    drop(trap);
    assert_eq!(looked.unwrap().judged, 1);
}

const GOOD: &str = "Subject: hi\r\n\r\nhi\r\n";

/// Two new messages, 11 and 12.
async fn inbox_of_two() -> Bench {
    let bench = Bench::new("Junk").await;
    bench.desk.shared.board.open("robin@example.org", "robin@example.org");
    let id = bench.desk.id;
    let baseline = Baseline { uid_validity: 7, high_water: 10, fingerprints: &[] };
    bench.run(move |db| folder::set_baseline(db, id, "INBOX", &baseline, UnixTime(1_795_255_300))).await;
    bench
}

fn listing() -> Vec<(String, String)> {
    let opened = "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 13] x\r\n";
    let listed = "* 1 FETCH (UID 11 FLAGS () RFC822.SIZE 9)\r\n* 2 FETCH (UID 12 FLAGS () RFC822.SIZE 9)\r\n";
    let items = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";
    vec![exchange("SELECT \"INBOX\"", opened), exchange(&format!("UID FETCH 11:* {items}"), listed)]
}

async fn look_at(bench: &Bench, script: Vec<(String, String)>, unreadable: &mut Unreadable) -> Result<Looked, Trouble> {
    let (stream, server) = Server::start_owned("", script);
    let mut session = Session::over(Brittle(stream), &["MOVE", "UIDPLUS"]);
    let looked = look(&bench.desk, &mut session, unreadable).await;
    drop(session);
    server.finish().await;
    looked
}

async fn high_water(bench: &Bench) -> u32 {
    let id = bench.desk.id;
    bench.run(move |db| folder::folder_state(db, id, "INBOX")).await.unwrap().high_water
}

/// As [`supervised`], but it ends if that does not.
async fn supervise<O>(
    orders: mpsc::Receiver<O>,
    stop: watch::Receiver<bool>,
    attend: impl for<'a> FnMut(&'a mut mpsc::Receiver<O>, watch::Receiver<bool>) -> BoxFuture<'a, ()>,
    tell: impl Fn(Duration),
) {
    tokio::time::timeout(Duration::from_hours(24), supervised(orders, stop, attend, tell)).await.unwrap();
}

/// Waits until that is so, up to five minutes on the clock of the test.
async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..3000 {
        if is_so() {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("it never was so");
}

/// A stream that panics over what cannot be borne.
#[derive(Debug)]
struct Brittle(DuplexStream);

impl AsyncRead for Brittle {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = ready!(Pin::new(&mut self.0).poll_read(cx, buf));
        assert!(!String::from_utf8_lossy(buf.filled()).contains(UNBEARABLE));
        Poll::Ready(read)
    }
}

impl AsyncWrite for Brittle {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Panics over the first line that a module writes to the log on this thread.
struct Trap {
    module: &'static str,
    left: AtomicU32,
}

impl Trap {
    fn at(module: &'static str) -> tracing::subscriber::DefaultGuard {
        tracing::subscriber::set_default(Self { module, left: AtomicU32::new(1) })
    }
}

impl tracing::Subscriber for Trap {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == self.module && *metadata.level() <= Level::INFO
    }

    fn event(&self, _: &tracing::Event<'_>) {
        assert_eq!(self.left.swap(0, Ordering::Relaxed), 0, "{UNBEARABLE}");
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}
