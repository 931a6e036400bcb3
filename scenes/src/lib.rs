//! Small made-up accounts for tests: a scene is an account with one subject.

#![expect(clippy::unwrap_used, reason = "a scene that cannot be made shall fail the test")]

pub mod admission;
pub mod blinded;
pub mod clusters;
pub mod definitions;
mod ecr;
mod eks;
pub mod exposure;
pub mod iam;
pub mod in_cluster;
pub mod kubernetes;
pub mod network;
pub mod objects;
pub mod pods;
pub mod rbac;
pub mod repositories;
pub mod running;
pub mod shares;
pub mod specs;
pub mod tasks;
pub mod ways_in;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use palisade_model::ecr::Ecr;
use palisade_model::iam::{Iam, PolicyText, Role};
use palisade_model::lambda::{
    AccountSettings, CodeSigningConfig, Cors, EventSourceMapping, Function, FunctionUrl, Lambda, Layer, LogFormat,
    Logging, OnUntrusted, Package, Tracing, UrlAuth, Urls,
};
use palisade_model::load_balancing::LoadBalancing;
use palisade_model::network::Network;
use palisade_model::settings::Settings;
use palisade_model::{
    Arn, Calls, Depth, Fact, INVENTORY_VERSION, Inventory, Listing, Queue, Region, RegionName, Runtime,
};

pub use ecr::*;
pub use eks::*;

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "eu-west-1";

/// An account with one subject.
#[derive(Clone)]
pub struct Scene {
    pub inventory: Inventory,
    pub settings: Settings,
    pub subject: Arn,
}

impl Scene {
    /// Changes the Region that holds the subject.
    pub fn region(mut self, change: impl FnOnce(&mut Region)) -> Self {
        change(self.inventory.regions.get_mut(&REGION.into()).unwrap());
        self
    }

    /// Changes what belongs to Lambda in that Region.
    pub fn lambda(self, change: impl FnOnce(&mut Lambda)) -> Self {
        self.region(|region| change(&mut region.lambda))
    }

    /// Adds a function beside the subject.
    pub fn and_function(self, name: &str, change: impl FnOnce(&mut Function)) -> Self {
        self.lambda(|lambda| push(&mut lambda.functions, changed(new_function(name), change)))
    }

    /// Adds an event source mapping of the function `orders`.
    pub fn and_mapping(self, change: impl FnOnce(&mut EventSourceMapping)) -> Self {
        self.lambda(|lambda| push(&mut lambda.event_source_mappings, changed(new_mapping(), change)))
    }

    /// Adds a Region beside the subject's, with one function.
    pub fn and_region(mut self, name: &str, function: &str, change: impl FnOnce(&mut Function)) -> Self {
        let mut region = new_region();
        let mut function = changed(new_function(function), change);
        function.arn = function.arn.as_str().replace(REGION, name).into();
        push(&mut region.lambda.functions, function);
        self.inventory.regions.insert(name.into(), region);
        self
    }

    /// Adds an SQS queue.
    pub fn and_queue(self, name: &str, change: impl FnOnce(&mut Queue)) -> Self {
        let queue = changed(Queue { visibility_timeout_seconds: 60, dead_letter_queue: None }, change);
        self.region(|region| _ = region.queues.insert(queue_arn(name), Fact::Known(Some(queue))))
    }

    /// Adds a code signing configuration that guards these functions.
    pub fn and_code_signing(self, on_untrusted: OnUntrusted, functions: &[&str]) -> Self {
        let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:code-signing-config:csc-0a1b2c3d").into();
        let functions = Listing::whole(functions.iter().map(|name| function_arn(name)).collect());
        self.lambda(|lambda| push(&mut lambda.code_signing_configs, CodeSigningConfig { arn, on_untrusted, functions }))
    }

    /// Changes IAM.
    pub fn iam(mut self, change: impl FnOnce(&mut Iam)) -> Self {
        change(&mut self.inventory.iam);
        self
    }

    /// Changes the settings.
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
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
pub fn function(change: impl FnOnce(&mut Function)) -> Scene {
    let mut scene = Scene { inventory: account(), settings: settings(), subject: function_arn("orders") };
    scene.inventory.iam.roles = Listing::whole(vec![new_role("orders-role")]);
    scene.and_function("orders", change)
}

/// An account whose function `orders` has one event source mapping, then changed; the mapping is the subject.
pub fn mapping(change: impl FnOnce(&mut EventSourceMapping)) -> Scene {
    let mut scene = function(|_| {}).and_mapping(change);
    scene.subject = new_mapping().arn;
    scene
}

/// An account that owns one layer version, then changed; the layer is the subject.
pub fn layer(change: impl FnOnce(&mut Layer)) -> Scene {
    let arn = Arn::from(format!("arn:aws:lambda:{REGION}:{ACCOUNT}:layer:tools:3"));
    let layer = changed(Layer { arn: arn.clone(), policy: Fact::Known(None) }, change);
    let mut scene = function(|_| {}).lambda(|lambda| lambda.layers = Listing::whole(vec![layer]));
    scene.subject = arn;
    scene
}

/// A URL of the function `orders` that wants signed requests.
pub fn function_url(cors: Option<Cors>) -> FunctionUrl {
    FunctionUrl { function: function_arn("orders"), auth: UrlAuth::Iam, cors }
}

/// A policy with one statement, from its JSON.
#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
pub fn policy(statement: Value) -> PolicyText {
    let policy = PolicyText::parse(&json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string());
    assert!(matches!(policy, PolicyText::Parsed(_)), "{policy:?}");
    policy
}

pub fn function_arn(name: &str) -> Arn {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}").into()
}

pub fn role_arn(name: &str) -> Arn {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}").into()
}

pub fn queue_arn(name: &str) -> Arn {
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
        flow_logs: Fact::Known([(VPC.to_owned(), palisade_model::Switch::On)].into_iter().collect()),
        interfaces: Fact::Known(BTreeMap::new()),
        instances: Fact::Known(BTreeMap::new()),
    };
    let load_balancing = LoadBalancing::none();
    Region { lambda, ecr, ecs: tasks::no_ecs(), eks: new_eks(), network, load_balancing, queues: BTreeMap::new() }
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

pub fn new_role(name: &str) -> Role {
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
        instance_profiles: vec![],
        services: Fact::Known(vec![]),
    }
}

fn new_mapping() -> EventSourceMapping {
    EventSourceMapping {
        arn: format!("arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:11111111-2222-3333-4444-555555555555")
            .into(),
        function: function_arn("orders"),
        source: Some(queue_arn("orders")),
        enabled: palisade_model::Switch::On,
        failure_destination: None,
    }
}
