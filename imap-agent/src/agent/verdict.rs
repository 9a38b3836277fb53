//! The verdict on one message, as it is stored.

use std::sync::Arc;

use tamis_core::{Action, Class, DecidedBy, Score, UnixTime, reason};
use tracing::error;

use super::desk::{Desk, InHand};
use crate::{
    clock,
    mailbox::Summary,
    pipeline::{Judgement, judge_message},
    store::{
        Fingerprint, Key,
        mail::{Judged, JudgedReason},
    },
};

/// Judges in a task of its own: a message that breaks the engine must not break the agent.
pub(super) async fn judged(desk: &Desk, summary: &Summary, in_hand: &Arc<InHand>) -> Judged {
    let incoming = &in_hand.incoming;
    // It is looked for by what the server says of its size, which need not be true.
    let size = u32::try_from(summary.size.unwrap_or(incoming.full_size)).unwrap_or(u32::MAX);
    let (received_at, key) = (UnixTime(incoming.received_at), Key::of(&incoming.raw));
    let (facts, config, teacher) = (desk.facts(), desk.config.clone(), desk.shared.teacher.clone());
    let (policy, message) = (desk.account.policy.clone(), Arc::clone(in_hand));
    let judging =
        tokio::spawn(async move { judge_message(&message.incoming, facts, (&config, &policy), &teacher).await });
    let blank = Judged {
        account: desk.id,
        key,
        fingerprint: fingerprint(summary),
        message_id: String::new(),
        from_name: String::new(),
        from_address: String::new(),
        to: String::new(),
        subject: String::new(),
        received_at,
        judged_at: clock::now(),
        size,
        score: Score::ZERO,
        class: Class::Ham,
        action: Action::Leave,
        probability: None,
        decided_by: "nobody".to_owned(),
        reason: String::new(),
        reasons: Vec::new(),
        clues: Vec::new(),
    };
    match judging.await {
        Ok(judgement) => {
            desk.shared.switch_off_slow(&judgement.verdict, &desk.config);
            with_judgement(&blank, judgement)
        }
        Err(err) => {
            error!(account = desk.id.0, uid = summary.uid, is_panic = err.is_panic(), "the engine failed on a message");
            let text = "one message could not be judged because of a fault in Tamis; it stays in the inbox";
            desk.shared.board.note(&desk.account.name, text);
            blank
        }
    }
}

fn with_judgement(blank: &Judged, judgement: Judgement) -> Judged {
    let verdict = judgement.verdict;
    let reasons = verdict.findings.iter().map(|found| JudgedReason {
        symbol: found.finding.symbol.name().to_owned(),
        about: found.finding.about.to_string(),
        why: found.finding.why.clone(),
        score: found.score,
    });
    Judged {
        message_id: judgement.message_id,
        from_name: judgement.from_name,
        from_address: judgement.from_address,
        to: judgement.to,
        subject: judgement.subject,
        score: verdict.score,
        class: verdict.class,
        action: judgement.action,
        probability: verdict.probability,
        decided_by: match verdict.decided_by {
            DecidedBy::TestMessage => "test message".to_owned(),
            DecidedBy::FilePolicy => "unwanted file".to_owned(),
            DecidedBy::Score | _ => "score".to_owned(),
        },
        reason: reason(&verdict),
        reasons: reasons.collect(),
        clues: judgement.clues.into_iter().map(|clue| (clue.word, clue.probability)).collect(),
        ..blank.clone()
    }
}

/// How a message is known again under another number. The size counts only where there is no Message-ID, as servers
/// differ about it.
pub(super) fn fingerprint(summary: &Summary) -> Fingerprint {
    let date = summary.internal_date.map(|date| date.to_string()).unwrap_or_default();
    match &summary.message_id {
        Some(id) => Fingerprint::of(id, &date, 0),
        None => Fingerprint::of("", &date, u32::try_from(summary.size.unwrap_or(0)).unwrap_or(u32::MAX)),
    }
}
