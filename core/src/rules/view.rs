//! A message as the rules see it: SpamAssassin's renderings, each made once and only if a rule asks for it.

pub mod html;
pub mod uri;

use crate::mail::Mail;

/// One message and its renderings.
#[derive(Debug)]
pub struct View<'mail> {
    /// The message.
    pub mail: &'mail Mail<'mail>,
}

impl<'mail> View<'mail> {
    /// Nothing is rendered yet.
    pub fn new(mail: &'mail Mail<'mail>) -> Self {
        Self { mail }
    }
}
