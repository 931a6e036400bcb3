use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::ecr::{Content, Image};

check! {
    /// Image holds a general-purpose distribution
    ///
    /// ## Why
    /// A shell, a package manager and the many packages of a large distribution are what an attacker works with once the
    /// program has a hole; and each package brings vulnerabilities of its own, which have to be judged and mended although
    /// nothing uses it.
    ///
    /// Minimal are images from scratch, distroless, Wolfi and what else apko makes, Alpine, BusyBox, and Red Hat's
    /// `ubi-micro`. Others fail when they also show a shell or a package manager. The distribution is told by annotations,
    /// labels and steps of the build; steps that use a package manager outweigh a label. An image that none identifies is
    /// left out until its layers are read (`--image-layers`).
    ///
    /// Where all layers were read, the files outweigh what the image calls itself: `os-release` and labels count as far as
    /// packages and programs fit to them. Programs are found by name wherever programs lie, BusyBox behind its links.
    /// Interpreters alone decide nothing. What nothing identifies fails with a shell or package manager. Windows is not
    /// judged.
    ///
    /// ## Severity
    /// Low: it makes other holes worse, and is none by itself.
    ///
    /// ## Fix
    /// Build in one stage and copy the program into another one from a minimal image: distroless or Alpine for most
    /// languages, scratch for programs that are linked statically.
    ///
    /// ## References
    /// - <https://github.com/GoogleContainerTools/distroless>
    /// - <https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image>
    /// - <https://docs.docker.com/build/building/multi-stage/>
    CHECK {
        id: "ecr-image-not-minimal",
        severity: Severity::Low,
        controls: &[Control::checklist("minimal-images")],
        since: "0.1.0",
        rule: Rule::Image(evaluate),
    }
}

fn evaluate(image: &Image, _: &Context) -> Outcome {
    if !image.is_worth_judging()? {
        return Ok(Verdict::NotApplicable);
    }
    let mut gathered = Gathered::default();
    for content in image.contents.known()?.iter().filter(|content| !content.is_for_windows()) {
        gathered.add(excess(image, content));
    }
    gathered.outcome()
}

/// What the image holds beside its program, if that is more than little.
fn excess(image: &Image, content: &Content) -> Result<Option<String>, Gap> {
    let mebibytes = content.size_bytes() / (1024 * 1024);
    let shown =
        |base: &str| Some(format!("{}: {base}, {mebibytes} MiB; {}", content.platform, content.tools.join(", ")));
    match &content.distribution {
        Some(distribution) if distribution.family.is_minimal() => return Ok(None),
        Some(distribution) if !content.tools.is_empty() => return Ok(shown(&distribution.to_string())),
        Some(_) | None => {}
    }
    // Some families come without shell and package manager too, which only the files tell.
    content.files.known()?.complete(&image.arn)?;
    Ok(if content.tools.is_empty() { None } else { shown("no distribution that is known") })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecr::{Distribution, Family, Unread};
    use palisade_model::{Action, Fact, Place, Reason};
    use palisade_scenes::{Scene, content, files, image};

    let of = |contents: Vec<Content>| -> Scene { image(|image| image.contents = Fact::Known(contents)) };
    let built = |family: Option<Family>, tools: &[&str]| {
        content(|content| {
            content.distribution = family.map(|family| Distribution { family, version: None });
            content.tools = tools.iter().map(|tool| (*tool).to_owned()).collect();
        })
    };
    let blind = |content: Content| {
        let files = Fact::not_asked(Action::EcrGetDownloadUrlForLayer, &Place::account());
        of(vec![Content { files, ..content }])
    };
    let partly = |content: Content, reason: Reason| {
        let unread = vec![Unread { digest: "sha256:aa".to_owned(), reason }];
        of(vec![Content { files: files(|files| files.unread = unread), ..content }])
    };
    let (shell, manager) = ("a RUN step uses /bin/sh", "a RUN step uses apt-get");
    let debian = || built(Some(Family::Debian), &[shell, manager]);
    let other = || Some(Family::Other("distribution with dnf".to_owned()));
    let broken = Reason::Failed("is no archive that can be read".to_owned());
    Cases::default()
        .pass(blind(built(Some(Family::Distroless), &[])))
        .pass(blind(built(Some(Family::Alpine), &[shell])))
        .pass(blind(built(Some(Family::RedHatMicro), &["/usr/bin/bash"])))
        .pass(of(vec![built(None, &[])]))
        .pass(of(vec![built(Some(Family::Ubuntu), &[])]))
        .fail(blind(debian()))
        .fail(blind(built(other(), &["a RUN step uses dnf"])))
        .fail(of(vec![built(Some(Family::Scratch), &[]), built(Some(Family::AmazonLinux), &["/bin/bash"])]))
        .fail(of(vec![built(None, &["/bin/bash"])]))
        .fail(partly(debian(), broken.clone()))
        .unknown(partly(built(None, &[shell]), broken))
        .left_out(partly(built(None, &["/bin/sh"]), Reason::NotAsked))
        .left_out(blind(built(None, &[])))
        .left_out(blind(built(None, &[shell])))
        .left_out(blind(built(Some(Family::Debian), &[])))
        .left_out(image(|image| image.contents = Fact::not_asked(Action::EcrBatchGetImage, &Place::account())))
        .not_applicable(of(vec![Content { platform: "windows/amd64".to_owned(), ..debian() }]))
        .not_applicable(of(vec![debian()]).image(|image| image.artifact.archived = palisade_model::Switch::On))
}
