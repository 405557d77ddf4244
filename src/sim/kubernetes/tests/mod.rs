//! The cluster as a whole: controllers by exact requests, and the real adapter
//! through a real client.

mod adapter;
mod controllers;
mod requests;
mod world;
