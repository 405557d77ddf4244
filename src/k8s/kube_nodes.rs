//! The nodes that servers run on.

use futures::future::try_join_all;
use k8s_openapi::api::core::v1::Node;

use super::{adapter::Kube, wire};
use crate::{
    model::kube_node::KubeNode,
    ports::{Clock, PortError},
};

impl<C: Clock + 'static> Kube<C> {
    /// Those of these names. `None` where they may not be read: they belong to no
    /// namespace, and a Role cannot grant them.
    pub(super) async fn read_nodes(
        &self,
        names: &[String],
    ) -> Result<Option<Vec<KubeNode>>, PortError> {
        let read = names.iter().map(|name| async move {
            let path = format!("/api/v1/nodes/{name}");
            let found = wire::get::<Node>(&self.own, &format!("node {name}"), &path).await?;
            Ok(parse(name, found.as_ref()))
        });
        match try_join_all(read).await {
            Ok(nodes) => Ok(Some(nodes)),
            Err(PortError::Forbidden(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn parse(name: &str, found: Option<&Node>) -> KubeNode {
    let status = found.and_then(|node| node.status.as_ref());
    let conditions = status.and_then(|status| status.conditions.as_ref());
    let mut conditions = conditions.into_iter().flatten();
    let spec = found.and_then(|node| node.spec.as_ref());
    KubeNode {
        name: name.to_owned(),
        ready: conditions.any(|it| it.type_ == "Ready" && it.status == "True"),
        cordoned: spec.and_then(|spec| spec.unschedulable) == Some(true),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn node(value: Value) -> KubeNode {
        let node = serde_json::from_value(value).expect("a node");
        parse("node-1", Some(&node))
    }

    fn is(ready: bool, cordoned: bool) -> KubeNode {
        let name = "node-1".to_owned();
        KubeNode {
            name,
            ready,
            cordoned,
        }
    }

    #[test]
    fn a_node_is_ready_by_its_condition_and_cordoned_by_its_spec() {
        let ready = |status: &str| json!({ "conditions": [{ "type": "DiskPressure", "status": "True" }, { "type": "Ready", "status": status }] });
        assert_eq!(node(json!({ "status": ready("True") })), is(true, false));
        assert_eq!(
            node(json!({ "status": ready("Unknown") })),
            is(false, false)
        );
        let cordoned = json!({ "spec": { "unschedulable": true }, "status": ready("True") });
        assert_eq!(node(cordoned), is(true, true));
        assert_eq!(parse("node-1", None), is(false, false));
    }
}
