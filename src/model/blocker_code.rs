//! The reasons to wait by their stable names.

use super::blocker::Blocker;

impl Blocker {
    /// Stable code for machines and for condition reasons.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unseen { .. } => "Unseen",
            Self::OperatorNotPaused => "OperatorNotPaused",
            Self::NotStill { .. } => "NotStill",
            Self::JobsRunning { .. } => "JobsRunning",
            Self::NotObserved { .. } => "NotObserved",
            Self::NoLeader => "NoLeader",
            Self::TwoLeaders { .. } => "TwoLeaders",
            Self::LeaderDisputed { .. } => "LeaderDisputed",
            Self::LeaderUnsettled { .. } => "LeaderUnsettled",
            Self::SteppingDown { .. } => "SteppingDown",
            Self::PodMissing { .. } => "PodMissing",
            Self::PodTerminating { .. } => "PodTerminating",
            Self::NotAvailable { .. } => "NotAvailable",
            Self::AwaitingReplacement { .. } => "AwaitingReplacement",
            Self::PodNotReady { .. } => "PodNotReady",
            Self::WrongRevision { .. } => "WrongRevision",
            Self::NodeSilent { .. } => "NodeSilent",
            Self::NodeSealed { .. } => "NodeSealed",
            Self::WrongVersion { .. } => "WrongVersion",
            Self::WrongCluster { .. } => "WrongCluster",
            Self::NotVoter { .. } => "NotVoter",
            Self::VotersAreNoPods { .. } => "VotersAreNoPods",
            Self::NoQuorumMargin { .. } => "NoQuorumMargin",
            Self::NotCaughtUp { .. } => "NotCaughtUp",
            Self::NotAsked { .. } => "NotAsked",
            Self::CannotLead { .. } => "CannotLead",
            Self::NotMember { .. } => "NotMember",
            Self::VotePending { .. } => "VotePending",
            Self::Syncing { .. } => "Syncing",
            Self::HookRunning { .. } => "HookRunning",
            Self::HookGoing { .. } => "HookGoing",
            Self::VolumesGoing { .. } => "VolumesGoing",
            Self::EndpointsLag { .. } => "EndpointsLag",
            Self::Soaking { .. } => "Soaking",
            Self::BudgetExhausted => "BudgetExhausted",
            Self::EvictionRefused { .. } => "EvictionRefused",
        }
    }
}
