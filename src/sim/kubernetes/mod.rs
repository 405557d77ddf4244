//! The Kubernetes of the embedded cluster: its API server and controllers.
