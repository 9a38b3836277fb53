//! Opens the window.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use eframe::NativeOptions;
use egui::{IconData, ViewportBuilder};

use crate::{
    app::App,
    client::{Client, Launcher, Setup},
    instance::{self, Claim, Visit},
    paths::Home,
    prefs::Prefs,
    text, theme,
    widgets::px,
};

/// Runs the window until it is closed; if there is one of the same home, that one comes to the front instead. `visit` says
/// what for.
pub fn run(home: &Home, visit: Visit) -> Result<()> {
    let Claim::First(doorkeeper) = instance::claim(home, &visit)? else { return Ok(()) };
    let settings = home.settings_file()?;
    let prefs = Prefs::load(&settings);
    let data = home.data_folder()?;
    let setup = Setup {
        socket: home.socket()?,
        launcher: Launcher::beside_us(home.folder().map(Into::into)),
        settings: Some(settings),
        language: prefs.language,
    };
    text::speak(prefs.language);
    let options = NativeOptions {
        viewport: viewport(prefs),
        centered: prefs.place.is_none_or(|place| place.at.is_none()),
        ..NativeOptions::default()
    };
    let create = move |cc: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        let ctx = cc.egui_ctx.clone();
        let client = Client::start(setup, move || ctx.request_repaint())?;
        let app = App::new(&cc.egui_ctx, client, prefs).following(visit.link).asking_about(visit.files);
        let mut app = app.missing(&cc.egui_ctx, &visit.missing).kept_in(&data);
        if let Some(doorkeeper) = doorkeeper {
            let ctx = cc.egui_ctx.clone();
            // Without it the window is as good as ever; a second one is then a second one.
            if let Ok(visits) = doorkeeper.listen(move || ctx.request_repaint()) {
                app = app.visited(visits);
            }
        }
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    eframe::run_native("tamis", options, Box::new(create))
        .map_err(|error| anyhow!("{error}"))
        .context("cannot open the window")
}

/// The window as it was left, or as it is opened first.
fn viewport(prefs: Prefs) -> ViewportBuilder {
    let mut viewport = ViewportBuilder::default()
        .with_title("Tamis")
        .with_app_id("tamis")
        .with_inner_size(theme::WINDOW)
        .with_min_inner_size(theme::WINDOW_MIN);
    if let Some(place) = prefs.place {
        let [width, height] = place.size.map(|side| px(f64::from(side)));
        let [least_wide, least_high] = theme::WINDOW_MIN;
        viewport = viewport.with_inner_size([width.max(least_wide), height.max(least_high)]);
        viewport = viewport.with_maximized(place.is_maximized);
        if let Some([x, y]) = place.at {
            viewport = viewport.with_position([px(f64::from(x)), px(f64::from(y))]);
        }
    }
    if let Ok(icon) = icon() {
        viewport = viewport.with_icon(Arc::new(icon));
    }
    viewport
}

fn icon() -> Result<IconData> {
    eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icons/tamis-128.png"))
        .context("the icon is not a picture")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_icon_is_a_picture() {
        let icon = super::icon().unwrap();
        assert_eq!((icon.width, icon.height), (128, 128));
    }
}
