//! Colours, sizes and fonts. Nothing else in the window names any.

use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, Style,
    TextStyle, Theme, ThemePreference, Ui, Vec2, Visuals,
    epaint::text::{FontTweak, VariationCoords},
    style::WidgetVisuals,
};

use crate::prefs::{Look, Scale};

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

/// The same for who needs more contrast: level AAA of WCAG, and lines that can be seen.
const LIGHT_STRONG: Palette = Palette {
    ground: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    side: Color32::from_rgb(0xF6, 0xF8, 0xF8),
    card: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    line: Color32::from_rgb(0x6B, 0x77, 0x75),
    text: Color32::from_rgb(0x00, 0x00, 0x00),
    dim: Color32::from_rgb(0x35, 0x42, 0x3F),
    accent: Color32::from_rgb(0x00, 0x50, 0x4A),
    on_accent: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    spam: Color32::from_rgb(0x8C, 0x10, 0x06),
    unsure: Color32::from_rgb(0x5A, 0x38, 0x00),
    ham: Color32::from_rgb(0x00, 0x50, 0x1F),
    chosen: Color32::from_rgb(0xD2, 0xEB, 0xE7),
    hover: Color32::from_rgb(0xED, 0xF3, 0xF2),
};

const DARK_STRONG: Palette = Palette {
    ground: Color32::from_rgb(0x00, 0x00, 0x00),
    side: Color32::from_rgb(0x05, 0x07, 0x07),
    card: Color32::from_rgb(0x0B, 0x0E, 0x0F),
    line: Color32::from_rgb(0x7C, 0x88, 0x86),
    text: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    dim: Color32::from_rgb(0xC8, 0xD2, 0xD0),
    accent: Color32::from_rgb(0x7F, 0xE3, 0xD6),
    on_accent: Color32::from_rgb(0x00, 0x00, 0x00),
    spam: Color32::from_rgb(0xFF, 0xA8, 0x9F),
    unsure: Color32::from_rgb(0xFF, 0xD2, 0x7A),
    ham: Color32::from_rgb(0x9B, 0xE8, 0xB3),
    chosen: Color32::from_rgb(0x0B, 0x33, 0x2F),
    hover: Color32::from_rgb(0x16, 0x1B, 0x1C),
};

/// Every palette, the one that is usual first.
const PALETTES: [Palette; 4] = [LIGHT, DARK, LIGHT_STRONG, DARK_STRONG];

impl Palette {
    /// The colours `ui` draws with. They are known again by the colour of weak text, which no two palettes share.
    pub(crate) fn of(ui: &Ui) -> Self {
        let visuals = ui.visuals();
        let known = PALETTES.into_iter().find(|palette| visuals.weak_text_color == Some(palette.dim));
        known.unwrap_or(if visuals.dark_mode { DARK } else { LIGHT })
    }

    /// The colours that style draws with.
    pub(crate) fn of_style(style: &Style) -> Self {
        if style.visuals.dark_mode { DARK } else { LIGHT }
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

/// A colour to lie over everything, through which it can still be seen.
pub(crate) fn veil(color: Color32) -> Color32 {
    color.gamma_multiply(0.86)
}

/// Red, green, blue and how opaque it is.
pub(crate) const fn bytes(color: Color32) -> [u8; 4] {
    color.to_array()
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
/// In a window that is not even this high, what can be left out is.
pub(crate) const LOW: f32 = 600.0;
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
pub(crate) const NAV_HEIGHT: f32 = 31.0;
/// A row of the history.
pub(crate) const CHANGE_HEIGHT: f32 = 44.0;
/// A drop well.
pub(crate) const WELL_HEIGHT: f32 = 68.0;
/// A chip.
pub(crate) const CHIP_HEIGHT: f32 = 22.0;
/// A dialog.
pub(crate) const DIALOG_WIDTH: f32 = 460.0;
/// The search for commands.
pub(crate) const PALETTE_WIDTH: f32 = 520.0;
/// A line of the sheet of keys.
pub(crate) const KEY_HEIGHT: f32 = 25.0;
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
/// What is typed into the search for commands, the name of a card.
pub(crate) const LARGE: f32 = 15.0;
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
    // The keys for it are in our own table, and what they do is kept.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    set_contrast(ctx, false);
}

/// The usual colours, or those with more contrast.
pub(crate) fn set_contrast(ctx: &Context, is_strong: bool) {
    let [light, dark] = if is_strong { [LIGHT_STRONG, DARK_STRONG] } else { [LIGHT, DARK] };
    ctx.style_mut_of(Theme::Light, |style| dress(style, &light, Visuals::light()));
    ctx.style_mut_of(Theme::Dark, |style| dress(style, &dark, Visuals::dark()));
}

/// How large everything is drawn.
pub(crate) fn set_scale(ctx: &Context, scale: Scale) {
    ctx.set_zoom_factor(f32::from(scale.percent()) / 100.0);
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

    /// The least contrast between text and what is behind it: WCAG, level AA.
    const LEAST: f64 = 4.5;
    /// The same, level AAA.
    const LEAST_STRONG: f64 = 7.0;
    /// What shows where something is, without being text.
    const LEAST_LINE: f64 = 3.0;

    #[test]
    fn every_text_can_be_read_on_every_ground() {
        let all = [
            ("light", LIGHT, LEAST),
            ("dark", DARK, LEAST),
            ("light, strong", LIGHT_STRONG, LEAST_STRONG),
            ("dark, strong", DARK_STRONG, LEAST_STRONG),
        ];
        for (name, p, least) in all {
            let texts = [("text", p.text), ("dim", p.dim), ("spam", p.spam), ("unsure", p.unsure), ("ham", p.ham)];
            for (text, front) in texts {
                for (ground, back) in
                    [("ground", p.ground), ("side", p.side), ("card", p.card), ("chosen", p.chosen), ("hover", p.hover)]
                {
                    let got = contrast(front, back);
                    assert!(least <= got, "{name}: {text} on {ground} is {got:.2}");
                }
            }
            assert!(least <= contrast(p.on_accent, p.accent), "{name}: on accent");
        }
    }

    #[test]
    fn with_more_contrast_tinted_text_and_lines_stand_out_too() {
        for p in [LIGHT_STRONG, DARK_STRONG] {
            for color in [p.text, p.dim, p.spam, p.unsure, p.ham, p.accent] {
                let back = p.ground.blend(tint(color));
                let got = contrast(color, back);
                assert!(LEAST_STRONG <= got, "{color:?} on its own tint is {got:.2}");
            }
            assert!(LEAST_LINE <= contrast(p.line, p.ground), "lines");
        }
    }

    #[test]
    fn palettes_are_known_apart() {
        for (place, palette) in PALETTES.iter().enumerate() {
            let same = PALETTES.iter().position(|other| other.dim == palette.dim);
            assert_eq!(same, Some(place));
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
