//! References to images.

/// Whether a text can be one: `[host[:port]/]path[:tag][@algorithm:digest]`, as
/// registries and the kubelet read it.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    let (named, digest) = match text.split_once('@') {
        Some((named, digest)) => (named, Some(digest)),
        None => (text, None),
    };
    let digest_fits = digest.is_none_or(|digest| {
        digest.split_once(':').is_some_and(|(algorithm, hex)| {
            is_word(algorithm, "+._-")
                && hex.len() >= 32
                && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    });
    // A colon after the last slash begins a tag; one before it, a port.
    let (name, tag) = match named.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (named, None),
    };
    let tag_fits = tag.is_none_or(|tag| tag.len() <= 128 && is_word(tag, "_.-"));
    let (host, path) = match name.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => {
            (Some(host), path)
        }
        _ => (None, name),
    };
    let host_fits = host.is_none_or(|host| is_word(host, ".-:[]"));
    let path_fits = path
        .split('/')
        .all(|part| is_word(part, "._-") && !part.bytes().any(|byte| byte.is_ascii_uppercase()));
    digest_fits && tag_fits && host_fits && path_fits
}

/// Letters, digits and these; not empty.
fn is_word(text: &str, more: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
}

#[cfg(test)]
mod tests {
    use super::is_reference;

    #[test]
    fn what_registries_take_is_a_reference() {
        let digest = "a".repeat(64);
        for fits in [
            "openbao",
            "openbao/openbao:2.7.2",
            "docker.io/openbao/openbao:v2.7.2",
            "localhost:5000/bao:2.7.2-rc.1",
            "localhost/bao",
            "r.io:443/a/b_c/d-e:T.1",
            &format!("r.io/bao:2.7.2@sha256:{digest}"),
            &format!("r.io/bao@sha256:{digest}"),
        ] {
            assert!(is_reference(fits), "{fits}");
        }
    }

    #[test]
    fn what_no_kubelet_pulls_is_none() {
        for wrong in [
            "",
            "not an image!!",
            "openbao:",
            ":2.7.2",
            "openbao//openbao",
            "Openbao/openbao:2.7.2",
            "https://r.io/bao:2.7.2",
            "bao@sha256:abc",
            "bao:2.7.2 ",
            "bao:$(tag)",
        ] {
            assert!(!is_reference(wrong), "{wrong}");
        }
    }
}
