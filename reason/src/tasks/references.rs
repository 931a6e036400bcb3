//! The secrets and parameters that a definition names, which are fetched when its containers start.

use palisade_model::Arn;
use palisade_model::ecs::{Container, SecretReference, TaskDefinition};

/// What stands for the characters that Secrets Manager puts behind the name of a secret.
const SUFFIX: &str = "-aBcDeF";

/// A secret or parameter that a container names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referenced {
    /// Where it is named: `container app: variable DB_PASSWORD`.
    pub place: String,
    /// What is named, as it is written.
    pub from: String,
    /// Its ARN.
    pub resource: String,
    /// The action that fetches it.
    pub action: &'static str,
    /// Whether the ARN is the whole one. That of a secret ends in six characters, which a name does not tell.
    pub is_whole: bool,
}

/// What the containers of a definition name: variables, options of logs, and credentials of registries.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html>
pub fn references(task: &TaskDefinition, definition: &Arn) -> Vec<Referenced> {
    task.containers.iter().flat_map(|container| of_container(container, definition)).collect()
}

fn of_container(container: &Container, definition: &Arn) -> Vec<Referenced> {
    let name = &container.name;
    let named = |what: &str, reference: &SecretReference| {
        told(format!("container {name}: {what} {}", reference.name), &reference.from, definition)
    };
    let variables = container.secrets.iter().map(|reference| named("variable", reference));
    let of_log = container.log.iter().flat_map(|log| &log.secrets).map(|reference| named("log option", reference));
    // Without an ARN these are the name of a secret, where all others are that of a parameter.
    let registry = container.registry_credentials.iter().map(|from| {
        let arn =
            if from.starts_with("arn:") { from.clone() } else { own(definition, "secretsmanager", "secret:", from) };
        Referenced {
            from: from.clone(),
            ..told(format!("container {name}: credentials of the registry"), &arn, definition)
        }
    });
    variables.chain(of_log).chain(registry).collect()
}

fn told(place: String, from: &str, definition: &Arn) -> Referenced {
    let resource = if from.starts_with("arn:") {
        from.to_owned()
    } else {
        own(definition, "ssm", "parameter/", from.trim_start_matches('/'))
    };
    if resource.split(':').nth(2) != Some("secretsmanager") {
        let from = from.to_owned();
        return Referenced { place, from, resource, action: "ssm:GetParameters", is_whole: true };
    }
    // Behind the name may stand a key of its JSON, a stage and a version.
    let secret = resource.splitn(8, ':').take(7).collect::<Vec<_>>().join(":");
    let is_whole = has_suffix(&secret);
    let resource = if is_whole { secret } else { format!("{secret}{SUFFIX}") };
    Referenced { place, from: from.to_owned(), resource, action: "secretsmanager:GetSecretValue", is_whole }
}

/// The ARN of something by its name, in the definition's Region and account.
fn own(definition: &Arn, service: &str, kind: &str, name: &str) -> String {
    let (partition, region, account) = (definition.partition(), definition.region(), definition.account());
    format!("arn:{partition}:{service}:{region}:{account}:{kind}{name}")
}

fn has_suffix(secret: &str) -> bool {
    let suffix = secret.rsplit_once('-').map_or("", |(_, suffix)| suffix);
    suffix.len() == SUFFIX.len() - 1 && suffix.chars().all(|letter| letter.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_model::ecs::Log;

    #[test]
    fn a_reference_is_a_secret_or_a_parameter_of_the_region() {
        let definition = Arn::from("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:3");
        let of = |from: &str| {
            let secrets = vec![SecretReference { name: "TOKEN".to_owned(), from: from.to_owned() }];
            let container = Container { name: "app".to_owned(), secrets, ..Container::default() };
            let task = TaskDefinition { containers: vec![container], ..TaskDefinition::default() };
            let Referenced { resource, action, is_whole, .. } = references(&task, &definition).remove(0);
            (resource, action, is_whole)
        };
        let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbC123";
        let parameter = "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/token";
        assert_eq!(of(secret), (secret.to_owned(), "secretsmanager:GetSecretValue", true));
        assert_eq!(of(&format!("{secret}:password:AWSCURRENT:")).0, secret);
        assert_eq!(of(parameter), (parameter.to_owned(), "ssm:GetParameters", true));
        assert_eq!(of("/shop/token").0, parameter);
        assert_eq!(of("shop/token").0, parameter);
        assert!(!of("arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db").2);
    }

    #[test]
    fn logs_and_registries_name_secrets_too() {
        let definition = Arn::from("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:3");
        let token = SecretReference { name: "splunk-token".to_owned(), from: "splunk".to_owned() };
        let container = Container {
            name: "app".to_owned(),
            log: Some(Log { secrets: vec![token], ..Log::default() }),
            registry_credentials: Some("hub".to_owned()),
            ..Container::default()
        };
        let task = TaskDefinition { containers: vec![container], ..TaskDefinition::default() };
        let found = references(&task, &definition);
        assert_eq!(found[0].place, "container app: log option splunk-token");
        assert_eq!(found[0].action, "ssm:GetParameters");
        assert_eq!(found[1].from, "hub");
        assert_eq!(found[1].resource, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hub-aBcDeF");
        assert_eq!(found[1].action, "secretsmanager:GetSecretValue");
    }
}
