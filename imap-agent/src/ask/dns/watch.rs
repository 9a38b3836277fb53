//! Sees to it that a list does as it should before it is believed, and leaves it alone while it does not.
//!
//! Each list has something that is on it and something that is not (RFC 5782, 5). Both are asked for before the list is
//! asked about mail for the first time, and again every few hours. A list that is gone often answers for everything; one
//! that refuses often says so with an answer that looks like an entry; and a name server may answer for names that do not
//! exist.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tamis_core::{
    Answer,
    dns::{DnsKind, DnsList, Reading},
};
use tokio::{sync::Mutex as AsyncMutex, time::Instant};
use tracing::warn;

use super::{key::Key, resolver::Resolver};
use crate::secret::Secret;

/// A list that has passed is tried again after this.
const GOOD_FOR: Duration = Duration::from_hours(6);

/// One that is silent is left alone for this long at first, and twice as long each time.
const SILENT_FOR: Duration = Duration::from_secs(30);

/// One that refuses or lies.
const WRONG_FOR: Duration = Duration::from_mins(10);

/// No list is left alone for longer.
const LONGEST: Duration = Duration::from_hours(6);

/// So many questions without an answer one after the other.
const SILENT: u32 = 5;

/// A list, and whether it can be asked.
#[derive(Debug)]
pub(super) struct Watch {
    list: DnsList,
    state: Mutex<State>,
    /// Held by whoever tries the list, so that the others wait for what comes of it.
    trying: AsyncMutex<()>,
}

#[derive(Debug)]
struct State {
    health: Health,
    /// Questions without an answer since the last one with one.
    silent: u32,
    /// How often it was left alone since it was last good.
    rests: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    /// Never tried, or too long ago.
    Untried,
    Good(Instant),
    Off(Fault, Instant),
}

/// What a list does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Silent,
    Refuses,
    HasEverything,
    HasNothing,
    Odd,
}

impl Fault {
    /// After the list's name.
    const fn words(self) -> &'static str {
        match self {
            Self::Silent => "does not answer",
            Self::Refuses => "refuses to answer",
            Self::HasEverything => "says of everything that it is on it",
            Self::HasNothing => "does not know what is always on it",
            Self::Odd => "is answered for by somebody else on the way",
        }
    }

    /// What the person can do.
    const fn advice(self) -> &'static str {
        match self {
            Self::Silent => "If it stays so, switch it off",
            Self::Refuses => {
                "Most lists want to be asked by name servers of your own or of your provider's, not by large public ones: name \
                 such in the settings (\"servers\" below [network]), or switch it off"
            }
            Self::HasEverything | Self::HasNothing => "It may have been given up by its operator: switch it off",
            Self::Odd => {
                "Your name server answers for names that do not exist: name another in the settings (\"servers\" below \
                 [network]), or switch it off"
            }
        }
    }

    const fn first_rest(self) -> Duration {
        match self {
            Self::Silent => SILENT_FOR,
            Self::Refuses | Self::HasEverything | Self::HasNothing | Self::Odd => WRONG_FOR,
        }
    }
}

impl Watch {
    pub(super) fn of(list: &DnsList) -> Self {
        let state = State { health: Health::Untried, silent: 0, rests: 0 };
        Self { list: list.clone(), state: Mutex::new(state), trying: AsyncMutex::new(()) }
    }

    pub(super) fn list(&self) -> &DnsList {
        &self.list
    }

    /// Asks the list about something, if it can be asked.
    pub(super) async fn ask(&self, about: &str, resolver: &Resolver, key: &Key) -> Answer {
        let key = match &self.list.key_zone {
            Some(_) => key.get().await,
            None => Ok(None),
        };
        let key = match key {
            Ok(key) => key,
            Err(why) => return Answer::Unknown(why),
        };
        let prefix = key.as_ref().map(Secret::expose);
        if let Err(fault) = self.make_sure(resolver, prefix).await {
            let of_list = || format!("the list {}, and is left alone for a while", fault.words());
            return Answer::Unknown(resolver.trouble().unwrap_or_else(of_list));
        }
        let answer = self.look_up(about, resolver, prefix).await;
        let fault = match self.list.read(&answer) {
            Reading::NotListed | Reading::Listed(_) => None,
            Reading::Refused => Some(Fault::Refuses),
            Reading::Odd => Some(Fault::Odd),
            Reading::Unknown => return self.note_silence(resolver, answer),
        };
        self.state().silent = 0;
        match fault {
            None => answer,
            Some(fault) => {
                self.switch_off(fault);
                Answer::Unknown(format!("the list {}", fault.words()))
            }
        }
    }

    /// What is wrong with the list and what to do about it, in two sentences; nothing as far as that is known.
    pub(super) fn trouble(&self) -> Option<String> {
        let Health::Off(fault, until) = self.state().health else { return None };
        (Instant::now() < until).then(|| {
            let DnsList { name, id, terms, .. } = &self.list;
            let has_terms = fault == Fault::Refuses && !terms.is_empty();
            let terms = if has_terms { format!(" Its terms: {}.", &**terms) } else { String::new() };
            format!(
                "The list {} {}, and is left alone for a while.{terms} {} (`{}` below [dns_lists]).",
                &**name,
                fault.words(),
                fault.advice(),
                &**id
            )
        })
    }

    /// Tries the list if that is due.
    async fn make_sure(&self, resolver: &Resolver, key: Option<&str>) -> Result<(), Fault> {
        if let Some(known) = self.known() {
            return known;
        }
        let _trying = self.trying.lock().await;
        if let Some(known) = self.known() {
            return known;
        }
        let (listed, never) = tokio::join!(
            self.look_up_some(self.list.listed.as_deref(), resolver, key),
            self.look_up_some(self.list.never.as_deref(), resolver, key)
        );
        let fault = self.fault(listed.as_ref(), never.as_ref());
        match fault {
            // Nobody answers anything: that is not the list's.
            Some(Fault::Silent) if resolver.trouble().is_some() => return Err(Fault::Silent),
            Some(fault) => self.switch_off(fault),
            None => *self.state() = State { health: Health::Good(Instant::now() + GOOD_FOR), silent: 0, rests: 0 },
        }
        fault.map_or(Ok(()), Err)
    }

    /// What is known of the list without trying it.
    fn known(&self) -> Option<Result<(), Fault>> {
        let now = Instant::now();
        match self.state().health {
            Health::Good(until) if now < until => Some(Ok(())),
            Health::Off(fault, until) if now < until => Some(Err(fault)),
            Health::Untried | Health::Good(_) | Health::Off(..) => None,
        }
    }

    fn fault(&self, listed: Option<&Answer>, never: Option<&Answer>) -> Option<Fault> {
        let [listed, never] = [listed, never].map(|answer| answer.map(|answer| self.list.read(answer)));
        let both = [&listed, &never];
        let is_any = |what: &Reading<'_>| both.iter().any(|reading| reading.as_ref() == Some(what));
        if is_any(&Reading::Refused) {
            Some(Fault::Refuses)
        } else if is_any(&Reading::Odd) {
            Some(Fault::Odd)
        } else if matches!(never, Some(Reading::Listed(_))) {
            Some(Fault::HasEverything)
        } else if is_any(&Reading::Unknown) {
            Some(Fault::Silent)
        } else {
            (listed == Some(Reading::NotListed)).then_some(Fault::HasNothing)
        }
    }

    fn switch_off(&self, fault: Fault) {
        let mut state = self.state();
        let now = Instant::now();
        if matches!(state.health, Health::Off(_, until) if now < until) {
            return;
        }
        let length = fault.first_rest().saturating_mul(1 << state.rests.min(12)).min(LONGEST);
        state.rests = state.rests.saturating_add(1);
        state.silent = 0;
        state.health = Health::Off(fault, now + length);
        warn!(
            list = &*self.list.id,
            fault = fault.words(),
            secs = length.as_secs(),
            "a list is left alone for a while"
        );
    }

    /// `answer` is none. If that is so time after time, and not of everybody, the list is to blame.
    fn note_silence(&self, resolver: &Resolver, answer: Answer) -> Answer {
        if resolver.trouble().is_none() {
            let mut state = self.state();
            state.silent += 1;
            let is_silent = SILENT <= state.silent;
            drop(state);
            if is_silent {
                self.switch_off(Fault::Silent);
            }
        }
        answer
    }

    async fn look_up_some(&self, about: Option<&str>, resolver: &Resolver, key: Option<&str>) -> Option<Answer> {
        Some(self.look_up(about?, resolver, key).await)
    }

    async fn look_up(&self, about: &str, resolver: &Resolver, key: Option<&str>) -> Answer {
        let name = match (key, &self.list.key_zone) {
            (Some(key), Some(zone)) => format!("{about}.{key}.{}", &**zone),
            _ => self.list.question(about),
        };
        match (resolver.look_up(&name, DnsKind::A).await, key) {
            // What goes wrong may be told with the name that was asked for.
            (Answer::Unknown(why), Some(key)) => Answer::Unknown(why.replace(key, "KEY")),
            (answer, _) => answer,
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
