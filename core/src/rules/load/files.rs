//! The way through the files: what is included, and what conditions leave out.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    condition,
    draft::{Draft, place},
    line::{Line, lines, split},
    rule::KINDS,
};
use crate::rules::book::RuleFile;

/// Files include files, so deep.
const DEPTH: usize = 10;

/// So many files are included at most, counting each time.
const INCLUDED: usize = 1000;

/// What files say after `include`, as it stands there, so that whoever loads them can read those, too.
pub fn includes(text: &[u8]) -> Vec<String> {
    let included = |line: &str| {
        let (word, rest) = split(line);
        (word.eq_ignore_ascii_case("include") && !rest.is_empty()).then(|| super::line::spoken(rest))
    };
    lines(text).filter_map(|(_, line)| included(&line)).collect()
}

/// Goes through the files.
pub(super) struct Reader<'a> {
    files: &'a [RuleFile],
    names: BTreeMap<&'a str, &'a RuleFile>,
    /// The files that we are in.
    open: Vec<&'a str>,
    included: usize,
}

/// A condition that we are in.
#[derive(Default)]
struct Scope {
    /// Whether lines here are read.
    is_read: bool,
    /// Whether those after `else` are.
    is_read_after: bool,
    /// The plugin that nobody has, if that is why they are not.
    missing: Option<String>,
    /// Rules that were left out for it.
    left_out: u32,
}

impl<'a> Reader<'a> {
    pub(super) fn new(files: &'a [RuleFile]) -> Self {
        let names = files.iter().map(|file| (file.name.as_str(), file)).collect();
        Self { files, names, open: Vec::new(), included: 0 }
    }

    pub(super) fn read(&mut self, draft: &mut Draft<'_>) {
        for file in self.files.iter().filter(|file| !file.is_only_included) {
            self.file(file, draft);
        }
    }

    fn file(&mut self, file: &'a RuleFile, draft: &mut Draft<'_>) {
        let name: Arc<str> = file.name.as_str().into();
        let mut scopes: Vec<Scope> = Vec::new();
        self.open.push(&file.name);
        for (number, text) in lines(&file.text) {
            let (word, rest) = split(&text);
            let is_read = scopes.last().is_none_or(|scope| scope.is_read);
            let line = || Line { place: place(&name, number), text: text.clone() };
            match Structure::of(word) {
                Some(Structure::If | Structure::IfPlugin) if !is_read => scopes.push(Scope::default()),
                Some(Structure::If) => {
                    scopes.push(enter(condition::holds(rest, &draft.world), plugin_asked(rest), &line(), draft));
                }
                Some(Structure::IfPlugin) => {
                    let (plugin, _) = split(rest);
                    scopes.push(enter(Ok(draft.world.has_plugin(plugin)), plugin, &line(), draft));
                }
                Some(Structure::Else) => otherwise(&mut scopes, &line(), draft),
                Some(Structure::EndIf) => end(&mut scopes, &line(), draft),
                Some(Structure::Include) if is_read => self.include(rest, &line(), draft),
                Some(Structure::Include) => {}
                None if is_read => draft.read(&line()),
                None => leave_out(&mut scopes, word),
            }
        }
        self.open.pop();
        if !scopes.is_empty() {
            let last = u32::try_from(lines(&file.text).count()).unwrap_or(u32::MAX);
            draft.note(&place(&name, last), None, "a condition has no `endif`; it ends with the file".to_owned());
        }
    }

    fn include(&mut self, what: &str, line: &Line<'_>, draft: &mut Draft<'_>) {
        let what = super::line::spoken(what);
        let base = self.open.last().copied().unwrap_or_default();
        let Some(file) = self.names.get(&*beside(base, &what)).or_else(|| self.names.get(&*what)).copied() else {
            return draft.problem(&line.place, None, format!("the file to be included is not here: {what}"));
        };
        if self.open.contains(&file.name.as_str()) {
            return draft.problem(&line.place, None, format!("the file includes itself: {what}"));
        }
        self.included += 1;
        if DEPTH < self.open.len() || INCLUDED < self.included {
            return draft.problem(&line.place, None, "too many files are included".to_owned());
        }
        self.file(file, draft);
    }
}

/// Lines that say which others are read.
#[derive(Clone, Copy)]
enum Structure {
    If,
    IfPlugin,
    Else,
    EndIf,
    Include,
}

impl Structure {
    fn of(word: &str) -> Option<Self> {
        let all = [
            ("if", Self::If),
            ("ifplugin", Self::IfPlugin),
            ("else", Self::Else),
            ("endif", Self::EndIf),
            ("include", Self::Include),
        ];
        all.into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, structure)| structure)
    }
}

/// Goes into a condition that holds or does not. `plugin` is the only one for which it asks.
fn enter(holds: Result<bool, String>, plugin: &str, line: &Line<'_>, draft: &mut Draft<'_>) -> Scope {
    let mut scope = Scope::default();
    match holds {
        Ok(holds) => {
            scope.is_read = holds;
            scope.is_read_after = !holds;
            let is_missing = !holds && !plugin.is_empty() && super::plugins::find(plugin).is_none();
            scope.missing = is_missing.then(|| super::line::spoken(plugin));
        }
        Err(why) => draft.problem(&line.place, None, why),
    }
    scope
}

/// The plugin for which a condition asks, if it asks for nothing else.
fn plugin_asked(condition: &str) -> &str {
    let inside = condition.strip_prefix("plugin").and_then(|rest| rest.trim_ascii_start().strip_prefix('('));
    inside.and_then(|rest| rest.strip_suffix(')')).map_or("", str::trim_ascii)
}

fn otherwise(scopes: &mut [Scope], line: &Line<'_>, draft: &mut Draft<'_>) {
    match scopes.last_mut() {
        Some(scope) => {
            scope.is_read = std::mem::take(&mut scope.is_read_after);
            if scope.is_read {
                // The rules here are meant for those without the plugin.
                scope.missing = None;
            }
        }
        None => draft.note(&line.place, None, "an `else` belongs to no `if`".to_owned()),
    }
}

fn end(scopes: &mut Vec<Scope>, line: &Line<'_>, draft: &mut Draft<'_>) {
    let Some(scope) = scopes.pop() else {
        return draft.note(&line.place, None, "an `endif` belongs to no `if`".to_owned());
    };
    if let Some(plugin) = scope.missing.filter(|_| 0 < scope.left_out) {
        let rules =
            if scope.left_out == 1 { "1 rule needs".to_owned() } else { format!("{} rules need", scope.left_out) };
        draft.note(&line.place, None, format!("{rules} a plugin that nobody here has: {plugin}"));
    }
}

/// Counts a rule that is left out for a plugin that nobody has.
fn leave_out(scopes: &mut [Scope], word: &str) {
    let Some(scope) = scopes.iter_mut().find(|scope| scope.missing.is_some()) else { return };
    if KINDS.iter().any(|kind| word.eq_ignore_ascii_case(kind)) {
        scope.left_out += 1;
    }
}

/// What `include PATH` in a file means: the path beside the file, without `.` and `..` where they can be worked out.
pub fn beside(file: &str, path: &str) -> String {
    let whole = match file.rsplit_once('/') {
        Some((folder, _)) if !path.starts_with('/') => format!("{folder}/{path}"),
        _ => path.to_owned(),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match parts.last() {
            Some(last) if part == ".." && *last != ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let root = if whole.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}
