//! Each check on a cluster at rest, then with the one thing bent it is about.

mod access;
mod backup;
mod colours;
mod consent;
mod ownership_marks;
mod resource;
mod servers;
mod waivers;
mod workload;

use std::time::Duration;

use crate::{
    decide::{
        example::{Example, image, start},
        example_parts::certificate,
        preflight::{CHECKS, Invoker, Preflight, check},
    },
    model::{
        action::Action,
        blue_green::{BlueGreenPhase, BlueGreenStatus},
        cluster::OperationLock,
        fact::Fact,
        finding::{Finding, Verdict},
        intent::{Intent, OrderChoice, StepDownVia},
        record::RunRecord,
        survey::{DryRun, Login, Permission, Survey},
        waiver::Waiver,
        workload::UpdateStrategy,
    },
};

/// Makes one thing not fine.
type Bend = fn(&mut Fine);

fn each_fails(bends: &[(&str, Bend)]) {
    for (id, bend) in bends {
        assert_eq!(Fine::new().verdict(id, bend), Verdict::Fail, "{id}");
    }
}

fn each_is(id: &str, cases: &[(Bend, Verdict)]) {
    for (nth, (bend, wanted)) in cases.iter().enumerate() {
        assert_eq!(Fine::new().verdict(id, bend), *wanted, "{id}, case {nth}");
    }
}

#[derive(PartialEq)]
enum Asked {
    Yes,
    No,
}

/// Everything a preflight looks at, fine.
struct Fine {
    intent: Intent,
    run: RunRecord,
    resuming: bool,
    as_operator: bool,
    maintenance: bool,
    asked: Asked,
    world: Example,
    survey: Survey,
}

impl Fine {
    fn new() -> Self {
        let mut world = Example::three("2.6.2");
        let intent = Intent {
            cluster: world.cluster().reference.clone(),
            version: "2.7.2".parse().expect("a version"),
            image: None,
            order: OrderChoice::Auto,
            waivers: vec![Waiver::AcceptOneWay, Waiver::AllowNoSnapshot],
            snapshot: None,
            step_down: StepDownVia::Direct,
            take_over: false,
            end_pause: false,
        };
        let permission = Permission {
            group: "apps".to_owned(),
            resource: "statefulsets".to_owned(),
            verb: "patch".to_owned(),
            name: None,
            namespace: None,
            why: "partition and template".to_owned(),
        };
        let all = |path: &str, may: &[&str]| {
            let may = may.iter().map(|may| (*may).to_owned());
            (path.to_owned(), may.collect())
        };
        let survey = Survey {
            snapshot: world.snapshot.clone(),
            server_version: Fact::Known("1.37".to_owned()),
            clock_skew_s: Fact::Known(0),
            permissions: vec![(permission, Fact::Known(true))],
            dry_runs: vec![(Action::Complete, DryRun::Accepted)],
            config: Fact::Known("seal \"static\" {\n}\nstorage \"raft\" {\n}\n".to_owned()),
            login: Fact::Known(Login {
                source: "TokenRequest".to_owned(),
                policies: vec!["openbao-operator-upgrade".to_owned()],
                ttl_s: 3600,
                capabilities: vec![
                    all("sys/step-down", &["sudo", "update"]),
                    all("sys/storage/raft/autopilot/state", &["read"]),
                ],
            }),
            idle_entry: Fact::Known(true),
            autopilot: Fact::Known(None),
            forwards: Vec::new(),
            login_deferred: false,
            no_trust: None,
            lease_holder: Fact::Known(None),
            room: Fact::Known(None),
            claims: Fact::Known(Vec::new()),
            kube_nodes: Fact::Known(None),
            free_bytes: Fact::Known(None),
            certificate: certificate(start() + Duration::from_secs(86_400)),
        };
        Self {
            intent,
            run: world.run.clone(),
            resuming: false,
            as_operator: false,
            maintenance: false,
            asked: Asked::No,
            world,
            survey,
        }
    }

    /// The verdict of one check after bending.
    fn verdict(self, id: &str, bend: impl FnOnce(&mut Self)) -> Verdict {
        self.finding(id, bend).verdict
    }

    /// What one check finds after bending.
    fn finding(mut self, id: &str, bend: impl FnOnce(&mut Self)) -> Finding {
        bend(&mut self);
        self.survey.snapshot = self.world.snapshot.clone();
        check(&Preflight {
            intent: &self.intent,
            run: &self.run,
            resuming: self.resuming,
            survey: &self.survey,
            as_operator: self.as_operator,
            maintenance: self.maintenance,
            invoker: Invoker {
                user: &self.run.user,
                asked: self.asked == Asked::Yes,
            },
        })
        .into_iter()
        .find(|finding| finding.id == id)
        .unwrap_or_else(|| panic!("there is no finding {id}"))
    }
}

#[test]
fn a_cluster_at_rest_passes_and_every_check_reports() {
    let fine = Fine::new();
    let findings = check(&Preflight {
        intent: &fine.intent,
        run: &fine.run,
        resuming: false,
        survey: &fine.survey,
        as_operator: false,
        maintenance: false,
        invoker: Invoker {
            user: &fine.run.user,
            asked: false,
        },
    });
    let stops: Vec<_> = findings
        .iter()
        .filter(|finding| finding.verdict.stops())
        .collect();
    assert!(stops.is_empty(), "{stops:?}");
    let mut ids: Vec<&str> = findings.iter().map(|finding| finding.id.as_str()).collect();
    let mut listed: Vec<&str> = CHECKS.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    listed.sort_unstable();
    assert_eq!(ids, listed);
}

#[test]
fn each_thing_wrong_with_access_and_resource_fails_its_own_check() {
    let bends: &[(&str, Bend)] = &[
        ("kube.permissions", |f| {
            f.survey.permissions[0].1 = Fact::Known(false);
        }),
        ("kube.admission", |f| {
            f.survey.dry_runs[0].1 = DryRun::Denied {
                policy: Some("lock".to_owned()),
                message: "prohibited".to_owned(),
            };
        }),
        ("cluster.exists", |f| f.world.cluster().deleting = true),
        ("cluster.initialized", |f| {
            f.world.cluster().status.initialized = false;
        }),
        ("cluster.profile-set", |f| {
            f.world.cluster().spec.profile = None;
        }),
        ("cluster.strategy", |f| {
            f.world.cluster().spec.blue_green = true;
        }),
        ("cluster.operation-lock", |f| {
            f.world.cluster().status.operation_lock = Some(OperationLock {
                operation: "Backup".to_owned(),
                holder: "openbaocluster/backup".to_owned(),
                message: None,
                renewed_at: None,
            });
        }),
        ("cluster.unfinished-upgrade", |f| {
            f.world.cluster().status.blue_green = Some(BlueGreenStatus {
                phase: Some(BlueGreenPhase::Syncing),
                ..BlueGreenStatus::default()
            });
        }),
        ("cluster.break-glass", |f| {
            f.world.cluster().status.break_glass = true;
        }),
        ("backup.snapshot", |f| {
            f.world.cluster().spec.pre_upgrade_snapshot = true;
            f.intent.waivers = vec![Waiver::AcceptOneWay];
        }),
    ];
    each_fails(bends);
}

#[test]
fn each_thing_wrong_with_versions_workload_and_nodes_fails_its_own_check() {
    let bends: &[(&str, Bend)] = &[
        ("version.no-downgrade", |f| {
            f.run.target.version = "2.6.1".parse().expect("a version");
        }),
        ("version.known-bad-pair", |f| {
            f.run.from = "2.5.4".parse().expect("a version");
            f.run.target.version = "2.6.2".parse().expect("a version");
        }),
        ("version.image-tag", |f| f.run.target.image = image("2.7.1")),
        ("version.image-tag", |f| f.run.target.image = String::new()),
        ("version.removed-seal", |f| {
            f.survey.config = Fact::Known("seal \"awskms\" {".to_owned());
        }),
        ("version.removed-storage", |f| {
            f.survey.config = Fact::Known("storage \"file\" {".to_owned());
        }),
        ("workload.statefulset", |f| {
            f.world.voters_mut().ordered_ready = false;
        }),
        ("workload.statefulset", |f| {
            f.world.voters_mut().strategy = UpdateStrategy::RollingUpdate {
                partition: 0,
                max_unavailable_above_one: true,
            };
        }),
        ("workload.replicas-ready", |f| {
            f.world.voters_mut().pods[1].ready = false;
        }),
        ("workload.revisions-clean", |f| {
            f.world.voters_mut().pods[1].revision = "other".to_owned();
        }),
        ("bao.unsealed", |f| {
            if let Fact::Known(health) = &mut f.world.node(1).health {
                health.sealed = true;
            }
        }),
        ("bao.auto-unseal", |f| {
            f.survey.config = Fact::Known("storage \"raft\" {".to_owned());
        }),
        ("bao.tls", |f| {
            f.survey.certificate = certificate(start());
        }),
        ("bao.versions-uniform", |f| {
            if let Fact::Known(health) = &mut f.world.node(1).health {
                health.version = Some("2.6.1".parse().expect("a version"));
            }
        }),
        ("bao.one-cluster-id", |f| {
            if let Fact::Known(health) = &mut f.world.node(1).health {
                health.cluster_id = Some("another".to_owned());
            }
        }),
        ("raft.one-leader", |f| f.world.claims(0, false)),
        ("raft.voters-are-pods", |f| {
            if let Fact::Known(membership) = &mut f.world.snapshot.membership {
                membership.peers[2].voter = false;
            }
        }),
        ("raft.quorum-margin", |f| f.world.down(2)),
        ("raft.in-sync", |f| {
            if let Fact::Known(answer) = &mut f.world.node(0).leader {
                answer.committed_index = Some(5000);
            }
        }),
        ("raft.addresses", |f| {
            if let Fact::Known(answer) = &mut f.world.node(1).leader {
                answer.leader_address = Some("https://bao.example:8200".to_owned());
            }
        }),
    ];
    each_fails(bends);
}

#[test]
fn what_cannot_be_seen_is_unknown_and_stops_like_a_failure() {
    let bends: &[(&str, Bend)] = &[
        ("kube.reachable", |f| {
            f.survey.server_version = Fact::Unknown("x".to_owned());
        }),
        ("kube.permissions", |f| {
            f.survey.permissions[0].1 = Fact::Unknown("x".to_owned());
        }),
        ("kube.admission", |f| {
            f.survey.dry_runs[0].1 = DryRun::Untried {
                why: "x".to_owned(),
            };
        }),
        ("auth.login", |f| {
            f.survey.login = Fact::Unknown("x".to_owned());
        }),
        ("version.removed-seal", |f| {
            f.survey.config = Fact::Unknown("x".to_owned());
        }),
        ("workload.disruption-budget", |f| {
            f.world.snapshot.disruptions_allowed = Fact::Unknown("x".to_owned());
        }),
        ("bao.unsealed", |f| f.world.silent(1)),
        ("bao.tls", |f| {
            f.survey.certificate = Fact::Unknown("x".to_owned());
        }),
        ("raft.voters-are-pods", |f| {
            f.world.snapshot.membership = Fact::Unknown("x".to_owned());
        }),
        ("cluster.unfinished-upgrade", |f| {
            f.world.cluster().run = Fact::Unknown("format 2".to_owned());
        }),
    ];
    for (id, bend) in bends {
        let verdict = Fine::new().verdict(id, bend);
        assert_eq!(verdict, Verdict::Unknown, "{id}");
        assert!(verdict.stops());
    }
}
