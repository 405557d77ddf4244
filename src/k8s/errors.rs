//! What a failed call to the API server means to the engine.

use kube::core::Status;

use crate::{model::legible::is_hostile, ports::PortError};

/// Longest text taken over from a server: an admission message can quote a
/// whole object.
const LONGEST: usize = 400;

/// A server's text for a terminal and for a condition: one line, no control
/// characters (a hostile image or webhook must not drive the terminal), capped.
pub(super) fn clean(text: &str) -> String {
    capped(text, LONGEST)
}

/// The same with another cap.
pub(super) fn capped(text: &str, longest: usize) -> String {
    let mut out = String::new();
    let mut space = false;
    for (taken, c) in text.trim().chars().enumerate() {
        if taken >= longest {
            out.push('…');
            break;
        }
        let blank = c.is_whitespace() || is_hostile(c);
        if !blank {
            out.push(c);
        } else if !space && !out.is_empty() {
            out.push(' ');
        }
        space = blank;
    }
    out
}

/// Maps an error of a call about `what` (`statefulset prod`).
pub(super) fn port_error(what: &str, error: kube::Error) -> PortError {
    match error {
        kube::Error::Api(status) => refusal(what, &status),
        // The connection could not be made, or broke: a write may have happened.
        kube::Error::HyperError(_) | kube::Error::Service(_) | kube::Error::ReadEvents(_) => {
            PortError::NoAnswer(format!("{what}: {}", chain(&error)))
        }
        other => PortError::Other(format!("{what}: {}", chain(&other))),
    }
}

/// An error with its causes, which is where hyper keeps the reason.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    clean(&text)
}

fn refusal(what: &str, status: &Status) -> PortError {
    let message = text_of(status);
    if let Some(policy) = denying_policy(&status.message) {
        return PortError::Denied {
            policy: Some(policy),
            message,
        };
    }
    match status.code {
        401 => PortError::Forbidden(format!("not logged in: {message}")),
        403 if is_denied_by_plugin(&status.message) => PortError::Denied {
            policy: None,
            message,
        },
        403 => PortError::Forbidden(message),
        404 => PortError::NotFound(what.to_owned()),
        409 => PortError::Conflict {
            what: what.to_owned(),
        },
        400 | 422 => PortError::Invalid(message),
        429 => PortError::TooManyRequests(message),
        // A gateway's timeout or a lost etcd leader says nothing about whether
        // the write was stored.
        502..=504 => PortError::NoAnswer(format!("{what}: {message}")),
        // Raft under etcd changed leaders while the write was on its way: as good
        // as a lost answer.
        500 if ["timed out", "timeout", "etcdserver"]
            .iter()
            .any(|sign| status.message.contains(sign)) =>
        {
            PortError::NoAnswer(format!("{what}: {message}"))
        }
        _ => PortError::Other(format!("{what}: {message}")),
    }
}

/// The message with the causes it does not already contain: a refused eviction
/// keeps the budget's numbers there.
fn text_of(status: &Status) -> String {
    let mut text = status.message.clone();
    if let Some(details) = &status.details {
        for cause in &details.causes {
            if !cause.message.is_empty() && !text.contains(&cause.message) {
                text.push_str(" (");
                text.push_str(&cause.message);
                text.push(')');
            }
        }
    }
    if text.is_empty() {
        text.clone_from(&status.reason);
    }
    clean(&text)
}

/// The policy or webhook named in an admission denial. Policies answer with
/// 422 or 403 depending on their `reason`, so only the text tells.
fn denying_policy(message: &str) -> Option<String> {
    let between = |open: &str, close: char| {
        let rest = &message[message.find(open)? + open.len()..];
        rest.find(close).map(|end| clean(&rest[..end]))
    };
    if message.contains("denied request") || message.contains("denied the request") {
        between("ValidatingAdmissionPolicy '", '\'')
            .or_else(|| between("admission webhook \"", '"'))
    } else {
        None
    }
}

/// A 403 of an admission plugin and not of authorization: quotas, pod security.
fn is_denied_by_plugin(message: &str) -> bool {
    message.contains("exceeded quota") || message.contains("violates PodSecurity")
}

#[cfg(test)]
mod tests {
    use kube::core::{
        Status,
        response::{StatusCause, StatusDetails},
    };

    use super::*;

    fn answer(code: u16, message: &str) -> PortError {
        let status = Status::failure(message, "").with_code(code);
        port_error("statefulset prod", kube::Error::Api(Box::new(status)))
    }

    #[test]
    fn an_admission_policy_is_named_whatever_the_code() {
        for code in [403, 422] {
            let error = answer(
                code,
                "statefulsets.apps \"prod\" is forbidden: ValidatingAdmissionPolicy \
                 'lock-managed-resource-mutations' with binding 'lock' denied request: no",
            );
            assert!(
                matches!(&error, PortError::Denied { policy: Some(name), .. }
                    if name == "lock-managed-resource-mutations"),
                "{error:?}"
            );
        }
        let error = answer(
            400,
            "admission webhook \"a.example\" denied the request: no",
        );
        assert!(
            matches!(&error, PortError::Denied { policy: Some(name), .. } if name == "a.example"),
            "{error:?}"
        );
    }

    #[test]
    fn authorization_and_admission_plugins_are_told_apart() {
        assert!(matches!(
            answer(403, "User \"a\" cannot patch resource \"statefulsets\""),
            PortError::Forbidden(_)
        ));
        assert!(matches!(
            answer(403, "pods \"x\" is forbidden: exceeded quota: q"),
            PortError::Denied { policy: None, .. }
        ));
    }

    #[test]
    fn codes_become_kinds() {
        assert!(matches!(answer(404, "no"), PortError::NotFound(_)));
        assert!(matches!(answer(409, "no"), PortError::Conflict { .. }));
        assert!(matches!(answer(422, "no"), PortError::Invalid(_)));
        assert!(matches!(answer(504, "no"), PortError::NoAnswer(_)));
        let changed = "etcdserver: leader changed";
        assert!(matches!(answer(500, changed), PortError::NoAnswer(_)));
        assert!(matches!(answer(500, "no"), PortError::Other(_)));
    }

    #[test]
    fn a_refused_eviction_says_what_the_budget_says() {
        let mut status = Status::failure("Cannot evict pod", "TooManyRequests").with_code(429);
        status.details = Some(StatusDetails {
            name: String::new(),
            group: String::new(),
            kind: String::new(),
            uid: String::new(),
            causes: vec![StatusCause {
                reason: "DisruptionBudget".to_owned(),
                message: "needs 2 healthy pods and has 2".to_owned(),
                field: String::new(),
            }],
            retry_after_seconds: 10,
        });
        let error = port_error("pod prod-2", kube::Error::Api(Box::new(status)));
        assert_eq!(
            error,
            PortError::TooManyRequests(
                "Cannot evict pod (needs 2 healthy pods and has 2)".to_owned()
            )
        );
    }

    #[test]
    fn texts_are_one_capped_line_without_control_characters() {
        assert_eq!(clean("a\u{1b}[31m\n\n b"), "a [31m b");
        assert_eq!(clean("a\u{202e}b\u{9b}c"), "a b c");
        assert_eq!(capped("abcdef", 3), "abc…");
    }
}
