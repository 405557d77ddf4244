//! Green as the operator made it: from the recorded blue comes the recorded
//! green.

use baoctl::model::{
    green::{Green, Unlike, config, has_self_init, statefulset},
    revision::Revision,
};
use serde_json::{Value, json};

use crate::kube_wire::{one, recorded};

const IMAGE: &str = "docker.io/openbao/openbao:2.7.2";

fn revisions() -> (Revision, Revision) {
    let blue = Revision::of("2.6.2", "docker.io/openbao/openbao:2.6.2", 3);
    (blue, Revision::of("2.7.2", IMAGE, 3))
}

fn blue_config(blue: &Revision) -> String {
    let name = blue.config_map("prod");
    let maps = recorded("bg-at-rest-2.6.2/configmaps");
    let map = maps.iter().find(|map| map["metadata"]["name"] == name);
    let text = &map.expect("blue's ConfigMap")["data"]["config.hcl"];
    text.as_str().expect("a text").to_owned()
}

fn made(change: impl FnOnce(&mut Value)) -> Result<Value, Unlike> {
    let (blue, revision) = revisions();
    let mut set = one("bg-at-rest-2.6.2/statefulsets");
    change(&mut set);
    let config = config(&blue_config(&blue), "prod", &blue)?;
    let green = Green {
        cluster: "prod",
        blue: &blue,
        revision: &revision,
        image: IMAGE,
        replicas: 3,
        config: &config,
    };
    statefulset(&set, &green)
}

/// Takes out of a list what holds a text.
fn without(list: &mut Value, text: &str) {
    let list = list.as_array_mut().expect("a list");
    list.retain(|item| !item.to_string().contains(text));
}

/// The recorded green carries the hash of the operator's own text, so the text
/// made here is the same to the byte.
#[test]
fn from_the_recorded_blue_comes_the_recorded_green() {
    let mut green = made(|_| {}).expect("green");
    let mut recorded = one("bg-after-2.7.2/statefulsets");
    assert_eq!(green["metadata"]["name"], recorded["metadata"]["name"]);
    assert_eq!(green["metadata"]["labels"], recorded["metadata"]["labels"]);
    // The operator leaves its self-initialisation out, and cannot put it in
    // afterwards.
    assert!(has_self_init(&green, "prod") && !has_self_init(&recorded, "prod"));
    let pod = &mut green["spec"]["template"]["spec"];
    without(&mut pod["volumes"], "config-init");
    without(&mut pod["initContainers"][0]["volumeMounts"], "config-init");
    without(&mut pod["initContainers"][0]["args"], "self-init");
    without(&mut pod["initContainers"][0]["args"], "config-init");
    let volume = &mut recorded["spec"]["volumeClaimTemplates"][0];
    volume.as_object_mut().expect("a volume").remove("status");
    assert_eq!(green["spec"], recorded["spec"]);
}

#[test]
fn nothing_that_the_server_sets_is_sent_back() {
    let green = made(|set| {
        set["spec"]["template"]["metadata"]["creationTimestamp"] = Value::Null;
        set["metadata"]["annotations"] = json!({
            "openbao.org/cluster-generation": "4", "openbao.org/maintenance": "true",
            "baoctl.openbao.org/maintenance": "true", "kubectl.kubernetes.io/restartedAt": "x",
        });
    })
    .expect("green");
    let keys = |value: &Value| -> Vec<String> {
        let map = value.as_object().expect("an object");
        map.keys().cloned().collect()
    };
    assert_eq!(keys(&green), ["apiVersion", "kind", "metadata", "spec"]);
    assert_eq!(
        keys(&green["metadata"]),
        [
            "annotations",
            "labels",
            "name",
            "namespace",
            "ownerReferences"
        ]
    );
    let kept = json!({ "openbao.org/cluster-generation": "4" });
    assert_eq!(green["metadata"]["annotations"], kept);
    let template = &green["spec"]["template"]["metadata"];
    assert_eq!(keys(template), ["annotations", "labels"]);
    assert!(
        green["spec"]["volumeClaimTemplates"][0]
            .get("status")
            .is_none()
    );
}

#[test]
fn a_set_that_is_not_blue_is_no_pattern() {
    let cases: [fn(&mut Value); 4] = [
        |set| set["spec"]["selector"]["matchLabels"]["openbao.org/revision"] = json!("b"),
        |set| set["spec"]["template"]["spec"]["containers"][0]["name"] = json!("bao"),
        |set| set["spec"]["template"]["spec"]["volumes"][0]["configMap"]["name"] = json!("c"),
        |set| set["spec"]["template"]["metadata"]["annotations"] = json!({}),
    ];
    for case in cases {
        assert!(matches!(made(case), Err(Unlike::Set(_))));
    }
}
