//! What the nodes answer in one look.

use std::pin::pin;

use futures::future::{Either, join_all, select};

use crate::{
    model::{
        names::PodName,
        node::NodeView,
        workload::{ContainerState, Pod},
    },
    ports::BaoNodes,
};

/// Why there is no answer of a node that is not waited for.
const STEPS_DOWN: &str = "it was asked to step down, and has not answered as fast as the others";

/// The answer of each pod's node, in their order.
///
/// One that was asked to step down is not waited for longer than the others: it
/// answers nothing until it has ended being active (650-700 ms on real servers),
/// and who follows it is seen in that time.
pub(super) async fn answers<B: BaoNodes>(
    nodes: &B,
    pods: &[&Pod],
    steps_down: Option<&PodName>,
) -> Vec<NodeView> {
    let asked = pods
        .iter()
        .position(|pod| steps_down == Some(&pod.pod.name));
    let Some(asked) = asked else {
        return join_all(pods.iter().map(|pod| answer(nodes, pod))).await;
    };
    let before = pods.iter().take(asked);
    let after = pods.iter().skip(asked + 1);
    let others = pin!(join_all(before.chain(after).map(|pod| answer(nodes, pod))));
    let own = pin!(answer(nodes, pods[asked]));
    let (mut all, own) = match select(others, own).await {
        Either::Left((others, _)) => (others, NodeView::unknown(STEPS_DOWN)),
        Either::Right((own, others)) => (others.await, own),
    };
    all.insert(asked, own);
    all
}

/// Asks a pod's node, if there is a process to ask. Dialling a pod whose
/// container does not run would only cost the API server requests.
async fn answer<B: BaoNodes>(nodes: &B, pod: &Pod) -> NodeView {
    if pod.terminating {
        return NodeView::unknown("its pod is terminating");
    }
    if !matches!(pod.container, ContainerState::Running { .. }) {
        return NodeView::unknown("its container does not run");
    }
    nodes.probe(pod).await
}
