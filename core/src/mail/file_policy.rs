//! Which files the person does not want, or always wants, by their names.

/// A name with `*` for anything and `?` for one character. Capitals make no difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern(Vec<char>);

impl NamePattern {
    /// Reads a pattern; `None` if it is empty or would match everything.
    pub fn parse(written: &str) -> Option<Self> {
        let pattern: Vec<char> = written.trim().to_lowercase().chars().collect();
        pattern.iter().any(|c| !matches!(c, '*' | '?' | '.')).then_some(Self(pattern))
    }

    /// Whether a name is one of those.
    pub fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.trim().to_lowercase().chars().collect();
        let (mut at, mut on) = (0, 0);
        // Where the last `*` was, and how much of the name it has taken.
        let mut star: Option<(usize, usize)> = None;
        while on < name.len() {
            match self.0.get(at) {
                Some('*') => {
                    star = Some((at, on));
                    at += 1;
                }
                Some(c) if *c == '?' || name.get(on) == Some(c) => {
                    at += 1;
                    on += 1;
                }
                _ => {
                    let Some((before, taken)) = star else { return false };
                    star = Some((before, taken + 1));
                    at = before + 1;
                    on = taken + 1;
                }
            }
        }
        self.0.get(at..).unwrap_or_default().iter().all(|c| *c == '*')
    }
}

/// What is done with files by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilePolicy {
    /// Files that are not wanted, in archives too.
    pub deny: Vec<NamePattern>,
    /// Files that no check of files looks at. They are stronger than `deny`.
    pub allow: Vec<NamePattern>,
    /// Whether a message with a file that is not wanted is only doubtful, not spam.
    pub is_doubt: bool,
}

impl FilePolicy {
    /// Whether files of this name are welcome.
    pub fn allows(&self, name: &str) -> bool {
        is_any(&self.allow, name)
    }

    /// Whether files of this name are not wanted.
    pub fn denies(&self, name: &str) -> bool {
        is_any(&self.deny, name) && !self.allows(name)
    }
}

/// Of a name with folders before it, the whole counts, and the name alone.
fn is_any(patterns: &[NamePattern], name: &str) -> bool {
    let own = name.rsplit(['/', '\\']).next().unwrap_or(name);
    patterns.iter().any(|pattern| pattern.matches(name) || pattern.matches(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_matched_whole_and_in_any_case() {
        for (pattern, name, want) in [
            ("*.iso", "Backup.ISO", true),
            ("*.iso", "backup.iso.pdf", false),
            ("report-??.pdf", "Report-07.pdf", true),
            ("report-??.pdf", "report-7.pdf", false),
            ("*invoice*.htm*", "my invoice 3.html", true),
            ("a*b*c", "aXbXbc", true),
            ("a*b*c", "aXbXbd", false),
            ("über*", "ÜBERSICHT", true),
        ] {
            assert_eq!(NamePattern::parse(pattern).unwrap().matches(name), want, "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_for_everything_is_none() {
        for pattern in ["", " ", "*", "*.*", "???"] {
            assert_eq!(NamePattern::parse(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_is_welcome_is_stronger() {
        let of = |pattern: &str| vec![NamePattern::parse(pattern).unwrap()];
        let policy = FilePolicy { deny: of("*.iso"), allow: of("debian-*.iso"), is_doubt: false };
        assert!(policy.denies("x.iso") && policy.denies("folder/x.iso") && !policy.denies("debian-12.iso"));
        assert!(policy.allows("folder/debian-12.iso") && !policy.allows("x.iso"));
    }

    #[test]
    fn many_stars_cost_no_more_than_the_names_length_each() {
        let pattern = NamePattern::parse(&"*a".repeat(500)).unwrap();
        assert!(!pattern.matches(&"a".repeat(499)) && pattern.matches(&"a".repeat(1000)));
    }
}
