//! The cluster as a whole: controllers by exact requests, and the real adapter
//! through a real client.

mod adapter;
mod controllers;
mod other_calls;
mod requests;
mod world;
