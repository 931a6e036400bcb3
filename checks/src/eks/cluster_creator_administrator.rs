use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::eks::{AccessEntry, AuthenticationMode, Cluster};
use palisade_model::{Action, Gap};
use palisade_reason::access::entries::{administers, policy_name};

check! {
    /// Whoever created the cluster may still be its administrator
    ///
    /// ## Why
    /// By default EKS makes the principal that creates a cluster its administrator: often a pipeline or a person, for
    /// whom that was never decided. With the ConfigMap alone this right cannot be seen nor taken away. With access
    /// entries it is one of the entries, which can be deleted.
    ///
    /// EKS does not tell who the creator was. The check fails while the cluster was created so and any role or user
    /// still holds `AmazonEKSClusterAdminPolicy` for the whole cluster; the evidence names them.
    ///
    /// ## Severity
    /// Low: it is one administrator more than was asked for.
    ///
    /// ## Fix
    /// Delete the creator's access entry once others can administer the cluster, and create clusters with
    /// `bootstrapClusterCreatorAdminPermissions` set to false.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html>
    /// - <https://docs.aws.amazon.com/eks/latest/APIReference/API_AccessConfigResponse.html>
    CHECK {
        id: "eks-cluster-creator-administrator",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:4.1.1"), Control::checklist("cluster-access-named")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// The access policy that the creator is given.
const GIVEN: &str = "AmazonEKSClusterAdminPolicy";

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    match &configuration.authentication {
        AuthenticationMode::ConfigMap => {
            Ok(Verdict::fail("authenticationMode is CONFIG_MAP, under which the creator is always an administrator"))
        }
        AuthenticationMode::Api | AuthenticationMode::ApiAndConfigMap => match configuration.creator_is_admin {
            Some(false) => Ok(Verdict::Pass),
            Some(true) if cluster.access_entries.complete().is_ok_and(<[_]>::is_empty) => Ok(Verdict::Pass),
            Some(true) => Gathered::of(&cluster.access_entries, possible_creator).outcome(),
            None => {
                let why = "bootstrapClusterCreatorAdminPermissions is not said";
                Err(cluster.unclear(Action::EksDescribeCluster, why))
            }
        },
        AuthenticationMode::Other(mode) => {
            Err(Gap::not_known(Action::EksDescribeCluster, &cluster.arn, "authenticationMode", mode))
        }
    }
}

fn possible_creator(entry: &AccessEntry) -> Result<Option<String>, Gap> {
    let given = administers(entry)?.filter(|policy| policy_name(policy) == GIVEN);
    let holds = format!("bootstrapClusterCreatorAdminPermissions is true, and {} holds {GIVEN}", entry.principal);
    Ok(given.map(|_| holds))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::AccessScope;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::clusters::entry;
    use palisade_scenes::{cluster, configured_cluster};

    let created = |creator_is_admin, policies: &[(&str, AccessScope)]| {
        cluster(|cluster| {
            cluster.access_entries = Listing::whole(vec![entry("arn:aws:iam::111122223333:role/pipeline", policies)]);
            let Fact::Known(configuration) = &mut cluster.configuration else { return };
            configuration.creator_is_admin = creator_is_admin;
        })
    };
    let mode = |mode| configured_cluster(|configuration| configuration.authentication = mode);
    let administrator = [(GIVEN, AccessScope::Cluster)];
    let team = AccessScope::Namespaces(vec!["team-*".to_owned()]);
    Cases::default()
        .pass(created(Some(false), &administrator))
        .pass(created(Some(true), &[("AmazonEKSViewPolicy", AccessScope::Cluster)]))
        .pass(created(Some(true), &[(GIVEN, team)]))
        .pass(configured_cluster(|configuration| configuration.creator_is_admin = Some(true)))
        .fail(created(Some(true), &administrator))
        .fail(mode(AuthenticationMode::ConfigMap))
        .unknown(created(None, &administrator))
        .unknown(created(Some(true), &[(GIVEN, AccessScope::Other("zone".to_owned()))]))
        .unknown(mode(AuthenticationMode::Other("IDENTITY_CENTER".to_owned())))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}
