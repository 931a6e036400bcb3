use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::Image;
use palisade_reason::image_user::root_of_image;

check! {
    /// Image runs as root
    ///
    /// ## Why
    /// A process that breaks out of its container, or reaches a mounted folder or socket of the host, has there the number
    /// that it has inside. Root inside also changes the program that it runs, installs tools and binds any port. A workload
    /// may name another user than the image does; the image decides wherever it names none.
    ///
    /// Judged is the user in the configuration of each platform: none, `root` and the number 0 are root, with or without a
    /// group. Another name is what the image's `/etc/passwd` says, which takes its layers (`--image-layers`); without them
    /// named users are left out, and a name that they do not resolve is unknown. A number beyond 2147483647 counts as root:
    /// older containerd may run it so (CVE-2024-40635). On Windows, `ContainerAdministrator` and no user are root.
    ///
    /// Of settings that stand in the configuration more than once, in whatever case, the last counts, as for runtimes.
    ///
    /// ## Severity
    /// Medium: harm needs a hole in the program, and then one more in what keeps it in.
    ///
    /// ## Fix
    /// End the Dockerfile with `USER` and a number over 0, such as `USER 10001`, and give that number the folders which the
    /// program writes to. A number can be checked by Kubernetes (`runAsNonRoot`), a name cannot.
    ///
    /// ## References
    /// - <https://docs.docker.com/build/building/best-practices/#user>
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    /// - <https://github.com/containerd/containerd/security/advisories/GHSA-265r-hfxg-fhmg>
    /// - <https://learn.microsoft.com/en-us/virtualization/windowscontainers/manage-containers/container-security>
    CHECK {
        id: "ecr-image-runs-as-root",
        severity: Severity::Medium,
        controls: &[Control::checklist("images-without-root")],
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
        let root = root_of_image(image, content);
        gathered.add(root.map(|why| why.map(|why| format!("{}: {why}", content.platform))));
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecr::{Content, Unread};
    use palisade_model::{Action, Fact, Place, Reason};
    use palisade_scenes::{content, files, image};

    let of = |contents: Vec<Content>| image(|image| image.contents = Fact::Known(contents));
    let user = |user: &str| content(|content| content.user = Some(user.to_owned()));
    let windows = |name: &str| Content { platform: "windows/amd64".to_owned(), ..user(name) };
    let named = |user_id, unread: &[Reason]| {
        let unread = unread.iter().map(|reason| Unread { digest: "sha256:aa".to_owned(), reason: reason.clone() });
        let files = files(|files| (files.user_id, files.unread) = (user_id, unread.collect()));
        of(vec![Content { files, ..user("app:app") }])
    };
    let unread = |user: &str| {
        let mut content = content(|content| content.user = Some(user.to_owned()));
        content.files = Fact::not_asked(Action::EcrGetDownloadUrlForLayer, &Place::account());
        of(vec![content])
    };
    let mut cases = Cases::default();
    for name in ["", ":0", "root", "0", "0:0", "0:1000", "root:root", "00", "+0", "-0", " root "] {
        cases = cases.fail(of(vec![user(name)])).fail(unread(name));
    }
    for name in ["2147483648", "4294967294", "4294967296", "4294967296:1000", "-1"] {
        cases = cases.fail(of(vec![user(name)]));
    }
    for name in ["1000", "1000:", "1000:0", "65532:65532", "2147483647", "0001000"] {
        cases = cases.pass(of(vec![user(name)])).pass(unread(name));
    }
    cases
        .fail(of(vec![content(|content| content.user = None)]))
        .fail(of(vec![user("1000"), user("0")]))
        .fail(named(Some(0), &[]))
        .pass(named(Some(1000), &[Reason::NotAsked]))
        .fail(named(Some(4_294_967_296), &[]))
        .fail(of(vec![content(|content| {
            (content.user, content.disputed) = (Some("0".to_owned()), vec!["User".to_owned()]);
        })]))
        .unknown(named(None, &[]))
        .unknown(named(None, &[Reason::NotAsked, Reason::Failed("is no archive that can be read".to_owned())]))
        .left_out(named(None, &[Reason::NotAsked]))
        .left_out(unread("nonroot"))
        .fail(of(vec![windows("ContainerAdministrator"), user("1000")]))
        .fail(of(vec![windows(r"User Manager\containeradministrator")]))
        .fail(of(vec![Content { user: None, ..windows("") }]))
        .pass(of(vec![windows("ContainerUser")]))
        .left_out(image(|image| image.contents = Fact::not_asked(Action::EcrBatchGetImage, &Place::account())))
        .not_applicable(of(vec![user("0")]).image(|image| image.artifact.archived = palisade_model::Switch::On))
}
