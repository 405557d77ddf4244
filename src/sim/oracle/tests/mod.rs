//! What the judge calls wrong.

mod again;
mod colours;
mod partition;
mod rules;
mod safeguard;
