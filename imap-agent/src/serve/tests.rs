//! Who is let in, and what is said.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt as _,
    sync::atomic::{AtomicUsize, Ordering},
};

use interprocess::local_socket::traits::tokio::Stream as _;
use tamis_core::api::{API_VERSION, Call, MAX_FRAME, MailId, Message, RefusedKind, Status};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::{Semaphore, oneshot},
    task::JoinHandle,
};

use super::*;

#[tokio::test]
async fn a_greeted_client_is_answered_in_its_own_numbers() {
    let agent = Agent::start();
    let mut client = agent.greeted().await;
    send(&mut client, 17, Request::Status).await;
    assert_eq!(receive(&mut client).await, Some(status(17)));
}

#[tokio::test]
async fn another_version_is_told_ours_and_let_go() {
    let agent = Agent::start();
    let mut client = agent.connect().await;
    send(
        &mut client,
        1,
        Request::Hello { api_version: API_VERSION + 1, client: "new".to_owned(), language: String::new() },
    )
    .await;
    let Some(Message::Reply { id: 1, reply: Reply::Hello { api_version, .. } }) = receive(&mut client).await else {
        panic!("no hello");
    };
    assert_eq!(api_version, API_VERSION);
    assert_eq!(receive(&mut client).await, None);
}

#[tokio::test]
async fn who_does_not_greet_first_is_told_so_and_let_go() {
    let agent = Agent::start();
    let mut client = agent.connect().await;
    send(&mut client, 3, Request::Status).await;
    let reply = receive(&mut client).await;
    assert!(matches!(reply, Some(Message::Reply { id: 3, reply: Reply::Refused { .. } })), "{reply:?}");
    assert_eq!(receive(&mut client).await, None);
}

#[tokio::test]
async fn garbage_and_oversized_frames_end_that_connection_alone() {
    let agent = Agent::start();
    let mut good = agent.greeted().await;
    let too_long = u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes();
    let garbage: [&[u8]; 5] = [b"\0\0\0\x04oops", b"\0\0\0\0", &too_long, b"\xff\xff\xff\xffxxxx", b"\0\0\0\x02{}"];
    for bytes in garbage {
        for mut client in [agent.connect().await, agent.greeted().await] {
            client.write_all(bytes).await.unwrap();
            assert_eq!(receive(&mut client).await, None, "{bytes:?}");
        }
    }
    send(&mut good, 2, Request::Status).await;
    assert_eq!(receive(&mut good).await, Some(status(2)));
}

#[tokio::test]
async fn a_slow_answer_does_not_hold_back_a_quick_one() {
    let agent = Agent::start();
    let mut client = agent.greeted().await;
    send(&mut client, 2, Request::CheckNow).await;
    send(&mut client, 3, Request::Status).await;
    assert_eq!(receive(&mut client).await, Some(status(3)));
    agent.handler.gate.add_permits(1);
    assert_eq!(receive(&mut client).await, Some(done(2)));
}

#[tokio::test]
async fn no_more_calls_are_taken_than_can_be_answered() {
    let agent = Agent::start();
    let mut client = agent.greeted().await;
    for id in 0..50 {
        send(&mut client, id, Request::CheckNow).await;
    }
    for id in 0..50 {
        agent.handler.gate.add_permits(1);
        assert_eq!(receive(&mut client).await, Some(done(id)));
    }
    assert!(agent.handler.most.load(Ordering::SeqCst) <= 8);
}

#[tokio::test]
async fn events_reach_every_client() {
    let agent = Agent::start();
    let mut clients = [agent.greeted().await, agent.greeted().await];
    for client in &mut clients {
        // An answer proves that the client is past its greeting, and so hears events.
        send(client, 2, Request::Status).await;
        receive(client).await.unwrap();
    }
    agent.handler.events.send(Event::MailChanged).unwrap();
    for client in &mut clients {
        assert_eq!(receive(client).await, Some(Message::Event(Event::MailChanged)));
    }
}

#[tokio::test]
async fn a_request_that_panics_is_refused_and_the_next_one_answered() {
    let agent = Agent::start();
    let mut client = agent.greeted().await;
    send(&mut client, 2, Request::Mail(MailId(1))).await;
    let reply = receive(&mut client).await;
    let kind = RefusedKind::Outside;
    assert!(matches!(reply, Some(Message::Reply { id: 2, reply: Reply::Refused { kind: k, .. } }) if k == kind));
    send(&mut client, 3, Request::Status).await;
    assert_eq!(receive(&mut client).await, Some(status(3)));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_let_go() {
    let agent = Agent::start();
    let mut client = agent.greeted().await;
    // Each answer fills the socket a little more; at some point the agent gives up and the socket is closed.
    for id in 0..10_000 {
        if write(&mut client, id, Request::Undo(None)).await.is_err() {
            return;
        }
    }
    panic!("the agent waits for a client that does not read");
}

#[tokio::test]
async fn the_socket_is_for_this_user_alone_and_goes_with_the_server() {
    let agent = Agent::start();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(agent.home.socket()), 0o600);
    let socket = agent.home.socket().to_path_buf();
    agent.stop().await;
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_second_agent_is_refused_and_the_first_keeps_its_socket() {
    let agent = Agent::start();
    assert!(matches!(Server::bind(&agent.home), Err(ServeError::AlreadyRunning { .. })));
    agent.greeted().await;
}

#[tokio::test]
async fn the_socket_of_an_agent_that_died_is_replaced() {
    let (_dir, home) = home();
    // A socket nobody listens on any more, as after kill -9.
    drop(std::os::unix::net::UnixListener::bind(home.socket()).unwrap());
    assert!(home.socket().exists());
    Server::bind(&home).unwrap();
}

#[tokio::test]
async fn an_agent_whose_folder_went_with_the_session_is_reached_in_the_next() {
    let agent = Agent::start();
    let folder = agent.home.socket().parent().unwrap();
    let mut old = agent.greeted().await;
    fs::remove_dir_all(folder).unwrap();
    let deadline = tokio::time::Instant::now() + LOOK * 4;
    while !agent.home.socket().exists() {
        assert!(tokio::time::Instant::now() < deadline, "it cannot be reached");
        tokio::time::sleep(BREATH).await;
    }
    agent.greeted().await;
    // Who was there before is not turned out.
    send(&mut old, 9, Request::Status).await;
    assert_eq!(receive(&mut old).await, Some(status(9)));
    let socket = agent.home.socket().to_path_buf();
    agent.stop().await;
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_not_removed() {
    let (_dir, home) = home();
    fs::write(home.socket(), "mine").unwrap();
    fs::set_permissions(home.socket(), Permissions::from_mode(0o600)).unwrap();
    Server::bind(&home).unwrap_err();
    assert_eq!(fs::read_to_string(home.socket()).unwrap(), "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_client_asks_and_passes_over_events() {
    use crate::client::{Client, ClientError};

    let agent = Agent::start();
    let home = agent.home.clone();
    let asked = tokio::task::spawn_blocking(move || {
        let mut client = Client::connect(&home)?;
        client.call(Request::Release(vec![MailId(1)]))?;
        client.call(Request::Status)
    });
    assert!(matches!(asked.await.unwrap(), Ok(Reply::Status(_))));

    let home = agent.home.clone();
    agent.stop().await;
    let gone = tokio::task::spawn_blocking(move || Client::connect(&home).map(|_| ())).await.unwrap();
    assert!(matches!(gone, Err(ClientError::NotRunning)), "{gone:?}");
}

struct Fake {
    events: broadcast::Sender<Event>,
    gate: Semaphore,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Handler for Fake {
    async fn handle(&self, request: Request) -> Reply {
        let text = if request == Request::Status {
            return Reply::Status(Status::default());
        } else if request == Request::CheckNow {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            self.gate.acquire().await.unwrap().forget();
            self.now.fetch_sub(1, Ordering::SeqCst);
            "looked".to_owned()
        } else if request == Request::Undo(None) {
            "x".repeat(100_000)
        } else if request == Request::Release(vec![MailId(1)]) {
            self.events.send(Event::MailChanged).unwrap();
            "released".to_owned()
        } else {
            panic!("not asked in these tests: {request:?}")
        };
        Reply::Done { text, undo: None }
    }

    fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}

struct Agent {
    _dir: TempDir,
    home: Home,
    handler: Arc<Fake>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Agent {
    fn start() -> Self {
        let (dir, home) = home();
        let (events, _) = broadcast::channel(16);
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let handler = Arc::new(Fake { events, gate: Semaphore::new(0), now, most });
        let (stop, stopped) = oneshot::channel();
        let server = Server::bind(&home).unwrap();
        let serving = Arc::clone(&handler);
        let task = tokio::spawn(async move { server.run(serving, async { stopped.await.unwrap() }).await });
        Self { _dir: dir, home, handler, stop, task }
    }

    async fn connect(&self) -> Stream {
        Stream::connect(self.home.socket().to_fs_name::<GenericFilePath>().unwrap()).await.unwrap()
    }

    async fn greeted(&self) -> Stream {
        let mut client = self.connect().await;
        send(
            &mut client,
            0,
            Request::Hello { api_version: API_VERSION, client: "test".to_owned(), language: String::new() },
        )
        .await;
        receive(&mut client).await.unwrap();
        client
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
    }
}

async fn send(client: &mut Stream, id: u64, request: Request) {
    write(client, id, request).await.unwrap();
}

async fn write(client: &mut Stream, id: u64, request: Request) -> io::Result<()> {
    let frame = serde_json::to_vec(&Call { id, request }).unwrap();
    client.write_all(&u32::try_from(frame.len()).unwrap().to_be_bytes()).await?;
    client.write_all(&frame).await
}

/// `None` once the agent has closed the connection.
async fn receive(client: &mut Stream) -> Option<Message> {
    let length = client.read_u32().await.ok()?;
    let mut frame = vec![0; usize::try_from(length).unwrap()];
    client.read_exact(&mut frame).await.ok()?;
    Some(serde_json::from_slice(&frame).unwrap())
}

fn status(id: u64) -> Message {
    Message::Reply { id, reply: Reply::Status(Status::default()) }
}

fn done(id: u64) -> Message {
    Message::Reply { id, reply: Reply::Done { text: "looked".to_owned(), undo: None } }
}

fn home() -> (TempDir, Home) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::below(dir.path()).unwrap();
    (dir, home)
}
