//! Lessons as a file that another Tamis can learn from: text, one JSON object a line.
//!
//! ```text
//! {"format":"tamis lessons","version":1,"lessons":2}
//! {"key":"9f…","label":"spam","source":"review","at":1790000000,"features":2,"tokens":"06a1…","check":"5d0c81e2"}
//! ```
//!
//! `key` names the message by its content and `tokens` are its hashed words, packed, both in hexadecimal digits: no text of a
//! message is in the file. The lines are in the order in which the learner learns them. `check` is over the rest of its
//! line, so that what mail or an editor has changed is noticed.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read as _, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tamis_core::{
    UnixTime,
    learn::{Features, Label},
};

use crate::{
    clock,
    store::{Key, lessons::KeptLesson},
    words::because,
};

const FORMAT: &str = "tamis lessons";

/// Counts up whenever a line means something else.
const VERSION: u32 = 1;

/// A lesson of 3,000 tokens takes some 45,000 bytes. More is no lesson.
const MAX_LINE: u64 = 256 << 10;

/// Nobody reads more numbers of lines.
const MAX_NAMED: usize = 10;

/// How far another machine's clock may be ahead, in seconds: a day, as with a wrong time zone.
const AHEAD: i64 = 24 * 3600;

/// The longest word for how a lesson came, in bytes.
const MAX_SOURCE: usize = 40;

/// Why nothing was taken from a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LessonFileError {
    /// It cannot be read.
    #[error("cannot read {}: {}", path.display(), because(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is something else.
    #[error("{} is not a file of `tamis-agent lessons export`", path.display())]
    NotLessons {
        /// The file.
        path: PathBuf,
    },
    /// It may hold what this program does not know.
    #[error("{} was written by a later version of Tamis; update this one first", path.display())]
    Later {
        /// The file.
        path: PathBuf,
    },
    /// Some lines are not as they were written.
    #[error("nothing was taken from {}: {lines}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Which, such as `lines 3 and 7 are damaged`.
        lines: String,
    },
    /// Some lines are not there, or more than there should be.
    #[error("nothing was taken from {}: it should hold {should} lessons and holds {does}", path.display())]
    Count {
        /// The file.
        path: PathBuf,
        /// What its first line says.
        should: u64,
        /// What it has.
        does: u64,
    },
}

#[derive(Debug, Deserialize, Serialize)]
struct Head {
    format: String,
    version: u32,
    lessons: u64,
}

#[derive(Debug, Deserialize, Serialize)]
struct Line {
    key: String,
    label: String,
    source: String,
    at: i64,
    features: u32,
    tokens: String,
    #[serde(default)]
    check: String,
}

impl Line {
    fn check(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for text in [&self.key, &self.label, &self.source, &self.tokens] {
            hasher.update(text.as_bytes()).update(&[0]);
        }
        hasher.update(&self.at.to_be_bytes()).update(&self.features.to_be_bytes());
        let [a, b, c, d, ..] = *hasher.finalize().as_bytes();
        hex(&[a, b, c, d])
    }
}

/// Writes the first line: so many lessons will follow.
pub fn write_head(out: &mut dyn Write, lessons: u64) -> io::Result<()> {
    write_line(out, &Head { format: FORMAT.to_owned(), version: VERSION, lessons })
}

/// Writes one lesson.
pub fn write_lesson(out: &mut dyn Write, lesson: &KeptLesson) -> io::Result<()> {
    let mut line = Line {
        key: hex(&lesson.key.0),
        label: lesson.label.word().to_owned(),
        source: lesson.source.clone(),
        at: lesson.at.0,
        features: lesson.version,
        tokens: hex(&lesson.tokens),
        check: String::new(),
    };
    line.check = line.check();
    write_line(out, &line)
}

fn write_line(out: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Reads a whole file and says whether every line of it can be taken.
pub fn check(path: &Path) -> Result<(), LessonFileError> {
    let mut file = LessonFile::open(path)?;
    let mut damaged = Vec::new();
    while let Some(line) = file.next_line()? {
        damaged.extend(line.err());
    }
    if !damaged.is_empty() {
        return Err(LessonFileError::Damaged { path: path.to_path_buf(), lines: named(&damaged) });
    }
    file.check_count()
}

/// A file of lessons that is being read. As an iterator it ends with the first fault, which [`check`] would have named.
#[derive(Debug)]
pub struct LessonFile {
    path: PathBuf,
    reader: BufReader<File>,
    /// How many lessons it says it has.
    lessons: u64,
    /// How many were read.
    read: u64,
    /// No lesson is later than that.
    latest: UnixTime,
    /// The line that was read last, from 1.
    number: u64,
    has_failed: bool,
}

impl LessonFile {
    /// Opens a file and reads its first line.
    pub fn open(path: &Path) -> Result<Self, LessonFileError> {
        let failed = |source| LessonFileError::Read { path: path.to_path_buf(), source };
        // What is no file may have no end.
        if !fs::metadata(path).map_err(failed)?.is_file() {
            return Err(LessonFileError::NotLessons { path: path.to_path_buf() });
        }
        let file = File::open(path).map_err(failed)?;
        let (path, reader) = (path.to_path_buf(), BufReader::with_capacity(64 << 10, file));
        let latest = UnixTime(clock::now().0.saturating_add(AHEAD));
        let mut file = Self { path, reader, lessons: 0, read: 0, latest, number: 0, has_failed: false };
        let first = file.read_line()?.unwrap_or_default();
        match serde_json::from_slice::<Head>(&first) {
            Ok(head) if head.format != FORMAT => Err(LessonFileError::NotLessons { path: file.path }),
            Ok(head) if VERSION < head.version => Err(LessonFileError::Later { path: file.path }),
            Ok(head) => Ok(Self { lessons: head.lessons, ..file }),
            Err(_) => Err(LessonFileError::NotLessons { path: file.path }),
        }
    }

    /// The next lesson, or the number of a line that is none. `None` at the end.
    fn next_line(&mut self) -> Result<Option<Result<KeptLesson, u64>>, LessonFileError> {
        let Some(line) = self.read_line()? else { return Ok(None) };
        let lesson = lesson_of(&line).filter(|lesson| (0..=self.latest.0).contains(&lesson.at.0));
        let Some(lesson) = lesson else { return Ok(Some(Err(self.number))) };
        if Features::VERSION < lesson.version {
            return Err(LessonFileError::Later { path: self.path.clone() });
        }
        self.read = self.read.saturating_add(1);
        Ok(Some(Ok(lesson)))
    }

    /// Whether as many were read as there should be, to be asked at the end.
    fn check_count(&self) -> Result<(), LessonFileError> {
        let (path, should, does) = (&self.path, self.lessons, self.read);
        if should == does { Ok(()) } else { Err(LessonFileError::Count { path: path.clone(), should, does }) }
    }

    /// The next line that is not empty. Of one that is too long only the beginning.
    fn read_line(&mut self) -> Result<Option<Vec<u8>>, LessonFileError> {
        loop {
            let mut line = Vec::new();
            let most = self.reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
            let read =
                most.and_then(|read| if line.ends_with(b"\n") { Ok(read) } else { self.skip_line().map(|()| read) });
            self.number = self.number.saturating_add(1);
            match read {
                Ok(0) => return Ok(None),
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => return Ok(Some(line)),
                Err(source) => return Err(LessonFileError::Read { path: self.path.clone(), source }),
            }
        }
    }

    /// Passes over what is left of a line.
    fn skip_line(&mut self) -> io::Result<()> {
        self.reader.skip_until(b'\n').map(drop)
    }
}

impl Iterator for LessonFile {
    type Item = Result<KeptLesson, LessonFileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_failed {
            return None;
        }
        let next = match self.next_line() {
            Ok(None) => match self.check_count() {
                Ok(()) => return None,
                Err(err) => Err(err),
            },
            Ok(Some(Ok(lesson))) => Ok(lesson),
            Ok(Some(Err(number))) => Err(LessonFileError::Damaged { path: self.path.clone(), lines: named(&[number]) }),
            Err(err) => Err(err),
        };
        self.has_failed = next.is_err();
        Some(next)
    }
}

fn lesson_of(line: &[u8]) -> Option<KeptLesson> {
    let line: Line = serde_json::from_slice(line).ok()?;
    if line.check != line.check() || MAX_SOURCE < line.source.len() || line.features == 0 {
        return None;
    }
    let tokens = unhex(&line.tokens)?;
    // What a later engine packs, only that one can read.
    if line.features <= Features::VERSION {
        Features::decode(&tokens)?;
    }
    Some(KeptLesson {
        key: Key(unhex(&line.key)?.try_into().ok()?),
        label: Label::from_word(&line.label)?,
        tokens,
        source: line.source,
        at: UnixTime(line.at),
        version: line.features,
    })
}

/// `line 3 is damaged`, `lines 3, 7 and 12 are damaged`.
fn named(lines: &[u64]) -> String {
    let numbers: Vec<String> = lines.iter().take(MAX_NAMED).map(u64::to_string).collect();
    match numbers.split_last() {
        Some((only, [])) => format!("line {only} is damaged"),
        Some(_) if MAX_NAMED < lines.len() => {
            format!("lines {} and {} more are damaged", numbers.join(", "), lines.len().saturating_sub(MAX_NAMED))
        }
        Some((last, others)) => format!("lines {} and {last} are damaged", others.join(", ")),
        None => String::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]).collect()
}

/// The bytes of hexadecimal digits in lower case. `None` if it is anything else.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let bytes = pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?));
    if odd.is_empty() { bytes.collect() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tamis_core::learn::TokenId;
    use tempfile::TempDir;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_written_is_read(lessons in prop::collection::vec(any_lesson(), 0..8)) {
            let file = Written::of(&lessons);
            check(&file.path()).unwrap();
            prop_assert_eq!(file.lessons(), lessons);
        }

        #[test]
        fn a_changed_byte_is_noticed_or_changes_nothing(
            lessons in prop::collection::vec(any_lesson(), 1..4),
            place in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let file = Written::of(&lessons);
            let mut bytes = fs::read(file.path()).unwrap();
            let at = place.index(bytes.len());
            bytes[at] = byte;
            fs::write(file.path(), bytes).unwrap();
            if check(&file.path()).is_ok() {
                prop_assert_eq!(file.lessons(), lessons);
            }
        }
    }

    #[test]
    fn line_ends_of_another_system_and_empty_lines_do_no_harm() {
        let lessons = [lesson(1), lesson(2)];
        let file = Written::of(&lessons);
        let text = fs::read_to_string(file.path()).unwrap();
        fs::write(file.path(), format!("{}\r\n\r\n", text.trim_end().replace('\n', "\r\n"))).unwrap();
        check(&file.path()).unwrap();
        assert_eq!(file.lessons(), lessons);
    }

    #[test]
    fn every_damaged_line_is_named() {
        let file = Written::of(&(0..20).map(lesson).collect::<Vec<_>>());
        let whole = fs::read_to_string(file.path()).unwrap();
        for (damaged, want) in [
            (vec![2], "line 2 is damaged"),
            (vec![3, 7, 21], "lines 3, 7 and 21 are damaged"),
            ((3..15).collect(), "lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 2 more are damaged"),
        ] {
            let broken = |(n, line): (usize, &str)| {
                if damaged.contains(&(n + 1)) { line.replace("\"review\"", "\"revieu\"") } else { line.to_owned() }
            };
            let text: Vec<String> = whole.lines().enumerate().map(broken).collect();
            fs::write(file.path(), text.join("\n")).unwrap();
            let said = check(&file.path()).unwrap_err().to_string();
            assert!(said.starts_with("nothing was taken from ") && said.ends_with(want), "{said}");
        }
    }

    #[test]
    fn what_is_cut_off_or_no_such_file_is_refused() {
        let file = Written::of(&[lesson(1), lesson(2)]);
        let whole = fs::read_to_string(file.path()).unwrap();
        let (head, rest) = whole.split_once('\n').unwrap();
        let first = rest.lines().next().unwrap();
        let long = format!("{head}\n{}\n{rest}", "x".repeat(600_000));
        let later = format!("{}\n{rest}", head.replace("\"version\":1", "\"version\":2"));
        for (text, want) in [
            (format!("{head}\n{first}\n"), "should hold 2 lessons and holds 1"),
            (format!("{whole}{first}\n"), "should hold 2 lessons and holds 3"),
            (whole.chars().take(whole.len() - 9).collect(), "line 3 is damaged"),
            (long, "line 2 is damaged"),
            (later, "was written by a later version of Tamis; update this one first"),
            (String::new(), "is not a file of `tamis-agent lessons export`"),
            ("From: a@example.org\n\nhello\n".to_owned(), "is not a file of `tamis-agent lessons export`"),
            (rest.to_owned(), "is not a file of `tamis-agent lessons export`"),
        ] {
            fs::write(file.path(), text).unwrap();
            let said = check(&file.path()).unwrap_err().to_string();
            assert!(said.ends_with(want), "{said}, not {want}");
        }
        for endless in ["/dev/zero", "/"] {
            assert!(matches!(check(Path::new(endless)), Err(LessonFileError::NotLessons { .. })), "{endless}");
        }
        fs::remove_file(file.path()).unwrap();
        assert!(check(&file.path()).unwrap_err().to_string().ends_with("No such file or directory"));
    }

    #[test]
    fn what_is_cut_off_between_two_readings_is_noticed_too() {
        let file = Written::of(&[lesson(1), lesson(2)]);
        let whole = fs::read_to_string(file.path()).unwrap();
        check(&file.path()).unwrap();
        let lines: Vec<&str> = whole.lines().take(2).collect();
        fs::write(file.path(), lines.join("\n")).unwrap();
        let mut reading = LessonFile::open(&file.path()).unwrap();
        assert!(reading.next().unwrap().is_ok());
        assert!(matches!(reading.next(), Some(Err(LessonFileError::Count { should: 2, does: 1, .. }))));
        assert!(reading.next().is_none());
    }

    #[test]
    fn a_lesson_of_no_possible_time_is_damaged() {
        let now = clock::now().0;
        for (at, is_taken) in [
            (-1, false),
            (0, true),
            (now + AHEAD - 60, true),
            (now + AHEAD + 600, false),
            (i64::MAX, false),
            (i64::MIN, false),
        ] {
            let file = Written::of(&[KeptLesson { at: UnixTime(at), ..lesson(1) }]);
            assert_eq!(check(&file.path()).is_ok(), is_taken, "{at}");
        }
    }

    #[test]
    fn tokens_of_a_later_engine_are_refused() {
        let file = Written::of(&[lesson(1), KeptLesson { version: Features::VERSION + 1, ..lesson(2) }]);
        let said = check(&file.path()).unwrap_err().to_string();
        assert!(said.ends_with("update this one first"), "{said}");
        assert!(LessonFile::open(&file.path()).unwrap().nth(1).unwrap().is_err());
    }

    struct Written {
        folder: TempDir,
    }

    impl Written {
        fn of(lessons: &[KeptLesson]) -> Self {
            let written = Self { folder: tempfile::tempdir().unwrap() };
            let mut bytes = Vec::new();
            write_head(&mut bytes, lessons.len() as u64).unwrap();
            for lesson in lessons {
                write_lesson(&mut bytes, lesson).unwrap();
            }
            fs::write(written.path(), bytes).unwrap();
            written
        }

        fn path(&self) -> PathBuf {
            self.folder.path().join("lessons.txt")
        }

        fn lessons(&self) -> Vec<KeptLesson> {
            LessonFile::open(&self.path()).unwrap().map(Result::unwrap).collect()
        }
    }

    fn lesson(n: u64) -> KeptLesson {
        KeptLesson {
            key: Key::of(&n.to_be_bytes()),
            label: if n.is_multiple_of(2) { Label::Ham } else { Label::Spam },
            tokens: Features::encode(&[TokenId(n), TokenId(n << 40)]),
            source: "review".to_owned(),
            at: UnixTime(1_700_000_000),
            version: Features::VERSION,
        }
    }

    fn any_lesson() -> impl Strategy<Value = KeptLesson> {
        (any::<u64>(), 0..1_700_000_000_i64, "\\PC{0,10}", prop::collection::vec(any::<u64>(), 0..40)).prop_map(
            |(n, at, source, ids)| {
                let ids: Vec<TokenId> = ids.into_iter().map(TokenId).collect();
                KeptLesson { tokens: Features::encode(&ids), at: UnixTime(at), source, ..lesson(n) }
            },
        )
    }
}
