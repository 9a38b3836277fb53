//! Asks what a plan wants to know, and never waits for long.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tamis_core::{Answer, Evidence, Mail, Query, QueryPlan, worth_asking};
use tokio::time::{Instant, timeout_at};

/// How many questions may be open at once.
const AT_ONCE: usize = 50;

/// Something that can answer questions: this machine, the network, or a table in a test.
pub trait Ask: Sync {
    /// Answers `query` about `mail`. Whatever goes wrong is an [`Answer::Unknown`], not an error: what is down must not hold back
    /// mail.
    fn ask(&self, query: &Query, mail: &Mail<'_>) -> impl Future<Output = Answer> + Send;
}

/// Asks everything in `plan` that is worth asking, and notes in `mail` what was found out about who sent it. What is not answered
/// within `limit` is unknown.
///
/// First comes what this machine knows, then who sent it, and then the rest: about whom the person writes to, and who has sent it
/// indeed, no list is asked.
pub async fn gather<A: Ask>(asker: &A, plan: &QueryPlan, mail: &mut Mail<'_>, limit: Duration) -> Evidence {
    let deadline = Instant::now() + limit;
    let is_of_sender = |query: &Query| *query == Query::Authentication;
    let mut known = at_once(asker, &plan.filter(Query::is_of_this_machine), mail, deadline).await;
    // Whoever sent it must not use up the time of all others with name servers that hang.
    known.extend(at_once(asker, &plan.filter(is_of_sender), mail, deadline - limit / 2).await);
    mail.authentication = known.authentication().cloned().map(Box::new);
    let rest = worth_asking(plan, mail, &known).filter(|query| !is_of_sender(query));
    known.extend(at_once(asker, &rest, mail, deadline).await);
    known
}

/// Asks everything in `plan` at once, about `mail`. What is not answered by `deadline` is unknown.
pub async fn at_once<A: Ask>(asker: &A, plan: &QueryPlan, mail: &Mail<'_>, deadline: Instant) -> Evidence {
    let questions = plan.iter().cloned().map(|query| async move {
        let asked = Instant::now();
        let answer = timeout_at(deadline, asker.ask(&query, mail)).await;
        let answer = answer.unwrap_or_else(|_| Answer::Unknown("no answer in time".to_owned()));
        (query, answer, asked.elapsed())
    });
    let answers: Vec<(Query, Answer, Duration)> = stream::iter(questions).buffer_unordered(AT_ONCE).collect().await;
    let mut evidence = Evidence::default();
    for (query, answer, took) in answers {
        evidence.insert_after(query, answer, took);
    }
    evidence
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tamis_core::Arrival;

    use super::*;

    struct Silent;

    impl Ask for Silent {
        async fn ask(&self, _: &Query, _: &Mail<'_>) -> Answer {
            pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_answers_is_unknown_and_holds_nothing_back() {
        let mut plan = QueryPlan::default();
        plan.ask(Query::Learned);

        let mut mail = Mail::parse(b"From: kim@example.org\r\n\r\nHello", &Arrival::default());
        let evidence = gather(&Silent, &plan, &mut mail, Duration::from_secs(8)).await;

        let answers: Vec<&Answer> = evidence.iter().map(|(_, answer)| answer).collect();
        assert_eq!(answers, [&Answer::Unknown("no answer in time".to_owned())]);
        assert_eq!(evidence.learned(), None);
    }
}
