//! What the judge calls wrong.

mod colours;
