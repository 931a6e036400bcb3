use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::Objects;
use palisade_reason::in_cluster::enforcement::is_of;

check! {
    /// Cluster is entered through ingress-nginx, which nobody mends any more
    ///
    /// ## Why
    /// The controller ingress-nginx was retired in March 2026: what is found in it since then stays open. It faces the
    /// internet, may read the Secrets of all namespaces, and was taken over through its admission webhook and its
    /// annotations before (CVE-2025-1974). An annotation with a snippet lets whoever may write an ingress run
    /// configuration in it, and read those Secrets.
    ///
    /// Found by the image of workloads; annotations with snippets are named where the controller runs.
    ///
    /// ## Severity
    /// High: a flaw that is published tomorrow has no remedy.
    ///
    /// ## Fix
    /// Move to a controller of the Gateway API, or to AWS's load balancers. Until then set `allow-snippet-annotations`
    /// to `"false"`.
    ///
    /// ## References
    /// - <https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/>
    /// - <https://github.com/kubernetes/kubernetes/issues/131009>
    CHECK {
        id: "kubernetes-ingress-nginx",
        severity: Severity::High,
        controls: &[Control::checklist("services-exposed-on-purpose")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// How the repositories of the controller end.
const CONTROLLERS: [&str; 3] =
    ["ingress-nginx/controller", "ingress-nginx/controller-chroot", "ingress-nginx-controller"];

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let mut gathered = Gathered::default();
    gathered.add(Ok(None));
    let mut is_there = false;
    for list in objects.workloads.lists() {
        gathered.each(list, |workload| {
            let mut images = workload.template.containers.iter().map(|container| container.image.as_str());
            let image = images.find(|image| CONTROLLERS.iter().any(|controller| is_of(image, controller)));
            let (namespace, owner) = (&workload.namespace, workload.owner());
            Ok(image.map(|image| format!("{owner} of {namespace} runs {image}")))
        });
        is_there |= list.seen().iter().any(|workload| {
            workload.template.containers.iter().any(|it| CONTROLLERS.iter().any(|own| is_of(&it.image, own)))
        });
    }
    if is_there {
        gathered.add(Ok(snippets(objects)));
    }
    gathered.outcome()
}

fn snippets(objects: &Objects) -> Vec<String> {
    let ingresses = objects.network.ingresses.seen().iter().filter(|ingress| !ingress.snippets.is_empty());
    let told = ingresses
        .map(|ingress| format!("ingress {}/{} has {}", ingress.namespace, ingress.name, ingress.snippets.join(", ")));
    told.collect()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use std::sync::Arc;

    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::Ingress;
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::{inside, new_workload};

    let running = |image: &str| -> Scene {
        let mut controller = new_workload("controller");
        image.clone_into(&mut Arc::make_mut(&mut controller.template).containers[0].image);
        inside(|objects| objects.workloads.daemon_sets = Listing::whole(vec![controller]))
    };
    let snippet = |scene: Scene| {
        let ingress = Ingress {
            namespace: "shop".to_owned(),
            name: "web".to_owned(),
            class: Some("nginx".to_owned()),
            annotations: [].into(),
            snippets: vec!["nginx.ingress.kubernetes.io/server-snippet".to_owned()],
            tls: vec![],
            rules: vec![],
            load_balancers: vec![],
        };
        scene.objects(|objects| objects.network.ingresses = Listing::whole(vec![ingress]))
    };
    Cases::default()
        .pass(inside(|_| {}))
        .pass(snippet(inside(|_| {})))
        .pass(running("docker.io/nginx/nginx-ingress:5.2.0"))
        .pass(running("registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.6.3"))
        .fail(running("registry.k8s.io/ingress-nginx/controller:v1.13.3@sha256:5e5e"))
        .fail(running("registry.example:5000/mirror/ingress-nginx/controller"))
        .fail(running("111122223333.dkr.ecr.eu-west-1.amazonaws.com/ingress-nginx-controller:v1"))
        .fail(snippet(running("registry.k8s.io/ingress-nginx/controller-chroot:v1.13.3")))
}
