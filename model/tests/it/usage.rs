//! Which images workloads run.

use palisade_model::kubernetes::RunningImage;
use palisade_model::usage::WorkloadImage;
use palisade_model::{Action, By, Fact, Gap, Listing, Place, Reason};
use palisade_scenes::kubernetes::{inside, new_container};
use palisade_scenes::running::new_pod;
use palisade_scenes::{Scene, cluster};

type Told = (String, String, Option<String>);

/// Workload, address and digest of each image, shortened; and the gaps.
fn told(scene: &Scene) -> (Vec<Told>, Vec<Gap>) {
    let (images, gaps) = scene.inventory.workload_images();
    let last = |text: &str| text.rsplit('/').next().unwrap().to_owned();
    let told = images.iter().map(|image| {
        let address = image.address.split('@').next().unwrap();
        (last(image.workload.as_str()), last(address), image.resolved_digest.clone())
    });
    (told.collect(), gaps)
}

#[test]
fn what_pods_run_goes_before_what_templates_say() {
    let image = |digest: Option<&str>| RunningImage {
        container: "main".to_owned(),
        image: "sha256:0a".to_owned(),
        digest: digest.map(str::to_owned),
    };
    let pod = |digest: Option<&str>| {
        let mut pod = new_pod(|spec| {
            "example/web:v1".clone_into(&mut spec.containers[0].image);
            spec.containers.push(new_container("sidecar"));
        });
        pod.images = vec![image(digest)];
        pod
    };
    let by_template = (vec![("web".to_owned(), "storefront".to_owned(), None)], vec![]);
    assert_eq!(told(&inside(|_| {})), by_template);
    let running = inside(|_| {}).and_pods(vec![pod(Some("sha256:aa")), pod(Some("sha256:bb")), pod(None)]);
    let (images, _) = told(&running);
    let web = |tail: &str, digest: Option<&str>| ("web".to_owned(), tail.to_owned(), digest.map(str::to_owned));
    let expected = [web("storefront", None), web("web:v1", Some("sha256:aa")), web("web:v1", Some("sha256:bb"))];
    assert_eq!(images, expected);
}

#[test]
fn a_cluster_that_could_not_be_looked_into_is_a_gap_and_one_left_out_is_none() {
    assert_eq!(told(&cluster(|_| {})), (vec![], vec![]));
    let gap = Gap { action: Action::KubernetesListPods, place: Place::account(), reason: Reason::Denied(By::Rbac) };
    let closed = cluster(|cluster| cluster.inside = Fact::Unknown(gap.clone()));
    assert_eq!(told(&closed), (vec![], vec![gap.clone()]));
    let denied = inside(|objects| objects.pods = Listing::unread(gap.clone()));
    assert_eq!(told(&denied).1, [gap]);
}

#[test]
fn the_digest_at_deployment_goes_before_that_of_the_address() {
    let mut image = WorkloadImage {
        workload: "arn:aws:lambda:eu-west-1:111122223333:function:orders".into(),
        address: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/orders:live".to_owned(),
        resolved_digest: None,
    };
    assert_eq!(image.digest(), None);
    image.address.push_str("@sha256:aa");
    assert_eq!(image.digest(), Some("sha256:aa"));
    image.resolved_digest = Some("sha256:bb".to_owned());
    assert_eq!(image.digest(), Some("sha256:bb"));
}

#[test]
fn tasks_run_the_digests_that_revisions_and_tasks_tell() {
    use palisade_scenes::tasks::{DIGEST, definition, launcher, task};

    let of = |scene: &Scene| told(scene).0;
    let own = ("web".to_owned(), "web".to_owned(), Some(DIGEST.to_owned()));
    assert_eq!(of(&definition(|_| {})), std::slice::from_ref(&own));
    let moved = definition(|_| {}).and_task_of_service(|task| {
        task.containers[0].digest = Some("sha256:bb".to_owned());
        task.containers.push(task.containers[0].clone());
        "aws-guardduty-agent-AbCdEf".clone_into(&mut task.containers[1].name);
        task.containers[1].digest = Some("sha256:cc".to_owned());
    });
    let other = ("web".to_owned(), "web".to_owned(), Some("sha256:bb".to_owned()));
    assert_eq!(of(&moved), [own.clone(), other], "what AWS adds is none of the account's images");
    assert_eq!(of(&task(|task| task.is_stopped = true)), std::slice::from_ref(&own));
    assert_eq!(of(&task(|_| {})).len(), 2);
    assert_eq!(of(&launcher(|_| {})).len(), 2, "what a rule starts now and then is in use");
    let gap = Gap { action: Action::EcsListServices, place: Place::account(), reason: Reason::Denied(By::Unsaid) };
    let unread = definition(|_| {}).ecs_cluster(|cluster| cluster.services = Listing::unread(gap.clone()));
    assert_eq!(told(&unread).1, [gap]);
}
