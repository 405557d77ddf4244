//! The verbs a run needs, for preflight's access reviews.

use crate::model::{cluster::Cluster, survey::Permission};

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
    /// A snapshot's file is kept, on this machine's disk.
    pub keeps_files: bool,
    /// Why the nodes cannot be verified, and so are not asked.
    pub no_trust: Option<String>,
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
        "",
        "persistentvolumeclaims",
        &["list"],
        "to see that no volume goes with its pod",
    ),
    (
        "coordination.k8s.io",
        "leases",
        &["get", "create", "update"],
        "one driver at a time",
    ),
];

/// The verbs the run uses, each with what for.
#[must_use]
pub fn permissions(resource: &Cluster, access: &Access, colours: bool) -> Vec<Permission> {
    let cluster = resource.reference.name.as_str();
    let mut list = Needs {
        namespace: &resource.reference.namespace,
        list: Vec::new(),
    };
    let config = resource.config_map();
    let hook = colours && resource.spec.blue_green_spec.pre_promotion_hook.is_some();
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
        list.of_hook(access.as_operator.is_some());
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
    fn of_hook(&mut self, locked_as_operator: bool) {
        const WHY: &str = "the pre-promotion hook";
        self.add("batch", "jobs", &["get"], None, WHY);
        if !locked_as_operator {
            self.add("batch", "jobs", &["create", "delete"], None, WHY);
        }
    }

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
                &["delete"],
                "the volumes of a colour",
            ),
            ("", "configmaps", &["get"], "a colour's configuration"),
            ("", "resourcequotas", &["list"], "room for green"),
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
