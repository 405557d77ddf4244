//! What a change may do.

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, ValueEnum};

use crate::model::{
    intent::{OrderChoice, StepDownVia},
    waiver::Waiver,
};

use super::{access::AccessArgs, duration};

/// What every command that changes a cluster takes.
#[derive(Debug, Clone, Args)]
pub struct ChangeArgs {
    /// How the run goes.
    #[command(flatten)]
    pub run: RunArgs,
    /// Waivers.
    #[command(flatten)]
    pub waivers: WaiverArgs,
    /// Ways through the admission lock.
    #[command(flatten)]
    pub lock: LockArgs,
    /// How to reach OpenBao.
    #[command(flatten)]
    pub access: AccessArgs,
}

/// In which order the pods of a rolling upgrade go.
#[derive(Debug, Clone, Args)]
pub struct OrderArgs {
    /// Order of the pods; auto needs one leader move wherever the leader is
    #[arg(long, value_enum, value_name = "ORDER", default_value_t)]
    pub order: OrderArg,
}

/// Flags of the commands that carry an upgrade out.
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    /// Do not ask; implies none of the waivers, so it crosses no one-way door
    #[arg(short, long)]
    pub yes: bool,
    /// Stop at a safe point when the whole run takes longer; resumable
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub timeout: Option<Duration>,
    /// How long a new pod may take to be Ready, to answer and to catch up: a
    /// database of gigabytes may be replayed for 20 minutes
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "12m")]
    pub start_timeout: Duration,
    /// Take a raft snapshot first, verify it, and put it here; a resumed run
    /// that was to take one and has not needs it said again
    #[arg(long, value_name = "FILE")]
    pub snapshot: Option<PathBuf>,
    /// Let the snapshot take the place of a file of that name
    #[arg(long, requires = "snapshot")]
    pub force: bool,
    /// End a pause that somebody else asked for with `baoctl pause`
    #[arg(long)]
    pub end_pause: bool,
    /// How the leader is made to step down: by baoctl's own request, or by the
    /// operator's executor Job
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub step_down_via: StepDownArg,
}

/// Safety rules given up by name.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Waivers (each is recorded on the cluster)")]
pub struct WaiverArgs {
    /// Go on although this preflight check failed; may be repeated
    #[arg(long, value_name = "ID")]
    pub ignore_check: Vec<String>,
    /// A cluster of one replica is down while it restarts
    #[arg(long)]
    pub allow_downtime: bool,
    /// Go on without the snapshot that the resource or a one-way door demands
    #[arg(long)]
    pub allow_no_snapshot: bool,
    /// Cross a one-way door: once the target version has led, the old one never
    /// leads again
    #[arg(long)]
    pub accept_one_way: bool,
}

impl WaiverArgs {
    /// The waivers that were given.
    #[must_use]
    pub fn waivers(&self) -> Vec<Waiver> {
        let ignored = self.ignore_check.iter().cloned().map(Waiver::IgnoreCheck);
        let named = [
            (self.allow_downtime, Waiver::AllowDowntime),
            (self.allow_no_snapshot, Waiver::AllowNoSnapshot),
            (self.accept_one_way, Waiver::AcceptOneWay),
        ];
        ignored
            .chain(
                named
                    .into_iter()
                    .filter_map(|(given, waiver)| given.then_some(waiver)),
            )
            .collect()
    }
}

/// Ways through the operator's admission lock.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Passing the operator's admission lock")]
pub struct LockArgs {
    /// Send the locked writes, and only these, as the operator's
    /// ServiceAccount; found by itself unless named. Needs the verb
    /// impersonate on that account
    #[arg(
        long,
        value_name = "NAMESPACE/NAME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ""
    )]
    pub as_operator: Option<OperatorAccount>,
    /// Mark the locked writes with openbao.org/maintenance=true, removed at the
    /// end. For system:masters, or holders of the verb maintenance on the
    /// cluster where the operator knows it
    #[arg(long, conflicts_with = "as_operator")]
    pub maintenance_override: bool,
}

/// The value of `--as-operator`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperatorAccount {
    /// Look for it.
    Find,
    /// Exactly this one.
    Named {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
}

impl FromStr for OperatorAccount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Find);
        }
        match text.split_once('/') {
            Some((namespace, name))
                if !namespace.is_empty() && !name.is_empty() && !name.contains('/') =>
            {
                Ok(Self::Named {
                    namespace: namespace.to_owned(),
                    name: name.to_owned(),
                })
            }
            _ => Err("a ServiceAccount is written NAMESPACE/NAME".to_owned()),
        }
    }
}

/// `--order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum OrderArg {
    /// Whichever moves leadership least
    #[default]
    Auto,
    /// The operator's: highest ordinal first, leadership on ordinal 0
    ReverseOrdinal,
    /// Standbys first, then whoever leads
    LeaderLast,
}

impl From<OrderArg> for OrderChoice {
    fn from(order: OrderArg) -> Self {
        match order {
            OrderArg::Auto => Self::Auto,
            OrderArg::ReverseOrdinal => Self::ReverseOrdinal,
            OrderArg::LeaderLast => Self::LeaderLast,
        }
    }
}

/// `--step-down-via`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum StepDownArg {
    /// By baoctl's own request to the leader
    #[default]
    Direct,
    /// By the operator's executor Job
    Job,
}

impl From<StepDownArg> for StepDownVia {
    fn from(via: StepDownArg) -> Self {
        match via {
            StepDownArg::Direct => Self::Direct,
            StepDownArg::Job => Self::Job,
        }
    }
}
