//! Looks at the cluster until every check of preflight can be evaluated.

use std::time::Duration;

use crate::{
    bao::Transport,
    decide::preflight::only_unknown,
    engine,
    model::{finding::Finding, record::RunRecord, snapshot::Snapshot, survey::Survey},
    ports::{Clock, Freshness},
};

use super::{
    first_reads::{PATIENCE, PAUSE},
    reach::Reach,
};

/// Surveys and judges. `judge` may fit the record to what is seen.
pub(super) async fn evaluated<T: Transport, C: Clock + 'static>(
    reach: &Reach<T, C>,
    mut snapshot: Snapshot,
    record: &mut RunRecord,
    mut judge: impl FnMut(&mut RunRecord, &Survey) -> Vec<Finding>,
) -> (Survey, Vec<Finding>) {
    let clock = &reach.side.clock;
    let began = clock.monotonic();
    loop {
        let survey = engine::survey(reach.ports(), snapshot, record, &reach.access);
        let survey = Box::pin(survey).await;
        let findings = judge(record, &survey);
        if !again(clock, began, &findings).await {
            return (survey, findings);
        }
        snapshot = Box::pin(engine::observe(reach.ports(), Freshness::Fresh)).await;
    }
}

/// Does what had to wait until the login's account exists, and judges.
pub(super) async fn caught_up<T: Transport, C: Clock + 'static>(
    reach: &Reach<T, C>,
    survey: &mut Survey,
    judge: impl Fn(&Survey) -> Vec<Finding>,
) -> Vec<Finding> {
    let clock = &reach.side.clock;
    let began = clock.monotonic();
    loop {
        Box::pin(engine::catch_up(reach.ports(), survey)).await;
        let findings = judge(survey);
        if !again(clock, began, &findings).await {
            return findings;
        }
    }
}

/// Whether to look again, once it is time to.
async fn again<C: Clock>(clock: &C, began: Duration, findings: &[Finding]) -> bool {
    let waited = clock.monotonic().saturating_sub(began);
    let again = only_unknown(findings) && waited + PAUSE <= PATIENCE;
    if again {
        tracing::info!("some checks could not be evaluated; looking again");
        clock.sleep(PAUSE).await;
    }
    again
}
