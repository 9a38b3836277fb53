//! The languages in which the engine's words can be had.

/// A language for what people read. Everything is made and kept in English; German is made of that when somebody looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tongue {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Tongue {
    /// From the code of a language, such as `de` or `de_AT`; English if it is none of ours.
    pub fn of_code(code: &str) -> Self {
        let language = code.split(['-', '_', '.']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("de") { Self::German } else { Self::English }
    }

    /// What is in quotation marks.
    pub(crate) fn quoted(self, text: &str) -> String {
        match self {
            Self::English => format!("“{text}”"),
            Self::German => format!("„{text}“"),
        }
    }
}
