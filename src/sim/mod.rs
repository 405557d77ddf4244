//! An embedded cluster in virtual time, spoken to at the wire: the real
//! adapters talk to it and cannot tell.
//!
//! Its rules come from what real servers did (`contracts/openbao-live.md`,
//! `operator-live.md`, `real-stack.md`), never from what baoctl expects.

pub mod chance;
pub mod crash;
pub mod dice;
pub mod fault;
pub mod kubernetes;
pub mod moment;
pub mod processes;
pub mod scenario;
mod schedule;
pub mod servers;
pub mod span;
pub mod who;
