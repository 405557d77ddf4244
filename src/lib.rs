//! `baoctl` upgrades OpenBao (Raft) clusters on Kubernetes from outside.
//!
//! The layers, each importing only what stands to its right:
//!
//! ```text
//! main     -> commands
//! commands -> everything                            wiring
//! error    -> everything
//! engine   -> ports, decide, event, model           the only loop
//! ui       -> event, model                          folds events
//! decide   -> model                                 pure
//! sim      -> k8s, bao, ports, model                the embedded cluster
//! k8s, bao -> ports, model                          adapters
//! cli      -> model                                 what was typed
//! ports    -> model
//! event    -> model
//! logging  -> nothing
//! bugs     -> nothing                               wrong rules, asked for everywhere
//! ```
//!
//! `tests/it/layering.rs` reads the `use` lines and holds the arrows.

pub mod bao;
pub mod bugs;
pub mod cli;
pub mod commands;
pub mod decide;
pub mod engine;
pub mod error;
pub mod event;
pub mod k8s;
pub mod logging;
pub mod model;
pub mod ports;
pub mod sim;
pub mod ui;
