//! As much of the truth as there is to judge at every look, by reference.

use super::{Member, Release, Servers, log::Log, node::Phase};

/// The members and how far their log is.
pub(in crate::sim) struct Standing<'a> {
    servers: &'a Servers,
    log: Option<&'a Log>,
    /// How much of the log is committed.
    pub(in crate::sim) committed: u64,
    /// Whether a 2.7 has been active, so that no 2.6 can be.
    pub(in crate::sim) door_is_shut: bool,
}

/// As much of a process as there is to judge at every look.
#[expect(clippy::struct_excessive_bools, reason = "facts, each by itself")]
pub(in crate::sim) struct Process {
    /// It runs, is unsealed, and nothing keeps it from its work.
    pub(in crate::sim) serving: bool,
    /// A leader has found it since it began, or it leads.
    pub(in crate::sim) reached: bool,
    /// Its leader reaches it, or it leads.
    pub(in crate::sim) in_touch: bool,
    /// It runs and is the active node.
    pub(in crate::sim) active: bool,
    /// It runs, and could not become active.
    pub(in crate::sim) cannot_lead: bool,
    /// The last entry it has applied.
    pub(in crate::sim) applied: u64,
    /// Its release.
    pub(in crate::sim) release: Release,
}

impl Standing<'_> {
    /// The members by the log that counts.
    pub(in crate::sim) fn members(&self) -> &[Member] {
        let list = self.log.and_then(|log| log.configuration());
        list.map_or(&[], |list| &list.members)
    }

    /// The last process of a pod.
    pub(in crate::sim) fn process(&self, pod: &str) -> Option<Process> {
        let mut nodes = self.servers.nodes.iter();
        let place = nodes.rposition(|node| node.pod == pod)?;
        let node = &self.servers.nodes[place];
        let runs = node.runs();
        Some(Process {
            serving: runs && node.phase == Phase::Unsealed && !node.ending && !node.paused,
            reached: node.reachable || node.leads(),
            in_touch: node.contact || node.leads(),
            active: node.active.is_some() && runs,
            cannot_lead: runs && (node.unfit || node.forwarding_only),
            applied: self.servers.volume(place).committed,
            release: node.release,
        })
    }
}

impl Servers {
    /// What there is to judge at the moment that was last advanced to.
    pub(in crate::sim) fn standing(&mut self) -> Standing<'_> {
        self.settle(self.now);
        let volume = self.newest().map(|place| &self.volumes[place]);
        let log = volume.map(|volume| &volume.log);
        Standing {
            servers: self,
            log,
            committed: volume.map_or(0, |volume| volume.committed),
            door_is_shut: log.is_some_and(|log| log.door_is_shut(u64::MAX)),
        }
    }
}
