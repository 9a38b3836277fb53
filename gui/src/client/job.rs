//! Jobs in the agent's language, and its answers in words.

use tamis_core::api::{Reply, Request};

use super::{Job, Lesson};

/// What to ask the agent for.
pub(super) fn request_of(job: &Job) -> Request {
    match job.clone() {
        Job::Teach(Lesson::Release, ids) => Request::Release(ids),
        Job::Teach(Lesson::Spam, ids) => Request::MarkSpam(ids),
        Job::Teach(Lesson::Good, ids) => Request::MarkHam(ids),
        Job::Unsubscribe(id, by_message) => Request::Unsubscribe { id, by_message },
        Job::Undo(batch) => Request::Undo(batch),
        Job::CheckNow => Request::CheckNow,
        Job::TestAccount(form) => Request::TestAccount(*form),
        Job::AddAccount(form) => Request::AddAccount(*form),
        Job::RemoveAccount(name) => Request::RemoveAccount { name },
        Job::Held(account, file) => Request::Held { account, file },
        Job::Backfill(account, days) => Request::Backfill { account, days },
        Job::Steer(account, steer) => Request::SteerBackfill { account, steer },
        Job::SendDigest(account) => Request::SendDigest { account },
        Job::Follow(link) => Request::Open { link },
    }
}

/// What is kept until the answer comes.
pub(super) fn without_password(mut job: Job) -> Job {
    if let Job::TestAccount(form) | Job::AddAccount(form) = &mut job {
        form.password = None;
    }
    job
}

/// Why an answer is not what was asked for.
pub(super) fn words(reply: Reply) -> String {
    match reply {
        Reply::Refused { text, .. } => text,
        Reply::Hello { .. }
        | Reply::Status(_)
        | Reply::List { .. }
        | Reply::Mail(_)
        | Reply::Done { .. }
        | Reply::Account(_)
        | Reply::History(_) => "The agent gave an answer to another question".to_owned(),
    }
}
