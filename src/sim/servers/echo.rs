//! A standby's connection to the active node, over which it forwards requests
//! and says every few seconds how far it is.

use super::{Event, Servers, node::Echo, release::Release};
use crate::sim::moment::Moment;

/// One at once, then every 5 s (`contracts/openbao-api.md` 11).
pub(super) const ECHO_MS: u64 = 5000;
/// A standby looks for the active node (`contracts/openbao-api.md` 11).
const LOOKS_MS: u64 = 2500;

impl Servers {
    /// A standby looks for an active node to connect to.
    pub(super) fn look_for_active(&mut self, node: usize, at: Moment) {
        let active = (0..self.nodes.len()).find(|one| {
            let same = self.volume(*one).cluster == self.volume(node).cluster;
            same && self.nodes[*one].active.is_some()
        });
        if let Some(active) = active.filter(|active| *active != node) {
            self.within(at, (50, 300), Event::Connect(node, active));
        }
    }

    /// The connection stands, with an echo at once.
    pub(super) fn connect(&mut self, node: usize, active: usize, at: Moment) {
        let is_active = self.nodes[active].active.is_some() && self.nodes[active].runs();
        if !self.nodes[node].runs() || !is_active || self.nodes[node].forwards_to == Some(active) {
            return;
        }
        if !self.linked(node, active) {
            self.within(at, (LOOKS_MS, LOOKS_MS + 50), Event::Connect(node, active));
        } else if understand(self.nodes[node].release, self.nodes[active].release) {
            self.nodes[node].forwards_to = Some(active);
            self.echo(node, active, at);
        }
    }

    /// The active node hears from a standby. A removed one goes on with it
    /// (`contracts/openbao-live.md` 0.7).
    pub(super) fn echo(&mut self, node: usize, active: usize, at: Moment) {
        let one = &self.nodes[node];
        if !one.runs() || one.forwards_to != Some(active) || self.nodes[active].active.is_none() {
            return;
        }
        if self.linked(node, active) && !self.nodes[node].ending {
            let (index, term) = (self.volume(node).committed, self.volume(node).term);
            let release = self.nodes[node].release;
            let pod = self.nodes[node].pod.clone();
            let echo = Echo {
                at,
                release,
                index,
                term,
            };
            if let Some(active) = &mut self.nodes[active].active {
                active.echoes.insert(pod, echo);
            }
        }
        self.within(at, (ECHO_MS, ECHO_MS + 10), Event::Echo(node, active));
    }
}

/// A standby of 2.6.0 to 2.6.2 cannot speak to an active node of 2.5 or older
/// (`reference/reliability.md` K10).
fn understand(standby: Release, active: Release) -> bool {
    !(standby >= Release::two(6, 0) && standby <= Release::two(6, 2) && !active.from(6))
}
