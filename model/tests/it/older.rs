//! Inventories of older versions, newer ones, and what is not known.

use palisade_model::environment::Variable;
use palisade_model::lambda::Function;
use palisade_model::saved::{ADDED, INVENTORY_VERSION, OLDEST_INVENTORY_VERSION, Versioned, read};
use palisade_model::{Action, Depth, Fact, Gap, Inventory, Listing, Place, Reason};
use palisade_scenes::{Scene, function_arn, new_role, scan};
use serde_json::{Value, json};

fn rich() -> Inventory {
    let scene: Scene = scan(|_| {}).and_function("orders", |_| {}).and_mapping(|_| {}).and_queue("orders", |_| {});
    scene.iam(|iam| iam.roles = Listing::whole(vec![new_role("reader")])).inventory
}

/// The file as an older version would have saved it, one that does not say which palisade it was.
fn saved(inventory: &Inventory, version: u32) -> Value {
    let mut file = serde_json::to_value(inventory).unwrap();
    take_back(&mut file, version);
    file
}

/// Takes out of a file what came after a version.
fn take_back(file: &mut Value, version: u32) {
    file.as_object_mut().unwrap().remove("palisade");
    file["inventory_version"] = version.into();
    for row in ADDED.iter().rev().filter(|row| row.since > version) {
        let steps: Vec<_> = row.path.split('/').skip(1).collect();
        take_out(file, &steps);
    }
}

fn take_out(value: &mut Value, steps: &[&str]) {
    match (steps, value) {
        (["archived" | "enabled"], Value::Object(object)) => {
            object.entry("enabled").and_modify(unswitch);
            object.entry("archived").and_modify(unswitch);
        }
        (["flow_logs", "known"], Value::Object(object)) => {
            let Some(logs) = object["flow_logs"].get_mut("known") else { return };
            *logs = logs.as_object().unwrap().keys().cloned().collect();
        }
        ([name], Value::Object(object)) => _ = object.remove(*name),
        (["*", rest @ ..], Value::Object(object)) => object.values_mut().for_each(|value| take_out(value, rest)),
        (["*", rest @ ..], Value::Array(items)) => items.iter_mut().for_each(|item| take_out(item, rest)),
        ([name, rest @ ..], Value::Object(object)) => {
            if let Some(value) = object.get_mut(*name) {
                take_out(value, rest);
            }
        }
        (_, _) => {}
    }
}

fn unswitch(state: &mut Value) {
    if state.is_string() {
        *state = (*state == "on").into();
    }
}

fn open(file: &Value) -> serde_json::Result<Inventory> {
    let text = file.to_string();
    read(serde_json::from_str(&text).unwrap(), &mut text.as_bytes())
}

fn not_collected(inventory_version: u32) -> Reason {
    Reason::NotCollected { inventory_version, palisade: None }
}

fn function<'a>(inventory: &'a Inventory, name: &str) -> &'a Function {
    let functions = &inventory.regions[&palisade_scenes::REGION.into()].lambda.functions;
    functions.find(|function| function.name == name).unwrap().unwrap()
}

#[test]
fn what_an_older_file_has_is_kept_and_what_it_lacks_is_a_gap() {
    for version in OLDEST_INVENTORY_VERSION..=INVENTORY_VERSION {
        let file = saved(&rich(), version);
        let inventory = open(&file).unwrap();
        assert_eq!(inventory.inventory_version, INVENTORY_VERSION);
        assert_eq!(saved(&inventory, version), file, "version {version}");
        let known: Vec<_> = rich().gaps().cloned().collect();
        let new: Vec<_> = inventory.gaps().filter(|gap| !known.contains(gap)).collect();
        assert!(new.iter().all(|gap| gap.reason == not_collected(version)), "{new:#?}");
        assert_eq!(new.is_empty(), version >= 6, "version {version}: {new:#?}");
    }
}

#[test]
fn a_gap_says_which_call_was_not_made_for_what() {
    let inventory = open(&saved(&rich(), 1)).unwrap();
    let gap = |action, place| Gap { action, place, reason: not_collected(1) };
    let role = &inventory.iam.roles.seen()[0];
    let services = gap(Action::IamGetServiceLastAccessedDetails, Place::resource(&role.arn));
    assert_eq!(role.services, Fact::Unknown(services));
    let region = &inventory.regions[&palisade_scenes::REGION.into()];
    let place = Place::region(&palisade_scenes::REGION.into());
    assert_eq!(region.eks.clusters, Listing::unread(gap(Action::EksListClusters, place.clone())));
    assert_eq!(region.ecr.registry.policy, Fact::Unknown(gap(Action::EcrGetRegistryPolicy, place)));
    assert_eq!(region.ecr.registry.arn.as_str(), "arn:aws:ecr:eu-west-1:111122223333:registry");
    let organization = gap(Action::OrganizationsDescribeOrganization, Place::account());
    assert_eq!(inventory.organization, Fact::Unknown(organization));
}

#[test]
fn a_gap_names_the_palisade_that_saved_the_file_where_it_says_so() {
    let mut file = saved(&rich(), 2);
    file["palisade"] = "0.0.2".into();
    let inventory = open(&file).unwrap();
    let reasons: Vec<_> = inventory.gaps().map(|gap| gap.reason.to_string()).collect();
    assert!(reasons.contains(&"not collected by palisade 0.0.2".to_owned()), "{reasons:?}");
    let words = not_collected(2).to_string();
    assert_eq!(words, "not collected by the palisade of inventory version 2");
    assert!(!not_collected(2).is_choice() && !not_collected(2).may_pass());
}

#[test]
fn what_this_depth_leaves_out_today_was_left_out_by_choice() {
    let mut file = saved(&rich(), 1);
    file["depth"] = "standard".into();
    let inventory = open(&file).unwrap();
    assert_eq!(inventory.depth, Depth::Standard);
    assert_eq!(inventory.iam.roles.seen()[0].services.known().unwrap_err().reason, Reason::NotAsked);
}

#[test]
fn a_plain_field_without_a_neutral_value_makes_the_fact_around_it_unknown() {
    let key = ["AKIA", "QWERTYUIOPASDFGH"].concat();
    let scene = scan(|_| {}).and_function("keyed", |function| {
        function.environment = Fact::Known(vec![Variable::classify("ID", &key), Variable::classify("MODE", "fast")]);
    });
    let plain = vec![Variable::classify("MODE", "fast")];
    let scene = scene.and_function("plain", |function| function.environment = Fact::Known(plain.clone()));
    let inventory = open(&saved(&scene.inventory, 1)).unwrap();
    let place = Place::resource(&function_arn("keyed"));
    let gap = Gap { action: Action::LambdaListFunctions, place, reason: not_collected(1) };
    assert_eq!(function(&inventory, "keyed").environment, Fact::Unknown(gap));
    assert_eq!(function(&inventory, "plain").environment, Fact::Known(plain));
}

#[test]
fn vulnerabilities_of_which_nothing_was_said_may_be_exploited() {
    let path = "/regions/eu-west-1/ecr/repositories/items/0/images/items/0/scan/known";
    let read_with = |change: &dyn Fn(&mut Value)| {
        let mut file = saved(&rich(), 3);
        change(file.pointer_mut(path).unwrap());
        let inventory = open(&file).unwrap();
        let image = inventory.regions[&"eu-west-1".into()].ecr.repositories.seen()[0].images.seen()[0].clone();
        image.scan.known().unwrap().clone().unwrap().known_exploited
    };
    assert_eq!(read_with(&|scan| scan["scanner"] = "basic".into()), None);
    let worst = json!([
        { "id": "CVE-1", "severity": "high", "packages": [], "fix": "available", "exploit_available": null, "known_exploited": true },
        { "id": "CVE-2", "severity": "high", "packages": [], "fix": "available", "exploit_available": null, "known_exploited": false },
    ]);
    let exploited = read_with(&|scan| {
        scan["scanner"] = "inspector".into();
        scan["worst"] = worst.clone();
    });
    let exploited = exploited.unwrap();
    assert_eq!(exploited.seen(), ["CVE-1"]);
    assert_eq!(exploited.gap().unwrap().reason, not_collected(3));
}

#[test]
fn in_a_file_of_this_version_nothing_may_be_missing_and_more_is_ignored() {
    let whole = saved(&rich(), INVENTORY_VERSION);
    let mut more = whole.clone();
    more["palisade"] = "9.9.9".into();
    more["weather"] = "fine".into();
    more["iam"]["roles"]["items"][0]["mood"] = json!({ "of": "the day" });
    assert_eq!(open(&more).unwrap(), rich());
    for row in ADDED.iter().filter(|row| row.path.ends_with("/services") || row.path.ends_with("/ecr")) {
        let mut less = whole.clone();
        take_out(&mut less, &row.path.split('/').skip(1).collect::<Vec<_>>());
        assert!(open(&less).unwrap_err().to_string().starts_with("missing field"), "{}", row.path);
    }
}

#[test]
fn what_every_version_had_may_be_missing_in_none() {
    for path in ["/account", "/iam/users", "/regions/eu-west-1/lambda/functions/items/0/policy"] {
        let mut file = saved(&rich(), 1);
        let (parent, name) = path.rsplit_once('/').unwrap();
        file.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
        assert!(open(&file).unwrap_err().to_string().starts_with("missing field"), "{path}");
    }
}

#[test]
fn other_versions_are_not_read() {
    for inventory_version in [0, INVENTORY_VERSION + 1] {
        assert!(!Versioned { inventory_version }.is_read());
        let file = saved(&rich(), inventory_version);
        assert!(open(&file).is_err());
    }
}

#[test]
fn a_file_says_which_palisade_wrote_it() {
    let file = serde_json::to_value(rich()).unwrap();
    assert_eq!(file["palisade"], env!("CARGO_PKG_VERSION"));
    assert_eq!(file["inventory_version"], INVENTORY_VERSION);
    assert_eq!(serde_json::from_value::<Inventory>(file).unwrap(), rich());
}
