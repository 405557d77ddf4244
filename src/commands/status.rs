//! `baoctl status`: how the cluster stands, by every node's own word.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    cli::{status::StatusArgs, target::TargetArgs},
    decide::{holding::replaced_by_unpausing, standing::standing, versions::is_one_way},
    engine,
    error::Error,
    model::{blue_green_run::Until, exit_code::ExitCode, fact::Fact, intent::StepDownVia},
    ports::{Clock as _, Freshness, Lease, Leases as _},
    ui::{
        Screen,
        document::{Document, SilentDriver, UpgradeStatus},
    },
};

use super::{first_reads::FirstReads, reach::Side, session::Session, shown};

/// What two clocks may differ by before preflight warns.
const CLOCKS: Duration = Duration::from_secs(5);

/// Runs it.
pub(super) async fn run(
    target: &TargetArgs,
    screen: Screen,
    arguments: &StatusArgs,
) -> Result<ExitCode, Error> {
    let side = Side::open(
        target,
        arguments.cluster.as_deref(),
        None,
        FirstReads::once(target.request_timeout),
    )
    .await?;
    let reach = side
        .reach_if_possible(&arguments.access, StepDownVia::Direct)
        .await?;
    let kube = reach.side.bounded();
    let (snapshot, lease) = futures::join!(
        reach.leaving_no_token(engine::observe(reach.ports(), Freshness::Fresh)),
        kube.lease()
    );
    let (holder, silent_driver) = driver(lease.into(), reach.side.clock.wall());
    let mut status = UpgradeStatus::of(&snapshot, &holder, standing(&snapshot));
    status.silent_driver = silent_driver;
    if let Some(why) = &reach.access.no_trust {
        let why = format!("no node was asked: {why}; give their CA with --ca-cert FILE");
        status.refuse(why);
    }
    let code = status.exit_code;
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
    let document = Session::of(target, None).document(document);
    shown(screen.present(&document), code)
}

/// Who is at work, and who no longer is. For reading alone, so clocks may be
/// compared here: they agree within a few seconds, or preflight says so.
fn driver(
    lease: Fact<Option<Lease>>,
    now: Timestamp,
) -> (Fact<Option<String>>, Option<SilentDriver>) {
    let lease = match lease {
        Fact::Known(lease) => lease,
        Fact::Unknown(why) => return (Fact::Unknown(why), None),
    };
    let held = lease.and_then(|lease| Some((lease.holder?, lease.renewed_at, lease.duration)));
    let Some((holder, renewed_at, duration)) = held else {
        return (Fact::Known(None), None);
    };
    let Some(renewed_at) = renewed_at else {
        return (Fact::Known(Some(holder)), None);
    };
    let ago = Duration::try_from(now.duration_since(renewed_at)).unwrap_or_default();
    if ago <= duration + CLOCKS {
        return (Fact::Known(Some(holder)), None);
    }
    let silent = SilentDriver {
        holder,
        renewed_at,
        ago_s: ago.as_secs(),
    };
    (Fact::Known(None), Some(silent))
}

#[cfg(test)]
mod tests {
    use crate::model::names::ResourceVersion;

    use super::*;

    fn renewed(ago: i64, holder: Option<&str>) -> (Fact<Option<String>>, Option<SilentDriver>) {
        let now: Timestamp = "2026-11-28T12:00:00Z".parse().expect("a time");
        let lease = Lease {
            holder: holder.map(str::to_owned),
            renewed_at: Some(now - jiff::SignedDuration::from_secs(ago)),
            duration: Duration::from_secs(15),
            resource_version: ResourceVersion("1".to_owned()),
        };
        driver(Fact::Known(Some(lease)), now)
    }

    #[test]
    fn a_driver_is_at_work_for_as_long_as_its_lease_and_two_clocks_allow() {
        for ago in [-60, 0, 15, 20] {
            let (holder, silent) = renewed(ago, Some("alice/x"));
            assert_eq!(holder, Fact::Known(Some("alice/x".to_owned())), "{ago}");
            assert_eq!(silent, None, "{ago}");
        }
        let (holder, silent) = renewed(40, Some("alice/x"));
        assert_eq!(holder, Fact::Known(None));
        assert_eq!(silent.map(|silent| silent.ago_s), Some(40));
        assert_eq!(renewed(40, None), (Fact::Known(None), None));
    }
}
