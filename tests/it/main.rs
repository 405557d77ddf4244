//! The one integration binary; `tests/it/layering.rs` fails when a file beside
//! this one is not listed.

mod artifacts; // what is shipped beside the code says what the code says
mod cli; // the binary as it is typed
mod layering; // the import arrows
