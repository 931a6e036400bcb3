//! What whoever starts a task says in place of its definition: a `TaskOverride`, in the API's own spelling or in that of
//! EventBridge Pipes and Step Functions, whose members begin with a capital.

use palisade_model::Arn;
use palisade_model::ecs::{ContainerOverride, Overrides};
use palisade_model::environment::Variable;
use serde_json::Value;

use super::texts;

/// How overrides are called where members are named that nobody knows before.
const OVERRIDES: &str = "Overrides";

/// The overrides of a launcher. What the event fills in is named, as `Overrides.TaskRoleArn` or
/// `Overrides.ContainerOverrides[web].Environment[TOKEN]`, and not judged: keys that end in `.$`, paths `$.…` and `$$.…`,
/// expressions `{% … %}`, placeholders `<…>`.
///
/// Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html>,
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html>,
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html>
pub(crate) fn overrides(value: &Value) -> Overrides {
    let mut reader = Reader { may_be_dynamic: true, dynamic: Vec::new() };
    reader.overrides(value)
}

/// The overrides of a task that was started: whatever they look like, nothing in them is filled in any more.
pub(crate) fn of_task(value: &Value) -> Overrides {
    let mut reader = Reader { may_be_dynamic: false, dynamic: Vec::new() };
    reader.overrides(value)
}

/// Whether a text is filled in by the event that starts a task, at least in part.
pub(crate) fn is_dynamic(text: &str) -> bool {
    is_path(text) || is_expression(text) || placeholders(text).next().is_some()
}

/// Whether a text is filled in by the event as a whole, so that there is nothing in it to be judged.
fn is_whole(text: &str) -> bool {
    let text = text.trim();
    is_path(text) || is_expression(text) || placeholders(text).any(|found| found.len() + 2 == text.len())
}

fn is_path(text: &str) -> bool {
    text == "$" || ["$.", "$[", "$$."].iter().any(|start| text.starts_with(start))
}

fn is_expression(text: &str) -> bool {
    text.starts_with("{%") && text.ends_with("%}")
}

/// The names between angle brackets: of an input transformer, of Scheduler's context, or paths of a pipe.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |name: &&str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.$[]*".contains(&byte))
    };
    text.split('<').skip(1).filter_map(|rest| Some(rest.split_once('>')?.0)).filter(is_name)
}

/// A member of an object.
enum Member<'v> {
    /// It is not there.
    Absent,
    /// It is there.
    Said(&'v Value),
    /// The event brings it.
    Dynamic,
}

struct Reader {
    may_be_dynamic: bool,
    dynamic: Vec<String>,
}

impl Reader {
    fn overrides(&mut self, value: &Value) -> Overrides {
        let containers = if self.is_brought(value, OVERRIDES) { Vec::new() } else { self.containers(value) };
        let task_role = self.role(value, "TaskRoleArn");
        let execution_role = self.role(value, "ExecutionRoleArn");
        let dynamic = std::mem::take(&mut self.dynamic);
        Overrides { containers, task_role, execution_role, dynamic }
    }

    fn containers(&mut self, value: &Value) -> Vec<ContainerOverride> {
        let path = format!("{OVERRIDES}.ContainerOverrides");
        let items = self.list(value, "ContainerOverrides", &path);
        let containers = items.iter().enumerate().map(|(number, item)| self.container(number, item, &path));
        let nothing =
            |one: &ContainerOverride| *one == ContainerOverride { name: one.name.clone(), ..Default::default() };
        containers.filter(|one| !nothing(one)).collect()
    }

    fn container(&mut self, number: usize, item: &Value, path: &str) -> ContainerOverride {
        if self.is_brought(item, &format!("{path}[{number}]")) {
            return ContainerOverride::default();
        }
        let name = match self.member(item, "Name") {
            Member::Said(Value::String(name)) if !(self.may_be_dynamic && is_dynamic(name)) => Some(name.clone()),
            Member::Dynamic | Member::Said(_) => {
                self.dynamic.push(format!("{path}[{number}].Name"));
                None
            }
            Member::Absent => None,
        };
        let path = format!("{path}[{}]", name.clone().unwrap_or_else(|| number.to_string()));
        let command_path = format!("{path}.Command");
        let words = self.list(item, "Command", &command_path);
        let has_command = !words.is_empty() || self.dynamic.contains(&command_path);
        let words: Vec<String> = words
            .iter()
            .enumerate()
            .filter_map(|(at, word)| self.text(word, &format!("{command_path}[{at}]")))
            .collect();
        let environment_path = format!("{path}.Environment");
        let pairs = self.list(item, "Environment", &environment_path);
        let environment = pairs.iter().enumerate().map(|(at, pair)| self.variable(at, pair, &environment_path));
        let environment = environment.collect();
        let files_path = format!("{path}.EnvironmentFiles");
        let files = self.list(item, "EnvironmentFiles", &files_path);
        let files = files.iter().enumerate().filter_map(|(at, file)| self.file(file, &format!("{files_path}[{at}]")));
        let environment_files = files.collect();
        ContainerOverride {
            name,
            has_command,
            texts: texts::in_words("command", &words),
            environment,
            environment_files,
        }
    }

    fn variable(&mut self, at: usize, pair: &Value, path: &str) -> Variable {
        let name = match self.member(pair, "Name") {
            Member::Said(Value::String(name)) => name.clone(),
            Member::Said(_) | Member::Dynamic | Member::Absent => at.to_string(),
        };
        let path = format!("{path}[{name}]");
        let value = match self.member(pair, "Value") {
            Member::Said(value) => self.text(value, &path),
            Member::Dynamic => {
                self.dynamic.push(path);
                None
            }
            Member::Absent => None,
        };
        Variable::classify(&name, value.as_deref().unwrap_or_default())
    }

    fn file(&mut self, file: &Value, path: &str) -> Option<String> {
        match self.member(file, "Value") {
            Member::Said(Value::String(value)) if !(self.may_be_dynamic && is_dynamic(value)) => Some(value.clone()),
            Member::Dynamic | Member::Said(_) => {
                self.dynamic.push(path.to_owned());
                None
            }
            Member::Absent => None,
        }
    }

    fn role(&mut self, value: &Value, name: &str) -> Option<Arn> {
        match self.member(value, name) {
            Member::Said(Value::String(role)) if !(self.may_be_dynamic && is_dynamic(role)) => {
                Some(role.as_str()).filter(|role| !role.is_empty()).map(Arn::from)
            }
            Member::Dynamic | Member::Said(_) => {
                self.dynamic.push(format!("{OVERRIDES}.{name}"));
                None
            }
            Member::Absent => None,
        }
    }

    /// A text as far as it is written there; what the event brings of it is named.
    fn text(&mut self, value: &Value, path: &str) -> Option<String> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => return Some(value.to_string()),
            Value::Null => return None,
            Value::Array(_) | Value::Object(_) => {
                self.dynamic.push(path.to_owned());
                return None;
            }
        };
        if !self.may_be_dynamic || !is_dynamic(&text) {
            return Some(text);
        }
        self.dynamic.push(path.to_owned());
        (!is_whole(&text)).then_some(text)
    }

    /// The items of a list; none of one that the event brings, which is named.
    fn list<'v>(&mut self, object: &'v Value, name: &str, path: &str) -> &'v [Value] {
        match self.member(object, name) {
            Member::Said(Value::Array(items)) => items,
            Member::Absent => &[],
            Member::Said(_) | Member::Dynamic => {
                self.dynamic.push(path.to_owned());
                &[]
            }
        }
    }

    /// Whether there is a text where an object should be: the event brings it.
    fn is_brought(&mut self, value: &Value, path: &str) -> bool {
        let is_brought = value.is_string();
        if is_brought {
            self.dynamic.push(path.to_owned());
        }
        is_brought
    }

    /// A member by its name, however it begins.
    fn member<'v>(&self, object: &'v Value, name: &str) -> Member<'v> {
        let mut small = name.to_owned();
        small[..1].make_ascii_lowercase();
        for name in [name, &small] {
            if let Some(value) = object.get(name).filter(|value| !value.is_null()) {
                return Member::Said(value);
            }
            if self.may_be_dynamic && object.get(format!("{name}.$")).is_some() {
                return Member::Dynamic;
            }
        }
        Member::Absent
    }
}
