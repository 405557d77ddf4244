//! From a request to its answer.

use http::{Method, Request};
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::{
    Kubernetes, Lock,
    answer::{Answer, Handled},
    audit::Audit,
    caller::Caller,
    kind::Kind,
    object::Key,
    review,
    route::{Query, Route},
    status_body::Refusal,
    write::{Change, Terms},
};
use crate::sim::moment::Moment;

impl Kubernetes {
    /// Answers a request.
    pub fn handle(&mut self, request: &Request<Bytes>, caller: &Caller, now: Moment) -> Handled {
        self.now = self.now.max(now);
        let acting = caller.acting(request.headers());
        let answer = if acting.user != caller.user
            && !self.rights.allows(caller, "impersonate", "serviceaccounts")
        {
            Err(Refusal::forbidden(
                &caller.user,
                "impersonate",
                "serviceaccounts",
                "",
                "",
            ))
        } else {
            self.answer(request, &acting)
        };
        match answer {
            Ok(handled) => handled,
            Err(refusal) => Handled::Whole(Answer::refusal(&refusal).response(self.now)),
        }
    }

    fn answer(&mut self, request: &Request<Bytes>, caller: &Caller) -> Result<Handled, Refusal> {
        let path = request.uri().path();
        let query = Query::of(request.uri().query());
        let now = self.now;
        let whole = |answer: Answer| Ok(Handled::Whole(answer.response(now)));
        let post = request.method() == Method::POST;
        match path {
            "/version" => return whole(review::version()),
            "/apis/authentication.k8s.io/v1/selfsubjectreviews" if post => {
                return whole(review::who(caller));
            }
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" if post => {
                return whole(self.may(&body(request)?, caller));
            }
            "/openapi/v3/apis/openbao.org/v1alpha1" => {
                return whole(Answer::json(200, &self.generation.document()));
            }
            _ => {}
        }
        let route = Route::of(path).ok_or_else(Refusal::not_served)?;
        let verb = verb(request.method(), &route, &query)
            .ok_or_else(|| Refusal::new(405, "the server does not allow this method"))?;
        let reads = matches!(verb, "get" | "list" | "watch");
        let target = target(request, &route, verb);
        let before = self.revision_of(&route, &target);
        let outcome = self
            .permit(&route, verb, caller)
            .and_then(|()| match (verb, &route.name) {
                ("get", Some(name)) if route.sub.as_deref() == Some("log") => {
                    self.log(&route, name, &query).and_then(whole)
                }
                ("get", Some(name)) => self.get(&route, name).and_then(whole),
                _ if reads => self.list(&route, &query),
                _ => {
                    let sub = route.sub.as_deref().unwrap_or_default();
                    match self.faults.refuse(verb, route.kind, sub) {
                        Some(refusal) => Err(refusal),
                        None => self
                            .write(request, &route, verb, &query, caller)
                            .and_then(whole),
                    }
                }
            });
        if !reads {
            let code = match &outcome {
                Ok(Handled::Whole(response)) => response.status().as_u16(),
                Ok(Handled::Watch(_)) => 200,
                Err(refusal) => refusal.code,
            };
            self.audit.push(Audit {
                at: now,
                user: caller.user.clone(),
                verb,
                kind: Some(route.kind),
                namespace: route.namespace.clone(),
                name: target.clone(),
                sub: route.sub.clone().unwrap_or_default(),
                dry_run: query.dry_run(),
                manager: manager(request, &query),
                code,
                before,
                after: self.revision_of(&route, &target),
            });
        }
        outcome
    }

    fn revision_of(&self, route: &Route, name: &str) -> u64 {
        let key = Key::new(route.kind, &route.namespace, name);
        self.store.get(&key).map_or(0, |object| object.revision)
    }

    fn permit(&self, route: &Route, verb: &str, caller: &Caller) -> Result<(), Refusal> {
        let plural = route.kind.plural();
        let resource = match &route.sub {
            Some(sub) => format!("{plural}/{sub}"),
            None => plural.to_owned(),
        };
        if self.rights.allows(caller, verb, &resource) {
            return Ok(());
        }
        let place = if route.namespace.is_empty() {
            " at the cluster scope".to_owned()
        } else {
            format!(" in the namespace {:?}", route.namespace)
        };
        let group = route.kind.group();
        Err(Refusal::forbidden(
            &caller.user,
            verb,
            &resource,
            group,
            &place,
        ))
    }

    fn write(
        &mut self,
        request: &Request<Bytes>,
        route: &Route,
        verb: &str,
        query: &Query,
        caller: &Caller,
    ) -> Result<Answer, Refusal> {
        let kind = route.kind;
        let sub = route.sub.clone().unwrap_or_default();
        let mut terms = Terms {
            caller,
            manager: manager(request, query),
            sub: String::new(),
            dry_run: query.dry_run(),
        };
        let key = route
            .name
            .as_ref()
            .map(|name| Key::new(kind, &route.namespace, name));
        match (verb, key, sub.as_str()) {
            ("create", None, "") => {
                let object = self.create(kind, &route.namespace, body(request)?, &terms)?;
                Ok(Answer::bytes(201, object.bytes().clone()))
            }
            ("create", Some(key), "eviction") if kind == Kind::Pod => {
                self.evict(&key, &body(request)?, terms.dry_run)
            }
            ("create", Some(key), "token") if kind == Kind::ServiceAccount => {
                self.token(&key.namespace, &key.name, &body(request)?)
            }
            ("delete", Some(key), "") => {
                let options = if request.body().is_empty() {
                    json!({})
                } else {
                    body(request)?
                };
                terms.dry_run |= options["dryRun"]
                    .as_array()
                    .is_some_and(|all| !all.is_empty());
                self.delete(&key, &options, &terms)
            }
            ("update" | "patch", Some(key), "" | "status" | "scale") => {
                if sub == "status" && !kind.has_status() {
                    return Err(Refusal::not_served());
                }
                // A scale is served as far as its replicas.
                let scales = sub == "scale";
                if sub == "status" {
                    terms.sub = sub;
                }
                let change = change(request, verb, query)?;
                // Subresources are open to whoever has the right
                // (`contracts/operator-live.md` 3).
                let lock = self.lock;
                if scales {
                    self.lock = Lock::Off;
                }
                let changed = self.change(&key, change, &terms);
                self.lock = lock;
                let object = changed?;
                Ok(Answer::bytes(200, object.bytes().clone()))
            }
            _ => Err(Refusal::not_served()),
        }
    }
}

fn verb(method: &Method, route: &Route, query: &Query) -> Option<&'static str> {
    Some(match *method {
        Method::GET if route.name.is_some() => "get",
        Method::GET if query.flag("watch") => "watch",
        Method::GET => "list",
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE if route.name.is_some() => "delete",
        _ => return None,
    })
}

/// The name a request is about; a creation's is in its body.
fn target(request: &Request<Bytes>, route: &Route, verb: &str) -> String {
    match &route.name {
        Some(name) => name.clone(),
        None if verb == "create" => {
            let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
            super::object::meta(&body, "name").to_owned()
        }
        None => String::new(),
    }
}

fn change(request: &Request<Bytes>, verb: &str, query: &Query) -> Result<Change, Refusal> {
    if verb == "update" {
        return body(request).map(Change::Put);
    }
    let kind = request.headers().get(http::header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default() {
        "application/merge-patch+json" => body(request).map(Change::Merge),
        "application/strategic-merge-patch+json" => body(request).map(Change::Strategic),
        "application/json-patch+json" => serde_json::from_slice(request.body())
            .map(Change::Json)
            .map_err(|error| Refusal::new(400, format!("error decoding patch: {error}"))),
        "application/apply-patch+yaml" | "application/apply-patch+json" => {
            if query.get("fieldManager").is_none_or(str::is_empty) {
                let text = "fieldManager is required for apply patch";
                return Err(Refusal::new(400, text));
            }
            Ok(Change::Apply(body(request)?, query.flag("force")))
        }
        _ => Err(Refusal::new(
            415,
            "the body of the request was in an unknown format",
        )),
    }
}

fn body(request: &Request<Bytes>) -> Result<Value, Refusal> {
    serde_json::from_slice(request.body())
        .map_err(|error| Refusal::new(400, format!("couldn't read the request: {error}")))
}

/// The field manager: as named, else the program's name.
fn manager(request: &Request<Bytes>, query: &Query) -> String {
    if let Some(manager) = query.get("fieldManager") {
        return manager.to_owned();
    }
    let agent = request.headers().get(http::header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok());
    let name = agent.and_then(|agent| agent.split('/').next());
    name.unwrap_or("unknown").to_owned()
}
