//! The kinds of objects that are served, and where.

/// A kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The operator's resource.
    OpenBaoCluster,
    /// The operator's restore.
    OpenBaoRestore,
    /// StatefulSet.
    StatefulSet,
    /// Deployment; nothing acts on it.
    Deployment,
    /// A StatefulSet's earlier and present template.
    ControllerRevision,
    /// Pod.
    Pod,
    /// Service.
    Service,
    /// ConfigMap.
    ConfigMap,
    /// Secret.
    Secret,
    /// ServiceAccount.
    ServiceAccount,
    /// Event of the core group.
    Event,
    /// PersistentVolumeClaim.
    PersistentVolumeClaim,
    /// Namespace.
    Namespace,
    /// Node.
    Node,
    /// PodDisruptionBudget.
    PodDisruptionBudget,
    /// Job.
    Job,
    /// Lease.
    Lease,
    /// CustomResourceDefinition.
    CustomResourceDefinition,
    /// ValidatingAdmissionPolicy, as an object to be read.
    ValidatingAdmissionPolicy,
    /// ResourceQuota, as an object to be read.
    ResourceQuota,
    /// LimitRange, as an object to be read.
    LimitRange,
    /// EndpointSlice.
    EndpointSlice,
}

/// What is fixed about a kind.
struct Facts {
    kind: Kind,
    name: &'static str,
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    namespaced: bool,
}

const fn facts(
    kind: Kind,
    name: &'static str,
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    namespaced: bool,
) -> Facts {
    Facts {
        kind,
        name,
        group,
        version,
        plural,
        namespaced,
    }
}

const BAO: &str = "openbao.org";
const EXTENSIONS: &str = "apiextensions.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";
const DEFINITIONS: &str = "customresourcedefinitions";
const POLICIES: &str = "validatingadmissionpolicies";

/// In the order of the enumeration.
#[rustfmt::skip]
static FACTS: [Facts; 22] = [
    facts(Kind::OpenBaoCluster, "OpenBaoCluster", BAO, "v1alpha1", "openbaoclusters", true),
    facts(Kind::OpenBaoRestore, "OpenBaoRestore", BAO, "v1alpha1", "openbaorestores", true),
    facts(Kind::StatefulSet, "StatefulSet", "apps", "v1", "statefulsets", true),
    facts(Kind::Deployment, "Deployment", "apps", "v1", "deployments", true),
    facts(Kind::ControllerRevision, "ControllerRevision", "apps", "v1", "controllerrevisions", true),
    facts(Kind::Pod, "Pod", "", "v1", "pods", true),
    facts(Kind::Service, "Service", "", "v1", "services", true),
    facts(Kind::ConfigMap, "ConfigMap", "", "v1", "configmaps", true),
    facts(Kind::Secret, "Secret", "", "v1", "secrets", true),
    facts(Kind::ServiceAccount, "ServiceAccount", "", "v1", "serviceaccounts", true),
    facts(Kind::Event, "Event", "", "v1", "events", true),
    facts(Kind::PersistentVolumeClaim, "PersistentVolumeClaim", "", "v1", "persistentvolumeclaims", true),
    facts(Kind::Namespace, "Namespace", "", "v1", "namespaces", false),
    facts(Kind::Node, "Node", "", "v1", "nodes", false),
    facts(Kind::PodDisruptionBudget, "PodDisruptionBudget", "policy", "v1", "poddisruptionbudgets", true),
    facts(Kind::Job, "Job", "batch", "v1", "jobs", true),
    facts(Kind::Lease, "Lease", "coordination.k8s.io", "v1", "leases", true),
    facts(Kind::CustomResourceDefinition, "CustomResourceDefinition", EXTENSIONS, "v1", DEFINITIONS, false),
    facts(Kind::ValidatingAdmissionPolicy, "ValidatingAdmissionPolicy", ADMISSION, "v1", POLICIES, false),
    facts(Kind::ResourceQuota, "ResourceQuota", "", "v1", "resourcequotas", true),
    facts(Kind::LimitRange, "LimitRange", "", "v1", "limitranges", true),
    facts(Kind::EndpointSlice, "EndpointSlice", "discovery.k8s.io", "v1", "endpointslices", true),
];

impl Kind {
    fn facts(self) -> &'static Facts {
        &FACTS[self as usize]
    }

    /// Its name: `StatefulSet`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Its API group, empty for the core group.
    #[must_use]
    pub fn group(self) -> &'static str {
        self.facts().group
    }

    /// Its name in paths: `statefulsets`.
    #[must_use]
    pub fn plural(self) -> &'static str {
        self.facts().plural
    }

    /// `apps/v1`, `v1`.
    pub(super) fn api_version(self) -> String {
        let facts = self.facts();
        if facts.group.is_empty() {
            facts.version.to_owned()
        } else {
            format!("{}/{}", facts.group, facts.version)
        }
    }

    pub(super) fn namespaced(self) -> bool {
        self.facts().namespaced
    }

    /// Whether a status is written only through its subresource.
    pub(super) fn has_status(self) -> bool {
        matches!(
            self,
            Self::OpenBaoCluster
                | Self::OpenBaoRestore
                | Self::StatefulSet
                | Self::Deployment
                | Self::Pod
                | Self::PersistentVolumeClaim
                | Self::PodDisruptionBudget
                | Self::Job
        )
    }

    /// Whether it is defined by a CustomResourceDefinition.
    pub(super) fn custom(self) -> bool {
        matches!(self, Self::OpenBaoCluster | Self::OpenBaoRestore)
    }

    /// `statefulsets.apps`, `pods`: as in messages.
    pub(super) fn resource(self) -> String {
        let facts = self.facts();
        if facts.group.is_empty() {
            facts.plural.to_owned()
        } else {
            format!("{}.{}", facts.plural, facts.group)
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        FACTS
            .iter()
            .find(|facts| facts.name == name)
            .map(|facts| facts.kind)
    }

    pub(super) fn served(group: &str, version: &str, plural: &str) -> Option<Self> {
        FACTS
            .iter()
            .find(|f| f.plural == plural && f.group == group && f.version == version)
            .map(|facts| facts.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enumeration() {
        for facts in &FACTS {
            assert_eq!(facts.kind.name(), facts.name);
        }
        assert_eq!(Kind::Pod.api_version(), "v1");
        assert_eq!(Kind::StatefulSet.resource(), "statefulsets.apps");
    }
}
