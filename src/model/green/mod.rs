//! Green made from blue: functions of blue's stored objects, which the operator
//! rendered, so that green is what the operator itself would have rendered
//! (`contracts/operator.md` 3.4, `contracts/operator-live.md` 8.3).

mod config;
mod set;
mod unlike;

pub use config::config;
pub use set::{Green, has_self_init, statefulset};
pub use unlike::Unlike;
