//! The way back once a one-way door is shut: a snapshot of before the upgrade,
//! restored into another cluster.

use crate::model::{names::ClusterRef, record::SnapshotRecord, version::Version};

/// The steps, each a line; the first says what is lost.
///
/// Tried on real servers (`tests/real`, scenario `restored`): a snapshot of 2.6.2
/// that was restored by force into a new cluster of 2.6.2 with the same seal
/// serves the old secrets and takes the old tokens. A standby that is sent a
/// snapshot to restore seals itself (`contracts/openbao-api.md` 8), so the
/// leader is named.
#[must_use]
pub fn steps(
    older: &Version,
    snapshot: Option<&SnapshotRecord>,
    cluster: &ClusterRef,
) -> Vec<String> {
    let (source, file) = match snapshot {
        Some(snapshot) => (
            format!(
                "this run took {} at {:.0} (index {}, SHA-256 {})",
                snapshot.file, snapshot.at, snapshot.index, snapshot.sha256
            ),
            snapshot.file.as_str(),
        ),
        None => (
            "one of your own backups; this run took none".to_owned(),
            "FILE",
        ),
    };
    vec![
        format!(
            "to have {older} again: a snapshot from before the upgrade ({source}), restored into \
             another cluster; what was written since then is lost"
        ),
        format!("1. keep what {cluster} holds now: bao operator raft snapshot save now.snap"),
        format!(
            "2. make a new cluster of {older} beside it, under another name and with the same seal \
             (the same key), and wait until it is initialized and unsealed"
        ),
        format!(
            "3. ask its leader, never a standby (that would seal itself): \
             bao operator raft snapshot restore -force {file}"
        ),
        "4. look at it: bao status and bao operator raft list-peers on the new cluster, then a secret \
         you know; tokens and recovery keys are those of the snapshot"
            .to_owned(),
        format!("5. send the clients there; remove {cluster} once nobody misses what it holds"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(snapshot: Option<&SnapshotRecord>) -> String {
        let cluster = ClusterRef {
            namespace: "vault".to_owned(),
            name: "prod".to_owned(),
        };
        steps(&Version::new(2, 6, 2), snapshot, &cluster).join("\n")
    }

    #[test]
    fn the_snapshot_of_the_run_is_named_with_what_proves_it() {
        assert!(told(None).contains("one of your own backups"));
        assert!(told(None).contains("restore -force FILE"));
        let snapshot = SnapshotRecord {
            file: "/backup/prod.snap".to_owned(),
            index: 4711,
            bytes: 1,
            sha256: "ab12".to_owned(),
            at: "2026-11-18T11:07:40Z".parse().expect("a moment"),
        };
        let told = told(Some(&snapshot));
        assert!(
            told.contains(
                "took /backup/prod.snap at 2026-11-18T11:07:40Z (index 4711, SHA-256 ab12)"
            ),
            "{told}"
        );
        assert!(told.contains("restore -force /backup/prod.snap"), "{told}");
        assert!(told.contains("a new cluster of 2.6.2"), "{told}");
    }
}
