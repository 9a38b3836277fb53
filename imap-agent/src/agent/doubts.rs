//! Tells the desktop of doubtful mail that has just come.
//!
//! There is one notification for all: what comes within some minutes is gathered, and what comes later replaces it. There is
//! none of mail that is no news, none in a pause, and none while the person looks at the window.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tamis_core::{
    Class, UnixTime,
    api::{MailId, Reply},
    config::Tell,
};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep_until},
};
use tracing::info;

use super::{Agent, Shared, tray};
use crate::{
    clock,
    notify::{Desktop, Doubt, Heard, Outcome, of_desktop, of_doubts},
    store::views::{self, RowView},
};

/// What comes together is told together.
const BREATH: Duration = Duration::from_secs(4);

/// Nobody is told more often than that.
const BETWEEN: Duration = Duration::from_mins(3);

/// What arrived longer ago, in seconds, is no news: this computer was off, or somebody has moved it here.
const NEWS_SECS: i64 = 86_400;

/// More than anybody wants to know the number of.
const MOST: usize = 999;

/// Doubtful mail that the desktop is to be told of, and whether the person looks at the window anyway.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    come: Mutex<BTreeSet<MailId>>,
    has_come: Notify,
    /// How many windows the person looks at.
    looking: watch::Sender<u32>,
    turned_away: Notify,
}

impl Shared {
    /// A message was judged for the first time.
    pub(super) fn has_come(&self, mail: MailId, class: Class, received_at: UnixTime) {
        let is_news = clock::now().0.saturating_sub(NEWS_SECS) <= received_at.0;
        if class != Class::Unsure || !is_news || self.config().tell() == Tell::Never {
            return;
        }
        let mut come = self.doubts.come.lock().unwrap_or_else(PoisonError::into_inner);
        if come.len() < MOST {
            come.insert(mail);
        }
        self.doubts.has_come.notify_one();
    }

    fn take_come(&self) -> BTreeSet<MailId> {
        std::mem::take(&mut *self.doubts.come.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Gone when the person no longer looks, or the window is closed or lost.
struct Looking<'a>(&'a watch::Sender<u32>);

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|windows| *windows = windows.saturating_sub(1));
    }
}

/// The person looks at the window from now on: that is answered when they no longer do. Or they no longer do.
pub(super) async fn looks(agent: &Agent, is_looking: bool) -> Reply {
    let doubts = &agent.shared.doubts;
    let text = "the window says that it is no longer looked at".to_owned();
    if is_looking {
        let turned_away = doubts.turned_away.notified();
        doubts.looking.send_modify(|windows| *windows = windows.saturating_add(1));
        let _looking = Looking(&doubts.looking);
        turned_away.await;
    } else {
        doubts.turned_away.notify_waiters();
    }
    Reply::Done { text, undo: None }
}

/// Tells the desktop for as long as this runs.
pub(super) async fn attend(agent: Agent) {
    let doubts = &agent.shared.doubts;
    let mut looking = doubts.looking.subscribe();
    let mut board = Board::default();
    let (mut due, mut not_before) = (None::<Instant>, Instant::now());
    loop {
        tokio::select! {
            () = doubts.has_come.notified() => {
                due = due.or_else(|| Some((Instant::now() + BREATH).max(not_before)));
            }
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                due = None;
                let is_looked_at = 0 < *looking.borrow();
                let come = agent.shared.take_come();
                if !is_looked_at && agent.shared.paused_until().is_none() && board.tell(&agent, come).await {
                    not_before = Instant::now() + BETWEEN;
                }
            }
            heard = board.heard() => board.obey(&agent, heard),
            changed = looking.changed() => if changed.is_ok() && 0 < *looking.borrow_and_update() {
                agent.shared.take_come();
                board.clear().await;
            },
        }
    }
}

/// The notification, if there is one, and what it is about.
#[derive(Debug, Default)]
struct Board {
    desktop: Option<Desktop>,
    told: BTreeSet<MailId>,
    has_said_none: bool,
}

impl Board {
    /// Tells of what has come, and of what was told before and still waits. Whether anything was shown.
    async fn tell(&mut self, agent: &Agent, come: BTreeSet<MailId>) -> bool {
        let all: Vec<MailId> = self.told.union(&come).copied().collect();
        // What the person has dealt with meanwhile waits no longer.
        let waiting = agent.shared.store.run(move |db| views::doubtful_of(db, &all)).await.unwrap_or_default();
        self.told = waiting.iter().map(|view| view.row.id).collect();
        let tell = agent.shared.config().tell();
        if self.told.is_disjoint(&come) || tell == Tell::Never {
            return false;
        }
        let doubts: Vec<Doubt<'_>> = waiting.iter().map(doubt).collect();
        let wanted = of_doubts(of_desktop(), &doubts, tell == Tell::Subject);
        let shown = match self.reached().await {
            Ok(desktop) => desktop.show(&wanted).await,
            Err(err) => Err(err),
        };
        self.settle(&shown)
    }

    async fn reached(&mut self) -> Outcome<&mut Desktop> {
        let desktop = match self.desktop.take() {
            Some(desktop) => desktop,
            None => Desktop::reach().await?,
        };
        Ok(self.desktop.insert(desktop))
    }

    /// Whether that went well; a desktop of which it did not is reached anew the next time. That there is none is logged once.
    fn settle<T, E: std::fmt::Display>(&mut self, outcome: &Result<T, E>) -> bool {
        if let Err(err) = outcome {
            self.desktop = None;
            if !std::mem::replace(&mut self.has_said_none, true) {
                info!(%err, "this desktop shows no notifications of doubtful mail");
            }
        }
        outcome.is_ok()
    }

    /// Nobody needs to be told any more.
    async fn clear(&mut self) {
        self.told.clear();
        if let Some(desktop) = &mut self.desktop {
            let taken_back = desktop.take_back().await;
            self.settle(&taken_back);
        }
    }

    /// What the person does with the notification; without one, nothing ever.
    async fn heard(&mut self) -> Option<Heard> {
        match &mut self.desktop {
            Some(desktop) => desktop.heard().await,
            None => std::future::pending().await,
        }
    }

    fn obey(&mut self, agent: &Agent, heard: Option<Heard>) {
        let told = std::mem::take(&mut self.told);
        match heard {
            Some(Heard::Clicked(token)) => {
                let mut ids = told.into_iter();
                let link = match (ids.next(), ids.next()) {
                    (Some(id), None) => format!("tamis:show/{}", id.0),
                    _ => "tamis:show/review".to_owned(),
                };
                tray::open(agent, Some(&link), token.as_deref());
            }
            Some(Heard::Closed) => {}
            None => self.desktop = None,
        }
    }
}

fn doubt(view: &RowView) -> Doubt<'_> {
    let sender = if view.row.from_name.is_empty() { &view.row.from_address } else { &view.row.from_name };
    Doubt { sender, subject: &view.row.subject }
}
