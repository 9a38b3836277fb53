//! On addresses that anyone gets for nothing (`Mail::SpamAssassin::Plugin::FreeMail`).

use super::{
    Eval, Scene,
    support::{address, addresses, argument, header, senders},
};
use crate::rules::{
    book::EvalTest,
    pattern::{Matcher, Plan},
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_freemail_from", run: from },
    Eval { name: "check_freemail_header", run: in_header },
    Eval { name: "check_freemail_body", run: in_body },
    Eval { name: "check_freemail_replyto", run: reply_to },
];

fn from(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    u32::from(senders(scene).iter().any(|address| is_free(scene, address) && fits(test, 0, address)))
}

fn in_header(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let found = addresses(&header(scene, argument(test, 0)));
    u32::from(found.iter().any(|address| is_free(scene, address) && fits(test, 1, address)))
}

fn in_body(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    u32::from(of_body(scene).iter().any(|address| fits(test, 0, address)))
}

/// Answers go to another such address than the sender's, or the text names another.
fn reply_to(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let what = argument(test, 0);
    let (from, reply) = (address(scene, "From"), address(scene, "Reply-To"));
    let (is_from_free, is_reply_free) = (is_free(scene, &from), is_free(scene, &reply));
    if is_bulk(scene) {
        return 0;
    }
    let is_redirected = is_from_free && is_reply_free && from != reply;
    if is_redirected {
        return 1;
    }
    let own = match what {
        "reply" if reply.is_empty() && is_from_free => &from,
        _ if is_reply_free => &reply,
        _ => return 0,
    };
    u32::from(of_body(scene).iter().any(|address| address != own && *address != from))
}

/// Senders of lists and bounces, by the name they use.
fn is_bulk(scene: &Scene<'_>) -> bool {
    if !scene.lists.freemail.skips_bulk {
        return false;
    }
    let sender = address(scene, "EnvelopeFrom");
    let marks = ["bounce", "-request", "-owner", "owner-", "noreply", "no-reply", "return", "sentto-"];
    marks.iter().any(|mark| sender.contains(mark))
}

/// Such addresses in the text, unless there are many.
fn of_body(scene: &Scene<'_>) -> Vec<String> {
    let list = &scene.lists.freemail;
    let mut all: Vec<String> = Vec::new();
    for paragraph in scene.view.body() {
        for address in addresses(paragraph) {
            if !all.contains(&address) {
                all.push(address);
            }
        }
        if list.most_in_body < all.len() {
            return Vec::new();
        }
    }
    all.retain(|address| list.has(address));
    if list.most_free_in_body < all.len() { Vec::new() } else { all }
}

fn is_free(scene: &Scene<'_>, address: &str) -> bool {
    scene.lists.freemail.has(address)
}

/// Whether the pattern given as an argument, if any, is found in an address.
fn fits(test: &EvalTest, index: usize, address: &str) -> bool {
    let Some(pattern) = test.arguments.get(index) else { return true };
    let Ok(plan) = Plan::new(pattern, "") else { return false };
    let mut budget = MOST_STEPS;
    Matcher::new(plan).is_match(address.as_bytes(), 0..address.len(), &mut budget).unwrap_or(false)
}

/// Steps a pattern may take on one address.
const MOST_STEPS: u64 = 100_000;
