//! The icon in the desktop's tray (StatusNotifierItem over D-Bus): how many doubtful messages wait, a pause, the window.
//!
//! It says numbers and nothing of any message. A desktop without a tray is none the worse; one that gets its tray later than
//! the agent starts shows it then. On macOS and Windows there is none.

use ksni::{
    Icon, MenuItem, Status, ToolTip, Tray,
    blocking::{Handle, TrayMethods as _},
    menu::{StandardItem, SubMenu},
};
use tamis_core::api::PauseFor;
use tokio::sync::mpsc;
use tracing::{debug, info};

use crate::words::count;

/// What is chosen in the menu between two turns of the agent, and then some.
const WISHES: usize = 16;

/// The sides of the picture, in pixels: desktops scale it.
const SIDE: i32 = 32;

/// What was chosen in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Show the window.
    Open,
    /// Judge and file nothing for so long.
    Pause(PauseFor),
    /// Go on.
    Resume,
    /// Look for new mail.
    CheckNow,
    /// End the agent.
    Quit,
}

/// What the icon says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Doubtful messages that wait for the person.
    pub(crate) doubtful: u32,
    /// `until 14:05`, if nothing is judged.
    pub(crate) paused: Option<String>,
}

/// The icon; gone with this value.
pub(crate) struct Shown(Handle<Item>);

/// Shows it. What is chosen comes out of the channel. `None` without a message bus of the session.
pub(crate) async fn show() -> Option<(Shown, mpsc::Receiver<Wish>)> {
    let (wishes, chosen) = mpsc::channel(WISHES);
    let item = Item { wishes, facts: Facts::default() };
    // The desktop may not be ready yet when the agent starts with it.
    let spawned = tokio::task::spawn_blocking(move || item.assume_sni_available(true).spawn()).await.ok()?;
    match spawned {
        Ok(handle) => Some((Shown(handle), chosen)),
        Err(err) => {
            info!(%err, "there is no tray for an icon");
            None
        }
    }
}

impl Shown {
    /// Says something else from now on.
    pub(crate) async fn say(&self, facts: Facts) {
        let handle = self.0.clone();
        // It waits for the bus.
        tokio::task::spawn_blocking(move || handle.update(|item| item.facts = facts)).await.ok();
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        // Nobody waits for it to be gone.
        drop(self.0.shutdown());
    }
}

struct Item {
    wishes: mpsc::Sender<Wish>,
    facts: Facts,
}

impl Item {
    fn wish(&self, wish: Wish) {
        if self.wishes.try_send(wish).is_err() {
            debug!("what was chosen in the tray is dropped: the agent is busy");
        }
    }

    fn entry(label: &str, wish: Wish) -> MenuItem<Self> {
        let activate = Box::new(move |item: &mut Self| item.wish(wish));
        StandardItem { label: label.to_owned(), activate, ..StandardItem::default() }.into()
    }

    /// What waits and whether there is a pause, in a sentence.
    fn words(&self) -> String {
        let doubtful = usize::try_from(self.facts.doubtful).unwrap_or(usize::MAX);
        let waits = match doubtful {
            0 => "no doubtful message waits".to_owned(),
            1 => "1 doubtful message waits for you".to_owned(),
            _ => format!("{} wait for you", count(doubtful, "doubtful message")),
        };
        match &self.facts.paused {
            Some(until) => format!("Filtering is paused {until}; {waits}"),
            None => waits,
        }
    }
}

impl Tray for Item {
    fn id(&self) -> String {
        "tamis".to_owned()
    }

    fn title(&self) -> String {
        format!("Tamis: {}", self.words())
    }

    fn status(&self) -> Status {
        if 0 < self.facts.doubtful && self.facts.paused.is_none() { Status::NeedsAttention } else { Status::Active }
    }

    fn icon_name(&self) -> String {
        "tamis".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        vec![sieve(false)]
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        vec![sieve(true)]
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: "Tamis".to_owned(), description: self.words(), ..ToolTip::default() }
    }

    fn activate(&mut self, _: i32, _: i32) {
        self.wish(Wish::Open);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let pause = if self.facts.paused.is_some() {
            Self::entry("Go on filtering", Wish::Resume)
        } else {
            let submenu = vec![
                Self::entry("For an hour", Wish::Pause(PauseFor::Hour)),
                Self::entry("Until tomorrow", Wish::Pause(PauseFor::Tomorrow)),
                Self::entry("Until I go on", Wish::Pause(PauseFor::Told)),
            ];
            SubMenu { label: "Pause filtering".to_owned(), submenu, ..SubMenu::default() }.into()
        };
        vec![
            Self::entry("Open Tamis", Wish::Open),
            Self::entry("Check for new mail", Wish::CheckNow),
            pause,
            MenuItem::Separator,
            Self::entry("Stop filtering and quit", Wish::Quit),
        ]
    }
}

/// The sign of Tamis, a sieve from above; with a dot if something waits.
fn sieve(has_dot: bool) -> Icon {
    let mut data = Vec::new();
    for y in 0..SIDE {
        for x in 0..SIDE {
            data.extend(pixel(f64::from(x) + 0.5, f64::from(y) + 0.5, has_dot));
        }
    }
    Icon { width: SIDE, height: SIDE, data }
}

/// One pixel: alpha, red, green, blue.
fn pixel(x: f64, y: f64, has_dot: bool) -> [u8; 4] {
    const TEAL: [u8; 4] = [255, 0x2A, 0x9D, 0x90];
    const AMBER: [u8; 4] = [255, 0xF0, 0xA0, 0x20];
    const NOTHING: [u8; 4] = [0; 4];
    let middle = f64::from(SIDE) / 2.0;
    if has_dot && (x - 25.0).hypot(y - 7.0) < 6.5 {
        return AMBER;
    }
    let (across, down) = (x - middle, y - middle);
    let away = across.hypot(down);
    let is_thread = |place: f64| [-6.0, -2.0, 2.0, 6.0].iter().any(|thread| (place - thread).abs() < 0.7);
    let is_ring = (11.0..14.5).contains(&away);
    let is_net = away < 11.0 && (is_thread(across) || is_thread(down));
    if is_ring || is_net { TEAL } else { NOTHING }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(doubtful: u32, paused: Option<&str>) -> Item {
        let facts = Facts { doubtful, paused: paused.map(str::to_owned) };
        Item { wishes: mpsc::channel(1).0, facts }
    }

    #[test]
    fn it_says_in_words_what_waits_and_asks_for_a_look_only_then() {
        for (doubtful, paused, words, status) in [
            (0, None, "Tamis: no doubtful message waits", Status::Active),
            (1, None, "Tamis: 1 doubtful message waits for you", Status::NeedsAttention),
            (3, None, "Tamis: 3 doubtful messages wait for you", Status::NeedsAttention),
            (
                3,
                Some("until 14:05"),
                "Tamis: Filtering is paused until 14:05; 3 doubtful messages wait for you",
                Status::Active,
            ),
        ] {
            let item = item(doubtful, paused);
            assert_eq!(item.title(), words);
            assert_eq!(item.status().to_string(), status.to_string(), "{words}");
        }
    }

    #[test]
    fn the_picture_has_all_its_pixels_and_the_dot_shows() {
        let (plain, dotted) = (sieve(false), sieve(true));
        assert_eq!(plain.data.len(), usize::try_from(SIDE * SIDE * 4).unwrap());
        assert_ne!(plain.data, dotted.data);
    }
}
