//! Kubernetes: the workloads, the resource and the lease of one cluster through
//! `kube::Client`. Each call is one attempt; waiting, repeating and deadlines
//! are the engine's.

mod access;
mod adapter;
mod blue_green;
mod budgets;
mod checkpoints;
mod claims;
mod cluster;
mod colours;
mod config_files;
mod connect;
mod copy;
mod count;
mod direct;
mod errors;
mod evidence;
mod fields;
mod forward;
mod front;
mod hook;
mod hook_job;
mod job_spec;
mod jobs;
mod kube_nodes;
mod leases;
mod locked;
mod locked_objects;
mod names;
mod operator;
mod ownership;
mod plane;
mod pods;
mod quantity;
mod quotas;
mod schema;
mod statefulsets;
mod status;
mod status_writes;
mod watch;
mod wire;
mod workloads;

pub use access::{clusters, serves_clusters, user};
pub use adapter::{Access, Kube};
pub use connect::{ConnectError, Connection, Target};
pub use count::RequestCounts;
pub use direct::Direct;
pub use forward::PortForward;
pub use kube::Client;
pub use operator::{OperatorAccount, find_operator};
pub use schema::Schema;
