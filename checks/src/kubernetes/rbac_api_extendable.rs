use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;

check! {
    /// Somebody may redirect parts of the API or change its kinds
    ///
    /// ## Why
    /// An `APIService` sends the requests of an API group to another server, with who sent them and what they say. A
    /// `CustomResourceDefinition` names a webhook that reads and rewrites every object of its kind; deleting it deletes the
    /// objects, policies among them.
    ///
    /// Grants that name the objects are not counted: controllers keep their own up to date.
    ///
    /// ## Severity
    /// High: one request takes over what others read and write.
    ///
    /// ## Fix
    /// Leave these objects to the pipeline that installs controllers, and name them in `resourceNames` where a controller
    /// keeps its own up to date.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/>
    /// - <https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion>
    CHECK {
        id: "kubernetes-rbac-api-extendable",
        severity: Severity::High,
        controls: &[Control::checklist("cluster-rights-limited")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    context.review(cluster)?.holders(CHECK.id)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::strict;
    use palisade_scenes::rbac::{named, rule};

    let bad = [
        rule("create", "apiregistration.k8s.io", "apiservices"),
        rule("patch", "apiextensions.k8s.io", "customresourcedefinitions"),
        rule("delete", "apiextensions.k8s.io", "*"),
    ];
    let harmless = [
        rule("get,list,watch", "apiextensions.k8s.io", "customresourcedefinitions"),
        named(rule("patch", "apiextensions.k8s.io", "customresourcedefinitions"), "widgets.example.com"),
        named(rule("update", "apiregistration.k8s.io", "apiservices"), "v1.example.com"),
    ];
    strict(&bad, &harmless)
}
