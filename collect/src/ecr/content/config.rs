//! The configuration blob of an image: user, environment, program, history. Secrets are classified here and forgotten.
//!
//! Source: <https://github.com/opencontainers/image-spec/blob/main/config.md>

use std::collections::BTreeMap;

use palisade_model::ecr::{Content, Layer, Step};
use palisade_model::environment::Variable;
use palisade_model::secret::Class;
use palisade_model::{Action, Fact, Place};
use serde::{Deserialize, Serialize};

use super::base_image::{BuildTraces, instruction};
use super::flaw::Flaw;
use super::go_json::{Fields, Json};
use super::manifest::{Manifest, platform_of};
use super::secrets::{secret_in_command, secret_in_setting, secret_in_words};

/// Lists of more items are refused; real ones have some dozens.
const MOST_ITEMS: usize = 10_000;
/// Names that are longer are refused.
const LONGEST_NAME: usize = 300;

/// A configuration, and what of it only the layers are held against.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Configured {
    pub(super) content: Content,
    /// The folders of the environment's `PATH`.
    pub(super) search_path: String,
}

#[derive(Default)]
struct Settings<'j> {
    user: Option<&'j str>,
    exposed_ports: Vec<&'j str>,
    env: Vec<&'j str>,
    entrypoint: Vec<&'j str>,
    cmd: Vec<&'j str>,
    labels: BTreeMap<&'j str, &'j str>,
    health_check: Vec<&'j str>,
    on_build: Vec<&'j str>,
    /// What stands there more than once, and differs.
    disputed: Vec<String>,
}

impl<'j> Settings<'j> {
    fn of(fields: &Fields<'j>) -> Result<Self, Flaw> {
        let health_check = match fields.within("Healthcheck")? {
            Some(check) => check.texts("Test")?,
            None => Vec::new(),
        };
        Ok(Self {
            user: fields.text("User")?,
            exposed_ports: fields.names("ExposedPorts")?,
            env: fields.texts("Env")?,
            entrypoint: fields.texts("Entrypoint")?,
            cmd: fields.texts("Cmd")?,
            labels: fields.map("Labels")?,
            health_check,
            on_build: fields.texts("OnBuild")?,
            disputed: ["User", "Env"].into_iter().filter(|name| fields.is_disputed(name)).map(str::to_owned).collect(),
        })
    }
}

struct RawStep<'j> {
    text: &'j str,
    comment: &'j str,
    author: &'j str,
    has_layer: bool,
}

impl<'j> RawStep<'j> {
    fn of(fields: &Fields<'j>) -> Result<Self, Flaw> {
        Ok(Self {
            text: fields.text("created_by")?.unwrap_or_default(),
            comment: fields.text("comment")?.unwrap_or_default(),
            author: fields.text("author")?.unwrap_or_default(),
            has_layer: !fields.flag("empty_layer")?,
        })
    }
}

/// Reads a configuration; its digest was verified. What the files say is left out.
pub(super) fn parse(manifest: &Manifest, bytes: &[u8], place: &std::sync::Arc<Place>) -> Result<Configured, Flaw> {
    let json = Json::parse(bytes).ok_or_else(|| Flaw::new("is no configuration that can be read"))?;
    let fields = Fields::of(&json)?;
    let platform = platform(&fields, manifest)?;
    let settings = match fields.within("config")? {
        Some(settings) => Settings::of(&settings)?,
        None => Settings::default(),
    };
    // What the last step of a build by Docker ran with.
    let of_build = match fields.within("container_config")? {
        Some(settings) => Settings::of(&settings)?,
        None => Settings::default(),
    };
    let steps = fields.objects("history")?.iter().map(RawStep::of).collect::<Result<Vec<_>, _>>()?;
    check_lengths(&settings, &steps)?;
    let variables: Vec<(&str, &str)> =
        settings.env.iter().map(|line| line.split_once('=').unwrap_or((line, ""))).collect();
    let names: Vec<&str> = variables.iter().map(|(name, _)| *name).collect();
    let texts: Vec<(&str, bool)> = steps.iter().map(|step| (step.text, step.has_layer)).collect();
    let mut claims: BTreeMap<&str, &str> = settings.labels.clone();
    // A label may come from the base image; an annotation is this image's own.
    claims.extend(manifest.notes.claims.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let traces = BuildTraces {
        labels: &claims,
        steps: &texts,
        environment: &names,
        entrypoint: &settings.entrypoint,
        command: &settings.cmd,
        layers: manifest.layers.len(),
    };
    let mut history = history(&steps, &settings);
    let authors = fields.text("author")?.into_iter().chain(fields.text("comment")?);
    add_unshown(&mut history, beside(&of_build, authors, manifest));
    let content = Content {
        digest: manifest.digest.clone(),
        platform,
        created_at: fields.text("created")?.and_then(|time| time.parse().ok()),
        program: program(&settings),
        ports: settings.exposed_ports.iter().map(|port| (*port).to_owned()).collect(),
        environment: variables.iter().map(|(name, value)| Variable::classify(name, value)).collect(),
        history,
        layers: manifest
            .layers
            .iter()
            .map(|layer| Layer { digest: layer.digest.clone(), size_bytes: layer.size })
            .collect(),
        base: traces.base(),
        base_digest: traces.base_digest(),
        distribution: traces.distribution(),
        tools: traces.tools(),
        files: Fact::not_asked(Action::EcrGetDownloadUrlForLayer, place),
        attestations: Fact::not_asked(Action::EcrGetDownloadUrlForLayer, place),
        user: settings.user.filter(|user| !user.trim().is_empty()).map(str::to_owned),
        disputed: settings.disputed,
    };
    Ok(Configured { content, search_path: search_path(&variables) })
}

/// The last `PATH` of the environment, which is what a process gets.
fn search_path(variables: &[(&str, &str)]) -> String {
    const LONGEST: usize = 4096;
    let path = variables.iter().rev().find(|(name, _)| *name == "PATH").map_or("", |(_, path)| *path);
    let is_folder = |folder: &&str| {
        folder.starts_with('/') && folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._+-".contains(&byte))
    };
    let path: Vec<&str> = path.split(':').filter(is_folder).collect();
    path.join(":").chars().take(LONGEST).collect()
}

/// Names are kept, so that they must not be the place where somebody stores a book.
fn check_lengths(settings: &Settings, steps: &[RawStep]) -> Result<(), Flaw> {
    let most = steps.len().max(settings.env.len()).max(settings.exposed_ports.len());
    if most > MOST_ITEMS {
        return Err(Flaw::new(format!("has a list of {most} items, more than {MOST_ITEMS}")));
    }
    let variables = settings.env.iter().map(|line| line.split('=').next().unwrap_or_default());
    let names = variables.chain(settings.user).chain(settings.exposed_ports.iter().copied());
    match names.map(str::len).max() {
        Some(longest) if longest > LONGEST_NAME => {
            Err(Flaw::new(format!("holds a name of {longest} bytes, more than {LONGEST_NAME}")))
        }
        Some(_) | None => Ok(()),
    }
}

/// The platform by the configuration, or else by the index; what neither says does not keep the rest from being read.
fn platform(fields: &Fields<'_>, manifest: &Manifest) -> Result<String, Flaw> {
    let part = |name| Ok::<_, Flaw>(fields.text(name)?.unwrap_or_default());
    let parts = [part("os")?, part("architecture")?, part("variant")?];
    if let Some(platform) = platform_of(parts).or_else(|| manifest.platform.clone()) {
        return Ok(platform);
    }
    let [os, architecture, _] = parts.map(|part| if part.is_empty() { "unknown" } else { part });
    platform_of([os, architecture, ""]).ok_or_else(|| Flaw::new("names its platform by what is no word"))
}

/// The program's path alone: what follows it may hold a secret.
fn program(settings: &Settings) -> Option<String> {
    let words = [&settings.entrypoint, &settings.cmd].into_iter().find(|words| !words.is_empty())?;
    let program = words.first()?.split_whitespace().next()?;
    let fits = program.len() <= LONGEST_NAME && !program.contains('=') && secret_in_setting("", program).is_none();
    fits.then(|| program.to_owned())
}

fn history(steps: &[RawStep], settings: &Settings) -> Vec<Step> {
    let of_build = steps.iter().map(|step| Step {
        instruction: instruction(step.text).to_owned(),
        secret: [step.text, step.comment, step.author].into_iter().find_map(secret_in_command),
    });
    let mut history: Vec<Step> = of_build.collect();
    add_unshown(&mut history, unshown(settings));
    history
}

/// Adds secrets that no step shows, each under the name of the setting that holds it.
fn add_unshown(history: &mut Vec<Step>, found: Vec<(&'static str, Class)>) {
    for (name, secret) in found {
        let step = Step { instruction: name.to_owned(), secret: Some(secret) };
        if !history.contains(&step) {
            history.push(step);
        }
    }
}

fn in_words(words: &[&str]) -> Option<Class> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    secret_in_words(&words)
}

/// Secrets in the settings that are no variables. Builders other than Docker's leave no steps that would show them.
fn unshown(settings: &Settings) -> Vec<(&'static str, Class)> {
    let mut labels = settings.labels.iter();
    let label = labels.find_map(|(name, value)| secret_in_setting(name, value).or_else(|| secret_in_command(value)));
    let found = [
        ("ENTRYPOINT", in_words(&settings.entrypoint)),
        ("CMD", in_words(&settings.cmd)),
        ("LABEL", label),
        ("HEALTHCHECK", in_words(&settings.health_check)),
        ("ONBUILD", settings.on_build.iter().find_map(|step| secret_in_command(step))),
    ];
    found.into_iter().filter_map(|(name, secret)| Some((name, secret?))).collect()
}

/// Secrets in what stands beside the settings: those of the container that the last step of a build ran in, author and
/// comment, annotations. Who may pull the image has them as well.
///
/// Source: <https://github.com/moby/moby/blob/v1.13.1/image/spec/v1.md>
fn beside<'j>(
    of_build: &Settings<'j>,
    authors: impl Iterator<Item = &'j str>,
    manifest: &Manifest,
) -> Vec<(&'static str, Class)> {
    let variables = of_build.env.iter().filter_map(|line| line.split_once('='));
    let variables = variables.filter_map(|(name, value)| Variable::classify(name, value).secret);
    let settings = unshown(of_build).into_iter().map(|(_, class)| class);
    let of_build = variables.chain(settings).map(|class| ("container_config", class));
    let authors = authors.filter_map(secret_in_command).map(|class| ("author", class));
    let notes = manifest.notes.secrets.iter().map(|class| ("annotation", *class));
    of_build.chain(authors).chain(notes).collect()
}

#[cfg(test)]
mod tests {
    use palisade_model::Arn;
    use serde_json::{Value, json};

    use super::super::manifest::Descriptor;
    use super::*;

    fn read(configuration: &Value) -> Result<Content, Flaw> {
        let blob = |letter: &str, size| Descriptor {
            digest: format!("sha256:{}", letter.repeat(64)),
            size,
            ..Descriptor::default()
        };
        let layers = vec![blob("a", 3_000_000), blob("b", 500)];
        let digest = "sha256:5e".to_owned();
        let manifest = Manifest { digest, configuration: blob("c", 9), layers, ..Manifest::default() };
        let place = Place::resource(&Arn::from("arn:aws:ecr:eu-west-1:111122223333:repository/shop/sha256:5e"));
        Ok(parse(&manifest, configuration.to_string().as_bytes(), &place)?.content)
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
    fn a_platform_that_is_not_named_keeps_nothing_from_being_read() {
        let platform = |configuration: Value| read(&configuration).unwrap().platform;
        assert_eq!(platform(json!({ "config": { "User": "1" } })), "unknown/unknown");
        assert_eq!(platform(json!({ "architecture": "amd64" })), "unknown/amd64");
        assert_eq!(platform(json!({ "OS": "Windows", "architecture": "amd64" })), "windows/amd64");
    }

    #[test]
    fn keys_are_read_as_go_reads_them() {
        let content = with(&json!({ "User": "10001", "user": "0", "env": ["DB_PASSWORD=correct-horse"] }));
        assert_eq!((content.user.as_deref(), content.disputed), (Some("0"), vec!["User".to_owned()]));
        assert_eq!(content.environment[0].secret, Some(Class::Named));
        let nulls = with(&json!({ "Labels": { "a": null }, "Env": null, "Cmd": null, "ExposedPorts": null }));
        assert!(nulls.environment.is_empty() && nulls.ports.is_empty());
    }

    #[test]
    fn secrets_of_the_last_container_of_a_build_are_found() {
        let content = read(&json!({
            "os": "linux", "architecture": "amd64", "author": "Build team <build@shop.example>",
            "container_config": { "Env": ["DB_PASSWORD=correct-horse"], "Cmd": ["|1", "FOO_TOKEN=9f8a7c6b5d4e3f2a1b0c", "make"] },
        }));
        let history = content.unwrap().history;
        assert!(history.iter().all(|step| step.instruction == "container_config" && step.secret.is_some()));
        assert!(!history.is_empty());
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
