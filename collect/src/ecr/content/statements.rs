//! Statements about an image that its index lists, as BuildKit makes them: how it was built, and what it consists of.
//! With `mode=max` they hold the values of build arguments, which are looked at once and not kept.
//!
//! Sources: <https://docs.docker.com/build/metadata/attestations/slsa-provenance/>, <https://slsa.dev/spec/v1.1/provenance>

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_model::ecr::{Attestations, Image, Material, Step};
use palisade_model::secret::Class;
use palisade_model::{Action, Fact, Gap, Place};
use serde_json::Value;

use super::flaw::Flaw;
use super::manifest::{Descriptor, LONGEST, Manifest};
use super::reader::ContentReader;
use super::secrets::{secret_in_command, secret_in_setting};
use crate::failure::Failure;

/// Statements that are read of one image; BuildKit makes two.
const MOST: usize = 20;
/// Materials and secrets that are kept.
const MOST_KEPT: usize = 100;
/// The step under whose name a secret of a statement is shown.
const NAME: &str = "PROVENANCE";

impl ContentReader<'_> {
    /// What the statements about an image say.
    pub(super) async fn attestations(
        &self,
        image: &Image,
        manifest: &Manifest,
        place: &Arc<Place>,
    ) -> Fact<Attestations> {
        let action = Action::EcrGetDownloadUrlForLayer;
        if let Some(flaw) = &manifest.statements.flaw {
            return Fact::Unknown(Gap::undecided(action, &image.arn, format!("the attestation {flaw}")));
        }
        let label = format!("{} statements", manifest.digest);
        let ask = async || self.stated(image, manifest, place).await;
        self.ask.remembered(action, place, &label, ask).await
    }

    async fn stated(&self, image: &Image, manifest: &Manifest, place: &Arc<Place>) -> Result<Attestations, Failure> {
        let mut attestations = Attestations::default();
        let blobs = &manifest.statements.blobs;
        if blobs.len() > MOST {
            let why = format!("has {} attestations, more than {MOST}", blobs.len());
            return Err(Flaw::new(why).of("image", &manifest.digest));
        }
        for blob in blobs {
            if !is_about_the_build(blob, &mut attestations) {
                continue;
            }
            if blob.size > LONGEST {
                let why = format!("claims {} bytes, more than {LONGEST}", blob.size);
                return Err(Flaw::new(why).of("attestation", &blob.digest));
            }
            let bytes = self.blob(image, blob, place).await?;
            let bytes = bytes.map_err(|refusal| Flaw::from(&refusal).of("attestation", &blob.digest))?;
            add(&mut attestations, &bytes).map_err(|flaw| flaw.of("attestation", &blob.digest))?;
        }
        attestations.predicates.sort();
        attestations.predicates.dedup();
        Ok(attestations)
    }
}

/// Whether a statement is to be read: one that says itself to be about something else is named alone. A list of packages
/// may be long, and no build's arguments are in it.
pub(super) fn is_about_the_build(blob: &Descriptor, attestations: &mut Attestations) -> bool {
    match &blob.predicate {
        Some(predicate) if !predicate.contains("provenance") => {
            attestations.predicates.push(predicate.chars().take(200).collect());
            false
        }
        Some(_) | None => true,
    }
}

/// Adds what one statement says.
pub(super) fn add(attestations: &mut Attestations, bytes: &[u8]) -> Result<(), Flaw> {
    let statement: Value = serde_json::from_slice(bytes).map_err(|_| Flaw::new("is no statement that can be read"))?;
    let kind = statement["predicateType"].as_str().unwrap_or("unknown");
    attestations.predicates.push(kind.chars().filter(|letter| !letter.is_control()).take(200).collect());
    if !kind.contains("provenance") {
        return Ok(());
    }
    let predicate = &statement["predicate"];
    let materials = predicate["materials"].as_array().into_iter();
    let materials = materials.chain(predicate["buildDefinition"]["resolvedDependencies"].as_array()).flatten();
    for material in materials.take(MOST_KEPT) {
        attestations.materials.extend(self::material(material));
    }
    let mut found = Vec::new();
    look("", predicate, &mut found);
    for class in found {
        let step = Step { instruction: NAME.to_owned(), secret: Some(class) };
        if !attestations.secrets.contains(&step) && attestations.secrets.len() < MOST_KEPT {
            attestations.secrets.push(step);
        }
    }
    Ok(())
}

/// A material, unless its address holds a password.
fn material(material: &Value) -> Option<Material> {
    const LONGEST: usize = 300;
    let uri = material["uri"].as_str().filter(|uri| uri.len() <= LONGEST && !uri.contains(char::is_control))?;
    if secret_in_setting("", uri).is_some() || secret_in_command(uri).is_some() {
        return None;
    }
    let digest = material["digest"]["sha256"].as_str();
    let is_hex = |text: &&str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(Material { uri: uri.to_owned(), digest: digest.filter(is_hex).map(|hex| format!("sha256:{hex}")) })
}

/// Looks through all texts of a statement: arguments by their names, commands and environments by what is in them, and
/// the Dockerfile, which stands there in Base64.
fn look(name: &str, value: &Value, found: &mut Vec<Class>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                look(name, value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| look(name, item, found)),
        Value::String(text) => {
            let name = ["build-arg:", "label:", "build-arg."].iter().find_map(|prefix| name.strip_prefix(prefix));
            let named = name.and_then(|name| secret_in_setting(name, text));
            found.extend(named.or_else(|| secret_in_command(text)));
            if let Some(source) = STANDARD.decode(text).ok().filter(|_| text.len() > 40)
                && let Ok(source) = String::from_utf8(source)
            {
                found.extend(source.lines().find_map(secret_in_command));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(statement: &Value) -> Attestations {
        let mut attestations = Attestations::default();
        add(&mut attestations, statement.to_string().as_bytes()).unwrap();
        assert!(!serde_json::to_string(&attestations).unwrap().contains("correct-horse"));
        attestations
    }

    #[test]
    fn arguments_of_a_build_are_looked_at_in_both_versions() {
        let hex = "5e".repeat(32);
        let old = |name: &str, value: &str| {
            said(&json!({
                "predicateType": "https://slsa.dev/provenance/v0.2",
                "predicate": {
                    "invocation": { "parameters": { "frontend": "dockerfile.v0", "args": { name: value } } },
                    "materials": [{ "uri": "pkg:docker/debian@bookworm", "digest": { "sha256": hex } }],
                },
            }))
        };
        let new = |name: &str, value: &str| {
            said(&json!({
                "predicateType": "https://slsa.dev/provenance/v1",
                "predicate": { "buildDefinition": {
                    "externalParameters": { "request": { "args": { name: value } } },
                    "resolvedDependencies": [{ "uri": "pkg:docker/debian@bookworm", "digest": { "sha256": hex } }],
                } },
            }))
        };
        for told in [old("build-arg:DB_PASSWORD", "correct-horse"), new("build-arg:DB_PASSWORD", "correct-horse")] {
            assert_eq!((told.secrets.len(), told.secrets[0].instruction.as_str()), (1, NAME));
            assert_eq!(told.materials[0].digest, Some(format!("sha256:{hex}")));
        }
        for told in [old("build-arg:VERSION", "1.4"), new("label:team", "shop")] {
            assert_eq!(told.secrets, []);
        }
    }

    #[test]
    fn commands_and_the_dockerfile_are_looked_at() {
        let said = |part: Value| {
            said(&json!({ "predicateType": "https://slsa.dev/provenance/v0.2", "predicate": part })).secrets.len()
        };
        let dockerfile = STANDARD.encode("FROM scratch\nARG DB_PASSWORD=correct-horse\nCOPY a b\n");
        assert_eq!(said(json!({ "metadata": { "source": { "infos": [{ "data": dockerfile }] } } })), 1);
        let meta = json!({ "args": ["/bin/sh", "-c", "make"], "env": ["DB_PASSWORD=correct-horse"] });
        assert_eq!(said(json!({ "buildConfig": { "llbDefinition": [{ "op": { "exec": { "meta": meta } } }] } })), 1);
        assert_eq!(said(json!({ "buildConfig": { "digestMapping": { "sha256:5e": "step0" } } })), 0);
    }

    #[test]
    fn a_list_of_packages_is_named() {
        let told =
            said(&json!({ "predicateType": "https://spdx.dev/Document", "predicate": { "password": "correct" } }));
        assert_eq!((told.predicates, told.secrets.len()), (vec!["https://spdx.dev/Document".to_owned()], 0));
        assert!(add(&mut Attestations::default(), b"garbage").is_err());
    }
}
