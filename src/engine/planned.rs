//! What a rolling upgrade will write and which verbs it needs, for preflight.

use crate::model::{
    action::{Action, Hold, ReleaseBy},
    blue_green::{BlueGreenPhase, BlueGreenStatus},
    blue_green_run::BlueGreenRun,
    colour_parts::ColourParts,
    names::Pool,
    record::RunRecord,
    snapshot::Snapshot,
    survey::Permission,
};

/// How the run reaches the cluster: what it needs rights for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of the command line"
)]
pub struct Access {
    /// Locked writes are sent as this `(namespace, name)` ServiceAccount.
    pub as_operator: Option<(String, String)>,
    /// The nodes are reached by port-forward.
    pub port_forward: bool,
    /// The token comes from a TokenRequest and a JWT login.
    pub jwt: bool,
    /// The CA comes from the cluster's Secret.
    pub ca_from_secret: bool,
    /// Leaders are stepped down by the operator's Job.
    pub step_down_job: bool,
}

/// One of each kind of write the run will make, fit for a dry run now.
#[must_use]
pub fn writes(run: &RunRecord, snapshot: &Snapshot) -> Vec<Action> {
    if let Some(colours) = &run.blue_green {
        return of_colours(run, colours, snapshot);
    }
    let mut writes = vec![
        Action::TakeLock { displaced: None },
        Action::Begin {
            record: Box::new(run.clone()),
        },
        Action::Declare {
            version: run.target.version.clone(),
            image: run.target.image.clone(),
        },
        Action::Publish {
            current_partition: run.target.replicas,
            completed_pods: Vec::new(),
        },
    ];
    for pool in [Pool::ReadReplicas, Pool::Voters] {
        let Some(workload) = snapshot
            .workload(pool)
            .filter(|workload| workload.replicas > 0)
        else {
            continue;
        };
        writes.push(Action::Hold {
            pool,
            hold: Hold::Partition(workload.replicas),
        });
        if pool == Pool::Voters {
            writes.push(Action::Hold {
                pool,
                hold: Hold::OnDelete,
            });
        }
        writes.push(Action::SetImage {
            pool,
            image: run.target.image.clone(),
        });
        if let Some(pod) = workload.pods.iter().find(|pod| !pod.terminating) {
            writes.push(Action::Release {
                pool,
                pod: pod.pod.clone(),
                by: if pool == Pool::Voters {
                    ReleaseBy::Eviction
                } else {
                    ReleaseBy::Partition(workload.replicas)
                },
            });
        }
        writes.push(Action::Unhold { pool });
    }
    writes.push(Action::Complete);
    writes
}

/// The same for a blue/green run. What only exists later cannot be tried now: a
/// vote, and the deletion of what is not there yet.
fn of_colours(run: &RunRecord, colours: &BlueGreenRun, snapshot: &Snapshot) -> Vec<Action> {
    let mut writes = vec![
        Action::TakeLock { displaced: None },
        Action::Begin {
            record: Box::new(run.clone()),
        },
        Action::Declare {
            version: run.target.version.clone(),
            image: run.target.image.clone(),
        },
        Action::WritePhase {
            status: Box::new(BlueGreenStatus {
                green_revision: Some(colours.green.clone()),
                ..BlueGreenStatus::at_rest(colours.blue.clone(), run.from_image.clone())
                    .entering(BlueGreenPhase::DeployingGreen, run.started_at)
            }),
        },
    ];
    let parts = snapshot.colour_parts.known().and_then(Option::as_ref);
    if parts.is_some_and(ColourParts::founds) {
        writes.push(Action::EmptySelfInit);
    }
    let is_made = snapshot.other_colour().is_some()
        || snapshot
            .cluster
            .known()
            .is_some_and(|cluster| cluster.status.blue_revision() == Some(&colours.green));
    if !is_made {
        if parts.is_some_and(|parts| parts.green_config.is_none()) {
            writes.push(Action::CreateConfig {
                revision: colours.green.clone(),
            });
        }
        writes.push(Action::CreateStatefulSet {
            revision: colours.green.clone(),
            image: run.target.image.clone(),
        });
    }
    if parts.is_some_and(|parts| parts.front.is_some()) {
        writes.push(Action::MoveService {
            revision: colours.green.clone(),
        });
    }
    let resource = snapshot.cluster.known();
    let hook = resource.and_then(|it| it.spec.blue_green_spec.pre_promotion_hook.as_ref());
    if let Some(hook) = hook.filter(|_| run.abandoned.is_none()) {
        writes.push(Action::RunHook {
            image: hook.image.clone(),
        });
    }
    writes.push(Action::Complete);
    writes
}

/// Group, resource, verbs, and what for: what every run uses.
const ALWAYS: &[(&str, &str, &[&str], &str)] = &[
    (
        "openbao.org",
        "openbaoclusters",
        &["list", "watch"],
        "to see changes",
    ),
    (
        "apps",
        "statefulsets",
        &["get", "list", "watch"],
        "to see the workload",
    ),
    ("", "pods", &["get", "list", "watch"], "to see the pods"),
    ("", "pods/log", &["get"], "to explain a pod that fails"),
    ("", "events", &["list"], "to explain a pod that fails"),
    ("", "pods/eviction", &["create"], "to release a pod"),
    (
        "policy",
        "poddisruptionbudgets",
        &["list", "watch"],
        "the disruption budget",
    ),
    ("batch", "jobs", &["list", "watch"], "the operator's Jobs"),
    (
        "coordination.k8s.io",
        "leases",
        &["get", "create", "update"],
        "one driver at a time",
    ),
];

/// The verbs the run uses, each with what for.
#[must_use]
pub fn permissions(
    namespace: &str,
    cluster: &str,
    access: &Access,
    colours: bool,
    hook: bool,
) -> Vec<Permission> {
    let mut list = Needs {
        namespace,
        list: Vec::new(),
    };
    let resource = Some(cluster);
    list.add(
        "openbao.org",
        "openbaoclusters",
        &["get", "patch"],
        resource,
        "the resource",
    );
    list.add(
        "openbao.org",
        "openbaoclusters/status",
        &["patch"],
        resource,
        "the checkpoint",
    );
    for (group, kind, verbs, why) in ALWAYS {
        list.add(group, kind, verbs, None, why);
    }
    let config = format!("{cluster}-config");
    list.add(
        "",
        "configmaps",
        &["get"],
        Some(&config),
        "seal and storage",
    );
    if access.as_operator.is_none() {
        list.add(
            "apps",
            "statefulsets",
            &["patch"],
            None,
            "partition and template",
        );
    }
    if colours {
        list.of_colours(access.as_operator.is_some());
    }
    if hook {
        list.add("batch", "jobs", &["get"], None, "the pre-promotion hook");
        if access.as_operator.is_none() {
            let verbs = &["create", "delete"];
            list.add("batch", "jobs", verbs, None, "the pre-promotion hook");
        }
    }
    if access.port_forward {
        // WebSocket streams begin with GET; newer servers ask for create too
        // (kubernetes#134577).
        list.add(
            "",
            "pods/portforward",
            &["get", "create"],
            None,
            "to reach the nodes",
        );
    }
    if access.jwt {
        let account = format!("{cluster}-upgrade-serviceaccount");
        list.add(
            "",
            "serviceaccounts",
            &["get", "create"],
            None,
            "the login's account",
        );
        list.add(
            "",
            "serviceaccounts/token",
            &["create"],
            Some(&account),
            "the login",
        );
    }
    if access.ca_from_secret {
        let secret = format!("{cluster}-tls-ca");
        list.add("", "secrets", &["get"], Some(&secret), "the nodes' CA");
    }
    if access.step_down_job && access.as_operator.is_none() {
        list.add(
            "batch",
            "jobs",
            &["get", "create", "delete"],
            None,
            "the executor Job",
        );
    }
    if let Some((namespace, name)) = &access.as_operator {
        list.namespace = namespace;
        list.add(
            "",
            "serviceaccounts",
            &["impersonate"],
            Some(name),
            "--as-operator",
        );
    }
    list.list
}

/// A list of permissions as it grows.
struct Needs<'a> {
    namespace: &'a str,
    list: Vec<Permission>,
}

impl Needs<'_> {
    /// What a change of colours needs: what the admission lock guards goes as
    /// the operator's account where that is in use.
    fn of_colours(&mut self, locked_as_operator: bool) {
        let own: &[(&str, &str, &[&str], &str)] = &[
            ("", "services", &["get"], "where clients are sent"),
            (
                "discovery.k8s.io",
                "endpointslices",
                &["list"],
                "where clients are sent",
            ),
            (
                "",
                "persistentvolumeclaims",
                &["list", "delete"],
                "the volumes of a colour",
            ),
            ("", "configmaps", &["get"], "a colour's configuration"),
            ("apps", "statefulsets/scale", &["patch"], "to stop a colour"),
        ];
        let locked: &[(&str, &str, &[&str], &str)] = &[
            (
                "apps",
                "statefulsets",
                &["create", "patch", "delete"],
                "to make and remove a colour",
            ),
            (
                "",
                "configmaps",
                &["create", "patch", "delete"],
                "to make and remove a colour",
            ),
            ("", "services", &["patch"], "to move the clients"),
        ];
        let locked = if locked_as_operator { &[] } else { locked };
        for (group, kind, verbs, why) in own.iter().chain(locked) {
            self.add(group, kind, verbs, None, why);
        }
    }

    fn add(&mut self, group: &str, resource: &str, verbs: &[&str], name: Option<&str>, why: &str) {
        self.list.extend(verbs.iter().map(|verb| Permission {
            group: group.to_owned(),
            resource: resource.to_owned(),
            verb: (*verb).to_owned(),
            name: name.map(ToOwned::to_owned),
            namespace: Some(self.namespace.to_owned()),
            why: why.to_owned(),
        }));
    }
}
