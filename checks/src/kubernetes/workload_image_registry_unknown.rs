use crate::check::{Control, Inside, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_reason::images::is_of_known_registry;
use palisade_reason::in_cluster::images::judged;
use palisade_reason::in_cluster::workloads::each_spec;

check! {
    /// Container image comes from a registry that is not known
    ///
    /// ## Why
    /// What is pulled runs. A registry that nobody chose may serve something else tomorrow, ask for money, limit pulls,
    /// or be gone; `k8s.gcr.io` is.
    ///
    /// Known are the ECR registries of this account and of `trusted_accounts`, those of EKS, the one of AWS for Fluent Bit,
    /// `public.ecr.aws`, and what matches a pattern of `trusted_registries` in the configuration: a host (`ghcr.io`), or
    /// host and repository (`docker.io/library/*`). An image without a host is one of `docker.io`.
    ///
    /// Pods that run are judged beside the template: what somebody attached to a pod, or what a webhook put in, counts
    /// as well.
    ///
    /// ## Severity
    /// Medium: it takes somebody who has the registry, or the name in it.
    ///
    /// ## Fix
    /// Copy the image into a registry of your own, or let ECR fetch it by a pull-through cache rule; or add the
    /// registry to `trusted_registries`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html>
    /// - <https://kubernetes.io/blog/2023/03/10/image-registry-redirect/>
    CHECK {
        id: "kubernetes-workload-image-registry-unknown",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.1.4"), Control::checklist("known-image-sources")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    each_spec(inside, context, |spec| {
        judged(spec, |image| Ok((!is_of_known_registry(image, context)).then(|| format!("image is {image}"))))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::container;

    let with = |image: &str| container(|container| image.clone_into(&mut container.image));
    let trusting = |scene: Scene, pattern: &str| {
        scene.settings(|settings| _ = settings.trusted_registries.insert(pattern.to_owned()))
    };
    let theirs = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/shop/storefront:v7";
    Cases::default()
        .pass(container(|_| {}))
        .pass(with("public.ecr.aws/docker/library/nginx:1.27"))
        .pass(with("602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20"))
        .pass(with("111122223333.dkr.ecr.eusc-de-east-1.amazonaws.eu/shop/web:v7"))
        .pass(with("111122223333.dkr-ecr.eu-west-1.on.aws/shop/web:v7"))
        .fail(with("111122223333.dkr.ecr.eu-west-1.amazonaws.eu/shop/web:v7"))
        .pass(with(theirs).settings(|settings| _ = settings.trusted_accounts.insert("444455556666".into())))
        .pass(trusting(with("ghcr.io/shop/web:v7"), "ghcr.io"))
        .pass(trusting(with("nginx:1.27"), "docker.io/library/*"))
        .fail(trusting(with("shop/nginx:1.27"), "docker.io/library/*"))
        .fail(trusting(with("ghcr.io.example.com/shop/web:v7"), "ghcr.io"))
        .fail(with("nginx"))
        .fail(with("k8s.gcr.io/pause:3.9"))
        .fail(with("public.ecr.aws.example.com/nginx"))
        .fail(with("602401143452.dkr.ecr.example.com/amazon-k8s-cni"))
        .fail(with(theirs))
}
