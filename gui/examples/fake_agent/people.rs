//! The people of the pretended agent, made of its mail, and what it has learned.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tamis_core::api::{
    LessonRow, LessonSource, LessonsPage, ListEntry, MailRow, PERSON_WEEKS, PeopleOrder, PersonDetail, PersonGrade,
    PersonRow, RefusedKind, Reply, WordPlace, WordReport,
};

/// Everybody, with some whom the person has written to.
fn everybody(mail: &[MailRow], entries: &[ListEntry]) -> Vec<PersonRow> {
    let mut people: BTreeMap<String, PersonRow> = BTreeMap::new();
    let now = Timestamp::now().as_second();
    for row in mail {
        let address = row.from_address.to_lowercase();
        let person = people.entry(address.clone()).or_insert_with(|| PersonRow {
            address,
            name: row.from_name.clone(),
            weeks: vec![[0, 0]; PERSON_WEEKS],
            ..PersonRow::default()
        });
        // As if each had written for some time.
        let before = person.address.bytes().map(u32::from).sum::<u32>() % 23;
        let is_spam = row.class == "spam";
        for ago in (0..before).step_by(3) {
            let week = PERSON_WEEKS - 1 - usize::try_from(ago).unwrap() % PERSON_WEEKS;
            *person.weeks.get_mut(week).and_then(|week| week.get_mut(usize::from(is_spam))).unwrap() += 1 + ago % 4;
        }
        person.mail += 1 + before;
        person.spam += if is_spam { 1 + before } else { 0 };
        person.doubtful += u32::from(row.class == "unsure");
        person.last_at = person.last_at.max(row.received_at.min(now));
    }
    people.into_values().map(|person| placed(person, entries)).collect()
}

fn placed(mut person: PersonRow, entries: &[ListEntry]) -> PersonRow {
    let domain = person.address.split('@').next_back().unwrap_or_default().to_owned();
    let is_of = |entry: &&ListEntry| entry.is_on && (entry.value == person.address || entry.value == domain);
    (person.grade, person.standing) = match (person.mail % 4, person.spam) {
        (_, 10..) => (PersonGrade::Bad, -0.9),
        (_, 1..) => (PersonGrade::Doubted, -0.4),
        (0, _) => (PersonGrade::Peer, 0.96),
        (1, _) => (PersonGrade::Good, 0.8),
        (2, _) => (PersonGrade::Read, 0.3),
        _ => (PersonGrade::Open, 0.0),
    };
    if person.grade == PersonGrade::Peer {
        (person.written, person.answered) = (person.mail / 2, person.mail / 3);
    }
    if let Some(entry) = entries.iter().rfind(is_of) {
        (person.entry, person.is_own_entry) = (entry.id, entry.kind == "address");
        let is_accept = entry.side == "accept";
        person.grade = if is_accept { PersonGrade::Accepted } else { PersonGrade::Blocked };
        person.standing = if is_accept { 1.0 } else { -1.0 };
    }
    person
}

pub(crate) fn list(
    (mail, entries): (&[MailRow], &[ListEntry]),
    search: &str,
    order: PeopleOrder,
    (offset, limit): (u32, u32),
) -> Reply {
    let mut people = everybody(mail, entries);
    let search = search.to_lowercase();
    people.retain(|one| one.address.contains(&search) || one.name.to_lowercase().contains(&search));
    match order {
        PeopleOrder::Newest => people.sort_by_key(|one| -one.last_at),
        PeopleOrder::Mail => people.sort_by_key(|one| std::cmp::Reverse(one.mail)),
        PeopleOrder::Spam => people.sort_by_key(|one| std::cmp::Reverse(one.spam)),
        PeopleOrder::Standing => people.sort_by(|a, b| b.standing.total_cmp(&a.standing)),
    }
    let total = u32::try_from(people.len()).unwrap();
    let count = |number: u32| usize::try_from(number).unwrap();
    Reply::People { rows: people.into_iter().skip(count(offset)).take(count(limit)).collect(), total }
}

pub(crate) fn person((mail, entries): (&[MailRow], &[ListEntry]), address: &str) -> Reply {
    let Some(row) = everybody(mail, entries).into_iter().find(|one| one.address == address) else {
        return Reply::Refused { text: "nobody has that address".to_owned(), kind: RefusedKind::Person };
    };
    let last = mail.iter().filter(|one| one.from_address.to_lowercase() == address).take(20).cloned().collect();
    let is_bad = row.spam != 0;
    Reply::Person(Box::new(PersonDetail {
        is_peer: 0 < row.written,
        written_at: if row.written == 0 { 0 } else { row.last_at - 86_400 },
        first_at: row.last_at - 80 * 86_400,
        said_good: if is_bad { 0 } else { row.mail / 3 },
        said_spam: row.spam / 2,
        read: row.mail / 4,
        is_proven: !is_bad,
        domain: address.split('@').next_back().unwrap_or_default().to_owned(),
        domain_grade: if is_bad { PersonGrade::Bad } else { PersonGrade::Open },
        last,
        row,
        ..PersonDetail::default()
    }))
}

/// Lessons of some of the mail, and of more of which nothing is known.
pub(crate) fn lessons(mail: &[MailRow], forgotten: &[String], source: &str, (offset, limit): (u32, u32)) -> Reply {
    let now = Timestamp::now().as_second();
    let said = mail.iter().take(40).map(|row| LessonRow {
        key: format!("{:032x}", row.id.0),
        label: if row.class == "spam" { "spam" } else { "ham" }.to_owned(),
        source: (*["review", "move", "keyword"].iter().cycle().nth(usize::try_from(row.id.0).unwrap()).unwrap())
            .to_owned(),
        at: row.received_at + 600,
        from: row.from_name.clone(),
        subject: row.subject.clone(),
        mail: Some(row.id),
    });
    let older = (0..1_200_i64).map(|n| LessonRow {
        key: format!("{:032x}", 100_000 + n),
        label: if n % 3 == 0 { "spam" } else { "ham" }.to_owned(),
        source: "bootstrap".to_owned(),
        at: now - 40 * 86_400,
        from: if n % 4 == 0 { String::new() } else { format!("sender{n}@example.org") },
        ..LessonRow::default()
    });
    let all: Vec<LessonRow> = said.chain(older).filter(|row| !forgotten.contains(&row.key)).collect();
    let mut sources: BTreeMap<String, LessonSource> = BTreeMap::new();
    for row in &all {
        let one = sources.entry(row.source.clone()).or_default();
        one.source.clone_from(&row.source);
        *(if row.label == "spam" { &mut one.spam } else { &mut one.ham }) += 1;
    }
    let rows: Vec<LessonRow> = all.into_iter().filter(|row| source.is_empty() || row.source == source).collect();
    let total = u32::try_from(rows.len()).unwrap();
    let count = |number: u32| usize::try_from(number).unwrap();
    let rows = rows.into_iter().skip(count(offset)).take(count(limit)).collect();
    Reply::Lessons(Box::new(LessonsPage { rows, total, sources: sources.into_values().collect(), outdated: 3 }))
}

pub(crate) fn word(word: &str) -> Reply {
    if word.contains("nothing") {
        return Reply::Word(Box::new(WordReport { lessons: 1240, places: vec![] }));
    }
    let place = |said: String, ham, spam, probability| WordPlace { said, ham, spam, probability };
    let places = vec![
        place(format!("\"{word}\" in the subject"), 3, 41, 0.93),
        place(format!("\"{word}\""), 22, 64, 0.71),
        place(format!("\"{word}\" in a link"), 12, 1, 0.18),
    ];
    Reply::Word(Box::new(WordReport { lessons: 1240, places }))
}
