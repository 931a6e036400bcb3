//! A task that a launcher starts: what the services that start tasks say of it, each in its own spelling of `RunTask`.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>

use palisade_model::ecs::{LaunchChoice, LaunchType, Overrides, Placement, Target};
use palisade_model::{Arn, RegionName};
use serde_json::Value;

use super::input;
use crate::caller::Caller;
use crate::ecs::convert::overrides::overrides;

/// What stands for a name that is not known before something happens.
pub(super) const BROUGHT: &str = "named by the event";

/// Where names belong that are no ARN.
#[derive(Clone, Copy)]
pub(super) struct Home<'a> {
    pub(super) caller: &'a Caller,
    pub(super) region: &'a RegionName,
}

impl Home<'_> {
    /// The ARN of something of a service; what is an ARN already stays as it is.
    fn arn(&self, service: &str, kind: &str, name: &str) -> Arn {
        let Caller { account, partition, arn: _, source: _ } = self.caller;
        if name.starts_with("arn:") {
            return Arn::from(name);
        }
        Arn::from(format!("arn:{partition}:{service}:{}:{account}:{kind}{name}", self.region))
    }

    /// The ARN of a task definition; of the family where no revision is named.
    fn definition(&self, name: &str) -> Arn {
        self.arn("ecs", "task-definition/", name)
    }

    /// The ARN of a cluster.
    fn cluster(&self, name: &str) -> Arn {
        self.arn("ecs", "cluster/", name)
    }

    /// The ARN of a rule on a bus.
    pub(super) fn rule(&self, bus: &str, name: &str) -> Arn {
        let bus = if bus == "default" { String::new() } else { format!("{bus}/") };
        self.arn("events", &format!("rule/{bus}"), name)
    }
}

/// A target of EventBridge, Scheduler or Pipes: the cluster is what it leads to, the parameters name the rest.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EcsParameters.html>
pub(super) fn of_parameters(home: &Home<'_>, id: &str, cluster: &str, parameters: &Value) -> Target {
    let mut reader = Reader::default();
    let definition = reader.name(parameters, "TaskDefinitionArn").map(|name| home.definition(&name));
    let target = reader.target(id, parameters);
    Target { cluster: Some(home.cluster(cluster)), definition, ..target }
}

/// A whole request to `RunTask` or `StartTask`. It goes to the cluster `default` where it names none.
pub(super) fn of_request(home: &Home<'_>, id: &str, request: &Value, operation: &str) -> Target {
    let mut reader = Reader::default();
    if !request.is_object() {
        reader.dynamic.push("Parameters".to_owned());
    }
    let definition = reader.name(request, "TaskDefinition").map(|name| home.definition(&name));
    let cluster = match member(request, "Cluster") {
        Member::Absent if request.is_object() => Some("default".to_owned()),
        Member::Absent | Member::Said(_) | Member::Brought => reader.name(request, "Cluster"),
    };
    let mut target = reader.target(id, request);
    let mut said = match member(request, "Overrides") {
        Member::Said(said) => overrides(said),
        Member::Brought => Overrides { dynamic: vec!["Overrides".to_owned()], ..Overrides::default() },
        Member::Absent => Overrides::default(),
    };
    input::add(&mut said, input::texts(request));
    said.dynamic.append(&mut target.overrides.dynamic);
    // It names machines, which Fargate has none of.
    if operation == "startTask" && target.launch.launch_type.is_none() {
        target.launch.launch_type = Some(LaunchType::Ec2);
    }
    Target { cluster: cluster.map(|name| home.cluster(&name)), definition, overrides: said, ..target }
}

/// A member of an object.
#[derive(Clone, Copy)]
pub(super) enum Member<'v> {
    /// It is not there.
    Absent,
    /// It is there.
    Said(&'v Value),
    /// Something that happens brings it.
    Brought,
}

/// A member by its name, which may begin with a small letter, and end in `.$` where a path tells its value.
pub(super) fn member<'v>(object: &'v Value, name: &str) -> Member<'v> {
    let mut small = name.to_owned();
    small[..1].make_ascii_lowercase();
    for name in [name, &small] {
        match object.get(name) {
            Some(Value::Null) | None => {}
            Some(Value::String(text)) if is_brought(text) => return Member::Brought,
            Some(value) => return Member::Said(value),
        }
        if object.get(format!("{name}.$")).is_some() {
            return Member::Brought;
        }
    }
    Member::Absent
}

/// Whether a text is a path, an expression or a placeholder as a whole.
///
/// Sources: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html>,
/// <https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>
pub(super) fn is_brought(text: &str) -> bool {
    let text = text.trim();
    let is_path = ["$.", "$[", "$$."].iter().any(|start| text.starts_with(start)) || text == "$";
    let is_expression = text.starts_with("{%") && text.ends_with("%}");
    let inside = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    is_path || is_expression || inside.is_some_and(|name| !name.contains(['<', '>', ' ']))
}

/// Reads members, and keeps the names of those that something that happens brings.
#[derive(Default)]
struct Reader {
    dynamic: Vec<String>,
}

impl Reader {
    /// What is spelled alike in a request and in parameters.
    fn target(mut self, id: &str, request: &Value) -> Target {
        let launch = self.launch(request);
        let network = self.network(request);
        let exec = match member(request, "EnableExecuteCommand") {
            Member::Said(said) => *said == Value::Bool(true) || said.as_str() == Some("true"),
            Member::Brought => self.brought("EnableExecuteCommand", false),
            Member::Absent => false,
        };
        let overrides = Overrides { dynamic: self.dynamic, ..Overrides::default() };
        Target { id: id.to_owned(), cluster: None, definition: None, launch, network, exec, overrides, role: None }
    }

    fn launch(&mut self, request: &Value) -> LaunchChoice {
        const PROVIDERS: &str = "CapacityProviderStrategy";
        let launch_type = match member(request, "LaunchType") {
            Member::Said(said) => said.as_str().map(LaunchType::read),
            Member::Brought => self.brought("LaunchType", Some(LaunchType::Other(BROUGHT.to_owned()))),
            Member::Absent => None,
        };
        let providers = match member(request, PROVIDERS) {
            Member::Said(said) => {
                let items = said.as_array().into_iter().flatten();
                items.filter_map(|item| self.item(member(item, "CapacityProvider"), PROVIDERS)).collect()
            }
            Member::Brought => self.brought(PROVIDERS, vec![BROUGHT.to_owned()]),
            Member::Absent => Vec::new(),
        };
        let platform_version = self.name(request, "PlatformVersion");
        LaunchChoice { launch_type, providers, platform_version, platform_family: None }
    }

    fn network(&mut self, request: &Value) -> Option<Placement> {
        const NETWORK: &str = "NetworkConfiguration";
        let unknown = || Placement {
            subnets: vec![BROUGHT.to_owned()],
            security_groups: vec![BROUGHT.to_owned()],
            assigns_public_address: false,
        };
        let place = match member(request, NETWORK) {
            Member::Said(said) => match member(said, "AwsvpcConfiguration") {
                Member::Said(place) => place,
                Member::Brought => return self.brought(NETWORK, Some(unknown())),
                Member::Absent => return None,
            },
            Member::Brought => return self.brought(NETWORK, Some(unknown())),
            Member::Absent => return None,
        };
        let public = "AssignPublicIp";
        let assigns_public_address = match member(place, public) {
            // A word that is not known here may mean one.
            Member::Said(said) => said.as_str() != Some("DISABLED"),
            Member::Brought => self.brought(public, false),
            Member::Absent => false,
        };
        Some(Placement {
            subnets: self.list(place, "Subnets"),
            security_groups: self.list(place, "SecurityGroups"),
            assigns_public_address,
        })
    }

    /// The texts of a list; one for those that are not known.
    fn list(&mut self, object: &Value, name: &str) -> Vec<String> {
        match member(object, name) {
            Member::Said(Value::Array(items)) => items
                .iter()
                .filter_map(|item| {
                    let item = match item {
                        Value::String(text) if is_brought(text) => Member::Brought,
                        item => Member::Said(item),
                    };
                    self.item(item, name)
                })
                .collect(),
            Member::Said(_) | Member::Brought => self.brought(name, vec![BROUGHT.to_owned()]),
            Member::Absent => Vec::new(),
        }
    }

    fn item(&mut self, item: Member<'_>, name: &str) -> Option<String> {
        match item {
            Member::Said(said) => said.as_str().map(str::to_owned),
            Member::Brought => self.brought(name, Some(BROUGHT.to_owned())),
            Member::Absent => None,
        }
    }

    /// A text; none of one that is not known.
    fn name(&mut self, object: &Value, name: &str) -> Option<String> {
        match member(object, name) {
            Member::Said(said) => said.as_str().map(str::to_owned).filter(|text| !text.is_empty()),
            Member::Brought => self.brought(name, None),
            Member::Absent => None,
        }
    }

    /// Keeps the name of a member that is not known, and gives what stands for it.
    fn brought<T>(&mut self, name: &str, instead: T) -> T {
        if self.dynamic.iter().all(|known| known != name) {
            self.dynamic.push(name.to_owned());
        }
        instead
    }
}
