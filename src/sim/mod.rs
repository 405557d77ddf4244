//! An embedded cluster in virtual time, spoken to at the wire: the real
//! adapters talk to it and cannot tell.
//!
//! Its rules come from what real servers did (`contracts/openbao-live.md`,
//! `operator-live.md`, `real-stack.md`), never from what baoctl expects.

mod answer;
pub mod api;
mod arrival;
pub mod chance;
pub mod clock;
pub mod crash;
mod deed;
pub mod dice;
pub mod expectation;
pub mod fault;
mod fault_text;
pub mod fixture;
mod hook_owed;
pub mod kubernetes;
mod letter;
mod link;
mod look;
pub mod moment;
pub mod nodes;
pub mod operator;
pub mod oracle;
pub mod processes;
mod relief;
pub mod remains;
pub mod scenario;
mod scenario_check;
pub mod scenario_error;
pub mod schedule;
pub mod servers;
mod snapshot_seen;
pub mod span;
pub mod stage;
pub mod strategy;
mod strike;
pub mod strike_record;
pub mod token;
mod visitor;
pub mod who;
pub mod world;
