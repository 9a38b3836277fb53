//! What the icon in the tray says and does.

use std::{env, process::Stdio, time::Duration};

use rustix::process::{Signal, getpid, kill_process};
use tamis_core::api::Reply;
use tokio::{process::Command, sync::broadcast::error::RecvError};
use tracing::{info, warn};

use super::{Agent, pause, requests};
use crate::{
    store::views,
    tray::{self, Facts, Wish},
};

/// A burst of new mail is a burst of events; the icon need not follow each.
const BREATH: Duration = Duration::from_millis(500);

/// Shows the icon for as long as this runs; ends where there can be none.
pub(super) async fn attend(agent: Agent) {
    let mut events = agent.shared.events.subscribe();
    let Some((shown, mut wishes)) = tray::show().await else { return };
    let mut said = Facts::default();
    loop {
        let facts = facts(&agent).await;
        if facts != said {
            shown.say(facts.clone()).await;
            said = facts;
        }
        tokio::select! {
            event = events.recv() => match event {
                Ok(_) | Err(RecvError::Lagged(_)) => tokio::time::sleep(BREATH).await,
                Err(RecvError::Closed) => return,
            },
            wish = wishes.recv() => match wish {
                Some(wish) => obey(&agent, wish).await,
                None => return,
            },
        }
    }
}

async fn facts(agent: &Agent) -> Facts {
    let doubtful = agent.shared.store.run(|db| views::doubtful(db)).await.unwrap_or_default();
    Facts { doubtful, paused: agent.shared.paused_until().map(pause::words) }
}

async fn obey(agent: &Agent, wish: Wish) {
    let reply = match wish {
        Wish::Open => return open(agent, None, None),
        Wish::Quit => return quit(),
        Wish::Pause(time) => pause::begin(agent, time).await,
        Wish::Resume => pause::end(agent).await,
        Wish::CheckNow => Ok(requests::check_now(agent)),
    };
    if let Err(err) | Ok(Reply::Refused { text: err, .. }) = reply.map_err(|err| err.to_string()) {
        info!(err, "what was chosen in the tray was not done");
    }
}

/// Starts the window, which comes to the front if it is open. `link` says what it is to show; `token` is the desktop's word that
/// it may come to the front (XDG activation).
pub(super) fn open(agent: &Agent, link: Option<&str>, token: Option<&str>) {
    let beside = env::current_exe().ok().map(|us| us.with_file_name("tamis")).filter(|path| path.is_file());
    let mut window = Command::new(beside.unwrap_or_else(|| "tamis".into()));
    if let Some(home) = agent.shared.home.given() {
        window.arg("--home").arg(home);
    }
    window.args(link);
    if let Some(token) = token {
        window.env("XDG_ACTIVATION_TOKEN", token).env("DESKTOP_STARTUP_ID", token);
    }
    window.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    match window.spawn() {
        // The runtime takes leave of it when it ends.
        Ok(child) => drop(child),
        Err(err) => warn!(%err, "the window could not be opened"),
    }
}

/// Ends the agent as the system would.
fn quit() {
    info!("the person ends the agent in the tray");
    if let Err(err) = kill_process(getpid(), Signal::TERM) {
        warn!(%err, "the agent could not be ended");
    }
}
