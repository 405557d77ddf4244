//! What a request's path and query ask for.

use std::collections::BTreeMap;

use super::kind::Kind;

/// An object, a collection or a subresource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) kind: Kind,
    /// Empty for all namespaces, and for kinds without.
    pub(super) namespace: String,
    pub(super) name: Option<String>,
    pub(super) sub: Option<String>,
}

impl Route {
    /// Reads a path; `None` when nothing is served there.
    pub(super) fn of(path: &str) -> Option<Self> {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let (group, version) = match parts.next()? {
            "api" => ("", parts.next()?),
            "apis" => (parts.next()?, parts.next()?),
            _ => return None,
        };
        let rest: Vec<&str> = parts.collect();
        let owned = |text: &&str| (*text).to_owned();
        // `/api/v1/namespaces/x` is a Namespace; with more behind it, a place.
        let (namespace, rest) = match rest.as_slice() {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() => {
                ((*namespace).to_owned(), rest)
            }
            all => (String::new(), all),
        };
        let kind = Kind::served(group, version, rest.first()?)?;
        let one = rest.get(1).is_some();
        if rest.len() > 3 || (kind.namespaced() && one && namespace.is_empty()) {
            return None;
        }
        if !kind.namespaced() && !namespace.is_empty() {
            return None;
        }
        Some(Self {
            kind,
            namespace,
            name: rest.get(1).map(owned),
            sub: rest.get(2).map(owned),
        })
    }
}

/// The query's parameters.
#[derive(Debug, Default)]
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    pub(super) fn of(query: Option<&str>) -> Self {
        Self(
            query
                .unwrap_or_default()
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(key), decode(value))
                })
                .collect(),
        )
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), Some("true" | "1"))
    }

    pub(super) fn dry_run(&self) -> bool {
        self.get("dryRun") == Some("All")
    }
}

/// Percent-decoding, with `+` for a space as in forms.
fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let coded = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match coded {
            Some(byte) => {
                out.push(byte);
                at += 2;
            }
            None if bytes[at] == b'+' => out.push(b' '),
            None => out.push(bytes[at]),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_collections_objects_and_subresources() {
        let route = Route::of("/api/v1/namespaces/vault/pods/prod-2/eviction").expect("served");
        assert_eq!((route.kind, route.namespace.as_str()), (Kind::Pod, "vault"));
        assert_eq!(route.sub.as_deref(), Some("eviction"));
        let route = Route::of("/api/v1/namespaces/vault").expect("served");
        assert_eq!(route.kind, Kind::Namespace);
        let all = Route::of("/apis/apps/v1/deployments").expect("served");
        assert_eq!((all.namespace.as_str(), all.name), ("", None));
        assert_eq!(Route::of("/apis/apps/v1/statefulsets/prod"), None);
        assert_eq!(Route::of("/apis/apps/v2/namespaces/a/statefulsets"), None);
    }

    #[test]
    fn queries_are_decoded() {
        let query = Query::of(Some("&labelSelector=a%3Db%2Cc+in+%28d%29&watch=true"));
        assert_eq!(query.get("labelSelector"), Some("a=b,c in (d)"));
        assert!(query.flag("watch") && !query.dry_run());
    }
}
