//! What to do next about one account, as a state machine that never touches a socket or a clock.
//!
//! ```text
//!  Connect ──────▶ Perform ──────▶ LookForNew ──────▶ Idle, or Wait without IDLE
//!   ▲   │             ▲  ▲             ▲                      │
//!   │   └─refused──┐  │  └─actions─────┼──────────────────────┤
//!   │              ▼  │                └─news, quiet, waited──┤
//!   ├─────waited─ Wait ◀───────────lost (anywhere)            │
//!   ├─person────── AskPerson                                  │
//!   ├─network───── AwaitNetwork                               │
//!   └────────────────────────slept, other network─────────────┘
//! ```
//!
//! [`Machine::step`] takes what happened and returns the one thing to do. The driver does it and comes back with the next
//! event; while it idles, waits or asks, a wake signal ends that early ([`Event::Woken`]).

use std::time::Duration;

use super::{ConnectError, Idled, Retry};

const FIRST_RETRY: Duration = Duration::from_secs(5);

/// Programs that live with Outlook back off to half an hour (`BAD User is authenticated but not connected`, which is what
/// it says to those who came too often: <https://github.com/mscdex/node-imap/issues/523>).
const LAST_RETRY: Duration = Duration::from_mins(30);

/// Whoever was told that there are too many connections (RFC 5530 `LIMIT`) stays away for this long at least: sessions that
/// nobody took leave of are still counted until the server lets go of them.
const LIMIT_PAUSE: Duration = Duration::from_mins(5);

/// A certificate may be renewed, or the café's network left behind, without the person's help.
const ASK_AGAIN: Duration = Duration::from_mins(15);

/// The system says when there is a network again. Should it ever miss that, this is how long it goes unnoticed.
const NETWORK_LOOK: Duration = Duration::from_mins(15);

/// On a network that costs by the byte, the longest time between two looks is at least this: [`Machine::set_poll`].
pub const METERED_POLL: Duration = Duration::from_mins(15);

/// A server that lets us in and catch up, and then drops us, waits this long at least: providers bear one login a minute.
const FLAPPING: u32 = 2;

/// Refused logins after which only the person can help. More would lock the account.
const LOGIN_ATTEMPTS: u32 = 2;

/// What happened since the last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The beginning.
    Started,
    /// There is a session.
    Connected,
    /// There is none.
    NotConnected {
        /// When it makes sense to try again.
        retry: Retry,
        /// Whether user name or password were refused.
        is_login_refused: bool,
    },
    /// No login may be made for this long: [`Budget`](super::budget::Budget).
    TooSoon(Duration),
    /// There is no network that leads to the server.
    NoNetwork,
    /// The pending actions are done, or have failed for good.
    Performed,
    /// Everything up to now has been looked at.
    CaughtUp,
    /// [`Command::Idle`] ended without a signal.
    Idled(Idled),
    /// The time of [`Command::Wait`], [`Command::AwaitNetwork`] or [`Command::AskPerson`] is over.
    Waited,
    /// Idling, waiting or asking was ended by a signal.
    Woken(Wake),
    /// The session was lost, whatever was being done.
    Lost,
}

/// Why the driver was woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// There are actions to perform.
    Actions,
    /// The person wants new mail looked for.
    Look,
    /// The machine was asleep: connections are dead without knowing it.
    Slept,
    /// The network is another one.
    NetworkChanged,
    /// The person has changed the account or the password.
    PersonActed,
}

/// The one thing to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Drop the session if there is one, and make a new one.
    Connect,
    /// Perform the pending actions.
    Perform,
    /// Select the folders again and judge what is new.
    LookForNew,
    /// Wait for news in the inbox for at most this long, with the session.
    Idle(Duration),
    /// Do nothing for this long. The session, if there is one, stays.
    Wait(Duration),
    /// Wait until the network is another one, at most this long.
    AwaitNetwork(Duration),
    /// Tell the person that nothing goes on without them; try again by yourself after this time, if given.
    AskPerson(Option<Duration>),
}

/// Remembers how things are with one account.
#[derive(Clone, Debug)]
pub struct Machine {
    poll: Duration,
    state: State,
    failures: u32,
    refused_logins: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Offline,
    Online,
    /// Nothing but the person's word helps.
    Refused,
}

impl Machine {
    /// `poll` is the longest time between two looks.
    pub fn new(poll: Duration) -> Self {
        Self { poll, state: State::Offline, failures: 0, refused_logins: 0 }
    }

    /// From now on this is the longest time between two looks.
    pub fn set_poll(&mut self, poll: Duration) {
        self.poll = poll;
    }

    /// Takes one event and says what to do next. `jitter` (0 to 255) lengthens waits by up to a quarter, so that many
    /// accounts do not come back at once.
    pub fn step(&mut self, event: Event, jitter: u8) -> Command {
        match event {
            Event::Connected => {
                self.state = State::Online;
                self.refused_logins = 0;
                Command::Perform
            }
            Event::NotConnected { retry, is_login_refused } => self.not_connected(retry, is_login_refused, jitter),
            Event::TooSoon(wait) => {
                self.state = State::Offline;
                Command::Wait(wait)
            }
            Event::NoNetwork => {
                self.state = State::Offline;
                Command::AwaitNetwork(NETWORK_LOOK)
            }
            Event::Performed => Command::LookForNew,
            Event::CaughtUp => {
                self.failures = self.failures.min(FLAPPING);
                Command::Idle(self.poll)
            }
            Event::Idled(idled) => self.idled(idled),
            Event::Waited if self.state == State::Online => {
                self.failures = 0;
                Command::LookForNew
            }
            Event::Started | Event::Waited => Command::Connect,
            Event::Woken(wake) => self.woken(wake),
            Event::Lost => {
                self.state = State::Offline;
                Command::Wait(self.back_off(jitter))
            }
        }
    }

    fn not_connected(&mut self, retry: Retry, is_login_refused: bool, jitter: u8) -> Command {
        self.state = State::Offline;
        if is_login_refused {
            self.refused_logins = self.refused_logins.saturating_add(1);
            if self.refused_logins < LOGIN_ATTEMPTS {
                return Command::Wait(self.back_off(jitter));
            }
            self.state = State::Refused;
            return Command::AskPerson(None);
        }
        match retry {
            Retry::Later => Command::Wait(self.back_off(jitter)),
            Retry::AfterPause => Command::Wait(self.back_off(jitter).max(lengthened(LIMIT_PAUSE, jitter))),
            Retry::AfterPerson => Command::AskPerson(Some(ASK_AGAIN)),
        }
    }

    fn idled(&mut self, idled: Idled) -> Command {
        match idled {
            Idled::News => Command::LookForNew,
            // Only a session that was quiet for a while proves the connection good.
            Idled::Quiet | Idled::Woken => {
                self.failures = 0;
                Command::LookForNew
            }
            // Asked again at once, a server that ends every IDLE would be asked without end.
            Idled::EndedByServer | Idled::NotOffered => Command::Wait(self.poll),
        }
    }

    fn woken(&mut self, wake: Wake) -> Command {
        if wake == Wake::PersonActed {
            self.refused_logins = 0;
            self.failures = 0;
            self.state = State::Offline;
            return Command::Connect;
        }
        match (self.state, wake) {
            // Another try with a refused password brings the account nearer to being locked.
            (State::Refused, _) => Command::AskPerson(None),
            (State::Online, Wake::Actions) => Command::Perform,
            (State::Online, Wake::Look) => Command::LookForNew,
            (State::Offline, Wake::Actions | Wake::Look) => Command::Connect,
            (_, Wake::Slept | Wake::NetworkChanged | Wake::PersonActed) => {
                self.state = State::Offline;
                self.failures = 0;
                Command::Connect
            }
        }
    }

    fn back_off(&mut self, jitter: u8) -> Duration {
        let wait = FIRST_RETRY.saturating_mul(2_u32.saturating_pow(self.failures)).min(LAST_RETRY);
        self.failures = self.failures.saturating_add(1);
        lengthened(wait, jitter)
    }
}

fn lengthened(wait: Duration, jitter: u8) -> Duration {
    wait.saturating_add(wait.saturating_mul(u32::from(jitter)) / 1020)
}

impl From<&ConnectError> for Event {
    fn from(error: &ConnectError) -> Self {
        Self::NotConnected { retry: error.retry(), is_login_refused: error.is_login_refused() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLL: Duration = Duration::from_mins(2);

    const UNREACHABLE: Event = Event::NotConnected { retry: Retry::Later, is_login_refused: false };
    const TOO_MANY: Event = Event::NotConnected { retry: Retry::AfterPause, is_login_refused: false };
    const BAD_CERTIFICATE: Event = Event::NotConnected { retry: Retry::AfterPerson, is_login_refused: false };
    const WRONG_PASSWORD: Event = Event::NotConnected { retry: Retry::AfterPerson, is_login_refused: true };

    fn play(script: &[(Event, Command)]) {
        let mut machine = Machine::new(POLL);
        for (step, (event, want)) in script.iter().enumerate() {
            assert_eq!(machine.step(*event, 0), *want, "step {step}, after {event:?}");
        }
    }

    fn wait(seconds: u64) -> Command {
        Command::Wait(Duration::from_secs(seconds))
    }

    #[test]
    fn a_quiet_day_performs_looks_and_idles() {
        play(&[
            (Event::Started, Command::Connect),
            (Event::Connected, Command::Perform),
            (Event::Performed, Command::LookForNew),
            (Event::CaughtUp, Command::Idle(POLL)),
            (Event::Idled(Idled::News), Command::LookForNew),
            (Event::CaughtUp, Command::Idle(POLL)),
            (Event::Idled(Idled::Quiet), Command::LookForNew),
            (Event::CaughtUp, Command::Idle(POLL)),
            (Event::Woken(Wake::Actions), Command::Perform),
            (Event::Performed, Command::LookForNew),
            (Event::CaughtUp, Command::Idle(POLL)),
            (Event::Woken(Wake::Look), Command::LookForNew),
        ]);
    }

    #[test]
    fn without_idle_the_server_is_asked_now_and_then() {
        play(&[
            (Event::Started, Command::Connect),
            (Event::Connected, Command::Perform),
            (Event::Performed, Command::LookForNew),
            (Event::CaughtUp, Command::Idle(POLL)),
            (Event::Idled(Idled::NotOffered), Command::Wait(POLL)),
            (Event::Waited, Command::LookForNew),
            (Event::CaughtUp, Command::Idle(POLL)),
            (Event::Idled(Idled::EndedByServer), Command::Wait(POLL)),
            (Event::Woken(Wake::Actions), Command::Perform),
        ]);
    }

    #[test]
    fn waits_grow_until_a_session_has_lasted() {
        let mut machine = Machine::new(POLL);
        let mut waits = Vec::new();
        for _ in 0..12 {
            machine.step(Event::Connected, 0);
            let Command::Wait(wait) = machine.step(Event::Lost, 0) else { panic!("no wait") };
            waits.push(wait.as_secs());
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800, 1800]);

        machine.step(Event::CaughtUp, 0);
        assert_eq!(machine.step(Event::Lost, 0), wait(20), "it let us catch up, but did not last");
        machine.step(Event::CaughtUp, 0);
        machine.step(Event::Idled(Idled::Quiet), 0);
        assert_eq!(machine.step(Event::Lost, 0), wait(5));
    }

    #[test]
    fn jitter_lengthens_a_wait_by_at_most_a_quarter() {
        assert_eq!(Machine::new(POLL).step(Event::Lost, 255), Command::Wait(Duration::from_millis(6250)));
        assert_eq!(Machine::new(POLL).step(Event::Lost, 0), wait(5));
    }

    #[test]
    fn a_wrong_password_is_tried_twice_and_never_again_without_the_person() {
        play(&[
            (Event::Started, Command::Connect),
            (WRONG_PASSWORD, wait(5)),
            (Event::Waited, Command::Connect),
            (WRONG_PASSWORD, Command::AskPerson(None)),
            (Event::Woken(Wake::Look), Command::AskPerson(None)),
            (Event::Woken(Wake::Actions), Command::AskPerson(None)),
            (Event::Woken(Wake::Slept), Command::AskPerson(None)),
            (Event::Woken(Wake::NetworkChanged), Command::AskPerson(None)),
            (Event::Woken(Wake::PersonActed), Command::Connect),
            (WRONG_PASSWORD, wait(5)),
            (Event::Waited, Command::Connect),
            (Event::Connected, Command::Perform),
            (Event::Lost, wait(10)),
            (Event::Waited, Command::Connect),
            (WRONG_PASSWORD, wait(20)),
        ]);
    }

    #[test]
    fn a_refused_certificate_waits_for_the_person_or_another_network() {
        play(&[
            (Event::Started, Command::Connect),
            (BAD_CERTIFICATE, Command::AskPerson(Some(ASK_AGAIN))),
            (Event::Waited, Command::Connect),
            (BAD_CERTIFICATE, Command::AskPerson(Some(ASK_AGAIN))),
            (Event::Woken(Wake::NetworkChanged), Command::Connect),
        ]);
    }

    #[test]
    fn after_sleep_or_on_another_network_the_session_is_made_anew_at_once() {
        play(&[
            (Event::Started, Command::Connect),
            (UNREACHABLE, wait(5)),
            (Event::Waited, Command::Connect),
            (UNREACHABLE, wait(10)),
            (Event::Woken(Wake::NetworkChanged), Command::Connect),
            (Event::Connected, Command::Perform),
            (Event::Performed, Command::LookForNew),
            (Event::CaughtUp, Command::Idle(POLL)),
            (Event::Woken(Wake::Slept), Command::Connect),
            (UNREACHABLE, wait(5)),
        ]);
    }

    #[test]
    fn after_too_many_connections_it_stays_away_for_five_minutes_at_least() {
        play(&[
            (Event::Started, Command::Connect),
            (TOO_MANY, wait(300)),
            (Event::Waited, Command::Connect),
            (TOO_MANY, wait(300)),
            (Event::Woken(Wake::PersonActed), Command::Connect),
            (TOO_MANY, wait(300)),
        ]);
        let mut machine = Machine::new(POLL);
        let waits = (0..10).map(|_| machine.step(TOO_MANY, 0)).collect::<Vec<_>>();
        assert_eq!(waits[6..], [wait(320), wait(640), wait(1280), wait(1800)], "and longer if that does not help");
    }

    #[test]
    fn without_a_network_nothing_is_tried_until_there_is_one() {
        play(&[
            (Event::Started, Command::Connect),
            (Event::NoNetwork, Command::AwaitNetwork(NETWORK_LOOK)),
            (Event::Woken(Wake::NetworkChanged), Command::Connect),
            (Event::Connected, Command::Perform),
            (Event::Performed, Command::LookForNew),
            (Event::CaughtUp, Command::Idle(POLL)),
            (Event::Woken(Wake::NetworkChanged), Command::Connect),
            (Event::NoNetwork, Command::AwaitNetwork(NETWORK_LOOK)),
            (Event::Waited, Command::Connect),
        ]);
    }

    #[test]
    fn an_outage_of_the_network_is_nothing_to_back_off_from() {
        play(&[
            (Event::Started, Command::Connect),
            (UNREACHABLE, wait(5)),
            (Event::Waited, Command::Connect),
            (Event::NoNetwork, Command::AwaitNetwork(NETWORK_LOOK)),
            (Event::Woken(Wake::NetworkChanged), Command::Connect),
            (UNREACHABLE, wait(5)),
        ]);
    }

    #[test]
    fn a_login_that_comes_too_soon_waits_and_still_hears_the_person() {
        play(&[
            (Event::Started, Command::Connect),
            (Event::TooSoon(Duration::from_secs(42)), wait(42)),
            (Event::Woken(Wake::PersonActed), Command::Connect),
            (Event::TooSoon(Duration::from_secs(7)), wait(7)),
            (Event::Waited, Command::Connect),
            (UNREACHABLE, wait(5)),
        ]);
    }

    #[test]
    fn the_poll_may_be_lengthened_while_it_runs() {
        let mut machine = Machine::new(POLL);
        machine.step(Event::Connected, 0);
        machine.set_poll(METERED_POLL);
        assert_eq!(machine.step(Event::CaughtUp, 0), Command::Idle(METERED_POLL));
        assert_eq!(machine.step(Event::Idled(Idled::NotOffered), 0), Command::Wait(METERED_POLL));
    }

    #[test]
    fn what_the_person_wants_is_tried_at_once_even_while_waiting() {
        play(&[
            (Event::Started, Command::Connect),
            (UNREACHABLE, wait(5)),
            (Event::Woken(Wake::Actions), Command::Connect),
            (UNREACHABLE, wait(10)),
        ]);
    }

    proptest! {
        #[test]
        fn whatever_happens_waits_stay_within_bounds(
            events in proptest::collection::vec((0..18_usize, any::<u8>()), 0..60),
        ) {
            let all = [
                Event::Started, Event::Connected, UNREACHABLE, BAD_CERTIFICATE, WRONG_PASSWORD, Event::Performed,
                Event::CaughtUp, Event::Idled(Idled::News), Event::Idled(Idled::Quiet), Event::Idled(Idled::NotOffered),
                Event::Waited, Event::Woken(Wake::Actions), Event::Woken(Wake::Look), Event::Woken(Wake::Slept),
                Event::Woken(Wake::PersonActed), Event::Lost, TOO_MANY, Event::NoNetwork,
            ];
            let mut machine = Machine::new(POLL);
            for (event, jitter) in events {
                if let Command::Wait(wait) = machine.step(all[event], jitter) {
                    prop_assert!(FIRST_RETRY <= wait && wait <= LAST_RETRY.max(POLL) * 5 / 4);
                }
            }
        }
    }
}
