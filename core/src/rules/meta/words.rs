//! The words of a meta expression.

/// One word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Word<'a> {
    Number(f64),
    Name(&'a str),
    /// What stands in `rules_matching(…)`.
    Glob(&'a str),
    Sign(&'static str),
}

/// Longer ones first.
const SIGNS: &[&str] = &["&&", "||", "<=", ">=", "==", "!=", "<", ">", "!", "+", "-", "*", "/", "(", ")", "?", ":"];

/// All words. `Err` is the sentence that says what is none.
pub(super) fn words(text: &str) -> Result<Vec<Word<'_>>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (word, left) = next(rest)?;
        words.extend(word);
        rest = left.trim_start();
    }
    Ok(words)
}

fn next(text: &str) -> Result<(Option<Word<'_>>, &str), String> {
    // SpamAssassin drops these.
    if let Some(left) = text.strip_prefix(['~', '"', '\'']) {
        return Ok((None, left));
    }
    if let Some(sign) = SIGNS.iter().find(|sign| text.starts_with(**sign)) {
        return Ok((Some(Word::Sign(sign)), text.get(sign.len()..).unwrap_or_default()));
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(text.len());
    let (word, left) = text.split_at_checked(end).unwrap_or((text, ""));
    if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        let is_plain = word.chars().all(|c| c.is_ascii_digit() || c == '.');
        let number = word.parse().ok().filter(|_| is_plain);
        return number.map(|number| (Some(Word::Number(number)), left)).ok_or_else(|| odd(word));
    }
    if word.is_empty() || word.contains('.') {
        return Err(odd(if word.is_empty() { first_char(text) } else { word }));
    }
    if word == "rules_matching"
        && let Some((glob, left)) = left.trim_start().strip_prefix('(').and_then(|inside| inside.split_once(')'))
    {
        return Ok((Some(Word::Glob(glob_of(glob)?)), left));
    }
    Ok((Some(Word::Name(word)), left))
}

fn glob_of(text: &str) -> Result<&str, String> {
    let glob = text.trim();
    let is_glob = !glob.is_empty() && glob.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '*' | '?'));
    is_glob.then_some(glob).ok_or_else(|| "its `rules_matching` names no rules".to_owned())
}

fn first_char(text: &str) -> &str {
    let end = text.chars().next().map_or(0, char::len_utf8);
    text.get(..end).unwrap_or_default()
}

fn odd(what: &str) -> String {
    format!("its expression has something that is no rule, number or sign: {what}")
}
