use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Attestations, Content, Image, Step};

check! {
    /// Image holds a secret in the history of its build
    ///
    /// ## Why
    /// The configuration of an image lists the steps of its build, with the values of build arguments and the whole command
    /// of every `RUN`. `docker history` shows them to whoever may pull the image; that a later step deletes the file which a
    /// secret was used for changes nothing.
    ///
    /// Looked at are the steps of the final image, entrypoint, command, labels, health check and triggers, author and comment,
    /// the `container_config` that Docker's older builder leaves, annotations, and the provenance that BuildKit lists beside
    /// the image: build arguments, assignments, options, headers, what is piped or written to files, the tools that take a
    /// password, addresses with a password, and the published forms of credentials. docs/secrets.md says what counts.
    /// Only the instruction and the class of the secret are kept. An image without any history is not judged.
    ///
    /// ## Severity
    /// High: anybody who may pull the image has the secret.
    ///
    /// ## Fix
    /// Replace the secret: it has to be taken for known. Give the build its secrets through `RUN --mount=type=secret`, which
    /// leaves no trace, and delete the images that hold the old one.
    ///
    /// ## References
    /// - <https://docs.docker.com/build/building/secrets/>
    /// - <https://docs.docker.com/reference/cli/docker/image/history/>
    CHECK {
        id: "ecr-image-secret-in-history",
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
    for content in image.contents.known()? {
        if !content.history.is_empty() {
            gathered.add(Ok(secrets(content)));
        }
        match content.attestations.known() {
            Ok(attestations) if attestations.predicates.is_empty() => {}
            Ok(attestations) => gathered.add(Ok(stated(content, attestations))),
            Err(gap) => gathered.add(Err::<Vec<String>, _>(gap)),
        }
    }
    gathered.outcome()
}

/// Secrets in what the index says of how the image was built.
fn stated(content: &Content, attestations: &Attestations) -> Vec<String> {
    let shown = |step: &Step| {
        Some(format!("{}: an attestation, {}: {}", content.platform, step.instruction, step.secret?.label()))
    };
    attestations.secrets.iter().filter_map(shown).collect()
}

fn secrets(content: &Content) -> impl Iterator<Item = String> {
    content.history.iter().enumerate().filter_map(|(index, step)| {
        let class = step.secret?;
        Some(format!("{}: history[{index}], {}: {}", content.platform, step.instruction, class.told()))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::secret::Class;
    use palisade_model::{Action, Fact, Place};
    use palisade_scenes::{Scene, content, image};

    let of = |platforms: &[&[(&str, Option<Class>)]]| -> Scene {
        let step = |(instruction, secret): &(&str, _)| Step { instruction: (*instruction).to_owned(), secret: *secret };
        let contents =
            platforms.iter().map(|steps| content(|content| content.history = steps.iter().map(step).collect()));
        let contents = contents.collect();
        image(|image| image.contents = Fact::Known(contents))
    };
    let leaking = &[("ADD", None), ("RUN", Some(Class::NpmToken)), ("ENTRYPOINT", None)];
    let with = |secret| Attestations {
        predicates: vec!["https://slsa.dev/provenance/v1".to_owned()],
        materials: vec![],
        secrets: vec![Step { instruction: "PROVENANCE".to_owned(), secret }],
    };
    let stated = |attestations| -> Scene {
        image(|image| image.contents = Fact::Known(vec![content(|content| content.attestations = attestations)]))
    };
    let arn = palisade_model::Arn::from("arn:aws:ecr:eu-west-1:111122223333:repository/shop/sha256:5e");
    let broken =
        palisade_model::Gap::undecided(Action::EcrGetDownloadUrlForLayer, &arn, "the attestation is no statement");
    Cases::default()
        .pass(of(&[&[("ADD", None), ("RUN", None), ("ENTRYPOINT", None)]]))
        .pass(of(&[&[("OTHER", None)], &[]]))
        .fail(of(&[leaking]))
        .fail(of(&[&[("COPY", None)], leaking]))
        .fail(of(&[&[("LABEL", Some(Class::Named))]]))
        .fail(stated(Fact::Known(with(Some(Class::NpmToken)))))
        .pass(stated(Fact::Known(with(None))))
        .unknown(stated(Fact::Unknown(broken)))
        .not_applicable(of(&[&[]]))
        .not_applicable(of(&[leaking]).image(|image| image.artifact.archived = palisade_model::Switch::On))
        .left_out(image(|image| image.contents = Fact::not_asked(Action::EcrBatchGetImage, &Place::account())))
}
