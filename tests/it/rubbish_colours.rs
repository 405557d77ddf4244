//! Every object of a blue/green cluster that is read, spoilt.

use baoctl::{
    model::{
        cluster::Cluster,
        green::{Green, config, statefulset},
        revision::Revision,
    },
    ports::{Colours, Freshness::Fresh, WriteMode::DryRun},
};
use serde_json::{Value, json};

use crate::{
    kube_wire::recorded,
    rubbish::{ensure, feed, fit, fit_all, fit_error, respoilt, spoiling, spoilt},
    rubbish_kube::{Server, bytes, cluster, fit_workload, list},
};

/// The longest text passed on.
const LONGEST: usize = 401;
const IMAGE: &str = "docker.io/openbao/openbao:2.7.2";

fn blue() -> Revision {
    Revision::of("2.6.2", "docker.io/openbao/openbao:2.6.2", 3)
}

/// The recorded objects, owned by this cluster and without what nobody reads.
fn owned(file: &str, cluster: &Cluster) -> Vec<Value> {
    let mut all = recorded(&format!("bg-at-rest-2.6.2/{file}"));
    for object in &mut all {
        let metadata = object["metadata"].as_object_mut().expect("metadata");
        metadata.remove("managedFields");
        if let Some(owners) = metadata.get_mut("ownerReferences") {
            owners[0]["uid"] = json!(cluster.uid);
        }
    }
    all
}

fn named(all: Vec<Value>, name: &str) -> Value {
    let mut all = all.into_iter();
    let found = all.find(|object| object["metadata"]["name"] == name);
    found.expect("the object")
}

#[test]
fn the_service_and_its_endpoints() {
    let server = Server::new();
    let cluster = cluster(&server);
    let service = named(owned("services", &cluster), "prod-public");
    let slices = list(&owned("endpointslices", &cluster));
    feed("the public Service", &spoiling(), |spoiling| {
        for answers in [
            [spoilt(&service, &spoiling), bytes(&slices)],
            [bytes(&service), spoilt(&slices, &spoiling)],
        ] {
            let answers = answers.map(|answer| (200, answer));
            match server.asked(answers, async |kube| kube.front(&cluster).await) {
                Err(error) => fit_error(&error)?,
                Ok(None) => {}
                Ok(Some(front)) => {
                    fit_all(&front, LONGEST)?;
                    let turned = server.asked([], async |kube| {
                        kube.turn_front(&front, &blue(), DryRun).await
                    });
                    fit_error(&turned.expect_err("nothing there"))?;
                    server.stayed_inside()?;
                }
            }
        }
        Ok(())
    });
}

#[test]
fn configurations_and_volumes() {
    let server = Server::new();
    let cluster = cluster(&server);
    let init = named(owned("configmaps", &cluster), "prod-config-init");
    let claims = list(&owned("persistentvolumeclaims", &cluster));
    feed("a ConfigMap", &spoiling(), |spoiling| {
        let answers = [(200, spoilt(&init, &spoiling))];
        match server.asked(answers, async |kube| kube.self_init(&cluster).await) {
            Ok(Some(file)) => fit(&file.uid, LONGEST)
                .and_then(|()| fit(&file.resource_version.0, LONGEST))
                .and_then(|()| fit(&file.name, LONGEST)),
            Ok(None) => Ok(()),
            Err(error) => fit_error(&error),
        }
    });
    feed("volumes", &spoiling(), |spoiling| {
        let answers = [(200, spoilt(&claims, &spoiling))];
        match server.asked(answers, async |kube| kube.volumes(&cluster, &blue()).await) {
            Ok(volumes) => fit_all(&volumes, LONGEST),
            Err(error) => fit_error(&error),
        }
    });
}

#[test]
fn a_set_and_what_is_made_of_it() {
    let server = Server::new();
    let cluster = cluster(&server);
    let set = owned("statefulsets", &cluster).remove(0);
    let maps = owned("configmaps", &cluster);
    let map = named(maps, &blue().config_map("prod"));
    let text = map["data"]["config.hcl"].as_str().expect("a text");
    let revision = Revision::of("2.7.2", IMAGE, 3);
    feed(
        "a StatefulSet to make another from",
        &spoiling(),
        |spoiling| {
            let answers = [(200, spoilt(&set, &spoiling)), (200, bytes(&list(&[])))];
            let found = server.asked(answers, async |kube| {
                kube.coloured(&cluster, &blue(), Fresh).await
            });
            fit_workload(found)?;
            let sets = list(std::slice::from_ref(&respoilt(&set, &spoiling.0)));
            let answers = [(200, bytes(&sets))];
            match server.asked(answers, async |kube| kube.revisions(&cluster).await) {
                Ok(revisions) => fit_all(&revisions, LONGEST)?,
                Err(error) => fit_error(&error)?,
            }
            let blue = blue();
            let green = Green {
                cluster: "prod",
                blue: &blue,
                revision: &revision,
                image: IMAGE,
                replicas: 3,
                config: text,
            };
            match statefulset(&respoilt(&set, &spoiling.0), &green) {
                Err(why) => fit_error(&why),
                // Whatever came through, it is green's and selects no blue pod.
                Ok(made) => ensure(
                    made["metadata"]["name"] == revision.statefulset("prod")
                        && made["spec"]["selector"]["matchLabels"][Revision::LABEL]
                            == revision.as_str()
                        && made["spec"]["updateStrategy"]["type"] == "OnDelete",
                    || made.to_string(),
                ),
            }
        },
    );
    feed("a configuration", &spoiling(), |(_, changes)| {
        let spoilt = crate::rubbish::cut(text.as_bytes().to_vec(), &changes);
        match config(&String::from_utf8_lossy(&spoilt), "prod", &blue()) {
            Err(why) => fit_error(&why),
            Ok(made) => ensure(
                made.contains("retry_join_as_non_voter = true")
                    && made.contains(&format!("{}={}", Revision::LABEL, blue())),
                || made.clone(),
            ),
        }
    });
}
