use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, Service};
use palisade_model::{Action, Gap};
use palisade_reason::tasks::load_balancers::{WayIn, internet_facing};
use palisade_reason::tasks::services::running;
use palisade_reason::tasks::tls::{DEFAULT, is_outdated, oldest};

check! {
    /// Internet reaches the service in clear text, or by old TLS
    ///
    /// ## Why
    /// A listener of HTTP that faces the internet and forwards to the service carries passwords, cookies and answers so
    /// that everybody on the way reads and changes them. One rule that forwards is enough, whatever the listener does
    /// by default. TLS 1.0 and 1.1 are given up by everybody; the policy that listeners get from templates and scripts
    /// which name none still allows both.
    ///
    /// Listeners that only send clients on to HTTPS are in order, and so are target groups that speak HTTP behind one
    /// of HTTPS. Listeners of TCP and UDP do not look into what they pass on; it may be encrypted.
    ///
    /// ## Severity
    /// High: it takes a place on the way, which whoever runs a wireless network has.
    ///
    /// ## Fix
    /// Let the listener of HTTP redirect to HTTPS, in its default action and in every rule. Set the policy of the
    /// listener of HTTPS or TLS to `ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-1>
    /// - <https://www.rfc-editor.org/rfc/rfc8996>
    CHECK {
        id: "ecs-service-public-load-balancer-clear",
        severity: Severity::High,
        controls: &[
            Control::security_hub("ELB.1"),
            Control::security_hub("ELB.17"),
            Control::prowler("elbv2_insecure_ssl_ciphers"),
            Control::prowler("elbv2_ssl_listeners"),
            Control::checklist("tasks-reached-on-purpose"),
        ],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, context: &Context) -> Outcome {
    let Some(details) = running(service.object)? else { return Ok(Verdict::NotApplicable) };
    let region = context.audited_region(&service.object.arn)?;
    let (ways, gap) = internet_facing(service.object, details, region);
    let mut gathered = Gathered::default();
    for way in &ways {
        gathered.add(judge(way));
    }
    if let Some(gap) = gap {
        gathered.add(Err::<Option<String>, _>(gap));
    }
    gathered.outcome()
}

fn judge(way: &WayIn<'_>) -> Result<Option<String>, Gap> {
    let listener = way.listener;
    let not_known = |what: &str, value: &str| Gap::not_known(Action::ElbDescribeListeners, &listener.arn, what, value);
    match listener.protocol.as_str() {
        "HTTP" => Ok(Some(format!("{} forwards requests in clear text", way.told()))),
        "HTTPS" | "TLS" => {
            let policy = listener.tls_policy.as_deref();
            let version =
                oldest(policy.unwrap_or(DEFAULT)).ok_or_else(|| not_known("SslPolicy", policy.unwrap_or(DEFAULT)))?;
            let told = || {
                let said = policy.map_or_else(
                    || format!("names no policy, which is {DEFAULT}"),
                    |name| format!("has the policy {name}"),
                );
                format!("{} {said}: it allows TLS {version}", way.told())
            };
            Ok(is_outdated(version).then(told))
        }
        "TCP" | "UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC" => Ok(None),
        other => Err(not_known("Protocol", other)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::load_balancing::{Listener, ListenerAction, LoadBalancer};
    use palisade_model::{Arn, Fact};
    use palisade_scenes::tasks::service;

    fn listeners(balancer: &mut LoadBalancer) -> &mut Vec<Listener> {
        match &mut balancer.listeners {
            Fact::Known(listeners) => listeners,
            Fact::Unknown(_) => unreachable!(),
        }
    }
    let listening = |change: fn(&mut Listener)| {
        service(|_| {}).behind_load_balancer(|balancer| change(&mut listeners(balancer)[0]))
    };
    let policy = |name: Option<&'static str>| {
        service(|_| {}).behind_load_balancer(|balancer| {
            listeners(balancer)[0].tls_policy = name.map(str::to_owned);
        })
    };
    let and_http = |by_default: Option<&'static str>, forwards: bool| {
        service(|_| {}).behind_load_balancer(|balancer| {
            let mut clear = listeners(balancer)[0].clone();
            (clear.protocol, clear.port, clear.tls_policy) = ("HTTP".to_owned(), 80, None);
            let own = std::mem::take(&mut clear.default_actions);
            if let Some(scheme) = by_default {
                clear.default_actions = vec![ListenerAction::Redirect(scheme.to_owned())];
            }
            if forwards {
                clear.rules = Fact::Known(vec![own]);
            }
            listeners(balancer).push(clear);
        })
    };
    Cases::default()
        .pass(listening(|_| {}))
        .fail(listening(|listener| (listener.protocol, listener.port) = ("HTTP".to_owned(), 80)))
        .pass(listening(|listener| (listener.protocol, listener.port) = ("TCP".to_owned(), 443)))
        .unknown(listening(|listener| listener.protocol = "MQTT".to_owned()))
        .fail(policy(None))
        .fail(policy(Some("ELBSecurityPolicy-2016-08")))
        .fail(policy(Some("ELBSecurityPolicy-TLS13-1-0-PQ-2025-09")))
        .fail(policy(Some("ELBSecurityPolicy-TLS-1-1-2017-01")))
        .pass(policy(Some("ELBSecurityPolicy-TLS-1-2-Ext-2018-06")))
        .unknown(policy(Some("ELBSecurityPolicy-2030-01")))
        .pass(and_http(Some("HTTPS"), false))
        .fail(and_http(Some("HTTPS"), true))
        .pass(and_http(None, false))
        .not_applicable(service(|_| {}))
        .not_applicable(service(|_| {}).behind_load_balancer(|balancer| {
            balancer.is_internet_facing = false;
            listeners(balancer)[0].protocol = "HTTP".to_owned();
        }))
        .not_applicable(
            service(|_| {})
                .behind_load_balancer(|balancer| listeners(balancer)[0].protocol = "HTTP".to_owned())
                .and_stage(|stage| (stage.desired, stage.running) = (0, 0)),
        )
        .not_applicable(listening(|listener| {
            let other = Arn::from("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/other/1");
            (listener.protocol, listener.default_actions) =
                ("HTTP".to_owned(), vec![ListenerAction::Forward(vec![other])]);
        }))
        .unknown(service(|details| {
            details.targets = vec![palisade_model::ecs::ServiceTarget {
                group: None,
                classic: Some("old".to_owned()),
                container: None,
                port: None,
            }];
        }))
}
