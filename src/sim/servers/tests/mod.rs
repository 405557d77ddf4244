//! The servers, seen from outside, in virtual time.

mod asking;
mod bench;
mod door;
mod ending;
mod leading;
mod locking;
mod members;
mod membership;
mod schedules;
