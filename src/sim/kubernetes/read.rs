//! Gets, lists, watches and logs.

use std::time::Duration;

use super::{
    Kubernetes,
    answer::{Answer, Handled},
    history::{self, Watching},
    kind::Kind,
    object::Key,
    route::{Query, Route},
    selector::Filter,
    status_body::Refusal,
};

impl Kubernetes {
    pub(super) fn get(&self, route: &Route, name: &str) -> Result<Answer, Refusal> {
        let key = Key::new(route.kind, &route.namespace, name);
        if key.kind == Kind::CustomResourceDefinition && name == "openbaoclusters.openbao.org" {
            return Ok(Answer::json(200, &self.generation.definition()));
        }
        let object = self
            .store
            .get(&key)
            .ok_or_else(|| Refusal::not_found(route.kind, name))?;
        Ok(Answer::bytes(200, object.bytes().clone()))
    }

    pub(super) fn list(&mut self, route: &Route, query: &Query) -> Result<Handled, Refusal> {
        let filter = Filter::of(query.get("labelSelector"), query.get("fieldSelector"))
            .map_err(|problem| Refusal::new(400, problem))?;
        if query.flag("watch") {
            return self.watch(route, query, filter).map(Handled::Watch);
        }
        let mut body = format!(
            "{{\"kind\":\"{}List\",\"apiVersion\":\"{}\",\"metadata\":{{\"resourceVersion\":\"{}\"}},\"items\":[",
            route.kind.name(),
            route.kind.api_version(),
            self.store.revision()
        )
        .into_bytes();
        let mut first = true;
        for (_, object) in self.store.list(route.kind, &route.namespace, &filter) {
            if !first {
                body.push(b',');
            }
            first = false;
            body.extend_from_slice(object.bytes());
        }
        body.extend_from_slice(b"]}");
        let answer = Answer::bytes(200, body.into());
        Ok(Handled::Whole(answer.response(self.now)))
    }

    fn watch(&self, route: &Route, query: &Query, filter: Filter) -> Result<Watching, Refusal> {
        let since = match query.get("resourceVersion").unwrap_or_default() {
            "" => 0,
            text => text
                .parse()
                .map_err(|_| Refusal::new(400, "Invalid value: resourceVersion"))?,
        };
        let initial = query.flag("sendInitialEvents");
        let mut first = Vec::new();
        // From "any" version a watch begins with what is there.
        if since == 0 || initial {
            for (_, object) in self.store.list(route.kind, &route.namespace, &filter) {
                first.push(history::line("ADDED", object));
            }
        }
        if initial {
            first.push(history::bookmark(route.kind, self.store.revision(), true));
        }
        let mut watching = Watching::new(
            &self.store.history,
            route.kind,
            route.namespace.clone(),
            filter,
            if initial { 0 } else { since },
            self.now,
        );
        watching.first = first;
        watching.bookmarks = query.flag("allowWatchBookmarks");
        watching.ends = query
            .get("timeoutSeconds")
            .and_then(|seconds| seconds.parse().ok())
            .map(|seconds| self.now + Duration::from_secs(seconds));
        Ok(watching)
    }

    /// The last lines of a pod's container.
    pub(super) fn log(&self, route: &Route, name: &str, query: &Query) -> Result<Answer, Refusal> {
        let key = Key::new(Kind::Pod, &route.namespace, name);
        let object = self
            .store
            .get(&key)
            .ok_or_else(|| Refusal::not_found(Kind::Pod, name))?;
        let Some(pod) = self.pods.get(object.uid()) else {
            if let Some(lines) = self.hooks.log(object.uid()) {
                return Ok(tail(lines, query));
            }
            return Err(Refusal::new(
                400,
                format!("container in pod {name:?} is waiting to start"),
            ));
        };
        let lines = if query.flag("previous") {
            &pod.previous_log
        } else {
            &pod.log
        };
        if lines.is_empty() && !pod.stage.started() {
            let why = pod.stage.waiting().unwrap_or("ContainerCreating");
            let text = format!("container \"openbao\" in pod {name:?} is waiting to start: {why}");
            return Err(Refusal::new(400, text));
        }
        Ok(tail(lines, query))
    }
}

/// As many of the last lines as are asked for.
fn tail(lines: &[String], query: &Query) -> Answer {
    let tail = query.get("tailLines").and_then(|n| n.parse().ok());
    let from = lines.len().saturating_sub(tail.unwrap_or(lines.len()));
    let mut text = lines[from..].join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    Answer {
        plain: true,
        ..Answer::bytes(200, text.into())
    }
}
