//! Which image a cluster runs, and which one it is to run.

use crate::model::{cluster::Cluster, snapshot::Snapshot, version::Version};

/// The image of the pods that are not of the template's revision, or of all
/// where they are of one.
pub(super) fn old_image(snapshot: &Snapshot) -> Option<String> {
    let voters = snapshot.voters.known()?;
    voters
        .pods
        .iter()
        .find(|pod| pod.revision != voters.update_revision)
        .or(voters.pods.first())?
        .image
        .clone()
}

/// The present image with the target's tag, when its tag is the present
/// version; `None` for anything else, a digest above all.
pub(super) fn derive(
    cluster: &Cluster,
    snapshot: &Snapshot,
    from: &Version,
    to: &Version,
) -> Option<String> {
    let present = cluster.spec.image.clone().or_else(|| {
        snapshot
            .voters
            .known()
            .and_then(|voters| voters.image.clone())
    })?;
    swap_tag(&present, from, to)
}

fn swap_tag(image: &str, from: &Version, to: &Version) -> Option<String> {
    if image.contains('@') {
        return None;
    }
    let (repository, tag) = image.rsplit_once(':')?;
    let prefix = if tag.starts_with('v') { "v" } else { "" };
    let same = tag.parse::<Version>().is_ok_and(|tag| tag == *from);
    (same && !tag.contains('/')).then(|| format!("{repository}:{prefix}{to}"))
}

#[cfg(test)]
mod tests {
    use super::swap_tag;

    #[test]
    fn only_a_tag_that_is_the_present_version_is_replaced() {
        let v = |text: &str| text.parse().expect("a version");
        let swap = |image: &str| swap_tag(image, &v("2.6.2"), &v("2.7.2"));
        assert_eq!(
            swap("openbao/openbao:2.6.2").as_deref(),
            Some("openbao/openbao:2.7.2")
        );
        assert_eq!(
            swap("r.io:5000/bao:v2.6.2").as_deref(),
            Some("r.io:5000/bao:v2.7.2")
        );
        assert_eq!(swap("openbao/openbao:latest"), None);
        assert_eq!(swap("r.io:5000/bao"), None);
        assert_eq!(swap("openbao/openbao@sha256:0123"), None);
        assert_eq!(swap("openbao/openbao:2.6.2@sha256:0123"), None);
    }
}
