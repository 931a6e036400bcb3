//! Cases of a check, and the scenes they play in.
//!
//! A scene is a small account with one subject. [`Cases::hold`] runs a check on each of its scenes, and then *blinds*
//! every scene: each fact in turn becomes unknown and each list is cut short. A failing subject must then stay failing
//! or become unknown, and no subject may begin to fail because something could not be read.

mod ecr;
mod eks;
pub(crate) mod kubernetes;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::audit::{Finding, Status, audit};
use crate::check::Check;
use crate::facts::ecr::Ecr;
use crate::facts::iam::{Iam, PolicyText, Role};
use crate::facts::lambda::{
    AccountSettings, CodeSigningConfig, Cors, EventSourceMapping, Function, FunctionUrl, Lambda, Layer, LogFormat,
    Logging, OnUntrusted, Package, Tracing, UrlAuth, Urls,
};
use crate::facts::network::Network;
use crate::facts::{
    Arn, Calls, Depth, Fact, INVENTORY_VERSION, Inventory, Listing, Queue, Region, RegionName, Runtime,
};
use crate::settings::Settings;
pub(crate) use ecr::*;
pub(crate) use eks::*;

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGION: &str = "eu-west-1";

/// An account with one subject.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) inventory: Inventory,
    pub(crate) settings: Settings,
    pub(crate) subject: Arn,
}

impl Scene {
    /// Changes the Region that holds the subject.
    pub(crate) fn region(mut self, change: impl FnOnce(&mut Region)) -> Self {
        change(self.inventory.regions.get_mut(&REGION.into()).unwrap());
        self
    }

    /// Changes what belongs to Lambda in that Region.
    pub(crate) fn lambda(self, change: impl FnOnce(&mut Lambda)) -> Self {
        self.region(|region| change(&mut region.lambda))
    }

    /// Adds a function beside the subject.
    pub(crate) fn and_function(self, name: &str, change: impl FnOnce(&mut Function)) -> Self {
        self.lambda(|lambda| push(&mut lambda.functions, changed(new_function(name), change)))
    }

    /// Adds an event source mapping of the function `orders`.
    pub(crate) fn and_mapping(self, change: impl FnOnce(&mut EventSourceMapping)) -> Self {
        self.lambda(|lambda| push(&mut lambda.event_source_mappings, changed(new_mapping(), change)))
    }

    /// Adds a Region beside the subject's, with one function.
    pub(crate) fn and_region(mut self, name: &str, function: &str, change: impl FnOnce(&mut Function)) -> Self {
        let mut region = new_region();
        let mut function = changed(new_function(function), change);
        function.arn = function.arn.as_str().replace(REGION, name).into();
        push(&mut region.lambda.functions, function);
        self.inventory.regions.insert(name.into(), region);
        self
    }

    /// Adds an SQS queue.
    pub(crate) fn and_queue(self, name: &str, change: impl FnOnce(&mut Queue)) -> Self {
        let queue = changed(Queue { visibility_timeout_seconds: 60, dead_letter_queue: None }, change);
        self.region(|region| _ = region.queues.insert(queue_arn(name), Fact::Known(Some(queue))))
    }

    /// Adds a code signing configuration that guards these functions.
    pub(crate) fn and_code_signing(self, on_untrusted: OnUntrusted, functions: &[&str]) -> Self {
        let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:code-signing-config:csc-0a1b2c3d").into();
        let functions = Listing::whole(functions.iter().map(|name| function_arn(name)).collect());
        self.lambda(|lambda| push(&mut lambda.code_signing_configs, CodeSigningConfig { arn, on_untrusted, functions }))
    }

    /// Changes IAM.
    pub(crate) fn iam(mut self, change: impl FnOnce(&mut Iam)) -> Self {
        change(&mut self.inventory.iam);
        self
    }

    /// Changes the settings.
    pub(crate) fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }
}

fn changed<T>(mut value: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut value);
    value
}

fn push<T: Clone>(listing: &mut Listing<T>, item: T) {
    *listing = Listing::new([listing.seen(), &[item]].concat(), listing.gap().cloned());
}

/// An account whose one function, `orders`, is as it should be; then changed.
pub(crate) fn function(change: impl FnOnce(&mut Function)) -> Scene {
    let mut scene = Scene { inventory: account(), settings: settings(), subject: function_arn("orders") };
    scene.inventory.iam.roles = Listing::whole(vec![new_role("orders-role")]);
    scene.and_function("orders", change)
}

/// An account whose function `orders` has one event source mapping, then changed; the mapping is the subject.
pub(crate) fn mapping(change: impl FnOnce(&mut EventSourceMapping)) -> Scene {
    let mut scene = function(|_| {}).and_mapping(change);
    scene.subject = new_mapping().arn;
    scene
}

/// An account that owns one layer version, then changed; the layer is the subject.
pub(crate) fn layer(change: impl FnOnce(&mut Layer)) -> Scene {
    let arn = Arn::from(format!("arn:aws:lambda:{REGION}:{ACCOUNT}:layer:tools:3"));
    let layer = changed(Layer { arn: arn.clone(), policy: Fact::Known(None) }, change);
    let mut scene = function(|_| {}).lambda(|lambda| lambda.layers = Listing::whole(vec![layer]));
    scene.subject = arn;
    scene
}

/// A URL of the function `orders` that wants signed requests.
pub(crate) fn function_url(cors: Option<Cors>) -> FunctionUrl {
    FunctionUrl { function: function_arn("orders"), auth: UrlAuth::Iam, cors }
}

/// A policy with one statement, from its JSON.
#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
pub(crate) fn policy(statement: Value) -> PolicyText {
    let policy = PolicyText::parse(&json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string());
    assert!(matches!(policy, PolicyText::Parsed(_)), "{policy:?}");
    policy
}

pub(crate) fn function_arn(name: &str) -> Arn {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}").into()
}

pub(crate) fn role_arn(name: &str) -> Arn {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}").into()
}

pub(crate) fn queue_arn(name: &str) -> Arn {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}").into()
}

fn settings() -> Settings {
    Settings::new("2026-11-22T00:00:00Z".parse().unwrap())
}

fn new_region() -> Region {
    let lambda = Lambda {
        functions: Listing::whole(vec![]),
        event_source_mappings: Listing::whole(vec![]),
        layers: Listing::whole(vec![]),
        code_signing_configs: Listing::whole(vec![]),
        account_settings: Fact::Known(AccountSettings {
            concurrency: 1000,
            unreserved_concurrency: 1000,
            functions: 1,
        }),
    };
    let ecr = Ecr { registry: new_registry(), repositories: Listing::whole(vec![]) };
    let network = Network {
        subnets: Fact::Known(BTreeMap::new()),
        route_tables: Fact::Known(vec![]),
        security_groups: Fact::Known(BTreeMap::new()),
        flow_logs: Fact::Known([(VPC.to_owned(), crate::facts::Switch::On)].into_iter().collect()),
    };
    Region { lambda, ecr, eks: new_eks(), network, queues: BTreeMap::new() }
}

fn account() -> Inventory {
    Inventory {
        inventory_version: INVENTORY_VERSION,
        account: ACCOUNT.into(),
        partition: "aws".into(),
        identity: None,
        collected_at: "2026-11-22T00:00:00Z".parse().unwrap(),
        depth: Depth::Deep,
        interrupted: false,
        regions_gap: None,
        organization: Fact::Known(None),
        iam: Iam {
            roles: Listing::whole(vec![]),
            users: Listing::whole(vec![]),
            groups: Listing::whole(vec![]),
            policies: Listing::whole(vec![]),
            oidc_providers: Listing::whole(vec![]),
        },
        gone: vec![],
        public_repositories: Listing::whole(vec![]),
        regions: BTreeMap::from([(RegionName::from(REGION), new_region())]),
        calls: Calls::default(),
    }
}

fn new_function(name: &str) -> Function {
    Function {
        arn: function_arn(name),
        name: name.to_owned(),
        runtime: Some(Runtime("python3.13".to_owned())),
        package: Package::Zip,
        role: role_arn(&format!("{name}-role")),
        timeout_seconds: 10,
        memory_mb: 256,
        ephemeral_storage_mb: 512,
        environment: Fact::Known(vec![]),
        environment_key: None,
        vpc: None,
        layers: vec![],
        dead_letter_target: None,
        tracing: Tracing::Active,
        logging: Logging {
            format: LogFormat::Json,
            application_level: Some("INFO".to_owned()),
            group: Some(format!("/shop/{name}")),
        },
        policy: Fact::Known(None),
        urls: Fact::Known(Urls::Read(vec![])),
        reserved_concurrency: Fact::Known(None),
        failure_destinations: Fact::Known(vec![]),
        image: Fact::Known(None),
        qualifiers: Fact::Known(vec![]),
        tags: Fact::Known(BTreeMap::new()),
    }
}

pub(crate) fn new_role(name: &str) -> Role {
    Role {
        arn: role_arn(name),
        name: name.to_owned(),
        id: format!("AROA{}", name.to_uppercase()),
        created_at: None,
        trust: policy(json!({
            "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole"
        })),
        inline: vec![],
        attached: vec![],
        boundary: None,
        last_used: None,
        services: Fact::Known(vec![]),
    }
}

fn new_mapping() -> EventSourceMapping {
    EventSourceMapping {
        arn: format!("arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:11111111-2222-3333-4444-555555555555")
            .into(),
        function: function_arn("orders"),
        source: Some(queue_arn("orders")),
        enabled: crate::facts::Switch::On,
        failure_destination: None,
    }
}

/// What a check must conclude of which scene.
#[derive(Default)]
pub(crate) struct Cases(Vec<(Option<Status>, Scene)>);

impl Cases {
    pub(crate) fn pass(self, scene: Scene) -> Self {
        self.with(Status::Pass, scene)
    }

    pub(crate) fn fail(self, scene: Scene) -> Self {
        self.with(Status::Fail, scene)
    }

    pub(crate) fn not_applicable(self, scene: Scene) -> Self {
        self.with(Status::NotApplicable, scene)
    }

    pub(crate) fn unknown(self, scene: Scene) -> Self {
        self.with(Status::Unknown, scene)
    }

    /// A scene of which the run chose not to read what the check takes: it says nothing.
    pub(crate) fn left_out(mut self, scene: Scene) -> Self {
        self.0.push((None, scene));
        self
    }

    fn with(mut self, status: Status, scene: Scene) -> Self {
        self.0.push((Some(status), scene));
        self
    }

    /// Runs the check on every scene as it is, and blinded.
    pub(crate) fn hold(self, check: &'static Check) {
        for needed in [Status::Pass, Status::Fail] {
            assert!(self.0.iter().any(|(status, _)| *status == Some(needed)), "{check:?} has no case for {needed:?}");
        }
        for (number, (expected, scene)) in self.0.iter().enumerate() {
            let found = conclude(check, scene, &scene.inventory);
            assert_eq!(found, *expected, "{check:?}, case {number}");
            for (place, blinded) in blindings(&scene.inventory) {
                let Some(found) = conclude(check, scene, &blinded) else { continue };
                let honest = found == Status::Unknown || Some(found) == *expected;
                assert!(honest, "{check:?}, case {number}: without {place}, {expected:?} became {found:?}");
            }
        }
    }
}

fn conclude(check: &'static Check, scene: &Scene, inventory: &Inventory) -> Option<Status> {
    let mut settings = scene.settings.clone();
    settings.selection.checks = [check.id].into();
    let report = audit(inventory, &settings);
    report.findings.iter().find(|finding| finding.resource == scene.subject).map(Finding::status)
}

/// The inventory with one fact unknown, or one list cut short, each time another.
fn blindings(inventory: &Inventory) -> Vec<(String, Inventory)> {
    let whole = serde_json::to_value(inventory).unwrap();
    let gap = json!({ "action": "lambda:GetPolicy", "place": {}, "reason": { "denied": "identity" } });
    let mut places = Vec::new();
    find_facts(&whole, "", &mut places);
    let mut blinded = vec![("regions_gap".to_owned(), replaced(&whole, "/regions_gap", &gap))];
    for place in places {
        if whole.pointer(&place).is_some_and(|value| value.get("known").is_some()) {
            blinded.push((place.clone(), replaced(&whole, &place, &json!({ "unknown": gap }))));
        } else {
            blinded.push((format!("{place}/*"), replaced(&whole, &format!("{place}/gap"), &gap)));
            blinded.push((place.clone(), replaced(&whole, &place, &json!({ "items": [], "gap": gap }))));
        }
    }
    blinded.into_iter().map(|(place, value)| (place, serde_json::from_value(value).unwrap())).collect()
}

fn replaced(whole: &Value, place: &str, value: &Value) -> Value {
    let mut copy = whole.clone();
    *copy.pointer_mut(place).unwrap() = value.clone();
    copy
}

/// The JSON pointers of all known facts and all lists.
fn find_facts(value: &Value, place: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let is_fact = members.len() == 1 && members.contains_key("known");
            let is_list = members.len() == 2 && members.contains_key("items") && members.contains_key("gap");
            if is_fact || is_list {
                places.push(place.to_owned());
            }
            for (name, member) in members {
                find_facts(member, &format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_facts(item, &format!("{place}/{index}"), places);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
