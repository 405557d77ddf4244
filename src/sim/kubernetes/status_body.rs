//! Refusals as real `Status` objects.

use serde_json::{Value, json};

use super::kind::Kind;

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: u16,
    reason: &'static str,
    message: String,
    details: Value,
    pub(super) retry_after: Option<u32>,
}

impl Refusal {
    pub(super) fn new(code: u16, message: impl Into<String>) -> Self {
        let reason = match code {
            400 => "BadRequest",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "NotFound",
            405 => "MethodNotAllowed",
            409 => "Conflict",
            410 => "Expired",
            415 => "UnsupportedMediaType",
            422 => "Invalid",
            429 => "TooManyRequests",
            503 => "ServiceUnavailable",
            504 => "Timeout",
            _ => "InternalError",
        };
        Self {
            code,
            reason,
            message: message.into(),
            details: Value::Null,
            retry_after: None,
        }
    }

    /// With the details that name an object.
    pub(super) fn about(mut self, kind: Kind, name: &str) -> Self {
        self.details = json!({ "name": name, "group": kind.group(), "kind": kind.plural() });
        self
    }

    fn cause(mut self, reason: &str, message: &str, field: &str) -> Self {
        let mut cause = json!({ "reason": reason, "message": message });
        if !field.is_empty() {
            cause["field"] = json!(field);
        }
        if self.details.is_null() {
            self.details = json!({});
        }
        self.details["causes"] = json!([cause]);
        self
    }

    pub(super) fn after(mut self, seconds: u32) -> Self {
        if self.details.is_null() {
            self.details = json!({});
        }
        self.details["retryAfterSeconds"] = json!(seconds);
        self.retry_after = Some(seconds);
        self
    }

    pub(super) fn not_served() -> Self {
        Self::new(404, "the server could not find the requested resource")
    }

    pub(super) fn not_found(kind: Kind, name: &str) -> Self {
        Self::new(404, format!("{} {name:?} not found", kind.resource())).about(kind, name)
    }

    pub(super) fn exists(kind: Kind, name: &str) -> Self {
        let message = format!("{} {name:?} already exists", kind.resource());
        let mut refusal = Self::new(409, message).about(kind, name);
        refusal.reason = "AlreadyExists";
        refusal
    }

    pub(super) fn modified(kind: Kind, name: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {name:?}: the object has been modified; please \
             apply your changes to the latest version and try again",
            kind.resource()
        );
        Self::new(409, message).about(kind, name)
    }

    pub(super) fn precondition(kind: Kind, name: &str, wanted: &str, found: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {name:?}: the UID in the precondition ({wanted}) \
             does not match the UID in record ({found}). The object might have been deleted and \
             then recreated",
            kind.resource()
        );
        Self::new(409, message).about(kind, name)
    }

    pub(super) fn invalid(kind: Kind, name: &str, field: &str, problem: &str) -> Self {
        let message = format!("{} {name:?} is invalid: {field}: {problem}", kind.name());
        let message = if kind.group().is_empty() {
            message
        } else {
            message.replacen(kind.name(), &format!("{}.{}", kind.name(), kind.group()), 1)
        };
        Self::new(422, message)
            .about(kind, name)
            .cause("FieldValueInvalid", problem, field)
    }

    /// Apply without force over fields of others.
    pub(super) fn owned(kind: Kind, name: &str, conflicts: &[(String, Vec<String>)]) -> Self {
        let fields: Vec<String> = conflicts
            .iter()
            .map(|(manager, fields)| format!("conflicts with {manager:?}: {}", fields.join(", ")))
            .collect();
        let count: usize = conflicts.iter().map(|(_, fields)| fields.len()).sum();
        let many = if count == 1 { "" } else { "s" };
        let message = format!(
            "Apply failed with {count} conflict{many}: {}",
            fields.join("; ")
        );
        Self::new(409, message.clone()).about(kind, name).cause(
            "FieldManagerConflict",
            &message,
            "",
        )
    }

    pub(super) fn forbidden(user: &str, verb: &str, what: &str, group: &str, place: &str) -> Self {
        Self::new(
            403,
            format!(
                "{what} is forbidden: User {user:?} cannot {verb} resource {what:?} in API group \
                 {group:?}{place}"
            ),
        )
    }

    pub(super) fn denied(kind: Kind, name: &str, policy: &str, message: &str) -> Self {
        Self::new(
            422,
            format!(
                "{} {name:?} is forbidden: ValidatingAdmissionPolicy '{policy}' with binding \
                 '{policy}' denied request: {message}",
                kind.resource()
            ),
        )
        .about(kind, name)
    }

    pub(super) fn budget(message: &str) -> Self {
        Self::new(
            429,
            "Cannot evict pod as it would violate the pod's disruption budget.",
        )
        .cause("DisruptionBudget", message, "")
    }

    pub(super) fn expired(since: u64, compacted: u64) -> Self {
        Self::new(
            410,
            format!("too old resource version: {since} ({compacted})"),
        )
    }

    pub(super) fn body(&self) -> Value {
        let mut body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.code,
        });
        if !self.details.is_null() {
            body["details"] = self.details.clone();
        }
        body
    }
}
