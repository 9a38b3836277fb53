//! What was found in the files of a message, each looked for once and only if a rule asks.

use std::cell::OnceCell;

use crate::rules::{
    eval::{
        image::{self, Image},
        office::{self, Office, Settings},
        pdf::{self, Pdf},
    },
    view::View,
};

/// What is known of the files of one message.
#[derive(Debug, Default)]
pub(crate) struct Files {
    images: OnceCell<Vec<Image>>,
    pdfs: OnceCell<Vec<Pdf>>,
    office: OnceCell<Office>,
}

impl Files {
    /// The images in it.
    pub(in crate::rules::eval) fn images(&self, view: &View<'_>) -> &[Image] {
        self.images.get_or_init(|| image::read(view))
    }

    /// The PDF files in it.
    pub(in crate::rules::eval) fn pdfs(&self, view: &View<'_>) -> &[Pdf] {
        self.pdfs.get_or_init(|| pdf::read(view))
    }

    /// What its office documents hold. The settings are those of all rules.
    pub(in crate::rules::eval) fn office(&self, view: &View<'_>, settings: &Settings) -> &Office {
        self.office.get_or_init(|| office::read(view, settings))
    }
}
