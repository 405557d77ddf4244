//! What the token in use may do.

use std::{collections::BTreeMap, rc::Rc};

use serde::Serialize;

use crate::{
    bao::{
        auth::{Jwt, Session},
        call::{Call, data},
        client::{BaoClient, CONFIGURATION},
        transport::Transport,
    },
    model::workload::Pod,
    ports::{Clock, PortError},
};

#[derive(Serialize)]
struct CapabilitiesRequest<'a> {
    paths: &'a [&'a str],
}

impl<T: Transport, J: Jwt, C: Clock> BaoClient<T, J, C> {
    pub(super) async fn capabilities(
        &self,
        pod: &Pod,
        paths: &[&str],
    ) -> Result<(BTreeMap<String, Vec<String>>, Rc<Session>), PortError> {
        let body = CapabilitiesRequest { paths };
        let call = Call::post("sys/capabilities-self", Some(&body))?;
        let (answer, session) = self.send(pod, call).await?;
        let found: BTreeMap<String, Vec<String>> = data(&answer)?;
        if let Some(capabilities) = found.get(CONFIGURATION) {
            let reads = capabilities.iter().any(|may| may == "read");
            session.reads_configuration.set(Some(reads));
        }
        Ok((found, session))
    }

    /// Whether the configuration is worth asking for: the role for rolling
    /// upgrades may not read it.
    pub(super) async fn reads_configuration(&self, leader: &Pod) -> Result<bool, PortError> {
        let session = self.tokens.session(&self.caller, leader).await?;
        if let Some(known) = session.reads_configuration.get() {
            return Ok(known);
        }
        match self.capabilities(leader, &[CONFIGURATION]).await {
            Ok((_, session)) => Ok(session.reads_configuration.get().unwrap_or(true)),
            // A token without the default policy may not ask; trying tells.
            Err(PortError::Forbidden(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }
}
