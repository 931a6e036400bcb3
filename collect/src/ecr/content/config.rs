//! The configuration blob of an image: user, environment, program, history. Secrets are classified here and forgotten.
//!
//! Source: <https://github.com/opencontainers/image-spec/blob/main/config.md>

use std::collections::BTreeMap;

use palisade_model::ecr::{Content, Layer, Step};
use palisade_model::environment::Variable;
use palisade_model::secret::Class;
use palisade_model::{Action, Fact, Place};
use serde::Deserialize;
use serde_json::Value;

use super::base_image::{BuildTraces, instruction};
use super::flaw::Flaw;
use super::manifest::Manifest;
use super::secrets::{secret_in_command, secret_in_setting, secret_in_words};

/// Lists of more items are refused; real ones have some dozens.
const MOST_ITEMS: usize = 10_000;
/// Names that are longer are refused.
const LONGEST_NAME: usize = 300;

#[derive(Deserialize)]
struct Raw {
    created: Option<String>,
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
    config: Option<Settings>,
    history: Option<Vec<RawStep>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Settings {
    user: Option<String>,
    exposed_ports: Option<BTreeMap<String, Value>>,
    env: Option<Vec<String>>,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    labels: Option<BTreeMap<String, String>>,
    healthcheck: Option<HealthCheck>,
    on_build: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HealthCheck {
    test: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RawStep {
    created_by: Option<String>,
    comment: Option<String>,
    empty_layer: Option<bool>,
}

impl RawStep {
    fn text(&self) -> &str {
        self.created_by.as_deref().unwrap_or_default()
    }

    fn has_layer(&self) -> bool {
        self.empty_layer != Some(true)
    }
}

/// Reads a configuration; its digest was verified. What the files say is left out.
pub(super) fn parse(manifest: &Manifest, bytes: &[u8], place: &std::sync::Arc<Place>) -> Result<Content, Flaw> {
    let raw: Raw = serde_json::from_slice(bytes).map_err(|_| Flaw::new("is no configuration that can be read"))?;
    let platform = platform(&raw)?;
    let settings = raw.config.unwrap_or_default();
    let steps = raw.history.unwrap_or_default();
    let environment = settings.env.clone().unwrap_or_default();
    check_lengths(&settings, &steps, &environment)?;
    let variables: Vec<(&str, &str)> =
        environment.iter().map(|line| line.split_once('=').unwrap_or((line, ""))).collect();
    let names: Vec<&str> = variables.iter().map(|(name, _)| *name).collect();
    let texts: Vec<(&str, bool)> = steps.iter().map(|step| (step.text(), step.has_layer())).collect();
    let labels = settings.labels.clone().unwrap_or_default();
    let traces = BuildTraces {
        labels: &labels,
        steps: &texts,
        environment: &names,
        entrypoint: settings.entrypoint.as_deref().unwrap_or_default(),
        command: settings.cmd.as_deref().unwrap_or_default(),
        layers: manifest.layers.len(),
    };
    Ok(Content {
        digest: manifest.digest.clone(),
        platform,
        created_at: raw.created.and_then(|time| time.parse().ok()),
        program: program(&settings),
        ports: settings.exposed_ports.iter().flat_map(BTreeMap::keys).cloned().collect(),
        environment: variables.iter().map(|(name, value)| Variable::classify(name, value)).collect(),
        history: history(&steps, &settings),
        layers: manifest
            .layers
            .iter()
            .map(|layer| Layer { digest: layer.digest.clone(), size_bytes: layer.size })
            .collect(),
        base: traces.base(),
        distribution: traces.distribution(),
        tools: traces.tools(),
        files: Fact::not_asked(Action::EcrGetDownloadUrlForLayer, place),
        user: settings.user.filter(|user| !user.trim().is_empty()),
    })
}

/// Names are kept, so that they must not be the place where somebody stores a book.
fn check_lengths(settings: &Settings, steps: &[RawStep], environment: &[String]) -> Result<(), Flaw> {
    let ports = settings.exposed_ports.as_ref();
    let most = steps.len().max(environment.len()).max(ports.map_or(0, BTreeMap::len));
    if most > MOST_ITEMS {
        return Err(Flaw::new(format!("has a list of {most} items, more than {MOST_ITEMS}")));
    }
    let variables = environment.iter().map(|line| line.split('=').next().unwrap_or_default());
    let names =
        variables.chain(settings.user.as_deref()).chain(ports.into_iter().flat_map(BTreeMap::keys).map(String::as_str));
    match names.map(str::len).max() {
        Some(longest) if longest > LONGEST_NAME => {
            Err(Flaw::new(format!("holds a name of {longest} bytes, more than {LONGEST_NAME}")))
        }
        Some(_) | None => Ok(()),
    }
}

fn platform(raw: &Raw) -> Result<String, Flaw> {
    let parts = [&raw.os, &raw.architecture, &raw.variant].map(|part| part.as_deref().unwrap_or_default());
    let is_word = |part: &&str| {
        part.len() <= 40 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    if parts[0].is_empty() || parts[1].is_empty() || !parts.iter().all(is_word) {
        return Err(Flaw::new("names no operating system and architecture"));
    }
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"))
}

/// The program's path alone: what follows it may hold a secret.
fn program(settings: &Settings) -> Option<String> {
    let words = [&settings.entrypoint, &settings.cmd].into_iter().flatten().find(|words| !words.is_empty())?;
    let program = words.first()?.split_whitespace().next()?;
    let fits = program.len() <= LONGEST_NAME && !program.contains('=') && secret_in_setting("", program).is_none();
    fits.then(|| program.to_owned())
}

fn history(steps: &[RawStep], settings: &Settings) -> Vec<Step> {
    let of_build = steps.iter().map(|step| Step {
        instruction: instruction(step.text()).to_owned(),
        secret: secret_in_command(step.text()).or_else(|| secret_in_command(step.comment.as_deref()?)),
    });
    let mut history: Vec<Step> = of_build.collect();
    for (name, secret) in unshown(settings) {
        let step = Step { instruction: name.to_owned(), secret: Some(secret) };
        if !history.contains(&step) {
            history.push(step);
        }
    }
    history
}

/// Secrets in the settings that are no variables. Builders other than Docker's leave no steps that would show them.
fn unshown(settings: &Settings) -> Vec<(&'static str, Class)> {
    let words = |words: &Option<Vec<String>>| secret_in_words(words.as_deref().unwrap_or_default());
    let mut labels = settings.labels.iter().flatten();
    let label = labels.find_map(|(name, value)| secret_in_setting(name, value).or_else(|| secret_in_command(value)));
    let check = settings.healthcheck.as_ref().and_then(|check| words(&check.test));
    let found = [
        ("ENTRYPOINT", words(&settings.entrypoint)),
        ("CMD", words(&settings.cmd)),
        ("LABEL", label),
        ("HEALTHCHECK", check),
        ("ONBUILD", settings.on_build.iter().flatten().find_map(|step| secret_in_command(step))),
    ];
    found.into_iter().filter_map(|(name, secret)| Some((name, secret?))).collect()
}

#[cfg(test)]
mod tests {
    use palisade_model::Arn;
    use serde_json::json;

    use super::super::manifest::Descriptor;
    use super::*;

    fn read(configuration: &Value) -> Result<Content, Flaw> {
        let blob = |letter: &str, size| Descriptor {
            media_type: String::new(),
            digest: format!("sha256:{}", letter.repeat(64)),
            size,
        };
        let layers = vec![blob("a", 3_000_000), blob("b", 500)];
        let manifest = Manifest { digest: "sha256:5e".to_owned(), configuration: blob("c", 9), layers };
        let place = Place::resource(&Arn::from("arn:aws:ecr:eu-west-1:111122223333:repository/shop/sha256:5e"));
        parse(&manifest, configuration.to_string().as_bytes(), &place)
    }

    fn with(settings: &Value) -> Content {
        read(&json!({ "os": "linux", "architecture": "amd64", "config": settings })).unwrap()
    }

    #[test]
    fn a_configuration_is_read_without_its_secrets() {
        let content = read(&json!({
            "created": "2026-11-01T10:00:00.123456789Z", "os": "linux", "architecture": "arm", "variant": "v7",
            "config": {
                "User": "1000:1000", "ExposedPorts": { "8080/tcp": {} },
                "Env": ["PATH=/bin", "DB_PASSWORD=correct-horse", "EMPTY"],
                "Entrypoint": ["/app/server", "--token=9f8a7c6b5d4e3f2a1b0c"],
                "Cmd": ["serve"], "Labels": null,
            },
            "history": [
                { "created_by": "ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit" },
                { "created_by": "ENV DB_PASSWORD=correct-horse", "empty_layer": true, "comment": null },
                { "created_by": "RUN |1 KEY_PASSWORD=correct-horse /bin/sh -c make # buildkit" },
            ],
        }));
        let content = content.unwrap();
        assert_eq!((content.platform.as_str(), content.size_bytes()), ("linux/arm/v7", 3_000_500));
        assert_eq!(content.created_at, "2026-11-01T10:00:00.123456789Z".parse().ok());
        assert_eq!((content.user.as_deref(), content.program.as_deref()), (Some("1000:1000"), Some("/app/server")));
        assert_eq!(content.ports, ["8080/tcp"]);
        let secrets: Vec<_> = content.environment.iter().map(|variable| variable.secret).collect();
        assert_eq!(secrets, [None, Some(Class::Named), None]);
        let step = |instruction: &str, secret| Step { instruction: instruction.to_owned(), secret };
        let named = Some(Class::Named);
        let steps = [step("ADD", None), step("ENV", named), step("RUN", named), step("ENTRYPOINT", named)];
        assert_eq!(content.history, steps);
        assert_eq!(content.distribution.as_ref().map(ToString::to_string).as_deref(), Some("alpine 3.20.3"));
        let kept = serde_json::to_string(&content).unwrap();
        assert!(!kept.contains("correct-horse") && !kept.contains("9f8a7c6b"), "{kept}");
    }

    #[test]
    fn an_empty_user_is_none() {
        assert_eq!(with(&json!({ "User": "" })).user, None);
        assert_eq!(with(&json!(null)).user, None);
        assert_eq!(with(&json!({ "User": "app" })).user.as_deref(), Some("app"));
    }

    #[test]
    fn secrets_beside_the_history_are_found() {
        let content = with(&json!({
            "Labels": { "deploy.password": "correct-horse" },
            "Cmd": ["sh", "-c", "DB_PASSWORD=correct-horse ./run"],
            "Healthcheck": { "Test": ["CMD", "curl", "-u", "probe:correct-horse", "http://localhost"] },
            "OnBuild": ["ENV DB_PASSWORD=correct-horse"],
        }));
        let instructions: Vec<&str> = content.history.iter().map(|step| step.instruction.as_str()).collect();
        assert_eq!(instructions, ["CMD", "LABEL", "HEALTHCHECK", "ONBUILD"]);
        assert!(content.history.iter().all(|step| step.secret.is_some()));
        assert_eq!(content.program.as_deref(), Some("sh"));
        assert!(!serde_json::to_string(&content).unwrap().contains("correct-horse"));
    }

    #[test]
    fn crafted_configurations_are_refused() {
        let long = "A".repeat(400);
        let many: Vec<Value> = vec![json!({}); MOST_ITEMS + 1];
        let cases = [
            json!({ "architecture": "amd64" }),
            json!({ "os": "linux\u{1b}[31m", "architecture": "amd64" }),
            json!({ "os": "linux", "architecture": "amd64", "config": { "User": long } }),
            json!({ "os": "linux", "architecture": "amd64", "config": { "Env": [format!("{long}=x")] } }),
            json!({ "os": "linux", "architecture": "amd64", "config": { "Env": "PATH=/bin" } }),
            json!({ "os": "linux", "architecture": "amd64", "history": many }),
            json!([]),
        ];
        for configuration in cases {
            assert!(
                read(&configuration).is_err(),
                "{}",
                &configuration.to_string()[..40.min(configuration.to_string().len())]
            );
        }
    }
}
