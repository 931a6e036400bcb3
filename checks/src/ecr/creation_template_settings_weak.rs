use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{CreationTemplate, Fate, Registry, TagMutability};
use palisade_model::{Action, Gap};

/// What a template is for when ECR keeps copies of an upstream's images: their tags have to follow it.
const PULL_THROUGH: &str = "PULL_THROUGH_CACHE";

check! {
    /// Creation template makes repositories with weak settings
    ///
    /// ## Why
    /// Repositories that ECR makes by itself have the settings of the template that covers their name. Without a
    /// lifecycle policy they keep every image for ever, with its vulnerabilities and its cost; with mutable tags a push
    /// replaces what is already deployed.
    ///
    /// A lifecycle policy that never expires untagged images counts as weak too, unless tags cannot be moved, so that
    /// hardly an image loses its tag.
    ///
    /// Tags are not looked at where the template is for the pull-through cache alone: there they have to follow the
    /// upstream. Patterns that except some tags from being mutable or immutable do not count, unless all are excepted.
    ///
    /// ## Severity
    /// Low: the settings of a repository can be changed at any time, and its own checks say when.
    ///
    /// ## Fix
    /// Add a lifecycle policy to the template, and set `imageTagMutability` to `IMMUTABLE`
    /// (`UpdateRepositoryCreationTemplate`). Repositories that exist keep what they have.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html>
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html>
    CHECK {
        id: "ecr-creation-template-settings-weak",
        severity: Severity::Low,
        controls: &[Control::checklist("fixed-image-tag")],
        since: "0.1.0",
        rule: Rule::Registry(evaluate),
    }
}

fn evaluate(registry: &Registry, _: &Context) -> Outcome {
    let templates = registry.creation_templates.complete()?;
    if templates.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let (mut evidence, mut gap) = (Vec::new(), None);
    for template in templates {
        if !template.has_lifecycle {
            evidence.push(format!("template {} gives no lifecycle policy", template.prefix));
        }
        match untagged_kept(registry, template) {
            Ok(kept) => evidence.extend(kept),
            Err(why) => gap = Some(why),
        }
        match moving_tags(template) {
            Ok(moving) => evidence.extend(moving),
            Err(setting) => {
                let action = Action::EcrDescribeRepositoryCreationTemplates;
                gap = Some(Gap::not_known(action, &registry.arn, "imageTagMutability", setting));
            }
        }
    }
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None => Ok(Verdict::fail_if_any(evidence)),
    }
}

/// The evidence, if untagged images of the template's repositories are kept for good.
fn untagged_kept(registry: &Registry, template: &CreationTemplate) -> Result<Option<String>, Gap> {
    if !template.has_lifecycle || template.tag_mutability == TagMutability::Immutable {
        return Ok(None);
    }
    let Some(lifecycle) = template.lifecycle.known()? else { return Ok(None) };
    match lifecycle.fate(&[], false) {
        Fate::Expired(_) => Ok(None),
        Fate::Kept(why) => {
            Ok(Some(format!("template {}: of an untagged image the lifecycle policy says: {why}", template.prefix)))
        }
        Fate::Undecided(why) => {
            let why = format!("the lifecycle policy of the template {}: {why}", template.prefix);
            Err(Gap::undecided(Action::EcrDescribeRepositoryCreationTemplates, &registry.arn, why))
        }
    }
}

/// The evidence, if tags of the template's repositories can be moved; a setting that is not known here is handed back.
fn moving_tags(template: &CreationTemplate) -> Result<Option<String>, &str> {
    let CreationTemplate { prefix, applied_for, tag_mutability, .. } = template;
    if !applied_for.is_empty() && applied_for.iter().all(|purpose| purpose == PULL_THROUGH) {
        return Ok(None);
    }
    let is_all = |patterns: &[String]| patterns.iter().any(|pattern| pattern.chars().all(|letter| letter == '*'));
    let said = match tag_mutability {
        TagMutability::Mutable => Some("MUTABLE".to_owned()),
        TagMutability::MutableExcept(patterns) => {
            (!is_all(patterns)).then(|| format!("MUTABLE_WITH_EXCLUSION ({})", patterns.join(", ")))
        }
        TagMutability::Immutable => None,
        TagMutability::ImmutableExcept(patterns) => {
            is_all(patterns).then(|| format!("IMMUTABLE_WITH_EXCLUSION ({})", patterns.join(", ")))
        }
        TagMutability::Other(setting) => return Err(setting),
    };
    Ok(said.map(|said| format!("template {prefix}, for {}: imageTagMutability is {said}", applied_for.join(", "))))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use TagMutability::{Immutable, ImmutableExcept, Mutable, MutableExcept, Other};
    use palisade_scenes::repositories::templates;
    use palisade_scenes::{Scene, registry};

    let tags = |setting: &TagMutability, purposes: &[&str]| -> Scene {
        templates(&["shop"], |template| {
            template.tag_mutability = setting.clone();
            template.applied_for = purposes.iter().map(|purpose| (*purpose).to_owned()).collect();
        })
    };
    // For the pull-through cache alone, whose tags have to move.
    let lifecycle = |count: u64, action: &str, setting: &TagMutability| -> Scene {
        let text = format!(
            r#"{{"rules":[{{"rulePriority":1,"action":{{"type":"{action}"}},
            "selection":{{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":{count}}}}}]}}"#
        );
        templates(&["shop"], |template| {
            template.tag_mutability = setting.clone();
            template.applied_for = vec![PULL_THROUGH.to_owned()];
            template.lifecycle = palisade_model::Fact::Known(Some(palisade_model::ecr::Lifecycle::parse(&text)));
        })
    };
    let patterns = |pattern: &str| vec![pattern.to_owned()];
    let unclear = || Other("SOMETIMES".to_owned());
    Cases::default()
        .not_applicable(registry(|_| {}))
        .pass(templates(&["shop", "ROOT"], |_| {}))
        .fail(templates(&["shop", "ROOT"], |template| template.has_lifecycle = template.prefix == "shop"))
        .pass(tags(&Immutable, &["REPLICATION"]))
        .pass(tags(&ImmutableExcept(patterns("latest")), &["REPLICATION"]))
        .fail(tags(&ImmutableExcept(patterns("*")), &["REPLICATION"]))
        .fail(tags(&Mutable, &["REPLICATION"]))
        .fail(tags(&MutableExcept(patterns("v*")), &["CREATE_ON_PUSH"]))
        .pass(tags(&MutableExcept(patterns("*")), &["CREATE_ON_PUSH"]))
        .pass(tags(&Mutable, &["PULL_THROUGH_CACHE"]))
        .fail(tags(&Mutable, &["PULL_THROUGH_CACHE", "REPLICATION"]))
        .fail(tags(&Mutable, &["SOMETHING_NEW"]))
        .fail(tags(&Mutable, &[]))
        .unknown(tags(&unclear(), &["REPLICATION"]))
        .fail(lifecycle(100_000, "expire", &Mutable))
        .pass(lifecycle(100, "expire", &Mutable))
        .unknown(lifecycle(100, "quarantine", &Mutable))
        .pass(lifecycle(100_000, "expire", &Immutable))
        .fail(templates(&["shop"], |template| {
            template.tag_mutability = unclear();
            template.has_lifecycle = false;
        }))
}
