//! Values and vocabulary: what is observed, asked for, done and refused. Knows
//! no client, no clock and no screen.

pub mod action;
pub mod blocker;
mod blocker_text;
pub mod blue_green;
pub mod blue_green_run;
pub mod certificate;
pub mod cluster;
pub mod colour_parts;
pub mod config_file;
pub mod exit_code;
pub mod fact;
pub mod finding;
pub mod front;
pub mod green;
pub mod halt;
pub mod hook;
pub mod intent;
pub mod legible;
pub mod names;
pub mod node;
pub mod pause;
pub mod plan;
pub mod raft;
pub mod record;
pub mod revision;
pub mod room;
pub mod shell;
pub mod snapshot;
pub mod survey;
pub mod version;
pub mod volume;
pub mod waiver;
pub mod workload;
