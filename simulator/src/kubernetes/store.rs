//! The objects of a cluster as its API holds them: completed, sorted by kind, and written once.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::controllers::{self, Mould, NAME, NODE, UID};
use super::kinds::{self, Kind};
use super::objects::uid;
use super::pods;
use crate::account::{Cluster, Kubernetes, Moment, documents};
use crate::ids;
use crate::world::World;

/// What every new cluster holds.
const FRESH: &str = include_str!("../../accounts/fresh-cluster.yaml");

/// An object, written.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) json: Box<str>,
}

/// A kind of objects, and the objects.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) kind: Kind,
    pub(super) objects: Vec<Stored>,
}

/// All objects of a cluster.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) shelves: Vec<Shelf>,
    /// The names of IAM principals in `aws-auth`.
    pub(super) mapped: BTreeSet<String>,
}

impl Store {
    pub(super) fn new(world: &World, region: &str, cluster: &Cluster, inside: &Kubernetes) -> Store {
        let mut objects = Vec::new();
        if inside.fresh.unwrap_or(true) {
            objects.extend(fresh().iter().cloned());
        }
        objects.extend(inside.objects.list().iter().cloned());
        if let Some(count) = inside.pods {
            objects.extend(pods::made_up(count));
        }
        add_service_accounts(&mut objects);
        for object in &mut objects {
            pin_images(object, world);
        }
        let mut moulds = if inside.controllers.unwrap_or(true) {
            controllers::run(&mut objects, world, cluster, region)
        } else {
            Vec::new()
        };
        let kinds = kinds(&objects);
        let mapped = mapped(&objects);
        let completion = Completion { world, cluster };
        let mut shelves: Vec<Shelf> = kinds.into_iter().map(|kind| Shelf { kind, objects: Vec::new() }).collect();
        for mut object in objects {
            let wanted = kinds::implied(&object);
            // An object is served in every version of its kind.
            let is_its_own = |shelf: &&mut Shelf| shelf.kind.group == wanted.group && shelf.kind.name == wanted.name;
            for shelf in shelves.iter_mut().filter(is_its_own) {
                completion.complete(&mut object, &shelf.kind);
                shelf.objects.push(stored(&object, &shelf.kind));
            }
        }
        for shelf in shelves.iter_mut().filter(|shelf| shelf.kind.name == "Pod") {
            for mould in &mut moulds {
                completion.complete(&mut mould.pod, &shelf.kind);
                cast(mould, &shelf.kind, &mut shelf.objects);
            }
        }
        for shelf in &mut shelves {
            shelf.objects.sort_by(|one, other| (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name)));
        }
        Store { shelves, mapped }
    }

    pub(super) fn shelf(&self, group: &str, version: &str, plural: &str) -> Option<&Shelf> {
        let is_it = |kind: &Kind| kind.group == group && kind.version == version && kind.plural == plural;
        self.shelves.iter().find(|shelf| is_it(&shelf.kind))
    }
}

fn fresh() -> &'static [Value] {
    static OBJECTS: LazyLock<Vec<Value>> = LazyLock::new(|| match documents(FRESH) {
        Ok(objects) => objects,
        Err(error) => panic!("accounts/fresh-cluster.yaml: {error}"),
    });
    &OBJECTS
}

/// Each namespace has a default service account.
fn add_service_accounts(objects: &mut Vec<Value>) {
    let is = |object: &&Value, kind: &str| object["kind"] == kind;
    let namespaces: Vec<String> = objects
        .iter()
        .filter(|object| is(object, "Namespace"))
        .filter_map(|object| object.pointer("/metadata/name")?.as_str().map(str::to_owned))
        .collect();
    for namespace in namespaces {
        let has = objects.iter().filter(|object| is(object, "ServiceAccount")).any(|account| {
            account["metadata"]["name"] == "default" && account["metadata"]["namespace"] == namespace.as_str()
        });
        if !has {
            objects.push(json!({
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": {"name": "default", "namespace": namespace},
            }));
        }
    }
}

/// Puts the digest behind each image that ends in `@`: that of the tag in a registry of this account.
fn pin_images(value: &mut Value, world: &World) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let address = member.as_str().filter(|_| name == "image").and_then(|text| text.strip_suffix('@'));
                let Some(address) = address else {
                    pin_images(member, world);
                    continue;
                };
                let known = world.resolve_image(address).map(str::to_owned);
                let digest = known.unwrap_or_else(|| format!("sha256:{}", ids::hexadecimal(address, 64)));
                *member = format!("{address}@{digest}").into();
            }
        }
        Value::Array(members) => members.iter_mut().for_each(|member| pin_images(member, world)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The kinds that are there: built in, defined, and implied by objects that nothing defines.
fn kinds(objects: &[Value]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = kinds::built_in().collect();
    let definitions = objects.iter().filter(|object| object["kind"] == "CustomResourceDefinition");
    kinds.extend(definitions.flat_map(kinds::defined));
    for object in objects {
        let implied = kinds::implied(object);
        if !kinds.iter().any(|kind| kind.group == implied.group && kind.name == implied.name) {
            kinds.push(implied);
        }
    }
    kinds
}

/// The names of roles and users in `aws-auth`.
fn mapped(objects: &[Value]) -> BTreeSet<String> {
    let is_it = |object: &&Value| object["kind"] == "ConfigMap" && object["metadata"]["name"] == "aws-auth";
    let data = objects.iter().find(is_it).map(|object| &object["data"]);
    let texts = ["mapRoles", "mapUsers"].into_iter().filter_map(|part| data?.get(part)?.as_str());
    let lines = texts.flat_map(str::lines).filter(|line| line.contains("rolearn:") || line.contains("userarn:"));
    lines.filter_map(|line| Some(line.trim().rsplit('/').next()?.trim_matches(['"', '\'']).to_owned())).collect()
}

/// What the API server adds to objects.
struct Completion<'a> {
    world: &'a World,
    cluster: &'a Cluster,
}

impl Completion<'_> {
    fn complete(&self, object: &mut Value, kind: &Kind) {
        let metadata = &mut object["metadata"];
        if kind.namespaced && metadata["namespace"].is_null() {
            metadata["namespace"] = "default".into();
        }
        let seed = format!("{} {} {} {}", self.cluster.name, kind.name, metadata["namespace"], metadata["name"]);
        let number = ids::hash(&seed) % 900_000 + 100_000;
        let created = match metadata["creationTimestamp"].as_str() {
            Some(text) => Moment::parse(text).unwrap_or(self.cluster.created),
            None => self.cluster.created,
        };
        metadata["creationTimestamp"] = self.world.iso(created).into();
        if metadata["uid"].is_null() {
            metadata["uid"] = uid(&kind.name, metadata).into();
        }
        metadata["resourceVersion"] = number.to_string().into();
        if kind.name == "Namespace" {
            let name = metadata["name"].clone();
            metadata["labels"]["kubernetes.io/metadata.name"] = name;
            if object["status"].is_null() {
                object["status"] = json!({"phase": "Active"});
            }
        }
    }
}

/// Lists leave out the type of built-in objects.
fn stored(object: &Value, kind: &Kind) -> Stored {
    let text = |name: &str| object["metadata"][name].as_str().unwrap_or_default().to_owned();
    let (namespace, name) = (text("namespace"), text("name"));
    let mut written = object.clone();
    if let Value::Object(members) = &mut written {
        if kind.custom {
            let api = format!("{}/{}", kind.group, kind.version);
            members.insert("apiVersion".to_owned(), api.into());
        } else {
            members.retain(|name, _| name != "apiVersion" && name != "kind");
        }
    }
    Stored { namespace, name, json: written.to_string().into() }
}

/// Writes all pods of a mould.
fn cast(mould: &Mould, kind: &Kind, objects: &mut Vec<Stored>) {
    let Stored { namespace, json, .. } = stored(&mould.pod, kind);
    // JSON writes the mark of blanks as an escape.
    let blank = |mark: &str| Value::from(mark).to_string().trim_matches('"').to_owned();
    let (name, uid, node) = (blank(NAME), blank(UID), blank(NODE));
    for one in &mould.casts {
        let id = ids::uuid(&format!("Pod {namespace} {}", one.name));
        let json = json.replace(&name, &one.name).replace(&uid, &id).replace(&node, &one.node);
        objects.push(Stored { namespace: namespace.clone(), name: one.name.clone(), json: json.into() });
    }
}
