//! Colours, sizes and fonts. Nothing else in the window names any.

use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, Style,
    TextStyle, Theme, ThemePreference, Ui, Vec2, Visuals,
    epaint::text::{FontTweak, VariationCoords},
    style::WidgetVisuals,
};

use crate::prefs::Look;

/// The colours of one theme.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Palette {
    /// Behind lists and text.
    pub(crate) ground: Color32,
    /// Behind the side and status bars.
    pub(crate) side: Color32,
    /// Behind cards and fields.
    pub(crate) card: Color32,
    /// Thin lines.
    pub(crate) line: Color32,
    /// What is read first.
    pub(crate) text: Color32,
    /// What is read second.
    pub(crate) dim: Color32,
    /// The product's own colour: focus, selection, the main button.
    pub(crate) accent: Color32,
    /// On the accent.
    pub(crate) on_accent: Color32,
    /// Unwanted, and whatever speaks for it.
    pub(crate) spam: Color32,
    /// Doubtful; warnings.
    pub(crate) unsure: Color32,
    /// Wanted, and whatever speaks for it.
    pub(crate) ham: Color32,
    /// Behind a selected row.
    pub(crate) chosen: Color32,
    /// Behind a row under the pointer.
    pub(crate) hover: Color32,
}

const LIGHT: Palette = Palette {
    ground: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    side: Color32::from_rgb(0xF3, 0xF6, 0xF5),
    card: Color32::from_rgb(0xF8, 0xFA, 0xF9),
    line: Color32::from_rgb(0xDD, 0xE4, 0xE2),
    text: Color32::from_rgb(0x17, 0x22, 0x20),
    dim: Color32::from_rgb(0x58, 0x67, 0x64),
    accent: Color32::from_rgb(0x0B, 0x70, 0x67),
    on_accent: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    spam: Color32::from_rgb(0xB4, 0x34, 0x28),
    unsure: Color32::from_rgb(0x8A, 0x5A, 0x00),
    ham: Color32::from_rgb(0x1B, 0x75, 0x40),
    chosen: Color32::from_rgb(0xDC, 0xEE, 0xEB),
    hover: Color32::from_rgb(0xF1, 0xF6, 0xF5),
};

const DARK: Palette = Palette {
    ground: Color32::from_rgb(0x15, 0x1A, 0x1B),
    side: Color32::from_rgb(0x10, 0x14, 0x15),
    card: Color32::from_rgb(0x1C, 0x22, 0x24),
    line: Color32::from_rgb(0x2D, 0x36, 0x38),
    text: Color32::from_rgb(0xE4, 0xEB, 0xEA),
    dim: Color32::from_rgb(0x98, 0xA7, 0xA5),
    accent: Color32::from_rgb(0x54, 0xC0, 0xB2),
    on_accent: Color32::from_rgb(0x06, 0x1E, 0x1B),
    spam: Color32::from_rgb(0xF4, 0x80, 0x73),
    unsure: Color32::from_rgb(0xE3, 0xB3, 0x52),
    ham: Color32::from_rgb(0x74, 0xC8, 0x90),
    chosen: Color32::from_rgb(0x1D, 0x3B, 0x39),
    hover: Color32::from_rgb(0x1C, 0x23, 0x25),
};

impl Palette {
    /// The colours `ui` draws with.
    pub(crate) fn of(ui: &Ui) -> Self {
        if ui.visuals().dark_mode { DARK } else { LIGHT }
    }

    /// The colour of a class: `ham`, `unsure` or `spam`.
    pub(crate) fn class(&self, class: &str) -> Color32 {
        match class {
            "spam" => self.spam,
            "unsure" => self.unsure,
            _ => self.ham,
        }
    }
}

/// A colour thinned out to lie behind text of the same colour.
pub(crate) fn tint(color: Color32) -> Color32 {
    color.gamma_multiply(0.14)
}

/// No fill.
pub(crate) const NOTHING: Color32 = Color32::TRANSPARENT;

/// A colour thinned out to frame text of the same colour.
pub(crate) fn rim(color: Color32) -> Color32 {
    color.gamma_multiply(0.45)
}

/// The window when it is opened first.
pub(crate) const WINDOW: [f32; 2] = [1200.0, 720.0];
/// Smaller than this, columns would fall over each other.
pub(crate) const WINDOW_MIN: [f32; 2] = [980.0, 560.0];
/// The side bar.
pub(crate) const SIDE_WIDTH: f32 = 208.0;
/// The reading pane: usual, least, most.
pub(crate) const READING_WIDTH: [f32; 3] = [430.0, 340.0, 760.0];
/// The list keeps at least this much.
pub(crate) const LIST_WIDTH_LEAST: f32 = 424.0;
/// A row of the list: two lines of text and air.
pub(crate) const ROW_HEIGHT: f32 = 50.0;
/// The column of the list that says when a message came and where it is.
pub(crate) const PLACE_WIDTH: f32 = 104.0;
/// A row of the side bar.
pub(crate) const NAV_HEIGHT: f32 = 34.0;
/// A row of the history.
pub(crate) const CHANGE_HEIGHT: f32 = 44.0;
/// A drop well.
pub(crate) const WELL_HEIGHT: f32 = 68.0;
/// A chip.
pub(crate) const CHIP_HEIGHT: f32 = 22.0;
/// A dialog.
pub(crate) const DIALOG_WIDTH: f32 = 460.0;
/// Icons beside text.
pub(crate) const ICON: f32 = 16.0;
/// Corners of cards, rows and buttons.
pub(crate) const ROUND: u8 = 8;
/// The usual gap.
pub(crate) const GAP: f32 = 8.0;
/// Text sizes: small, usual, heading.
pub(crate) const SMALL: f32 = 12.0;
/// Usual text.
pub(crate) const BODY: f32 = 13.5;
/// A heading.
pub(crate) const HEADING: f32 = 19.0;

/// The semi-bold face.
pub(crate) fn strong(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("strong".into()))
}

/// The regular face.
pub(crate) fn plain(size: f32) -> FontId {
    FontId::proportional(size)
}

/// The padding inside dialogs.
pub(crate) const fn dialog_margin() -> Margin {
    Margin::symmetric(22, 18)
}

/// The padding inside cards.
pub(crate) const fn card_margin() -> Margin {
    Margin::symmetric(14, 12)
}

/// Sets up fonts and both themes.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    ctx.style_mut_of(Theme::Light, |style| dress(style, &LIGHT, Visuals::light()));
    ctx.style_mut_of(Theme::Dark, |style| dress(style, &DARK, Visuals::dark()));
}

/// Light, dark, or as the system.
pub(crate) fn set_look(ctx: &Context, look: Look) {
    ctx.set_theme(match look {
        Look::System => ThemePreference::System,
        Look::Light => ThemePreference::Light,
        Look::Dark => ThemePreference::Dark,
    });
}

/// Inter in two weights, then what egui brings; the system's fonts cover the rest.
fn fonts() -> FontDefinitions {
    static INTER: &[u8] = include_bytes!("../../assets/fonts/Inter-roman.var.ttf");
    let mut fonts = FontDefinitions::default();
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (name, family, weight) in
        [("inter", FontFamily::Proportional, 430.0), ("inter-strong", FontFamily::Name("strong".into()), 620.0)]
    {
        let tweak = FontTweak { coords: VariationCoords::new([(b"wght", weight)]), ..FontTweak::default() };
        fonts.font_data.insert(name.to_owned(), FontData::from_static(INTER).tweak(tweak).into());
        let faces = std::iter::once(name.to_owned()).chain(fallback.iter().cloned()).collect();
        fonts.families.insert(family, faces);
    }
    fonts
}

fn dress(style: &mut Style, colors: &Palette, visuals: Visuals) {
    style.visuals = visuals;
    let v = &mut style.visuals;
    v.override_text_color = None;
    v.weak_text_color = Some(colors.dim);
    v.hyperlink_color = colors.accent;
    v.panel_fill = colors.ground;
    v.window_fill = colors.ground;
    v.window_stroke = Stroke::new(1.0, colors.line);
    v.window_corner_radius = CornerRadius::same(12);
    v.menu_corner_radius = CornerRadius::same(ROUND);
    v.extreme_bg_color = colors.card;
    v.text_edit_bg_color = Some(colors.card);
    v.faint_bg_color = colors.hover;
    v.error_fg_color = colors.spam;
    v.warn_fg_color = colors.unsure;
    v.selection.bg_fill = colors.chosen;
    v.selection.stroke = Stroke::new(1.5, colors.accent);
    let shadow = Shadow { offset: [0, 6], blur: 24, spread: 0, color: Color32::from_black_alpha(48) };
    v.window_shadow = shadow;
    v.popup_shadow = shadow;
    let faces = [
        (&mut v.widgets.noninteractive, colors.ground, colors.line, colors.text),
        (&mut v.widgets.inactive, colors.card, colors.line, colors.text),
        (&mut v.widgets.hovered, colors.hover, colors.dim, colors.text),
        (&mut v.widgets.active, colors.chosen, colors.accent, colors.text),
        (&mut v.widgets.open, colors.card, colors.line, colors.text),
    ];
    for (face, fill, edge, text) in faces {
        *face = WidgetVisuals {
            bg_fill: fill,
            weak_bg_fill: fill,
            bg_stroke: Stroke::new(1.0, edge),
            corner_radius: CornerRadius::same(ROUND),
            fg_stroke: Stroke::new(1.0, text),
            expansion: 0.0,
        };
    }
    // A scroll bar is drawn with these too; the colour of a card would hide it.
    style.spacing.scroll.foreground_color = true;
    style.spacing.item_spacing = Vec2::new(GAP, 6.0);
    style.spacing.button_padding = Vec2::new(11.0, 6.0);
    style.spacing.interact_size = Vec2::new(32.0, 30.0);
    style.spacing.menu_margin = Margin::same(6);
    style.text_styles = [
        (TextStyle::Small, plain(SMALL)),
        (TextStyle::Body, plain(BODY)),
        (TextStyle::Button, plain(BODY)),
        (TextStyle::Heading, strong(HEADING)),
        (TextStyle::Monospace, FontId::monospace(BODY)),
    ]
    .into();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least contrast that WCAG asks for (level AA) between text and what is behind it.
    const LEAST: f64 = 4.5;

    #[test]
    fn every_text_can_be_read_on_every_ground() {
        for (name, p) in [("light", LIGHT), ("dark", DARK)] {
            let texts = [("text", p.text), ("dim", p.dim), ("spam", p.spam), ("unsure", p.unsure), ("ham", p.ham)];
            for (text, front) in texts {
                for (ground, back) in
                    [("ground", p.ground), ("side", p.side), ("card", p.card), ("chosen", p.chosen), ("hover", p.hover)]
                {
                    let got = contrast(front, back);
                    assert!(LEAST <= got, "{name}: {text} on {ground} is {got:.2}");
                }
            }
            assert!(LEAST <= contrast(p.on_accent, p.accent), "{name}: on accent");
        }
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(color: Color32) -> f64 {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.03928 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(color.r()) + 0.7152 * part(color.g()) + 0.0722 * part(color.b())
    }
}
