//! How an element looks, as far as its own attributes and those around it tell: whether its text can be seen.

use std::borrow::Cow;

type Rgb = [u8; 3];

/// Longest style attribute that is read.
const MAX_STYLE_BYTES: usize = 16 * 1024;

/// Colours closer than this in every channel are one to the eye.
const SAME_COLOUR: u8 = 8;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Ink {
    /// Nothing said, or nothing understood.
    #[default]
    Default,
    Transparent,
    Rgb(Rgb),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Ground {
    /// Nothing said: white.
    #[default]
    Default,
    /// An image, a gradient, or what a style sheet may have said.
    Unknown,
    Rgb(Rgb),
}

/// What is inherited from element to element.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    /// Taken out of the page, with everything within.
    is_gone: bool,
    /// Too small to see, until something within is made larger.
    is_tiny: bool,
    /// Not drawn, until something within is made visible.
    is_invisible: bool,
    ink: Ink,
    ground: Ground,
}

impl Look {
    /// The look of an element within this one. `may_be_styled` says that a style sheet may give a background to it.
    pub(super) fn within(self, name: &str, attributes: &[(&str, &str)], may_be_styled: bool) -> Self {
        let mut look = Self { is_gone: self.is_gone || name == "template", ..self };
        let mut has_ground = false;
        let mut has_class = false;
        for &(attribute, value) in attributes {
            match attribute {
                "hidden" => look.is_gone = true,
                "bgcolor" => (look.ground, has_ground) = (ground(value), true),
                "background" => (look.ground, has_ground) = (Ground::Unknown, true),
                "color" if name == "font" => look.ink = ink(value),
                "text" if name == "body" => look.ink = ink(value),
                "size" if name == "font" => look.is_tiny = false,
                "class" | "id" => has_class = true,
                "style" => has_ground |= look.apply(value.get(..MAX_STYLE_BYTES).unwrap_or(value)),
                _ => {}
            }
        }
        if has_class && may_be_styled && !has_ground {
            look.ground = Ground::Unknown;
        }
        look
    }

    /// Whether text with this look cannot be seen.
    pub(super) fn is_hidden(self) -> bool {
        self.is_gone || self.is_tiny || self.is_invisible || self.is_camouflaged()
    }

    /// Whether it cannot be seen for its size alone.
    pub(super) fn is_too_small(self) -> bool {
        self.is_tiny && !self.is_gone
    }

    /// Whether it has the colour of what is behind it, or none.
    pub(super) fn is_camouflaged(self) -> bool {
        let Ink::Rgb(ink) = self.ink else { return self.ink == Ink::Transparent };
        let ground = match self.ground {
            Ground::Default => [0xff; 3],
            Ground::Unknown => return false,
            Ground::Rgb(ground) => ground,
        };
        ink.iter().zip(ground).all(|(ink, ground)| ink.abs_diff(ground) < SAME_COLOUR)
    }

    /// Applies a style attribute; says whether it gave a background.
    fn apply(&mut self, style: &str) -> bool {
        let (mut has_ground, mut clips, mut is_flat) = (false, false, false);
        for (name, value) in declarations(style) {
            match &*name {
                "display" => self.is_gone |= value == "none",
                "mso-hide" => self.is_gone |= value == "all",
                "visibility" => self.is_invisible = matches!(&*value, "hidden" | "collapse"),
                "opacity" => self.is_gone |= value.parse::<f32>().is_ok_and(|opacity| opacity < 0.05),
                "font-size" | "font" => self.is_tiny = is_tiny(&value, name == "font").unwrap_or(self.is_tiny),
                "max-height" => self.is_gone |= is_zero(&value),
                "height" | "width" => is_flat |= is_zero(&value),
                "overflow" => clips = value == "hidden",
                "text-indent" | "left" | "top" | "margin-left" => self.is_gone |= is_far_off(&value),
                "color" => self.ink = ink(&value),
                "background" | "background-color" | "background-image" => {
                    has_ground = true;
                    self.ground = ground(&value);
                }
                _ => {}
            }
        }
        self.is_gone |= clips && is_flat;
        has_ground
    }
}

/// Names and values of a style, lower case, without `!important`.
pub(super) fn declarations(style: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    style.split(';').filter_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        let value = value.split_once('!').map_or(value, |(value, _)| value);
        Some((lower(name.trim()), lower(value.trim())))
    })
}

/// In lower case, as most styles are written.
fn lower(text: &str) -> Cow<'_, str> {
    let has_upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    if has_upper { text.to_ascii_lowercase().into() } else { text.into() }
}

/// A number and its unit: `1.5em`, `0`.
fn length(value: &str) -> Option<(f32, &str)> {
    let end = value.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '+')).unwrap_or(value.len());
    let (number, unit) = value.split_at_checked(end)?;
    Some((number.parse().ok()?, unit.trim()))
}

fn is_zero(value: &str) -> bool {
    length(value).is_some_and(|(number, _)| number.abs() < 0.01)
}

/// Moved where no screen reaches.
fn is_far_off(value: &str) -> bool {
    length(value).is_some_and(|(number, unit)| number < -500.0 && unit != "%")
}

/// Whether letters of this size cannot be read; nothing if it names no size.
fn is_tiny(value: &str, is_shorthand: bool) -> Option<bool> {
    let mut words = value.split([' ', '/']);
    let is_size = |word: &str| length(word).is_some_and(|(number, unit)| !unit.is_empty() || number == 0.0);
    let word = if is_shorthand { words.find(|word| is_size(word))? } else { value };
    let Some((number, unit)) = length(word) else { return (value != "inherit").then_some(false) };
    Some(match unit {
        "em" | "rem" | "ex" => number < 0.1,
        "%" => number < 10.0,
        _ => number <= 1.0,
    })
}

fn ink(value: &str) -> Ink {
    match &*lower(value.trim()) {
        "transparent" => Ink::Transparent,
        value => rgb(value).map_or(Ink::Default, Ink::Rgb),
    }
}

fn ground(value: &str) -> Ground {
    let value = lower(value.trim());
    if value.contains("url(") || value.contains("gradient(") {
        return Ground::Unknown;
    }
    let whole = rgb(&value).or_else(|| value.split_whitespace().find_map(rgb));
    whole.map_or(Ground::Unknown, Ground::Rgb)
}

/// `#fff`, `#ffffff`, `rgb(255, 255, 255)`, and the names that are used. Tables write `ffffff`.
fn rgb(value: &str) -> Option<Rgb> {
    if let Some(list) = value.strip_prefix("rgb(").or_else(|| value.strip_prefix("rgba(")) {
        let mut channels = list.split(|c: char| !c.is_ascii_digit() && c != '.').filter(|word| !word.is_empty());
        let mut next = || channels.next()?.parse().ok();
        return Some([next()?, next()?, next()?]);
    }
    let digits = value.strip_prefix('#').unwrap_or(value);
    let channel = |at: usize, length: usize| {
        let text = digits.get(at..at + length)?;
        let value = u8::from_str_radix(text, 16).ok()?;
        Some(if length == 1 { value * 17 } else { value })
    };
    match digits.len() {
        _ if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => named(value),
        3 => Some([channel(0, 1)?, channel(1, 1)?, channel(2, 1)?]),
        6 => Some([channel(0, 2)?, channel(2, 2)?, channel(4, 2)?]),
        _ => None,
    }
}

fn named(name: &str) -> Option<Rgb> {
    Some(match name {
        "white" => [255, 255, 255],
        "snow" => [255, 250, 250],
        "ivory" => [255, 255, 240],
        "whitesmoke" => [245, 245, 245],
        "silver" => [192, 192, 192],
        "gray" | "grey" => [128, 128, 128],
        "lightgray" | "lightgrey" => [211, 211, 211],
        "black" => [0, 0, 0],
        "red" => [255, 0, 0],
        "maroon" => [128, 0, 0],
        "yellow" => [255, 255, 0],
        "orange" => [255, 165, 0],
        "olive" => [128, 128, 0],
        "lime" => [0, 255, 0],
        "green" => [0, 128, 0],
        "aqua" | "cyan" => [0, 255, 255],
        "teal" => [0, 128, 128],
        "blue" => [0, 0, 255],
        "navy" => [0, 0, 128],
        "fuchsia" | "magenta" => [255, 0, 255],
        "purple" => [128, 0, 128],
        "pink" => [255, 192, 203],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_that_hide() {
        for style in [
            "display:none",
            "DISPLAY : none !important",
            "visibility:hidden",
            "opacity:0",
            "font-size:0",
            "font-size:1px;color:#000",
            "font:0/0 a",
            "max-height:0px",
            "height:0;overflow:hidden",
            "mso-hide:all",
            "text-indent:-9999px",
            "color:#fff",
            "color:transparent",
            "color:#333;background-color:rgb(51,51,51)",
            "color:white;background:#fefefe none",
        ] {
            assert!(styled(Look::default(), style).is_hidden(), "{style}");
        }
    }

    #[test]
    fn styles_that_do_not_hide() {
        for style in [
            "",
            "display:block",
            "font-size:12px",
            "font:12px/1 Arial",
            "font:bold 12px Arial",
            "height:0",
            "opacity:.9",
            "color:#fff;background:#000",
            "color:#fff;background:url(x.png) #fff",
            "color:#fff;background:linear-gradient(red,blue)",
            "max-height:100%",
            "margin-left:-10px",
            "nonsense",
        ] {
            assert!(!styled(Look::default(), style).is_hidden(), "{style}");
        }
    }

    #[test]
    fn what_is_within_inherits_and_may_undo() {
        let small = styled(Look::default(), "font-size:0");
        assert!(small.within("b", &[], false).is_hidden());
        assert!(!styled(small, "font-size:14px").is_hidden());
        assert!(!small.within("font", &[("size", "2")], false).is_hidden());
        let gone = styled(Look::default(), "display:none");
        assert!(styled(gone, "display:block;font-size:14px").is_hidden());
        let dark = Look::default().within("td", &[("bgcolor", "#000000")], false);
        assert!(!dark.within("font", &[("color", "white")], false).is_hidden());
        assert!(dark.within("font", &[("color", "black")], false).is_hidden());
    }

    #[test]
    fn a_background_that_a_style_sheet_may_give_hides_nothing() {
        let white = [("class", "button"), ("style", "color:#ffffff")];
        assert!(!Look::default().within("a", &white, true).is_hidden());
        assert!(Look::default().within("a", &white, false).is_hidden());
    }

    fn styled(around: Look, style: &str) -> Look {
        around.within("span", &[("style", style)], false)
    }
}
