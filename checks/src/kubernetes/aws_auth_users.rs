use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::MappingText;
use palisade_reason::in_cluster::aws_auth::{in_force, parsed};

check! {
    /// ConfigMap aws-auth lets in users, or everybody of an account
    ///
    /// ## Why
    /// A user of IAM has keys that do not expire until somebody deletes them. An entry of `mapAccounts` goes further:
    /// every user and role of that account enters the cluster under its ARN, and has what is bound to that name and to
    /// `system:authenticated`.
    ///
    /// ## Severity
    /// Medium: what can be done depends on the groups, and for how long on nobody.
    ///
    /// ## Fix
    /// Map roles that people take on for an hour, by access entries, and empty `mapUsers` and `mapAccounts`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    CHECK {
        id: "kubernetes-aws-auth-users",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:4.1.7"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let Some(auth) = in_force(cluster)? else { return Ok(Verdict::NotApplicable) };
    let users = parsed(&auth.users).iter().map(|user| format!("mapUsers names {}", user.arn));
    let accounts = parsed(&auth.accounts).iter().map(|account| format!("mapAccounts names {account}"));
    let mut gathered = Gathered::default();
    gathered.add(Ok(users.chain(accounts)));
    // A user may stand among the roles by mistake, and then matches nobody: kubernetes-aws-auth-broken.
    let is_readable = matches!((&auth.users, &auth.accounts), (MappingText::Parsed(_), MappingText::Parsed(_)));
    if !is_readable {
        let why = "mapUsers or mapAccounts of aws-auth cannot be parsed";
        gathered.add(Err::<Option<String>, _>(cluster.unclear(palisade_model::Action::KubernetesGetConfigmaps, why)));
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::eks::AuthenticationMode;
    use palisade_scenes::Scene;
    use palisade_scenes::in_cluster::{authenticated_by, mapped, mapping};

    let users = |arns: &[&str]| -> Scene {
        let entries = arns.iter().map(|arn| mapping(arn, "ada", &["viewers"])).collect();
        mapped(|auth| auth.users = MappingText::Parsed(entries))
    };
    let ada = "arn:aws:iam::111122223333:user/ada";
    let torn = || MappingText::Malformed("expected a list".to_owned());
    Cases::default()
        .pass(mapped(|_| {}))
        .fail(users(&[ada]))
        .fail(mapped(|auth| auth.accounts = MappingText::Parsed(vec!["111122223333".into()])))
        .fail(mapped(|auth| {
            auth.users = torn();
            auth.accounts = MappingText::Parsed(vec!["444455556666".into()]);
        }))
        .unknown(mapped(|auth| auth.users = torn()))
        .unknown(mapped(|auth| auth.accounts = MappingText::Malformed("expected a list".to_owned())))
        .not_applicable(authenticated_by(users(&[ada]), AuthenticationMode::Api))
        .not_applicable(mapped(|_| {}).objects(|objects| objects.aws_auth = Fact::Known(None)))
}
