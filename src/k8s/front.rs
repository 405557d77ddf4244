//! The public Service and its EndpointSlices, read into the model.

use std::{collections::BTreeMap, rc::Rc};

use k8s_openapi::api::{
    core::v1::Service,
    discovery::v1::{Endpoint as Stored, EndpointSlice},
};
use kube::ResourceExt;

use super::{
    fields::LONGEST,
    names::{MAINTENANCE, is_name},
};
use crate::{
    model::{
        front::{Endpoint, Front},
        legible::legible,
        names::{PodName, PodRef, ResourceVersion},
        revision::Revision,
    },
    ports::PortError,
};

/// Reads them.
pub(super) fn parse(service: &Service, slices: &[Rc<EndpointSlice>]) -> Result<Front, PortError> {
    let wrong = |what: &str| PortError::Other(format!("the public service has no valid {what}"));
    let name = service.name_any();
    // It becomes a part of URLs.
    if !is_name(&name) {
        return Err(wrong("name"));
    }
    let selector = service
        .spec
        .as_ref()
        .and_then(|spec| spec.selector.as_ref());
    let revision = selector.and_then(|labels| labels.get(Revision::LABEL));
    let revision = match revision {
        None => None,
        Some(text) => Some(Revision::named(text).ok_or_else(|| wrong("revision"))?),
    };
    let version = service.resource_version();
    Ok(Front {
        resource_version: ResourceVersion(legible(
            &version.ok_or_else(|| wrong("resourceVersion"))?,
            LONGEST,
        )),
        revision,
        maintenance: service
            .annotations()
            .get(MAINTENANCE)
            .is_some_and(|value| value == "true"),
        endpoints: endpoints(slices),
        name,
    })
}

/// A pod with addresses of two families stands in two slices, and is ready when
/// both say so.
fn endpoints(slices: &[Rc<EndpointSlice>]) -> Vec<Endpoint> {
    let mut found = BTreeMap::new();
    for stored in slices.iter().flat_map(|slice| &slice.endpoints) {
        *found.entry(pod(stored)).or_insert(true) &= is_ready(stored);
    }
    let found = found.into_iter();
    found.map(|(pod, ready)| Endpoint { pod, ready }).collect()
}

/// The pod behind an endpoint. One that is no pod is nobody's, under its
/// address.
fn pod(endpoint: &Stored) -> PodRef {
    let target = endpoint.target_ref.as_ref();
    let target = target.filter(|target| target.kind.as_deref() == Some("Pod"));
    let name = target.and_then(|target| target.name.as_ref());
    let text = |text: Option<&String>| legible(text.map_or("", String::as_str), LONGEST);
    PodRef {
        name: PodName(text(name.or_else(|| endpoint.addresses.first()))),
        uid: text(target.and_then(|target| target.uid.as_ref())),
    }
}

/// Unknown counts as ready (`EndpointConditions`).
fn is_ready(endpoint: &Stored) -> bool {
    let conditions = endpoint.conditions.as_ref();
    conditions.and_then(|conditions| conditions.ready) != Some(false)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn front(endpoints: &Value) -> Front {
        let service = json!({ "metadata": { "name": "prod-public", "resourceVersion": "1" } });
        let slice = |family: &str| {
            let slice = json!({ "addressType": family, "endpoints": endpoints });
            Rc::new(serde_json::from_value(slice).expect("a slice"))
        };
        let service = serde_json::from_value(service).expect("a service");
        parse(&service, &[slice("IPv4"), slice("IPv6")]).expect("a front")
    }

    #[test]
    fn a_pod_in_two_slices_is_one_and_an_address_alone_is_nobodys() {
        let pod = json!({ "kind": "Pod", "name": "prod-a-0", "uid": "u0" });
        let found = front(&json!([
            { "addresses": ["10.0.0.1"], "targetRef": pod },
            { "addresses": ["10.0.0.9"], "conditions": { "ready": false } },
        ]));
        let names: Vec<_> = found
            .endpoints
            .iter()
            .map(|e| e.pod.name.as_str())
            .collect();
        assert_eq!(names, ["10.0.0.9", "prod-a-0"]);
        assert!(found.endpoints[1].ready && !found.endpoints[0].ready);
        assert_eq!(found.revision, None);
    }
}
