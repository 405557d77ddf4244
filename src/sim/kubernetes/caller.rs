//! Who sends a request, and what it may do.

use std::collections::BTreeSet;

use http::HeaderMap;

/// The operator's ServiceAccount, in the published manifests' names.
pub const OPERATOR: &str =
    "system:serviceaccount:openbao-operator-system:openbao-operator-controller";

/// An authenticated user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// User name.
    pub user: String,
    /// Groups.
    pub groups: Vec<String>,
    /// Holds the verb `maintenance` on the cluster
    /// (`contracts/operator-today.md`).
    pub maintenance: bool,
}

impl Caller {
    /// A person with cluster-admin who is not in system:masters.
    #[must_use]
    pub fn admin(user: &str) -> Self {
        Self {
            user: user.to_owned(),
            groups: vec!["system:authenticated".to_owned()],
            maintenance: false,
        }
    }

    /// Somebody in system:masters.
    #[must_use]
    pub fn masters(user: &str) -> Self {
        let mut caller = Self::admin(user);
        caller.groups.push("system:masters".to_owned());
        caller
    }

    /// The operator itself.
    #[must_use]
    pub fn operator() -> Self {
        let mut caller = Self::admin(OPERATOR);
        caller.groups.push("system:serviceaccounts".to_owned());
        caller
    }

    /// The one named by impersonation headers, else itself.
    pub(super) fn acting(&self, headers: &HeaderMap) -> Self {
        let text = |value: &http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let Some(user) = headers.get("impersonate-user") else {
            return self.clone();
        };
        Self {
            user: text(user),
            groups: headers
                .get_all("impersonate-group")
                .iter()
                .map(text)
                .collect(),
            maintenance: false,
        }
    }
}

/// What is denied; everything else is allowed, as to a cluster-admin.
#[derive(Debug, Clone, Default)]
pub(super) struct Rights {
    denied: BTreeSet<(String, String, String)>,
}

impl Rights {
    /// Denies a verb on a resource (`pods/eviction`) to a user, or to all with
    /// `*`.
    pub(super) fn deny(&mut self, user: &str, verb: &str, resource: &str) {
        let entry = (user.to_owned(), verb.to_owned(), resource.to_owned());
        self.denied.insert(entry);
    }

    /// The opposite.
    pub(super) fn grant(&mut self, user: &str, verb: &str, resource: &str) {
        let entry = (user.to_owned(), verb.to_owned(), resource.to_owned());
        self.denied.remove(&entry);
    }

    pub(super) fn allows(&self, caller: &Caller, verb: &str, resource: &str) -> bool {
        let listed = |user: &str| {
            let entry = |verb: &str| (user.to_owned(), verb.to_owned(), resource.to_owned());
            self.denied.contains(&entry(verb)) || self.denied.contains(&entry("*"))
        };
        if !self.denied.is_empty() && (listed(&caller.user) || listed("*")) {
            return false;
        }
        // `contracts/operator-live.md` 3, last column.
        let beyond_the_operator = matches!(
            resource,
            "pods/eviction"
                | "pods/exec"
                | "pods/portforward"
                | "pods/ephemeralcontainers"
                | "pods/resize"
                | "serviceaccounts/token"
                | "statefulsets/scale"
                | "statefulsets/status"
        );
        !(caller.user == OPERATOR && beyond_the_operator)
    }
}
