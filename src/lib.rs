//! `baoctl` upgrades OpenBao (Raft) clusters on Kubernetes from outside.
//!
//! The layers, each importing only what stands to its right:
//!
//! ```text
//! main     -> cli, commands, error, logging
//! commands -> engine, ui, k8s, bao, decide, cli     wiring
//! engine   -> ports, decide, event, model           the only loop
//! ui       -> event, model                          folds events
//! decide   -> model                                 pure
//! k8s, bao -> ports, model                          adapters
//! ports    -> model
//! event    -> model
//! ```
//!
//! `tests/it/layering.rs` reads the `use` lines and holds the arrows.

pub mod event;
pub mod k8s;
pub mod model;
pub mod ports;
