//! The OpenBao servers of the embedded cluster, and their Raft.
