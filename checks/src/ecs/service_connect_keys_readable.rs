use palisade_policy::{Decision, Open};

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_model::{Arn, Fact, Gap, Region};
use palisade_reason::access::administrator::administrator;
use palisade_reason::access::grants::Grants;
use palisade_reason::access::limits::limits;
use palisade_reason::access::roles::{is_reserved, is_service, is_service_linked, trust, trusted_services};
use palisade_reason::wording::reasons;

check! {
    /// Role may read the private keys of Service Connect
    ///
    /// ## Why
    /// ECS keeps the private keys of Service Connect in Secrets Manager, as secrets whose names begin with `ecs-sc!`. Whoever
    /// reads one answers in place of the service, and nobody can tell.
    ///
    /// Judged are roles in accounts in which some service offers a port of Service Connect with TLS. Roles that ECS itself takes
    /// on, those of IAM Identity Center and administrators, who may do everything, are left aside. A condition that limits the
    /// resource counts as naming others.
    ///
    /// ## Severity
    /// Medium: it takes whoever has the role, and a place between the services.
    ///
    /// ## Fix
    /// Name the secrets that the role reads, or deny it `secret:ecs-sc!*`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html>
    CHECK {
        id: "ecs-service-connect-keys-readable",
        severity: Severity::Medium,
        controls: &[Control::checklist("task-data-encrypted")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

/// The action that reads a key.
const READ: &str = "secretsmanager:GetSecretValue";

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if is_service_linked(role) || is_reserved(role) || is_infrastructure(role, context)? {
        return Ok(Verdict::NotApplicable);
    }
    let regions = &context.inventory().regions;
    let uses: Vec<_> = regions.iter().map(|(name, region)| (name.as_str(), uses_tls(region))).collect();
    if uses.iter().all(|(_, uses)| *uses == Ok(false)) {
        return Ok(Verdict::NotApplicable);
    }
    let Some(known) = context.role(&role.arn)? else { return Ok(Verdict::NotApplicable) };
    let principal = context.access.role(known)?;
    if administrator(&context.access, &principal).is_some() {
        return Ok(Verdict::NotApplicable);
    }
    let grants = Grants::of(&context.access, &principal);
    let (mut evidence, mut gap) = (Vec::new(), None);
    for (region, uses) in &uses {
        let found = read(&grants, &role.arn, region);
        match uses {
            Ok(true) => evidence.extend(found),
            Ok(false) => {}
            Err(unread) => gap = Some(unread.clone()),
        }
    }
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None => Ok(Verdict::fail_if_any(evidence)),
    }
}

/// Whether ECS takes the role on, to issue certificates and the like.
fn is_infrastructure(role: &Role, context: &Context) -> Result<bool, Gap> {
    if trusted_services(trust(role)?).into_iter().any(|service| is_service(service, "ecs")) {
        return Ok(true);
    }
    let mut gap = None;
    for (_, service) in context.inventory().regions.values().flat_map(|region| region.ecs.services()) {
        match &service.details {
            Fact::Known(details) => {
                let mut connected = details.deployments.iter().filter_map(|stage| stage.connect.as_ref());
                if connected.any(|connect| connect.roles.contains(&role.arn)) {
                    return Ok(true);
                }
            }
            Fact::Unknown(unread) => gap = Some(unread),
        }
    }
    gap.map_or(Ok(false), |gap| Err(gap.clone()))
}

/// Whether a service of the Region offers a port with TLS. Known as soon as one does.
fn uses_tls(region: &Region) -> Result<bool, Gap> {
    let mut gap = region.ecs.clusters.gap();
    for cluster in region.ecs.clusters.seen() {
        gap = gap.or(cluster.services.gap());
        for service in cluster.services.seen() {
            match &service.details {
                Fact::Known(details) => {
                    let mut offered = details.deployments.iter().filter_map(|stage| stage.connect.as_ref());
                    if offered.any(|connect| connect.enabled && connect.services.iter().any(|(_, has_tls)| *has_tls)) {
                        return Ok(true);
                    }
                }
                Fact::Unknown(unread) => gap = gap.or(Some(unread)),
            }
        }
    }
    gap.map_or(Ok(false), |gap| Err(gap.clone()))
}

/// How the role may read a key in a Region, if it may.
fn read(grants: &Grants<'_>, role: &Arn, region: &str) -> Option<String> {
    let (partition, account) = (role.partition(), role.account());
    let key =
        format!("arn:{partition}:secretsmanager:{region}:{account}:secret:ecs-sc!a-name-that-no-policy-names-aBcDeF");
    let decision = grants.decide(READ, &key);
    let is_read = match &decision {
        Decision::Allowed { .. } => true,
        Decision::AllowedIf { conditions, .. } => !conditions.iter().any(|residual| match residual.open {
            Open::Condition(condition) => limits(condition),
            Open::Resource(_) | Open::Principal(_) | Open::IdentityPolicies => false,
        }),
        Decision::DeniedExplicitly { .. } | Decision::DeniedImplicitly { .. } => false,
    };
    is_read.then(|| format!("{READ} on secret:ecs-sc!* in {region} is allowed by {}", reasons(&decision)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::ecs::ServiceConnect;
    use palisade_scenes::Scene;
    use palisade_scenes::iam::{allow, deny};
    use palisade_scenes::tasks::service;
    use palisade_scenes::{policy, role_arn};

    let connected = |has_tls: bool, statements: &[Value]| -> Scene {
        let scene = service(|details| {
            details.deployments[0].connect = Some(ServiceConnect {
                enabled: true,
                services: vec![("http".to_owned(), has_tls)],
                roles: vec![role_arn("issuer")],
                ..ServiceConnect::default()
            });
        });
        Scene { subject: role_arn("reader"), ..scene.and_role("reader", statements) }
    };
    let everything = || allow(READ, "*");
    let keys = "arn:aws:secretsmanager:*:*:secret:ecs-sc!*";
    let tagged = json!({
        "Effect": "Allow", "Action": READ, "Resource": "*",
        "Condition": { "StringEquals": { "secretsmanager:ResourceTag/service": "shop" } },
    });
    let about = |name: &str, scene: Scene| Scene { subject: role_arn(name), ..scene };
    let infrastructure = || {
        connected(true, &[]).and_changed_role("volumes", &[everything()], |role| {
            role.trust = policy(json!({
                "Effect": "Allow", "Principal": { "Service": "ecs.amazonaws.com" }, "Action": "sts:AssumeRole"
            }));
        })
    };
    // Of two services one has the keys, the other names the role that issues them.
    let apart = connected(true, &[]).and_role("issuer", &[everything()]).ecs_cluster(|cluster| {
        let mut services = cluster.services.seen().to_vec();
        let mut other = services[0].clone();
        (other.name, other.arn) = ("api".to_owned(), "arn:aws:ecs:eu-west-1:111122223333:service/shop/api".into());
        if let Fact::Known(details) = &mut other.details {
            details.deployments[0].connect.iter_mut().for_each(|connect| connect.roles.clear());
        }
        services.push(other);
        cluster.services = Listing::whole(services);
    });
    Cases::default()
        .pass(connected(true, &[]))
        .pass(connected(true, &[allow(READ, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/*")]))
        .pass(connected(true, &[everything(), deny(READ, keys)]))
        .pass(connected(true, &[tagged]))
        .fail(connected(true, &[everything()]))
        .fail(connected(true, &[allow("secretsmanager:*", keys)]))
        .not_applicable(connected(false, &[everything()]))
        .not_applicable(connected(true, &[allow("*", "*")]))
        .not_applicable(about("volumes", infrastructure()))
        .not_applicable(about("issuer", connected(true, &[]).and_role("issuer", &[everything()])))
        .not_applicable(about("issuer", apart))
}
