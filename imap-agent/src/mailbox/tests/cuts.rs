//! A connection that ends anywhere: what was said to be done is done, and everything else is an error.

use super::scene::{GOOD, Part, Story, play};
use crate::mailbox::Moved;

#[tokio::test(start_paused = true)]
async fn wherever_the_connection_ends_the_outcome_is_an_error_or_the_truth() {
    for part in [Part::good(), Part::without_move()] {
        let (stream, log, _task) = part.clone().start();
        let truth = play(stream).await;
        assert_eq!(truth.moved, Some(Ok(Moved::To { uid_validity: 8, uid: 21 })));
        let length: usize = log.lock().unwrap().iter().map(|(_, said)| said.len()).sum();
        assert!(800 < length, "{length}");
        let mut cut_short = 0;
        for cut in 0..length {
            let mut part = part.clone();
            part.cut = cut;
            let (stream, ..) = part.start();
            let story = play(stream).await;
            assert_true(&story, &truth, &format!("cut at {cut} of {length}"));
            cut_short += usize::from(story != truth);
        }
        assert_eq!(cut_short, length, "each cut takes something away");
    }
}

#[tokio::test(start_paused = true)]
async fn a_farewell_at_any_point_ends_the_session_and_nothing_is_made_up() {
    for part in [Part::good(), Part::without_move()] {
        let (stream, log, _task) = part.clone().start();
        let truth = play(stream).await;
        let heard: Vec<String> = log.lock().unwrap().iter().map(|(heard, _)| heard.clone()).collect();
        for (command, _) in GOOD {
            let was_heard = heard.iter().any(|line| line.split_once(' ').unwrap().1.starts_with(command));
            let said = part.said_to(command).to_vec();
            // Before the first line, or before the answer.
            let before_answer = said.windows(5).position(|part| part == b"{tag}").unwrap_or(0);
            for at in [0, before_answer] {
                let mut said = said.clone();
                said.splice(at..at, *b"* BYE [UNAVAILABLE] maintenance\r\n");
                let mut part = part.clone();
                part.set(command, said);
                let (stream, ..) = part.start();
                let story = play(stream).await;
                assert_true(&story, &truth, command);
                assert_eq!(story != truth, was_heard, "BYE in answer to {command}: {story:?}");
            }
        }
    }
}

/// What is claimed in a story is so in truth.
fn assert_true(story: &Story, truth: &Story, when: &str) {
    fn holds<T: PartialEq, E>(claimed: Option<&Result<T, E>>, truth: Option<&Result<T, E>>) -> bool {
        match (claimed, truth) {
            (Some(Ok(claimed)), Some(Ok(truth))) => claimed == truth,
            (Some(Ok(_)), _) => false,
            (Some(Err(_)) | None, _) => true,
        }
    }
    let is_true = holds(story.login.as_ref(), truth.login.as_ref())
        && holds(story.folders.as_ref(), truth.folders.as_ref())
        && holds(story.selected.as_ref(), truth.selected.as_ref())
        && holds(story.swept.as_ref(), truth.swept.as_ref())
        && holds(story.mail.as_ref(), truth.mail.as_ref())
        && holds(story.moved.as_ref(), truth.moved.as_ref())
        && truth.summaries.starts_with(&story.summaries);
    assert!(is_true, "{when}: {story:?}");
}
