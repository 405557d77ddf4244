//! The one integration test binary.

/// Exact requests of the Kubernetes adapter.
mod kube_wire;
