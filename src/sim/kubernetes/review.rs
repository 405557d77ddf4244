//! Reviews, tokens and the server's version.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Kubernetes, answer::Answer, caller::Caller, kind::Kind, object::Key, object::stamp,
    status_body::Refusal,
};

/// The version the recorded facts come from (`contracts/real-stack.md` 1).
const VERSION: [&str; 3] = ["1", "37", "v1.37.2"];

pub(super) fn version() -> Answer {
    let [major, minor, whole] = VERSION;
    Answer::json(
        200,
        &json!({ "major": major, "minor": minor, "gitVersion": whole, "platform": "linux/amd64" }),
    )
}

/// SelfSubjectReview.
pub(super) fn who(caller: &Caller) -> Answer {
    Answer::json(
        201,
        &json!({
            "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {},
            "status": { "userInfo": { "username": caller.user, "groups": caller.groups } },
        }),
    )
}

impl Kubernetes {
    /// SelfSubjectAccessReview.
    pub(super) fn may(&self, body: &Value, caller: &Caller) -> Answer {
        let asked = &body["spec"]["resourceAttributes"];
        let text = |key: &str| asked[key].as_str().unwrap_or_default();
        let mut resource = text("resource").to_owned();
        if !text("subresource").is_empty() {
            resource = format!("{resource}/{}", text("subresource"));
        }
        let allowed = match text("verb") {
            "maintenance" => caller.maintenance,
            verb => self.rights.allows(caller, verb, &resource),
        };
        Answer::json(
            201,
            &json!({
                "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                "metadata": {}, "spec": body["spec"], "status": { "allowed": allowed },
            }),
        )
    }

    /// TokenRequest.
    pub(super) fn token(
        &mut self,
        namespace: &str,
        account: &str,
        body: &Value,
    ) -> Result<Answer, Refusal> {
        let key = Key::new(Kind::ServiceAccount, namespace, account);
        if self.store.get(&key).is_none() {
            return Err(Refusal::not_found(Kind::ServiceAccount, account));
        }
        let seconds = body["spec"]["expirationSeconds"].as_u64().unwrap_or(3600);
        if seconds < 600 {
            let problem = "Invalid value: may not specify a duration less than 10 minutes";
            let field = "spec.expirationSeconds";
            return Err(Refusal::invalid(key.kind, account, field, problem));
        }
        self.tokens += 1;
        let token = format!("sim-jwt.{account}.{}", self.tokens);
        let expires = stamp(self.now + Duration::from_secs(seconds));
        Ok(Answer::json(
            201,
            &json!({
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                "metadata": { "name": account, "namespace": namespace },
                "spec": body["spec"],
                "status": { "token": token, "expirationTimestamp": expires },
            }),
        ))
    }
}
