use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::is_windows;
use crate::ecs::told::each_container;
use palisade_model::ecs::{Container, Origin};
use palisade_model::{Action, Gap, Reason};
use palisade_reason::image_user::{User, root_of_image};
use palisade_reason::tasks::digests::images;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task runs a container as root
    ///
    /// ## Why
    /// Root in a container may change the program that runs, install tools, and do on mounted folders and sockets what root
    /// does. A hole in what keeps it in makes it root of the machine, which tasks outside of Fargate share.
    ///
    /// Judged is the user of the definition: `root` and the number 0 are root, whatever group stands after the colon; a
    /// number beyond 2147483647 is, for some runtimes. Where the definition names none, the image decides, of which the
    /// digest that runs is judged; that takes `--depth deep` and an image in this account's registry, and is unknown
    /// without. A name other than `root` passes: its number in the image's `/etc/passwd` is not looked up.
    ///
    /// ## Severity
    /// Medium: harm needs a hole in the program, and then one more in what keeps it in.
    ///
    /// ## Fix
    /// Set `user` to a number over 0, such as `10001:10001`, and give that number the folders which the program writes to.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-20>
    /// - <https://github.com/containerd/containerd/security/advisories/GHSA-265r-hfxg-fhmg>
    CHECK {
        id: "ecs-task-runs-as-root",
        severity: Severity::Medium,
        controls: &[Control::security_hub("ECS.20"), Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, context: &Context) -> Outcome {
    if is_windows(running)? {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| match container.user.as_deref().map(str::trim) {
        None | Some("") => root_by_image(running, container, context).map_err(no_choice),
        Some(user) => Ok(User::read(user).why_root().map(|why| format!("user is {user}{why}"))),
    })
}

/// Why the images that run under a container's name are root, if one is.
fn root_by_image(running: &Running<'_>, container: &Container, context: &Context) -> Result<Option<String>, Gap> {
    if running.definition.origin == Origin::Planned {
        let why = "the image decides who runs: set user, or judge the image by a gate of its own";
        return Err(Gap::undecided(Action::EcrDescribeImages, &running.definition.arn, why));
    }
    let mut gap = None;
    for image in images(running, &container.name, &container.image, context) {
        let read = image.and_then(|image| Ok((image, image.contents.known()?)));
        let (image, contents) = match read {
            Ok(read) => read,
            Err(unread) => {
                gap = Some(unread);
                continue;
            }
        };
        for content in contents.iter().filter(|content| !content.is_for_windows()) {
            match root_of_image(image, content) {
                Ok(Some(why)) => {
                    return Ok(Some(format!("user is not set, and of {} ({}) {why}", image.arn, content.platform)));
                }
                Ok(None) => {}
                Err(unread) => gap = Some(unread),
            }
        }
    }
    gap.map_or(Ok(None), Err)
}

/// That images were not read by choice leaves open who a task runs as.
fn no_choice(gap: Gap) -> Gap {
    if !gap.reason.is_choice() {
        return gap;
    }
    let why = "the image decides who runs, and images are read with --depth deep, their layers with --image-layers";
    Gap { reason: Reason::Undecided(why.to_owned()), ..gap }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecr::Content;
    use palisade_model::{Action, Fact, Place};
    use palisade_scenes::definitions::{daemon_definition, job_definition};
    use palisade_scenes::tasks::{container, container_on_ec2, definition, new_container};
    use palisade_scenes::{Scene, content, files};

    let user = |user: &'static str| container(move |container| container.user = Some(user.to_owned()));
    let with_contents =
        |contents: Fact<Vec<Content>>| -> Scene { container(|container| container.user = None).with_image(contents) };
    let image = |user: Option<&str>| {
        with_contents(Fact::Known(vec![content(|content| content.user = user.map(str::to_owned))]))
    };
    let unread_files = |content: &mut Content| {
        content.user = Some("nonroot".to_owned());
        content.files = Fact::not_asked(Action::EcrGetDownloadUrlForLayer, &Place::account());
    };
    let mut cases = Cases::default();
    for scene in palisade_scenes::definitions::samples() {
        cases = cases.pass(scene);
    }
    for name in ["root", "0", "00", "0:0", "root:root", "0:1000", " root", ":1000", "+0", "4294967296", "root:1000"] {
        cases = cases.fail(user(name));
    }
    for name in ["10", "1000:0", "1337", "10001:10001", "nginx", "node:root", "65532", "rooted"] {
        cases = cases.pass(user(name));
    }
    cases
        .pass(container(|_| {}))
        .pass(image(Some("65532")))
        .pass(with_contents(Fact::Known(vec![content(|content| {
            content.user = Some("app".to_owned());
            content.files = files(|files| files.user_id = Some(1000));
        })])))
        .fail(image(None))
        .fail(image(Some("root")))
        .fail(image(Some("0:0")))
        .fail(with_contents(Fact::Known(vec![
            content(|_| {}),
            content(|content| (content.platform, content.user) = ("linux/arm64".to_owned(), None)),
        ])))
        .fail(container_on_ec2(|container| container.user = Some("0".to_owned())))
        .fail(daemon_definition(|task| task.containers[0].user = Some("root".to_owned())))
        .fail(job_definition(|task| task.containers[0].user = Some("root".to_owned())))
        .fail(definition(|task| {
            let mut sidecar = new_container("agent");
            sidecar.user = Some("root".to_owned());
            task.containers.push(sidecar);
        }))
        .unknown(container(|container| container.user = None))
        .unknown(container(|container| container.user = Some(String::new())))
        .unknown(container(|container| {
            container.user = None;
            "public.ecr.aws/xray/aws-xray-daemon:latest".clone_into(&mut container.image);
        }))
        .unknown(with_contents(Fact::not_asked(Action::EcrBatchGetImage, &Place::account())))
        .unknown(with_contents(Fact::Known(vec![content(unread_files)])))
        .not_applicable(user("0").on_windows())
}
