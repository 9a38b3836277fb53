//! Jobs in the agent's language, and its answers in words.

use tamis_core::api::{Reply, Request, SignInFor, SignInRequest};

use super::{Job, Lesson};
use crate::text::t;

/// What to ask the agent for.
pub(super) fn request_of(job: &Job) -> Request {
    match job.clone() {
        Job::Teach(Lesson::Release, ids) => Request::Release(ids),
        Job::Teach(Lesson::Spam, ids) => Request::MarkSpam(ids),
        Job::Teach(Lesson::Good, ids) => Request::MarkHam(ids),
        Job::Unsubscribe(id, by_message) => Request::Unsubscribe { id, by_message },
        Job::PutOnList(entry) => Request::AddEntries { entries: vec![entry], is_import: false },
        Job::SwitchEntry(id, is_on) => Request::SwitchEntry { id, is_on },
        Job::RemoveEntry(id) => Request::RemoveEntry(id),
        Job::Undo(batch) => Request::Undo(batch),
        Job::CheckNow => Request::CheckNow,
        Job::TestAccount(form) => Request::TestAccount(*form),
        Job::AddAccount(form) => Request::AddAccount(*form),
        Job::Autostart(is_on) => Request::Autostart { is_on },
        Job::FindServers(address) => Request::FindServers { address },
        Job::SignIn(wanted, by_code, _) => Request::SignIn(SignInRequest::Begin { wanted: *wanted, by_code }),
        Job::FollowSignIn(id, known) => Request::SignIn(SignInRequest::Follow { id, known: *known }),
        Job::RemoveAccount(name) => Request::RemoveAccount { name },
        Job::Held(account, file) => Request::Held { account, file },
        Job::Backfill(account, days) => Request::Backfill { account, days },
        Job::Steer(account, steer) => Request::SteerBackfill { account, steer },
        Job::SendDigest(account) => Request::SendDigest { account },
        Job::Learn(account, junk) => Request::Learn { account, junk, is_rehearsal: false },
        Job::SteerLearning(account, steer) => Request::SteerLearning { account, steer },
        Job::Follow(link) => Request::Open { link },
        Job::ReportSpam(id) => Request::ReportSpam(id),
        Job::Say(request) => *request,
    }
}

/// What is kept until the answer comes.
pub(super) fn without_password(mut job: Job) -> Job {
    if let Job::TestAccount(form) | Job::AddAccount(form) = &mut job {
        form.password = None;
    }
    if let Job::SignIn(wanted, ..) = &mut job
        && let SignInFor::Form(form) = &mut **wanted
    {
        form.oauth = None;
    }
    job
}

/// Why an answer is not what was asked for.
pub(super) fn words(reply: Reply) -> String {
    if let Reply::Refused { text, .. } = reply { text } else { t!("client-wrong-answer") }
}
