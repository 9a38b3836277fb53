//! What a rule means by the name of a header.

use std::borrow::Cow;

use super::{Field, View};

/// The header of a message.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'view, 'mail> {
    view: &'view View<'mail>,
}

impl<'view, 'mail> Headers<'view, 'mail> {
    pub(super) fn new(view: &'view View<'mail>) -> Self {
        Self { view }
    }

    /// The header lines, top first.
    pub fn fields(&self) -> &'view [Field<'mail>] {
        self.view.parts().first().map(|part| part.fields.as_slice()).unwrap_or_default()
    }

    /// What a rule that names `form` is matched against; `None` if the message has no such thing.
    pub fn get(&self, form: &str) -> Option<Cow<'view, [u8]>> {
        if let Some(text) = super::envelope::pseudo_header(self.view, form) {
            return text.map(Cow::Owned);
        }
        let mut words = form.split(':');
        let name = words.next().unwrap_or_default();
        match name {
            "ALL" => return Some(Cow::Owned(self.all())),
            _ => {}
        }
        let mut out: Option<Vec<u8>> = None;
        for field in self.fields().iter().filter(|field| field.is(name.as_bytes()) && is_seen(field)) {
            let out = out.get_or_insert_default();
            out.extend_from_slice(field.value());
            out.push(b'\n');
        }
        out.map(Cow::Owned)
    }

    fn all(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for field in self.fields().iter().filter(|field| is_seen(field)) {
            out.extend_from_slice(field.name());
            out.extend_from_slice(b": ");
            out.extend_from_slice(field.value());
            out.push(b'\n');
        }
        out
    }
}

/// What filters before us wrote is not looked at.
fn is_seen(field: &Field<'_>) -> bool {
    !field.name().get(..7).is_some_and(|start| start.eq_ignore_ascii_case(b"X-Spam-"))
}
