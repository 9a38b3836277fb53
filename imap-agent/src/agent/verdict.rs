//! The verdict on one message, as it is stored.

use std::sync::Arc;

use tamis_core::{
    Action, Class, DecidedBy, Score, UnixTime,
    fuzzy::Print,
    lists::EntryId,
    mail::{AccountFacts, Address, Domain, Passage},
    reason,
    reputation::{Origin, Track},
};
use tracing::{error, warn};

use super::{
    desk::{Desk, InHand},
    servers,
};
use crate::{
    clock,
    mailbox::{Summary, says_junk, says_not_junk},
    pipeline::{Judgement, Memory, judge_message},
    store::{
        Fingerprint, Key,
        mail::{Judged, JudgedReason, Keywords},
        peers,
    },
};

/// Judges in a task of its own: a message that breaks the engine must not break the agent.
pub(super) async fn judged(desk: &Desk, summary: &Summary, in_hand: &Arc<InHand>) -> Judged {
    let (judged, shown) = judged_in_task(desk, summary, in_hand).await;
    if let Some(address) = shown.delivered_to {
        note_identity(desk, address).await;
    }
    if let Some(author) = shown.author {
        servers::note(desk, shown.passage, author).await;
    }
    judged
}

/// The same for a message that has been judged before; `None` if the engine failed on it.
pub(super) async fn judged_again(desk: &Desk, summary: &Summary, in_hand: &Arc<InHand>) -> Option<Judged> {
    let (judged, _) = judged_in_task(desk, summary, in_hand).await;
    (judged.decided_by != NOBODY).then_some(judged)
}

/// What a message shows of the account.
#[derive(Default)]
struct Shown {
    delivered_to: Option<Address>,
    passage: Passage,
    author: Option<Domain>,
}

/// What has settled the class of a message on which the engine failed.
const NOBODY: &str = "nobody";

/// The verdict, and what the message shows of the account.
async fn judged_in_task(desk: &Desk, summary: &Summary, in_hand: &Arc<InHand>) -> (Judged, Shown) {
    let incoming = &in_hand.incoming;
    // It is looked for by what the server says of its size, which need not be true.
    let size = u32::try_from(summary.size.unwrap_or(incoming.full_size)).unwrap_or(u32::MAX);
    let (received_at, key) = (UnixTime(incoming.received_at), Key::of(&incoming.raw));
    let (facts, config, shared, account) = (facts(desk).await, desk.config.clone(), Arc::clone(&desk.shared), desk.id);
    let (policy, message) = (desk.account.policy.clone(), Arc::clone(in_hand));
    let judging = tokio::spawn(async move {
        let world = shared.world();
        let memory = Memory { teacher: &shared.teacher, store: &shared.store, account, world: &world };
        judge_message(&message.incoming, facts, (&config, &policy), memory).await
    });
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
        origin: Origin::default(),
        decided_by: NOBODY.to_owned(),
        reason: String::new(),
        reasons: Vec::new(),
        clues: Vec::new(),
        asked: Vec::new(),
        keywords: keywords_of(&summary.flags),
        listed: Vec::new(),
        contact: None,
        is_first_contact: false,
        track: Track::default(),
        print: Print::default(),
        is_plain_spam: false,
    };
    match judging.await {
        Ok(judgement) => {
            desk.shared.switch_off_slow(&judgement.verdict, &desk.config);
            let shown = Shown {
                delivered_to: judgement.delivered_to.clone(),
                passage: judgement.passage.clone(),
                author: judgement.author.clone(),
            };
            (with_judgement(&blank, judgement), shown)
        }
        Err(err) => {
            error!(account = desk.id.0, uid = summary.uid, is_panic = err.is_panic(), "the engine failed on a message");
            let text = "one message could not be judged because of a fault in Tamis; it stays in the inbox";
            desk.shared.board.note(&desk.account.name, text);
            (blank, Shown::default())
        }
    }
}

/// Who the person is, with the addresses that have shown themselves.
async fn facts(desk: &Desk) -> AccountFacts {
    let mut facts = desk.facts();
    match desk.shared.store.run(|db| peers::identities(db)).await {
        Ok(more) => {
            let new = more.into_iter().filter(|address| !facts.identities.contains(address)).collect::<Vec<_>>();
            facts.identities.extend(new);
        }
        Err(err) => warn!(%err, "the person's addresses could not be read"),
    }
    facts
}

async fn note_identity(desk: &Desk, address: Address) {
    let id = desk.id;
    if let Err(err) = desk.shared.store.run(move |db| peers::delivered(db, id, &address)).await {
        warn!(%err, "an address of the person could not be stored");
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
    let (why, is_first_contact) = (reason(&verdict), verdict.is_first_contact());
    let asked = verdict.asked.into_iter().map(|asked| (asked.question, asked.answer, asked.millis));
    Judged {
        asked: asked.collect(),
        message_id: judgement.message_id,
        from_name: judgement.from_name,
        from_address: judgement.from_address,
        to: judgement.to,
        subject: judgement.subject,
        score: verdict.score,
        class: verdict.class,
        action: judgement.action,
        probability: verdict.probability,
        origin: judgement.origin,
        track: judgement.track,
        print: judgement.print,
        is_plain_spam: judgement.is_plain_spam,
        decided_by: match verdict.decided_by {
            DecidedBy::Accepted(EntryId(id)) | DecidedBy::Blocked(EntryId(id)) => format!("list entry {id}"),
            DecidedBy::TestMessage => "test message".to_owned(),
            DecidedBy::FilePolicy => "unwanted file".to_owned(),
            DecidedBy::Peer => "peer".to_owned(),
            DecidedBy::Virus => "virus".to_owned(),
            DecidedBy::Score | _ => "score".to_owned(),
        },
        reason: why,
        contact: judgement.contact,
        is_first_contact,
        listed: verdict.listed,
        reasons: reasons.collect(),
        clues: judgement.clues.into_iter().map(|clue| (clue.word, clue.probability)).collect(),
        ..blank.clone()
    }
}

/// What the keywords among these flags say.
pub(super) fn keywords_of(flags: &[String]) -> Keywords {
    Keywords::of((says_junk(flags), says_not_junk(flags, false)))
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
