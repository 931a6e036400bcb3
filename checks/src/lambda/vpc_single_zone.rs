use std::collections::BTreeSet;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Function in a VPC spans too few Availability Zones
    ///
    /// ## Why
    /// A function attached to a VPC runs where its subnets are. When the only Availability Zone fails, or its subnet
    /// runs out of addresses, the function no longer runs.
    ///
    /// The threshold `availability_zones` says how many are wanted. A subnet that no longer exists counts for none.
    ///
    /// ## Severity
    /// Medium: one failing zone takes the function down; Lambda spreads functions without a VPC over zones by itself.
    ///
    /// ## Fix
    /// Add subnets of further Availability Zones to `VpcConfig.SubnetIds`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html#lambda-5>
    CHECK {
        id: "lambda-vpc-single-zone",
        severity: Severity::Medium,
        controls: &[
            Control::security_hub("Lambda.5"),
            Control::prowler("awslambda_function_vpc_multi_az"),
            Control::checklist("several-zones"),
        ],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let Some(vpc) = &function.vpc else { return Ok(Verdict::NotApplicable) };
    let wanted = context.settings.thresholds.availability_zones;
    let subnets: BTreeSet<_> = vpc.subnets.iter().map(String::as_str).collect();
    if subnets.len() < wanted {
        let subnets: Vec<_> = subnets.into_iter().collect();
        return Ok(Verdict::fail(format!("SubnetIds of {} are {}", vpc.id, subnets.join(", "))));
    }
    let zone_of = context.zones(function, &vpc.subnets)?;
    let zones: BTreeSet<_> = zone_of.values().flatten().collect();
    Ok(Verdict::fail_when(zones.len() < wanted, || {
        let place = |(subnet, zone): (&String, &Option<String>)| match zone {
            Some(zone) => format!("{subnet} in {zone}"),
            None => format!("{subnet} no longer exists"),
        };
        let places: Vec<_> = zone_of.iter().map(place).collect();
        format!("SubnetIds of {} are {}", vpc.id, places.join(", "))
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::lambda::Vpc;
    use palisade_model::network::Subnet;
    use palisade_scenes::function;

    let with = |subnets: &[&str]| {
        let zones = [("subnet-1", "euw1-az1"), ("subnet-2", "euw1-az2"), ("subnet-3", "euw1-az1")];
        let known = zones.map(|(id, zone)| {
            (id.to_owned(), Subnet { zone: zone.to_owned(), vpc: None, gives_public_addresses: None })
        });
        function(|function| {
            function.vpc = Some(Vpc {
                id: "vpc-1".to_owned(),
                subnets: subnets.iter().map(|&id| id.to_owned()).collect(),
                security_groups: vec!["sg-1".to_owned()],
            });
        })
        .region(|region| region.network.subnets = Fact::Known(known.into()))
    };
    Cases::default()
        .pass(with(&["subnet-1", "subnet-2"]))
        .pass(with(&["subnet-1", "subnet-2", "subnet-gone"]))
        .pass(with(&["subnet-1"]).settings(|settings| settings.thresholds.availability_zones = 1))
        .fail(with(&["subnet-1"]))
        .fail(with(&["subnet-1", "subnet-1"]))
        .fail(with(&["subnet-1", "subnet-3"]))
        .fail(with(&["subnet-1", "subnet-gone"]))
        .not_applicable(function(|function| function.vpc = None))
}
