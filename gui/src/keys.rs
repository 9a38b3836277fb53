//! The one table of what can be done from anywhere: the keys that do it, and its words.
//!
//! [`command::listen`](crate::command::listen) reads it, the sheet of keys and the search for commands draw it: so none of
//! them can say what another does not do.

use egui::{Context, Event, InputState, Key, Modifiers, os::OperatingSystem};
use tamis_core::api::Show;

use crate::{
    client::Lesson,
    command::{Command, InList, Listed, MessageCommand, Zoom},
    prefs::Look,
    text::t,
};

/// What belongs together on the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    /// The pages.
    Pages,
    /// What the whole window can do.
    Window,
    /// What is done with messages; only where a list of them is shown.
    Messages,
    /// How one gets about in a list of messages; only there.
    List,
}

impl Group {
    /// Every one, as the sheet shows them.
    pub(crate) const ALL: [Self; 4] = [Self::Messages, Self::List, Self::Pages, Self::Window];

    /// Its title.
    pub(crate) fn title(self) -> String {
        match self {
            Self::Pages => t!("keys-pages"),
            Self::Window => t!("keys-window"),
            Self::Messages => t!("keys-messages"),
            Self::List => t!("keys-list"),
        }
    }

    /// Whether it needs a list of messages on the screen.
    pub(crate) const fn is_of_lists(self) -> bool {
        match self {
            Self::Messages | Self::List => true,
            Self::Pages | Self::Window => false,
        }
    }
}

/// A key with what is held while it is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chord(pub(crate) Modifiers, pub(crate) Key);

/// Something that can be done from anywhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deed {
    /// Where it belongs.
    pub(crate) group: Group,
    /// Any of these does it; empty: it is found by its words alone.
    pub(crate) keys: &'static [Chord],
    /// What it does, in words.
    pub(crate) words: fn() -> String,
    /// What is sent.
    pub(crate) command: fn() -> Command,
}

impl Deed {
    /// Whether it does something to mail, so that a key that is held down must not do it over and over.
    fn is_grave(&self) -> bool {
        self.group == Messages || matches!((self.command)(), Command::Undo(_))
    }
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;

/// Rows that a page key moves by.
const PAGE: isize = 10;

const fn deed(group: Group, keys: &'static [Chord], words: fn() -> String, command: fn() -> Command) -> Deed {
    Deed { group, keys, words, command }
}

const fn in_list(wish: InList) -> Command {
    Command::InList(wish)
}

use Group::{List, Messages, Pages, Window};

/// All of it. With shift comes before without: a key matches with shift held as well.
#[rustfmt::skip]
pub(crate) const TABLE: &[Deed] = &[
    deed(Messages, &[Chord(NONE, Key::R)], || t!("key-release"), || Command::Teach(Lesson::Release)),
    deed(Messages, &[Chord(NONE, Key::S)], || t!("key-spam"), || Command::Teach(Lesson::Spam)),
    deed(Messages, &[Chord(NONE, Key::G), Chord(NONE, Key::H)], || t!("key-good"), || Command::Teach(Lesson::Good)),
    deed(Messages, &[Chord(NONE, Key::D), Chord(NONE, Key::Delete)], || t!("key-delete"), || Command::Message(MessageCommand::Delete)),
    deed(Messages, &[Chord(SHIFT, Key::A)], || t!("key-allow-domain"), || in_list(InList::ListSenders(Listed::AllowDomain))),
    deed(Messages, &[Chord(NONE, Key::A)], || t!("key-allow"), || in_list(InList::ListSenders(Listed::Allow))),
    deed(Messages, &[Chord(NONE, Key::B)], || t!("key-block"), || in_list(InList::ListSenders(Listed::Block))),
    deed(Messages, &[Chord(NONE, Key::U)], || t!("key-leave"), || in_list(InList::LeaveMailing)),
    deed(List, &[Chord(SHIFT, Key::ArrowDown)], || t!("key-choose-down"), || Command::Step(1, true)),
    deed(List, &[Chord(SHIFT, Key::ArrowUp)], || t!("key-choose-up"), || Command::Step(-1, true)),
    deed(List, &[Chord(SHIFT, Key::PageDown)], || t!("key-choose-page-down"), || Command::Step(PAGE, true)),
    deed(List, &[Chord(SHIFT, Key::PageUp)], || t!("key-choose-page-up"), || Command::Step(-PAGE, true)),
    deed(List, &[Chord(SHIFT, Key::Home)], || t!("key-choose-first"), || Command::Step(isize::MIN, true)),
    deed(List, &[Chord(SHIFT, Key::End)], || t!("key-choose-last"), || Command::Step(isize::MAX, true)),
    deed(List, &[Chord(NONE, Key::J), Chord(NONE, Key::ArrowDown)], || t!("key-next"), || Command::Step(1, false)),
    deed(List, &[Chord(NONE, Key::K), Chord(NONE, Key::ArrowUp)], || t!("key-previous"), || Command::Step(-1, false)),
    deed(List, &[Chord(NONE, Key::PageDown)], || t!("key-page-down"), || Command::Step(PAGE, false)),
    deed(List, &[Chord(NONE, Key::PageUp)], || t!("key-page-up"), || Command::Step(-PAGE, false)),
    deed(List, &[Chord(NONE, Key::Home)], || t!("key-first"), || Command::Step(isize::MIN, false)),
    deed(List, &[Chord(NONE, Key::End)], || t!("key-last"), || Command::Step(isize::MAX, false)),
    deed(List, &[Chord(CTRL, Key::A)], || t!("key-choose-all"), || Command::ChooseAll),
    deed(List, &[Chord(CTRL, Key::F)], || t!("key-search"), || Command::FocusSearch),
    deed(Pages, &[Chord(CTRL, Key::Num1)], || t!("key-review"), || Command::Show(Show::Review)),
    deed(Pages, &[Chord(CTRL, Key::Num2)], || t!("key-junk"), || Command::Show(Show::Junk)),
    deed(Pages, &[Chord(CTRL, Key::Num3)], || t!("key-all"), || Command::Show(Show::All)),
    deed(Pages, &[Chord(CTRL, Key::Num4)], || t!("key-history"), || Command::ShowHistory),
    deed(Pages, &[Chord(CTRL, Key::Num5)], || t!("key-people"), || Command::ShowPeople),
    deed(Pages, &[Chord(CTRL, Key::Num6)], || t!("key-lists"), || Command::ShowLists),
    deed(Pages, &[Chord(CTRL, Key::Num7)], || t!("key-learning"), || Command::ShowLearning),
    deed(Pages, &[Chord(CTRL, Key::Num8)], || t!("key-statistics"), || Command::ShowStatistics),
    deed(Pages, &[Chord(CTRL, Key::Num9)], || t!("key-accounts"), || Command::ShowAccounts),
    deed(Pages, &[Chord(NONE, Key::F6)], || t!("key-route"), || Command::ShowRoute(String::new())),
    deed(Pages, &[Chord(CTRL, Key::Comma)], || t!("key-settings"), || Command::ShowSettings),
    deed(Window, &[Chord(CTRL, Key::K)], || t!("key-palette"), || Command::OpenPalette),
    deed(Window, &[Chord(NONE, Key::Questionmark), Chord(NONE, Key::F1)], || t!("key-keys"), || Command::OpenKeys),
    deed(Window, &[Chord(CTRL, Key::Z)], || t!("key-undo"), || Command::Undo(None)),
    deed(Window, &[Chord(NONE, Key::F5)], || t!("key-check"), || Command::CheckNow),
    deed(Window, &[Chord(CTRL, Key::Plus), Chord(CTRL, Key::Equals)], || t!("key-larger"), || Command::Zoom(Zoom::Larger)),
    deed(Window, &[Chord(CTRL, Key::Minus)], || t!("key-smaller"), || Command::Zoom(Zoom::Smaller)),
    deed(Window, &[Chord(CTRL, Key::Num0)], || t!("key-usual-size"), || Command::Zoom(Zoom::Usual)),
    deed(Window, &[Chord(NONE, Key::Escape)], || t!("key-close"), || Command::Close),
    deed(Window, &[], || t!("side-look-system"), || Command::Look(Look::System)),
    deed(Window, &[], || t!("side-look-light"), || Command::Look(Look::Light)),
    deed(Window, &[], || t!("side-look-dark"), || Command::Look(Look::Dark)),
    deed(Window, &[], || t!("about-open"), || Command::ShowAbout),
    deed(Window, &[], || t!("shell-add-account"), || Command::OpenAccountDialog),
];

/// What is on the screen when keys are pressed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here {
    /// Messages are listed.
    pub(crate) has_list: bool,
    /// A note is shown, which Escape hides.
    pub(crate) has_note: bool,
}

/// What was done with the keys since the last frame, in order of the table. `has_list`: whether messages are listed; what is
/// typed into a field stays there, and Escape is left to whatever else is open if `has_note` does not need it.
pub(crate) fn pressed(ctx: &Context, here: Here) -> Vec<Command> {
    let Here { has_list, has_note } = here;
    let is_typing = ctx.text_edit_focused();
    let mut commands = Vec::new();
    ctx.input_mut(|input| {
        for deed in TABLE.iter().filter(|deed| has_list || !deed.group.is_of_lists()) {
            for &chord in deed.keys {
                let Chord(modifiers, key) = chord;
                if is_typing && is_of_fields(chord) {
                    continue;
                }
                let times = if key == Key::Escape {
                    // Not taken away: a field that is left by it has to hear of it, too.
                    usize::from(has_note && input.key_pressed(key))
                } else if deed.is_grave() {
                    usize::from(pressed_anew(input, chord))
                } else {
                    input.count_and_consume_key(modifiers, key)
                };
                commands.extend((0..times).map(|_| (deed.command)()));
            }
        }
    });
    commands
}

/// Whether a key was pressed, with nothing else held, since the last frame. One that is held down counts once.
fn pressed_anew(input: &mut InputState, Chord(modifiers, key): Chord) -> bool {
    let mut is_anew = false;
    input.events.retain(|event| {
        let Event::Key { key: of, pressed: true, repeat, modifiers: held, .. } = event else { return true };
        let is_it = *of == key && held.matches_exact(modifiers);
        is_anew |= is_it && !repeat;
        !is_it
    });
    is_anew
}

/// Whether a field into which the person types has a use of its own for it.
fn is_of_fields(Chord(modifiers, key): Chord) -> bool {
    if matches!(key, Key::F1 | Key::F5 | Key::F6 | Key::Escape) {
        return false;
    }
    modifiers != CTRL || matches!(key, Key::A | Key::C | Key::V | Key::X | Key::Y | Key::Z)
}

/// The first key that sends this, in words.
pub(crate) fn of(command: &Command) -> Option<String> {
    let deed = TABLE.iter().find(|deed| (deed.command)() == *command)?;
    deed.keys.first().copied().map(in_words)
}

/// The keys of a deed in words: `Ctrl+K`.
pub(crate) fn in_words(chord: Chord) -> String {
    let Chord(modifiers, key) = chord;
    let mut words = String::new();
    if modifiers.command {
        let is_mac = OperatingSystem::from_target_os() == OperatingSystem::Mac;
        words.push_str(&if is_mac { t!("key-name-command") } else { t!("key-name-ctrl") });
        words.push('+');
    }
    if modifiers.shift {
        words.push_str(&t!("key-name-shift"));
        words.push('+');
    }
    words.push_str(&key_name(key));
    words
}

/// The names that stand on the keys.
fn key_name(key: Key) -> String {
    let names: [(Key, fn() -> String); 8] = [
        (Key::ArrowDown, || "↓".to_owned()),
        (Key::ArrowUp, || "↑".to_owned()),
        (Key::PageDown, || t!("key-name-page-down")),
        (Key::PageUp, || t!("key-name-page-up")),
        (Key::Home, || t!("key-name-home")),
        (Key::End, || t!("key-name-end")),
        (Key::Escape, || t!("key-name-escape")),
        (Key::Delete, || t!("key-name-delete")),
    ];
    let name = names.into_iter().find(|(known, _)| *known == key);
    name.map_or_else(|| key.symbol_or_name().to_owned(), |(_, name)| name())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_deeds_have_the_same_key_or_the_same_words() {
        let mut chords = BTreeSet::new();
        let mut words = BTreeSet::new();
        for deed in TABLE {
            assert!(words.insert((deed.words)()), "{} twice", (deed.words)());
            for &chord in deed.keys {
                assert!(chords.insert(in_words(chord)), "{} twice", in_words(chord));
            }
        }
    }

    #[test]
    fn what_is_held_with_a_key_never_hides_another_deed() {
        // A key matches with shift held as well, so that a deed with shift must come first.
        let mut seen: Vec<Chord> = Vec::new();
        for &Chord(modifiers, key) in TABLE.iter().flat_map(|deed| deed.keys) {
            let is_hidden =
                seen.iter().any(|&Chord(before, other)| other == key && modifiers.matches_logically(before));
            assert!(!is_hidden, "{}", in_words(Chord(modifiers, key)));
            seen.push(Chord(modifiers, key));
        }
    }
}
