//! Tests of what an account waits for, and what ends that.

use std::{
    fs::File,
    path::{Path, PathBuf},
    time::SystemTime,
};

use tamis_core::Config;
use tokio::sync::oneshot;

use super::{
    password::{PASSWORD_LOOK, PATIENCE},
    *,
};
use crate::{
    agent::Agent,
    mailbox::Code,
    network::{Network, NetworkState},
    paths::Home,
    settings::Settings,
};

/// A name that has no address (RFC 6761, section 6.4).
const NOWHERE: &str = "imap.nowhere.invalid";

/// An account that is not attended to yet, with what its password is read from.
struct Bench {
    attendant: Attendant<'static>,
    orders: mpsc::Sender<Order>,
    network: watch::Sender<NetworkState>,
    password: File,
    dir: tempfile::TempDir,
}

async fn bench(host: &str) -> Bench {
    bench_with(host, "").await
}

async fn bench_with(host: &str, watch: &str) -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::below(dir.path()).unwrap();
    let path = dir.path().join("password");
    let password = File::create(&path).unwrap();
    std::io::Write::write_all(&mut &password, b"fine-mesh-9174").unwrap();
    password.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::write(home.settings(), watch).unwrap();
    let text = format!(
        "[[account]]\nname = \"Home\"\naddress = \"robin@example.org\"\nhost = \"{host}\"\nport = 1\n\
         password_file = \"{}\"\n",
        path.display()
    );
    let account = Config::parse(&text).unwrap().accounts()[0].clone();
    let Agent { mut shared } = Agent::start(home.clone(), &Settings::load(&home).unwrap()).await.unwrap();
    let (network, pretended) = Network::pretended();
    Arc::get_mut(&mut shared).unwrap().network = pretended;
    shared.board.open("Home", "robin@example.org");
    let (orders, inbox) = mpsc::channel(4);
    let attendant = Attendant::new(shared, account, AccountId(1), Box::leak(Box::new(inbox)));
    Bench { attendant, orders, network, password, dir }
}

#[test]
fn a_folder_that_cannot_be_made_for_now_is_made_later_and_the_person_is_not_asked() {
    let account = Config::parse("[[account]]\naddress = \"robin@example.org\"\nhost = \"imap.example.org\"\n");
    let account = account.unwrap().accounts()[0].clone();
    for (code, text, want) in [
        (Some(Code::Limit), "slow down", Retry::AfterPause),
        (Some(Code::Other("THROTTLED".to_owned())), "slow down", Retry::AfterPause),
        (Some(Code::OverQuota), "Account exceeded command or bandwidth limits.", Retry::AfterPause),
        (Some(Code::Unavailable), "down", Retry::Later),
        (Some(Code::OverQuota), "full", Retry::AfterPerson),
        (None, "no", Retry::AfterPerson),
    ] {
        let refusal = unmade_folder(&account, CommandError::No { code, text: text.to_owned() });
        assert_eq!((refusal.retry, refusal.is_login_refused), (want, false), "{text}: {}", refusal.text);
    }
}

impl Bench {
    fn status(&self) -> (AccountState, String) {
        let status = self.attendant.shared.board.accounts().remove(0);
        (status.state, status.text)
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_refused_password_a_new_one_in_the_password_file_is_tried() {
    let mut bench = bench(NOWHERE).await;
    let (attendant, file) = (&mut bench.attendant, &bench.password);

    let waiting = tokio::time::timeout(PASSWORD_LOOK * 10, attendant.ask_person(None)).await;
    assert!(waiting.is_err(), "the same password is not tried again");

    let rewrite = async {
        tokio::time::sleep(PASSWORD_LOOK / 2).await;
        file.set_modified(SystemTime::now() + Duration::from_secs(1)).unwrap();
    };
    let (event, ()) = tokio::join!(attendant.ask_person(None), rewrite);
    assert_eq!(event, Event::Woken(Wake::PersonActed));

    bench.orders.send(Order::Look).await.unwrap();
    assert_eq!(attendant.ask_person(None).await, Event::Woken(Wake::PersonActed), "the person asks for it");
}

#[tokio::test]
async fn a_login_that_turns_out_not_to_be_trusted_waits_for_the_person() {
    let mut bench = bench(NOWHERE).await;
    let refusal = |text: &str| Trouble::Imap(CommandError::No { code: None, text: text.to_owned() });

    let event = bench.attendant.lost(&refusal("SELECT Unsafe Login. Please contact kefu@188.com for help"));
    assert_eq!(event, Event::NotConnected { retry: Retry::AfterPerson, is_login_refused: false });
    let (state, text) = bench.status();
    assert!(state == AccountState::NeedsYou && text.contains("use the authorization code"), "{text}");

    assert_eq!(bench.attendant.lost(&refusal("not now.")), Event::Lost);
    let told = "The connection to imap.nowhere.invalid broke (the server refused: not now). Trying again";
    assert_eq!(bench.status(), (AccountState::Retrying, told.to_owned()));
}

#[tokio::test(start_paused = true)]
async fn without_a_network_nothing_is_tried_and_with_one_it_goes_on_at_once() {
    let mut bench = bench(NOWHERE).await;
    bench.network.send_modify(|state| state.is_online = false);

    assert_eq!(bench.attendant.obey(Command::Connect).await, Event::NoNetwork);
    assert_eq!(bench.status(), (AccountState::Offline, "No network; Tamis goes on when there is one".to_owned()));

    let network = bench.network.clone();
    let returns = async {
        tokio::time::sleep(Duration::from_mins(5)).await;
        network.send_modify(|state| state.is_online = true);
    };
    let start = Instant::now();
    let (event, ()) = tokio::join!(bench.attendant.obey(Command::AwaitNetwork(Duration::from_hours(1))), returns);
    assert_eq!((event, start.elapsed()), (Event::Woken(Wake::NetworkChanged), Duration::from_mins(5)));
}

#[tokio::test(start_paused = true)]
async fn a_server_on_this_machine_needs_no_network() {
    let mut bench = bench("127.0.0.1").await;
    bench.network.send_modify(|state| state.is_online = false);

    let event = bench.attendant.obey(Command::Connect).await;

    assert_eq!(event, Event::NotConnected { retry: Retry::Later, is_login_refused: false }, "{:?}", bench.status());
}

#[tokio::test(start_paused = true)]
async fn a_third_login_waits_for_the_minute_to_pass_unless_the_person_asks() {
    let mut bench = bench(NOWHERE).await;
    for _ in 0..2 {
        bench.attendant.budget.spend(bench.attendant.start.elapsed());
    }
    let Event::TooSoon(wait) = bench.attendant.obey(Command::Connect).await else { panic!("it logs in") };
    assert_eq!(wait, Duration::from_mins(1));

    // Looking at a message is not asking for a login.
    let (reply, shown) = oneshot::channel();
    bench.orders.send(Order::Show { mail: tamis_core::api::MailId(1), reply }).await.unwrap();
    assert_eq!(bench.attendant.obey(Command::Wait(wait / 2)).await, Event::Waited);
    assert!(shown.await.is_err(), "the window is told that there is no connection");

    bench.orders.send(Order::Look).await.unwrap();
    assert_eq!(bench.attendant.obey(Command::Wait(wait)).await, Event::Woken(Wake::PersonActed));
    let event = bench.attendant.obey(Command::Connect).await;
    assert!(matches!(event, Event::NotConnected { .. }), "{event:?}");
    let event = bench.attendant.obey(Command::Connect).await;
    assert!(matches!(event, Event::TooSoon(_)), "they asked once: {event:?}");
}

#[tokio::test(start_paused = true)]
async fn attempts_that_reach_nobody_are_no_logins() {
    let mut bench = bench(NOWHERE).await;
    for _ in 0..5 {
        let event = bench.attendant.obey(Command::Connect).await;
        assert!(matches!(event, Event::NotConnected { retry: Retry::Later, .. }), "{event:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_the_network_costs_by_the_byte_it_looks_less_often_unless_told_otherwise() {
    const USUAL: Duration = Duration::from_mins(2);
    for (host, watch, want) in [
        (NOWHERE, "", METERED_POLL),
        (NOWHERE, "[watch]\nmetered = \"as usual\"\n", USUAL),
        (NOWHERE, "[watch]\npoll = \"1 hour\"\n", Duration::from_hours(1)),
        ("127.0.0.1", "", USUAL),
    ] {
        let bench = bench_with(host, watch).await;
        let before = bench.attendant.poll();
        bench.network.send_modify(|state| state.is_metered = Some(true));
        assert_eq!(bench.attendant.poll(), want, "{host} {watch}");
        bench.network.send_modify(|state| state.is_metered = None);
        assert_eq!(bench.attendant.poll(), before, "{host} {watch}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_network_ends_a_session_with_another_machine_but_none_with_this_one() {
    for (host, want) in [(NOWHERE, Event::Woken(Wake::NetworkChanged)), ("127.0.0.1", Event::Waited)] {
        let mut bench = bench(host).await;
        let attendant = &mut bench.attendant;
        let (ours, _theirs) = tokio::io::duplex(64);
        let desk = Desk {
            shared: Arc::clone(&attendant.shared),
            config: attendant.shared.config(),
            account: attendant.account.clone(),
            id: attendant.id,
            junk: FolderName::inbox(),
            originals: None,
            held: None,
            sent: None,
            hands: Arc::default(),
            selection: 0,
            train: None,
            sides: Arc::default(),
        };
        attendant.session = Some((Session::over(ours, &[]), desk));

        bench.network.send_modify(|state| state.gain += 1);
        assert_eq!(attendant.obey(Command::Wait(PASSWORD_LOOK)).await, Event::Waited, "{host}");
        bench.network.send_modify(|state| state.change += 1);
        assert_eq!(attendant.obey(Command::Wait(PASSWORD_LOOK)).await, want, "{host}");

        attendant.session = None;
        bench.network.send_modify(|state| state.gain += 1);
        let event = attendant.obey(Command::Wait(PASSWORD_LOOK)).await;
        assert_eq!(event, Event::Woken(Wake::NetworkChanged), "{host}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_the_password_is_told_so_until_it_is_there() {
    let mut bench = bench(NOWHERE).await;
    let path = bench.dir.path().join("password");
    let pipe = Pipe::instead_of(&path);

    let (event, ()) = tokio::join!(bench.attendant.obey(Command::Connect), tokio::time::advance(PATIENCE));
    assert_eq!(event, Event::NotConnected { retry: Retry::Later, is_login_refused: false });
    let told = format!("the password file {} cannot be read: its disk does not answer", path.display());
    assert_eq!(bench.status(), (AccountState::Retrying, told));

    // Now it answers, with something that is no password.
    let writer = pipe.open();
    let event = bench.attendant.obey(Command::Wait(Duration::from_hours(1))).await;
    assert_eq!(event, Event::Woken(Wake::Actions));
    bench.attendant.obey(Command::Connect).await;
    let told = format!("cannot read the password file {}: it is not a file", path.display());
    assert_eq!(bench.status(), (AccountState::NeedsYou, told));

    drop((writer, pipe));
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "fine-mesh-9174").unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    bench.attendant.obey(Command::Connect).await;
    let (_, text) = bench.status();
    assert!(text.contains(NOWHERE) && !text.contains("password"), "{text}");
    assert_eq!(bench.attendant.shared.board.problems().len(), 1, "nothing of it is left");
}

#[tokio::test(start_paused = true)]
async fn a_network_that_changes_while_the_password_is_waited_for_costs_no_login() {
    let mut bench = bench(NOWHERE).await;
    let pipe = Pipe::instead_of(&bench.dir.path().join("password"));
    for _ in 0..5 {
        let network = bench.network.clone();
        let changes = async { network.send_modify(|state| state.change += 1) };
        let (event, ()) = tokio::join!(bench.attendant.obey(Command::Connect), changes);
        assert_eq!(event, Event::Woken(Wake::NetworkChanged));
    }
    drop(pipe.open());
}

/// A file that whoever opens it waits for somebody to write to.
struct Pipe(PathBuf);

impl Pipe {
    fn instead_of(path: &Path) -> Self {
        std::fs::remove_file(path).unwrap();
        assert!(std::process::Command::new("mkfifo").args(["-m", "600"]).arg(path).status().unwrap().success());
        Self(path.to_path_buf())
    }

    /// From here on, and as long as that is kept, nobody waits.
    fn open(&self) -> File {
        File::options().read(true).write(true).open(&self.0).unwrap()
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // A test that fails must not wait for its threads for ever.
        std::mem::forget(self.open());
    }
}
