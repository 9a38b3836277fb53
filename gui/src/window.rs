//! Opens the window.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use eframe::NativeOptions;
use egui::{IconData, ViewportBuilder};

use crate::{
    app::App,
    client::{Client, Launcher, Setup},
    paths::Home,
    prefs::Prefs,
    theme,
};

/// Runs the window until it is closed. `link` is one of a digest, to follow.
pub fn run(home: &Home, link: Option<String>) -> Result<()> {
    let setup = Setup {
        socket: home.socket()?,
        launcher: Launcher::beside_us(home.folder().map(Into::into)),
        settings: Some(home.settings_file()?),
    };
    let prefs = setup.settings.as_deref().map(Prefs::load).unwrap_or_default();
    let mut viewport = ViewportBuilder::default()
        .with_title("Tamis")
        .with_app_id("tamis")
        .with_inner_size(theme::WINDOW)
        .with_min_inner_size(theme::WINDOW_MIN);
    if let Ok(icon) = icon() {
        viewport = viewport.with_icon(Arc::new(icon));
    }
    let options = NativeOptions { viewport, centered: true, ..NativeOptions::default() };
    let create = move |cc: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        let ctx = cc.egui_ctx.clone();
        let client = Client::start(setup, move || ctx.request_repaint())?;
        Ok(Box::new(App::new(&cc.egui_ctx, client, prefs).following(link)) as Box<dyn eframe::App>)
    };
    eframe::run_native("tamis", options, Box::new(create))
        .map_err(|error| anyhow!("{error}"))
        .context("cannot open the window")
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
