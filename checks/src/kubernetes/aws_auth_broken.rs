use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{AwsAuth, Mapping, MappingText};
use palisade_reason::in_cluster::aws_auth::{in_force, is_gone, mappings};

check! {
    /// ConfigMap aws-auth has parts that let nobody in
    ///
    /// ## Why
    /// Nobody is told of a mistake in the ConfigMap. A part that is no YAML, or no list, maps nobody, nodes included.
    /// The ARN of a role with a path matches nobody: the path has to be left out. An entry for a role or user that is
    /// gone matches by its name, so that whoever makes one of that name anew has the groups of the old.
    ///
    /// ## Severity
    /// Medium: who may make roles in the account, but has no right in the cluster, gets one by a name.
    ///
    /// ## Fix
    /// Delete what matches nobody; make access entries, which are checked as they are made, and which are bound to the
    /// id of their principal.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting_iam.html>
    CHECK {
        id: "kubernetes-aws-auth-broken",
        severity: Severity::Medium,
        controls: &[Control::checklist("no-leftovers")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let Some(auth) = in_force(cluster)? else { return Ok(Verdict::NotApplicable) };
    let mut gathered = Gathered::default();
    gathered.add(Ok(malformed(auth)));
    for mapping in mappings(auth) {
        gathered.add(judge(mapping, context));
    }
    gathered.outcome()
}

/// The parts that cannot be parsed, each with the reason.
fn malformed(auth: &AwsAuth) -> Vec<String> {
    fn reason<T>(text: &MappingText<T>) -> Option<&str> {
        match text {
            MappingText::Parsed(_) => None,
            MappingText::Malformed(why) => Some(why),
        }
    }
    let AwsAuth { roles, users, accounts } = auth;
    let parts = [("mapRoles", reason(roles)), ("mapUsers", reason(users)), ("mapAccounts", reason(accounts))];
    parts.into_iter().filter_map(|(name, why)| Some(format!("{name} cannot be parsed: {}", why?))).collect()
}

fn judge(mapping: &Mapping, context: &Context) -> Result<Option<String>, Gap> {
    let arn = &mapping.arn;
    let resource = arn.resource();
    let is_principal = arn.service() == "iam" && (resource.starts_with("role/") || resource.starts_with("user/"));
    if !is_principal {
        return Ok(Some(format!("aws-auth names {arn}, which is neither a role nor a user")));
    }
    if resource.starts_with("role/") && resource.matches('/').count() > 1 {
        return Ok(Some(format!("aws-auth names {arn} with its path, which matches nobody")));
    }
    if !is_gone(arn, context)? {
        return Ok(None);
    }
    // The path of a role is left out here, so that only the name can be looked up.
    let is_known = context.inventory().iam.roles.find(|role| {
        role.arn.account() == arn.account() && resource.strip_prefix("role/") == Some(role.name.as_str())
    })?;
    Ok(is_known.is_none().then(|| format!("aws-auth names {arn}, which is not in IAM")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::eks::AuthenticationMode;
    use palisade_scenes::in_cluster::{authenticated_by, mapped, mapped_role, mapping};
    use palisade_scenes::{new_role, role_arn};

    let torn = |auth: &mut AwsAuth| auth.roles = MappingText::Malformed("expected a list".to_owned());
    let role = |name: &str| mapped_role(&format!("arn:aws:iam::111122223333:role/{name}"), "helper", &[]);
    let user = |name: &str| {
        let user = mapping(&format!("arn:aws:iam::111122223333:user/{name}"), name, &[]);
        mapped(|auth| auth.users = MappingText::Parsed(vec![user]))
    };
    let mut in_path = new_role("deployer");
    in_path.arn = role_arn("team/deployer");
    Cases::default()
        .pass(mapped(|_| {}))
        .pass(role("orders-role"))
        .pass(mapped_role("arn:aws:iam::444455556666:role/anything", "helper", &[]))
        .pass(role("deployer").iam(|iam| {
            iam.roles = Listing::whole([iam.roles.seen(), &[in_path]].concat());
        }))
        .fail(mapped(torn))
        .fail(mapped(|auth| auth.accounts = MappingText::Malformed("expected a list".to_owned())))
        .fail(role("team/orders-role"))
        .fail(role("gone"))
        .fail(user("gone"))
        .fail(mapped_role("", "helper", &[]))
        .fail(mapped_role("arn:aws:sts::111122223333:assumed-role/orders-role/ana", "helper", &[]))
        .not_applicable(authenticated_by(mapped(torn), AuthenticationMode::Api))
}
