//! What a server's own log says about why it does not come up.
//!
//! The lines are those of servers of 2.6.2 and 2.7.2 that were started with each
//! of these faults.

/// Why a server ended, or cannot lead, and the line that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause<'a> {
    /// In words: a fragment.
    pub what: &'static str,
    /// The line.
    pub line: &'a str,
}

/// The newest cause that a log names.
#[must_use]
pub fn cause(log: &[String]) -> Option<Cause<'_>> {
    log.iter()
        .rev()
        .find_map(|line| what(line).map(|what| Cause { what, line }))
}

fn what(line: &str) -> Option<&'static str> {
    let says = |text: &str| line.contains(text);
    let any = |texts: &[&str]| texts.iter().any(|text| line.contains(text));
    let unreachable = || {
        any(&[
            "connection refused",
            "no such host",
            "i/o timeout",
            "Client.Timeout",
            "no route to host",
            "context deadline exceeded",
        ])
    };
    let refused = || {
        any(&[
            "permission denied",
            "Code: 403",
            "AccessDenied",
            "NoCredentialProviders",
            "bad token",
        ])
    };
    Some(if says("Error configuring seal") {
        if says("unknown wrapper") {
            "this version has no such seal: since 2.7 the seals of cloud providers are plugins, which have to be installed and configured first"
        } else if says("no such file") {
            "the key of its seal is not where its configuration says"
        } else if unreachable() {
            "the service of its seal cannot be reached"
        } else if refused() {
            "the service of its seal refuses it: a token or credential that was revoked or has expired"
        } else {
            "its seal cannot be set up"
        }
    } else if says("unknown storage type") {
        "this version has no storage of the configured type: since 2.7 there is no file storage"
    } else if says("error initializing storage") {
        if says("invalid database") {
            "its raft data is damaged"
        } else if says("permission denied") {
            "its user may not read the raft data: images of other versions may run as another user"
        } else if says("timeout") {
            "its raft data is in use by another process"
        } else {
            "its raft data cannot be opened"
        }
    } else if says("Error initializing listener") {
        if says("loading TLS cert") {
            "the certificate of its listener cannot be loaded"
        } else if says("address already in use") {
            "the address of its listener is in use"
        } else {
            "its listener cannot be set up"
        }
    } else if says("error loading configuration") {
        "its configuration cannot be read"
    } else if says("failed to load response wrapping policy") {
        "a newer version has led since, and this one cannot lead any more"
    } else if says("failed to setup audit table") {
        "an audit device cannot be written"
    } else if any(&["plugin catalog", "plugin directory", "unknown plugin"]) {
        "a plugin, or the folder of the plugins, is missing"
    } else if line.trim_start().starts_with("panic: ") {
        "the server panicked"
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<&'static str> {
        let log = [
            "2026-11-28T09:19:41.940Z [INFO]  proxy environment: http_proxy=\"\"".to_owned(),
            line.to_owned(),
        ];
        cause(&log).map(|cause| cause.what)
    }

    /// Each line as a real server wrote it.
    #[test]
    fn a_server_that_ends_says_why() {
        for (line, expected) in [
            (
                "Error configuring seal \"transit\": Put \"http://127.0.0.1:9/v1/transit/encrypt/k\": dial tcp 127.0.0.1:9: connect: connection refused",
                "cannot be reached",
            ),
            (
                "Error configuring seal \"awskms\": unknown wrapper: awskms",
                "are plugins",
            ),
            (
                "Error configuring seal \"awskms\": error fetching AWS KMS wrapping key information: NoCredentialProviders: no valid providers in chain. Deprecated.",
                "refuses it",
            ),
            (
                "Error configuring seal \"static\": error reading file at file:///keys/unseal: open /keys/unseal: no such file or directory",
                "the key of its seal",
            ),
            ("unknown storage type file", "no file storage"),
            (
                "error initializing storage of type raft: failed to create fsm: failed to open bolt file: invalid database",
                "damaged",
            ),
            (
                "error initializing storage of type raft: failed to create fsm: failed to open bolt file: open /bao/data/vault.db: permission denied",
                "another user",
            ),
            (
                "error initializing storage of type raft: mkdir /proc/nope: no such file or directory",
                "cannot be opened",
            ),
            (
                "Error initializing listener of type tcp: error loading TLS cert: open /tls/tls.crt: no such file or directory",
                "certificate of its listener",
            ),
            (
                "Error initializing listener of type tcp: listen tcp 127.0.0.1:8200: bind: address already in use",
                "in use",
            ),
            (
                "error loading configuration from /etc/bao/config.hcl: At 2:2: object expected closing RBRACE got: EOF",
                "configuration cannot be read",
            ),
            (
                "Error creating KMS plugin catalog: expand plugin directory: lstat /nope: no such file or directory",
                "plugin",
            ),
            (
                "2026-11-24T10:00:00.000Z [ERROR] core: post-unseal setup failed: error=\"failed to load response wrapping policy: check-and-set parameter did not match the current version\"",
                "a newer version has led",
            ),
            (
                "2026-11-27T10:00:00.000Z [ERROR] core: post-unseal setup failed: failed to setup audit table: fault=\"permission denied\"",
                "audit device",
            ),
        ] {
            let found = of(line);
            assert!(
                found.is_some_and(|what| what.contains(expected)),
                "{line}: {found:?}"
            );
        }
        assert_eq!(
            of(
                "2026-11-28T09:19:42.743Z [INFO]  core: Initializing version history cache for core"
            ),
            None
        );
    }

    #[test]
    fn the_newest_cause_counts() {
        let log = [
            "previous: unknown storage type file".to_owned(),
            "error loading configuration from /etc/bao/config.hcl: EOF".to_owned(),
            "bye".to_owned(),
        ];
        let cause = cause(&log).expect("a cause");
        assert_eq!(cause.what, "its configuration cannot be read");
        assert_eq!(cause.line, log[1]);
    }
}
