use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::ecr::{Content, Image};

check! {
    /// Image holds a file with a secret
    ///
    /// ## Why
    /// A key or a file of credentials that a build copies into an image is there for whoever may pull it. Each layer is
    /// stored and handed out by itself: a file that a later layer deletes is still in the one before.
    ///
    /// Looked at is every file that is text, its first MiB: credential files of some four hundred names in their own forms,
    /// settings, histories of shells, all others by the published forms of tokens and private keys; key stores by their first
    /// bytes. Tests and examples that packages bring along do not count. docs/secrets.md says what counts as a secret.
    /// A file is looked into by all its names: hard links, symbolic links, and the paths that folders behind links give it.
    /// Layers of Windows that Microsoft hands out itself are passed over.
    /// Layers are read only when `--image-layers` says so. A layer that is larger than what was asked for leaves the image
    /// out; one that could not be read makes it unknown.
    ///
    /// ## Severity
    /// High: anybody who may pull the image has the secret.
    ///
    /// ## Fix
    /// Replace the secret: it has to be taken for known. List such files in `.dockerignore`, give the build its secrets
    /// through `RUN --mount=type=secret`, and delete the images that hold the old one.
    ///
    /// ## References
    /// - <https://docs.docker.com/build/building/secrets/>
    /// - <https://docs.docker.com/build/concepts/context/#dockerignore-files>
    CHECK {
        id: "ecr-image-secret-in-files",
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
        gathered.add(secrets(image, content));
    }
    gathered.outcome()
}

fn secrets(image: &Image, content: &Content) -> Result<Vec<String>, Gap> {
    let files = content.files.known()?;
    if files.secrets.is_empty() {
        files.complete(&image.arn)?;
    }
    let shown = files
        .secrets
        .iter()
        .map(|file| format!("{}: {}: {}, in the layer {}", content.platform, file.path, file.class.told(), file.layer));
    Ok(shown.collect())
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecr::{SecretFile, Unread};
    use palisade_model::secret::Class;
    use palisade_model::{Action, Fact, Place, Reason};
    use palisade_scenes::{Scene, content, files, image};

    let of = |platforms: &[(bool, Option<Reason>)]| -> Scene {
        let content = |(leaks, reason): &(bool, Option<Reason>)| {
            let key = SecretFile {
                path: "/root/.ssh/id_rsa".to_owned(),
                class: Class::PrivateKey,
                layer: "sha256:bb".to_owned(),
            };
            let unread = reason.clone().map(|reason| Unread { digest: "sha256:aa".to_owned(), reason });
            content(|content| {
                content.files = files(|files| {
                    files.secrets = leaks.then_some(key).into_iter().collect();
                    files.unread = unread.into_iter().collect();
                });
            })
        };
        let contents = platforms.iter().map(content).collect();
        image(|image| image.contents = Fact::Known(contents))
    };
    let bomb = || Some(Reason::Failed("unpacks to more than 200 times its size".to_owned()));
    let without_layers = content(|content| {
        content.files = Fact::not_asked(Action::EcrGetDownloadUrlForLayer, &Place::account());
    });
    Cases::default()
        .pass(of(&[(false, None)]))
        .pass(of(&[(false, None), (false, None)]))
        .fail(of(&[(true, None)]))
        .fail(of(&[(true, bomb())]))
        .fail(of(&[(false, bomb()), (true, None)]))
        .unknown(of(&[(false, bomb())]))
        .left_out(of(&[(false, Some(Reason::NotAsked))]))
        .left_out(image(|image| image.contents = Fact::Known(vec![without_layers])))
        .left_out(image(|image| image.contents = Fact::not_asked(Action::EcrBatchGetImage, &Place::account())))
        .not_applicable(of(&[(true, None)]).image(|image| image.artifact.archived = palisade_model::Switch::On))
}
