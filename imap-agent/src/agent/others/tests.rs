//! When the other folders are looked at.

use super::*;
use crate::agent::perform::tests::Bench;

const POLL: Duration = Duration::from_hours(1);

fn looked(judged: u32, uid_next: u32) -> Looked {
    Looked { judged, selection: 1, uid_next, uid_validity: 7, has_keywords: false, modseq: None }
}

#[test]
fn they_are_looked_at_once_in_a_while_and_when_the_person_asks() {
    let mut others = Others::default();
    assert!(others.is_due(&looked(0, 5), POLL), "at first");
    others.looked_at = Some(Instant::now());
    assert!(!others.is_due(&looked(0, 5), POLL));
    others.ask();
    assert!(others.is_due(&looked(0, 5), POLL));
    assert!(!others.is_due(&looked(0, 5), POLL), "asked once");
    assert!(others.is_due(&looked(0, 5), Duration::ZERO));
}

#[test]
fn they_are_looked_at_when_a_message_was_gone_before_we_saw_it() {
    let mut others = Others { uid_next: 5, looked_at: Some(Instant::now()), ..Others::default() };
    assert!(!others.is_due(&looked(2, 7), POLL), "two came and were judged");
    assert!(others.is_due(&looked(0, 8), POLL), "one came, and there was nothing to judge");
    assert!(!others.is_due(&looked(0, 8), POLL));
}

#[tokio::test]
async fn how_far_the_sent_mail_was_read_is_not_written_down_by_who_has_not_read_it() {
    let mut bench = Bench::new("Junk").await;
    let name = FolderName::from_shown("Sent");
    assert!(elsewhere::is_for_mail(&bench.desk, &name));
    bench.desk.sent = Some(name.clone());
    assert!(!elsewhere::is_for_mail(&bench.desk, &name));
    assert!(elsewhere::is_for_mail(&bench.desk, &FolderName::from_shown("Projects")));
}
