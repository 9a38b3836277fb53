//! Asks what a plan wants to know, and never waits for long.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tamis_core::{Answer, Evidence, Query, QueryPlan};
use tokio::time::{Instant, timeout_at};

/// How many questions may be open at once.
const AT_ONCE: usize = 50;

/// Something that can answer questions: this machine, the network, or a table in a test.
pub trait Ask: Sync {
    /// Answers `query`. Whatever goes wrong is an [`Answer::Unknown`], not an error: what is down must not hold back mail.
    fn ask(&self, query: &Query) -> impl Future<Output = Answer> + Send;
}

/// Asks everything in `plan` at once. What is not answered within `limit` is unknown.
pub async fn gather<A: Ask>(asker: &A, plan: &QueryPlan, limit: Duration) -> Evidence {
    let deadline = Instant::now() + limit;
    let questions = plan.iter().cloned().map(|query| async move {
        let answer = timeout_at(deadline, asker.ask(&query)).await;
        let answer = answer.unwrap_or_else(|_| Answer::Unknown("no answer in time".to_owned()));
        (query, answer)
    });
    let answers: Vec<(Query, Answer)> = stream::iter(questions).buffer_unordered(AT_ONCE).collect().await;
    let mut evidence = Evidence::default();
    for (query, answer) in answers {
        evidence.insert(query, answer);
    }
    evidence
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    struct Silent;

    impl Ask for Silent {
        async fn ask(&self, _: &Query) -> Answer {
            pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_answers_is_unknown_and_holds_nothing_back() {
        let mut plan = QueryPlan::default();
        plan.ask(Query::Learned);

        let evidence = gather(&Silent, &plan, Duration::from_secs(8)).await;

        let answers: Vec<&Answer> = evidence.iter().map(|(_, answer)| answer).collect();
        assert_eq!(answers, [&Answer::Unknown("no answer in time".to_owned())]);
        assert_eq!(evidence.learned(), None);
    }
}
