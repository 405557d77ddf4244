//! The one integration binary; `tests/it/layering.rs` fails when a file beside
//! this one is not listed.

mod artifacts; // what is shipped beside the code says what the code says
mod bao_archive; // recorded snapshots pass, and nothing cut or changed does
mod bao_changes; // each change of the raft membership, to the letter
mod bao_download; // a download becomes a file, and no other file is touched
mod bao_server; // a TLS server on the loopback to test sockets against
mod bao_tls; // real sockets: certificates, keep-alive, dropped requests
mod bao_token; // logins, renewals, and tokens that never show
mod bao_wire; // each request to OpenBao, to the letter
mod bao_world; // what the wire tests stand on
mod circles; // no files of a room that lead back to themselves
mod cli; // the binary as it is typed
mod green; // the recorded green from the recorded blue
mod hangup; // a closed terminal, and one that a run is to outlive
mod kube_wire; // each request to Kubernetes, to the letter
mod layering; // the import arrows
mod rehearse; // scenarios, seeds and crashes in the embedded cluster
mod rehearse_operator; // rehearsals with the operator in each of its states
mod rehearse_verdict; // what a rehearsal says about itself
mod rubbish; // how input is spoilt, and what has to hold all the same
mod rubbish_bao; // every answer of OpenBao's, spoilt, and snapshots that are none
mod rubbish_colours; // every object of a blue/green cluster, spoilt
mod rubbish_kube; // every object of Kubernetes', spoilt
mod rubbish_values; // versions, durations, names, flags, configurations
