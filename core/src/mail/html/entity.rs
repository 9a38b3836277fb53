//! What the named entities of HTML stand for.

use html5ever::data::NAMED_ENTITIES;

/// The one or two characters that `name` stands for, without its `&`, and with its `;` if it has one.
pub(crate) fn named_entity(name: &str) -> Option<impl Iterator<Item = char>> {
    let (first, second) = *NAMED_ENTITIES.get(name)?;
    // The table also has the beginnings of names, which stand for nothing.
    (first != 0).then(|| [first, second].into_iter().filter(|code| *code != 0).filter_map(char::from_u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_names_need_no_end_and_others_do() {
        for (name, want) in
            [("amp", Some("&")), ("amp;", Some("&")), ("euro;", Some("\u{20ac}")), ("euro", None), ("eur", None)]
        {
            assert_eq!(named_entity(name).map(Iterator::collect::<String>).as_deref(), want, "{name}");
        }
    }
}
