use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::environment::Variable;
use palisade_model::lambda::{EventSource, Function};
use palisade_model::{Action, Gap};

check! {
    /// Function is attached to a VPC without a visible need
    ///
    /// ## Why
    /// A function needs a VPC only to reach private addresses. Attached without need, it loses the way to the internet
    /// unless there is a NAT gateway, takes addresses of the subnets, and brings a foreign piece of code into the
    /// network.
    ///
    /// A need is seen in an environment variable whose name speaks of a private endpoint (a database, a cache, a
    /// broker, a host, a proxy and the like), and in an event source that lies inside a VPC or is of a kind that is not
    /// known. What the code does is not looked at, nor are names that it reads from elsewhere, mounted file systems, or
    /// routes through an inspected network: a finding says that no sign was found, not that there is no need.
    ///
    /// ## Severity
    /// Informational: the attachment may be right for a reason that the configuration does not show.
    ///
    /// ## Fix
    /// Remove `VpcConfig` if the function calls public endpoints only, or suppress the finding with the reason.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html>
    CHECK {
        id: "lambda-vpc-unneeded",
        severity: Severity::Informational,
        controls: &[Control::checklist("vpc-only-when-needed")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

/// Parts of names that speak of something with a private address; those of up to three letters must begin a word.
const SIGNS: &[&str] = &[
    "CACHE",
    "DATABASE",
    "DB",
    "EFS",
    "ELASTIC",
    "ENDPOINT",
    "HOST",
    "INTERNAL",
    "KAFKA",
    "LDAP",
    "MARIA",
    "MEMCACHED",
    "MONGO",
    "MYSQL",
    "NEPTUNE",
    "OPENSEARCH",
    "ORACLE",
    "PG",
    "POSTGRES",
    "PRIVATE",
    "PROXY",
    "RABBIT",
    "RDS",
    "REDIS",
    "REDSHIFT",
    "SMB",
    "SQLSERVER",
    "VALKEY",
    "VPC",
];

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let Some(vpc) = &function.vpc else { return Ok(Verdict::NotApplicable) };
    let (mappings, gap) = context.mappings_of(function);
    if mappings.iter().any(|mapping| is_private(&mapping.kind()) == Some(true)) {
        return Ok(Verdict::Pass);
    }
    let variables = function.environment.known()?;
    if variables.iter().any(speaks_of_private_endpoint) {
        return Ok(Verdict::Pass);
    }
    if let Some(gap) = gap {
        return Err(gap);
    }
    if let Some(mapping) = mappings.iter().find(|mapping| is_private(&mapping.kind()).is_none()) {
        let source = mapping.source.as_ref().map_or("none", |source| source.service());
        let (action, what) = (Action::LambdaListEventSourceMappings, "the service of EventSourceArn");
        return Err(Gap::not_known(action, &mapping.arn, what, source));
    }
    let names: Vec<_> = variables.iter().map(|variable| variable.name.as_str()).collect();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Ok(Verdict::fail(format!(
        "VpcConfig names {}; environment variables: {names}; event sources inside a VPC: none",
        vpc.id
    )))
}

/// Whether a source stands inside a VPC; none when that is not known.
fn is_private(source: &EventSource) -> Option<bool> {
    match source {
        EventSource::Kafka(_) | EventSource::SelfManagedKafka | EventSource::Broker(_) | EventSource::DocumentDb(_) => {
            Some(true)
        }
        EventSource::Queue(_) | EventSource::Kinesis(_) | EventSource::DynamoDb(_) => Some(false),
        EventSource::Other(_) => None,
    }
}

fn speaks_of_private_endpoint(variable: &Variable) -> bool {
    let name = variable.name.to_ascii_uppercase();
    let begins_word =
        |sign: &str| name.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word.starts_with(sign));
    SIGNS.iter().any(|sign| if sign.len() <= 3 { begins_word(sign) } else { name.contains(sign) })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::lambda::Vpc;
    use palisade_scenes::function;

    let with = |names: &[&str]| {
        function(|function| {
            function.vpc =
                Some(Vpc { id: "vpc-1".to_owned(), subnets: vec!["subnet-1".to_owned()], security_groups: vec![] });
            function.environment = Fact::Known(names.iter().map(|name| Variable::classify(name, "orders")).collect());
        })
    };
    Cases::default()
        .pass(with(&["TABLE", "DB_NAME"]))
        .pass(with(&["redisUrl"]))
        .pass(with(&["SEARCH_ENDPOINT"]))
        .pass(with(&["TABLE"]).and_mapping(|mapping| {
            mapping.source = Some("arn:aws:kafka:eu-west-1:111122223333:cluster/shop/1".into());
        }))
        .pass(with(&[]).and_mapping(|mapping| mapping.source = None))
        .unknown(with(&[]).and_mapping(|mapping| mapping.source = Some("arn:aws:pulsar:eu-west-1:1:topic/a".into())))
        .fail(with(&[]))
        .fail(with(&["TABLE", "FEEDBACK_TOPIC"]))
        .fail(with(&["TABLE"]).and_mapping(|_| {}))
        .not_applicable(function(|function| function.vpc = None))
}
