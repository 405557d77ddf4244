//! `baoctl status`: how the cluster stands, by every node's own word.

use crate::{
    cli::{status::StatusArgs, target::TargetArgs},
    decide::{holding::replaced_by_unpausing, standing::standing, versions::is_one_way},
    engine,
    error::Error,
    model::{blue_green_run::Until, exit_code::ExitCode, fact::Fact, intent::StepDownVia},
    ports::{BaoNodes as _, Freshness, Leases as _},
    ui::{
        Screen,
        document::{Document, UpgradeStatus},
    },
};

use super::{reach::Side, shown};

/// Runs it.
pub(super) async fn run(
    target: &TargetArgs,
    screen: Screen,
    arguments: &StatusArgs,
) -> Result<ExitCode, Error> {
    let side = Side::open(target, arguments.cluster.as_deref(), None).await?;
    let reach = side.reach(&arguments.access, StepDownVia::Direct).await?;
    let kube = reach.side.bounded();
    let (snapshot, lease) = futures::join!(
        engine::observe(reach.ports(), Freshness::Fresh),
        kube.lease()
    );
    reach.ports().nodes.revoke().await;
    let holder = Fact::from(lease).map(|lease| lease.and_then(|lease| lease.holder));
    let mut status = UpgradeStatus::of(&snapshot, &holder, standing(&snapshot));
    let on = format!(
        "{} -n {}",
        reach.cluster.reference.name, reach.cluster.reference.namespace
    );
    if let Some(voters) = snapshot.voters.known()
        && status
            .run
            .as_ref()
            .is_some_and(|run| run.blue_green.is_none())
    {
        status.replaced_by_unpausing = replaced_by_unpausing(voters);
    }
    if let Some(cluster) = snapshot.cluster.known() {
        let live = holder.known().is_some_and(Option::is_some);
        match (
            &cluster.run,
            &cluster.status.upgrade,
            &cluster.pause_requested,
        ) {
            (Fact::Known(Some(run)), _, _) if !live => {
                let gate = run.blue_green.as_ref().map(|colours| colours.until);
                match gate.filter(|_| run.abandoned.is_none()) {
                    Some(Until::Ready) => {
                        status.next.push(format!("baoctl upgrade promote {on}"));
                        status.next.push(format!("baoctl upgrade abort {on}"));
                    }
                    Some(Until::Cutover) => {
                        status.next.push(format!("baoctl upgrade promote {on}"));
                        if !is_one_way(&run.from, &run.target.version) {
                            status.next.push(format!("baoctl upgrade rollback {on}"));
                        }
                    }
                    _ => status.next.push(format!("baoctl resume {on}")),
                }
            }
            (Fact::Known(None), Some(_), _) => {
                status.next.push(format!("baoctl resume {on} --take-over"));
            }
            (Fact::Known(None), None, Some(_)) => status.next.push(format!("baoctl resume {on}")),
            _ => {}
        }
    }
    let document = Document::UpgradeStatus(Box::new(status));
    shown(screen.present(&document), ExitCode::Ok)
}
