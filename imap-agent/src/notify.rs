//! Notifications of the desktop, over D-Bus (Desktop Notifications Specification 1.2).
//!
//! A locked screen shows them to anybody: that of a digest has a number and no word of any message, and that of doubtful mail
//! has no more than the settings allow. A desktop without notifications is none the worse.

use std::{collections::BTreeMap, env, sync::Once, time::Duration};

use futures_util::StreamExt as _;
use tamis_core::Tongue;
use tracing::info;
use zbus::{
    Proxy,
    connection::Builder,
    proxy::{self, CacheProperties, SignalStream},
    zvariant::Value,
};

use crate::words::one_line;

/// The name, the interface and the path of what shows notifications.
const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// A desktop that does not answer must not be waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The desktop decides how long it is shown.
const AS_THE_DESKTOP_LIKES: i32 = -1;

/// A number to replace an earlier notification; 0: it replaces none.
const A_NEW_ONE: u32 = 0;

/// The action that a click on the notification itself means.
const CLICK: &str = "default";

/// Characters of a sender or subject that are shown: more is nothing to read in passing.
const SHOWN: usize = 120;

/// How talking to the desktop went.
pub(crate) type Outcome<T> = zbus::Result<T>;

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    /// One line; no desktop reads markup in it.
    pub(crate) title: String,
    /// Some desktops read markup in it; here it is plain.
    pub(crate) text: String,
}

/// A doubtful message: its sender and its subject, as the stranger wrote them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doubt<'a> {
    pub(crate) sender: &'a str,
    pub(crate) subject: &'a str,
}

/// What the person did with the notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Clicked it. The desktop may give a word with which a window may come to the front.
    Clicked(Option<String>),
    /// Nobody sees it any more.
    Closed,
}

/// The one notification of doubtful mail on the desktop of this session. It goes with this value on some desktops.
#[derive(Debug)]
pub(crate) struct Desktop {
    proxy: Proxy<'static>,
    signals: SignalStream<'static>,
    /// The number of the notification; [`A_NEW_ONE`] while there is none.
    shown: u32,
    token: Option<String>,
    reads_markup: bool,
}

impl Desktop {
    /// Reaches the desktop. It is told nothing yet.
    pub(crate) async fn reach() -> Outcome<Self> {
        let bus = Builder::session()?.method_timeout(PATIENCE).build().await?;
        let proxy = proxy::Builder::<Proxy<'static>>::new(&bus).destination(NAME)?.path(PATH)?.interface(NAME)?;
        let proxy = proxy.cache_properties(CacheProperties::No).build().await?;
        let signals = proxy.receive_all_signals().await?;
        let can: Vec<String> = proxy.call("GetCapabilities", &()).await?;
        let reads_markup = can.iter().any(|word| word == "body-markup");
        Ok(Self { proxy, signals, shown: A_NEW_ONE, token: None, reads_markup })
    }

    /// Shows this in the place of what is shown.
    pub(crate) async fn show(&mut self, wanted: &Notification) -> Outcome<()> {
        let text = if self.reads_markup { without_markup(&wanted.text) } else { wanted.text.clone() };
        let actions = [CLICK, open_label(of_desktop())];
        let notification =
            ("Tamis", self.shown, "tamis", &wanted.title, text, actions.as_slice(), hints(), AS_THE_DESKTOP_LIKES);
        self.shown = self.proxy.call("Notify", &notification).await?;
        Ok(())
    }

    /// Removes what is shown.
    pub(crate) async fn take_back(&mut self) -> Outcome<()> {
        let shown = std::mem::replace(&mut self.shown, A_NEW_ONE);
        if shown == A_NEW_ONE { Ok(()) } else { self.proxy.call("CloseNotification", &shown).await }
    }

    /// Waits for what the person does with it. `None`: the desktop is gone.
    pub(crate) async fn heard(&mut self) -> Option<Heard> {
        loop {
            let signal = self.signals.next().await?;
            let header = signal.header();
            let member = header.member().map(|member| member.as_str().to_owned()).unwrap_or_default();
            let body = signal.body();
            if member == "NotificationClosed" {
                let is_ours = body.deserialize::<(u32, u32)>().is_ok_and(|(id, _)| self.is_shown(id));
                if is_ours {
                    self.shown = A_NEW_ONE;
                    return Some(Heard::Closed);
                }
                continue;
            }
            let Ok((id, word)) = body.deserialize::<(u32, String)>() else { continue };
            if !self.is_shown(id) {
                continue;
            }
            if member == "ActivationToken" {
                self.token = Some(word);
            } else if member == "ActionInvoked" && word == CLICK {
                return Some(Heard::Clicked(self.token.take()));
            }
        }
    }

    const fn is_shown(&self, id: u32) -> bool {
        id != A_NEW_ONE && id == self.shown
    }
}

/// The notification about doubtful messages; `names_them`: with sender and subject, if it is only one.
pub(crate) fn of_doubts(tongue: Tongue, doubts: &[Doubt<'_>], names_them: bool) -> Notification {
    if let ([one], true) = (doubts, names_them) {
        let (sender, subject) = (cut(one.sender), cut(one.subject));
        let title = match tongue {
            Tongue::English => format!("Doubtful: {sender}"),
            Tongue::German => format!("Zweifelhaft: {sender}"),
        };
        return Notification { title, text: subject };
    }
    let (title, text) = match (tongue, doubts.len()) {
        (Tongue::English, 1) => ("1 doubtful message".to_owned(), "Click to look at it"),
        (Tongue::English, n) => (format!("{n} doubtful messages"), "Click to look at them"),
        (Tongue::German, 1) => ("1 zweifelhafte Nachricht".to_owned(), "Klicken, um sie anzusehen"),
        (Tongue::German, n) => (format!("{n} zweifelhafte Nachrichten"), "Klicken, um sie anzusehen"),
    };
    Notification { title, text: text.to_owned() }
}

/// The language of the desktop, by the rules of POSIX: nobody has asked, so nobody has said theirs.
pub(crate) fn of_desktop() -> Tongue {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(env::var_os).find(|said| !said.is_empty());
    said.map_or(Tongue::English, |said| Tongue::of_code(&said.to_string_lossy()))
}

const fn open_label(tongue: Tongue) -> &'static str {
    match tongue {
        Tongue::English => "Open Tamis",
        Tongue::German => "Tamis öffnen",
    }
}

/// Tells that a digest of so many messages is in the inbox, without waiting for the desktop. That there is none is logged
/// once.
pub(crate) fn of_digest(messages: u32) {
    static NONE: Once = Once::new();
    let (title, text) = match (of_desktop(), messages) {
        (Tongue::English, 1) => ("Tamis filed 1 message".to_owned(), IN_DIGEST),
        (Tongue::English, _) => (format!("Tamis filed {messages} messages"), IN_DIGEST),
        (Tongue::German, 1) => ("Tamis hat 1 Nachricht aussortiert".to_owned(), IM_BERICHT),
        (Tongue::German, _) => (format!("Tamis hat {messages} Nachrichten aussortiert"), IM_BERICHT),
    };
    // Nobody waits for it.
    drop(tokio::spawn(async move {
        if let Err(err) = show_once(&title, text).await {
            NONE.call_once(|| info!(%err, "this desktop shows no notifications"));
        }
    }));
}

const IN_DIGEST: &str = "The digest in your inbox lists what was filed, and how to get it back.";
const IM_BERICHT: &str = "Der Bericht im Posteingang sagt, was es war und wie es zurückkommt.";

async fn show_once(title: &str, text: &str) -> Outcome<()> {
    let desktop = Builder::session()?.method_timeout(PATIENCE).build().await?;
    let actions: [&str; 0] = [];
    let notification = ("Tamis", A_NEW_ONE, "tamis", title, text, actions.as_slice(), hints(), AS_THE_DESKTOP_LIKES);
    desktop.call_method(Some(NAME), PATH, Some(NAME), "Notify", &notification).await?;
    Ok(())
}

fn hints() -> BTreeMap<&'static str, Value<'static>> {
    BTreeMap::from([("desktop-entry", Value::from("tamis")), ("category", Value::from("email"))])
}

/// On one line, harmless, and not too long.
fn cut(text: &str) -> String {
    let line = one_line(text);
    if line.chars().count() <= SHOWN {
        return line;
    }
    line.chars().take(SHOWN).chain(['…']).collect()
}

/// The specification's markup, so that what a stranger wrote is shown and not obeyed.
fn without_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_is_named_and_several_are_a_number() {
        let ada = Doubt { sender: "Ada", subject: "Your parcel" };
        let words = |tongue, doubts: &[Doubt<'_>], names| {
            let Notification { title, text } = of_doubts(tongue, doubts, names);
            (title, text)
        };
        let own = |title: &str, text: &str| (title.to_owned(), text.to_owned());
        let (english, german) = (Tongue::English, Tongue::German);
        assert_eq!(words(english, &[ada], true), own("Doubtful: Ada", "Your parcel"));
        assert_eq!(words(german, &[ada], true), own("Zweifelhaft: Ada", "Your parcel"));
        assert_eq!(words(english, &[ada], false), own("1 doubtful message", "Click to look at it"));
        assert_eq!(words(english, &[ada; 3], true), own("3 doubtful messages", "Click to look at them"));
        assert_eq!(words(german, &[ada; 3], true), own("3 zweifelhafte Nachrichten", "Klicken, um sie anzusehen"));
    }

    #[test]
    fn what_a_stranger_wrote_is_one_short_harmless_line() {
        let doubt = Doubt { sender: "A\n\u{202e}da", subject: &"x".repeat(500) };
        let said = of_doubts(Tongue::English, &[doubt], true);
        assert_eq!(said.title, "Doubtful: A da");
        assert_eq!(said.text.chars().count(), SHOWN + 1);
        assert_eq!(without_markup("<b>&</b>"), "&lt;b&gt;&amp;&lt;/b&gt;");
    }
}
