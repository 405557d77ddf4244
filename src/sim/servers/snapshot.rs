//! A snapshot's archive as a server writes it (`contracts/openbao-api.md` 8).

use std::io::Write;

use flate2::{Compression, GzBuilder};
use hyper::body::Bytes;
use serde_json::json;
use sha2::{Digest, Sha256};
use tar::{Builder, Header};

use super::Servers;
use crate::sim::moment::Moment;

/// The length of the sealed digests.
const SEALED_SUMS: usize = 191;

impl Servers {
    /// A snapshot of what a node has applied.
    pub(super) fn snapshot(&mut self, node: usize, at: Moment) -> Bytes {
        let volume = self.volume(node);
        let index = volume.committed;
        let listed = volume.log.configuration_up_to(index);
        let (listed_at, list) =
            listed.map_or((0, Vec::new()), |(at, list)| (at, list.members.clone()));
        let servers: Vec<_> = list
            .iter()
            .map(|member| {
                json!({
                    "Suffrage": u8::from(!member.voter),
                    "ID": member.id,
                    "Address": self.shape.raft(&member.id),
                })
            })
            .collect();
        let state = self.shape.snapshot_bytes;
        let meta = json!({
            "Version": 1,
            "ID": "bolt-snapshot",
            "Index": index,
            "Term": volume.log.term_at(index),
            "Peers": null,
            "Configuration": { "Servers": servers },
            "ConfigurationIndex": listed_at,
            "Size": state,
        });
        let meta = format!("{meta}\n").into_bytes();
        let state: Vec<u8> = (0..state.div_ceil(8))
            .flat_map(|_| self.dice.number().to_le_bytes())
            .take(state)
            .collect();
        let sums = format!(
            "{}  meta.json\n{}  state.bin\n",
            hex(&Sha256::digest(&meta)),
            hex(&Sha256::digest(&state))
        );
        let sealed = vec![0xa5; SEALED_SUMS];
        // Not compressed since 2.6.
        let level = if self.nodes[node].release.from(6) {
            Compression::none()
        } else {
            Compression::default()
        };
        let members: [(&str, &[u8]); 4] = [
            ("meta.json", &meta),
            ("state.bin", &state),
            ("SHA256SUMS", sums.as_bytes()),
            ("SHA256SUMS.sealed", &sealed),
        ];
        // Written to memory: there is nothing that could fail.
        archive(&members, level, at).map_or_else(|_| Bytes::new(), Bytes::from)
    }
}

fn archive(members: &[(&str, &[u8])], level: Compression, at: Moment) -> std::io::Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = Header::new_ustar();
        header.set_path(name)?;
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(at.wall().as_second()).unwrap_or(0));
        header.set_cksum();
        tar.append(&header, *content)?;
    }
    let mut gzip = GzBuilder::new().write(Vec::new(), level);
    gzip.write_all(&tar.into_inner()?)?;
    gzip.finish()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
