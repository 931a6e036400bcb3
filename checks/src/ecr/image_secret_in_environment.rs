use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Content, Image};

check! {
    /// Image holds a secret in its environment
    ///
    /// ## Why
    /// `ENV` writes a value into the configuration of the image, in clear. Whoever may pull the image has it, and so has every
    /// process that runs from it, every registry that it is copied to, and every machine that keeps it.
    ///
    /// A value is taken for a secret by its published form, by what it holds (JSON, settings, options, Base64 of these), or by a
    /// name that says so together with a value that is neither a reference nor a placeholder; docs/secrets.md has the rules.
    /// Values are looked at once, when they are read, and never kept.
    ///
    /// ## Severity
    /// High: anybody who may pull the image has the secret.
    ///
    /// ## Fix
    /// Replace the secret: it has to be taken for known. Hand the new one to the workload when it starts, from Secrets
    /// Manager or Parameter Store, and delete the images that hold the old one.
    ///
    /// ## References
    /// - <https://docs.docker.com/build/building/secrets/>
    /// - <https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/>
    CHECK {
        id: "ecr-image-secret-in-environment",
        severity: Severity::High,
        controls: &[Control::prowler("ecr_repository_image_no_secrets"), Control::checklist("images-without-secrets")],
        since: "0.1.0",
        rule: Rule::Image(evaluate),
    }
}

fn evaluate(image: &Image, _: &Context) -> Outcome {
    if !image.is_worth_judging()? {
        return Ok(Verdict::NotApplicable);
    }
    let mut gathered = Gathered::default();
    for content in image.contents.known()?.iter().filter(|content| !content.environment.is_empty()) {
        gathered.add(Ok(secrets(content)));
    }
    gathered.outcome()
}

fn secrets(content: &Content) -> impl Iterator<Item = String> {
    content.environment.iter().filter_map(|variable| {
        let told = variable.told()?;
        Some(format!("{}: {}: {told}", content.platform, variable.name))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::environment::Variable;
    use palisade_model::{Action, Fact, Place};
    use palisade_scenes::{Scene, content, image};

    let of = |platforms: &[&[(&str, &str)]]| -> Scene {
        let classify = |variables: &&[(&str, &str)]| {
            variables.iter().map(|(name, value)| Variable::classify(name, value)).collect::<Vec<_>>()
        };
        let contents = platforms.iter().map(|one| content(|content| content.environment = classify(one))).collect();
        image(|image| image.contents = Fact::Known(contents))
    };
    Cases::default()
        .pass(of(&[&[("PATH", "/usr/bin:/bin"), ("DB_PASSWORD_FILE", "/run/secrets/db")]]))
        .pass(of(&[&[("DB_PASSWORD", "changeme")], &[]]))
        .fail(of(&[&[("PATH", "/usr/bin:/bin"), ("DB_PASSWORD", "correct-horse")]]))
        .fail(of(&[&[("PATH", "/bin")], &[("DATABASE_URL", "postgres://shop:hunter2secret@db.internal:5432/shop")]]))
        .not_applicable(of(&[&[]]))
        .not_applicable(
            of(&[&[("DB_PASSWORD", "correct-horse")]])
                .image(|image| image.artifact.archived = palisade_model::Switch::On),
        )
        .left_out(image(|image| image.contents = Fact::not_asked(Action::EcrBatchGetImage, &Place::account())))
}
