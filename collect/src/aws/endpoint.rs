//! The hosts of the services whose calls we sign ourselves, by the rules that the SDKs follow.
//!
//! Source: `partitions.json` and each service's `endpoint-rule-set-1.json` of botocore 1.44.8 (2026-11)

use palisade_model::Partition;

/// What kind of host is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kind {
    /// With validated cryptography.
    pub(crate) fips: bool,
    /// With addresses of IPv6 too.
    pub(crate) dual_stack: bool,
}

/// Where a service departs from the rule that `ec2.eu-west-1.amazonaws.com` and `ec2-fips.eu-west-1.api.aws` follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    /// In the government's Regions its usual hosts have validated cryptography, and no others have unless by dual stack.
    Usual,
    /// As `Usual`, and so have the hosts with both kinds of addresses there.
    Global,
    /// Nothing.
    Plain,
    /// Its host with both kinds of addresses leaves out `api.` in the commercial Regions.
    Public,
    /// As `Usual`, and in the commercial Regions `fips.` stands before its name.
    Batch,
    /// Its usual host has validated cryptography in one of the government's Regions, and there it has no others with both
    /// kinds of addresses.
    States,
    /// Its hosts with both kinds of addresses are in the usual domain.
    Storage,
}

/// The host of a service whose hosts begin so.
pub(crate) fn host(name: &str, habit: Habit, region: &str, kind: Kind) -> String {
    let partition = Partition::of_region(region);
    let is_government = partition.as_str() == "aws-us-gov";
    let is_commercial = partition.as_str() == "aws";
    let has_validated = match habit {
        Habit::Usual | Habit::Batch => is_government && !kind.dual_stack,
        Habit::Global => is_government,
        Habit::States => region == "us-gov-west-1" && !kind.dual_stack,
        Habit::Plain | Habit::Public | Habit::Storage => false,
    };
    let is_validated = kind.fips || (habit == Habit::States && is_government && kind.dual_stack);
    let fips = if is_validated && !has_validated { "-fips" } else { "" };
    let usual = format!("{name}{fips}");
    let name = match habit {
        Habit::Public if kind.dual_stack && !kind.fips && is_commercial => name.trim_start_matches("api.").to_owned(),
        Habit::Batch if kind.fips && !kind.dual_stack && is_commercial => format!("fips.{name}"),
        Habit::Storage if kind.dual_stack => format!("{usual}.dualstack"),
        Habit::Public | Habit::Batch | Habit::Storage | Habit::Usual | Habit::Global | Habit::Plain | Habit::States => {
            usual
        }
    };
    let has_own_domain = kind.dual_stack && habit != Habit::Storage;
    let domain = if has_own_domain { partition.dual_stack_domain() } else { partition.domain() };
    format!("{name}.{region}.{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, habit, Region, then the hosts that botocore resolves: usual, dual stack, FIPS, both.
    const HOSTS: &[(&str, Habit, &str, [&str; 4])] = &[
        (
            "ec2",
            Habit::Usual,
            "eu-west-1",
            [
                "ec2.eu-west-1.amazonaws.com",
                "ec2.eu-west-1.api.aws",
                "ec2-fips.eu-west-1.amazonaws.com",
                "ec2-fips.eu-west-1.api.aws",
            ],
        ),
        (
            "sqs",
            Habit::Usual,
            "us-gov-west-1",
            [
                "sqs.us-gov-west-1.amazonaws.com",
                "sqs.us-gov-west-1.api.aws",
                "sqs.us-gov-west-1.amazonaws.com",
                "sqs-fips.us-gov-west-1.api.aws",
            ],
        ),
        (
            "tagging",
            Habit::Plain,
            "us-gov-east-1",
            [
                "tagging.us-gov-east-1.amazonaws.com",
                "tagging.us-gov-east-1.api.aws",
                "tagging-fips.us-gov-east-1.amazonaws.com",
                "tagging-fips.us-gov-east-1.api.aws",
            ],
        ),
        (
            "organizations",
            Habit::Global,
            "us-gov-west-1",
            [
                "organizations.us-gov-west-1.amazonaws.com",
                "organizations.us-gov-west-1.api.aws",
                "organizations.us-gov-west-1.amazonaws.com",
                "organizations.us-gov-west-1.api.aws",
            ],
        ),
        (
            "api.ecr-public",
            Habit::Public,
            "us-east-1",
            [
                "api.ecr-public.us-east-1.amazonaws.com",
                "ecr-public.us-east-1.api.aws",
                "api.ecr-public-fips.us-east-1.amazonaws.com",
                "api.ecr-public-fips.us-east-1.api.aws",
            ],
        ),
        (
            "guardduty",
            Habit::Usual,
            "cn-north-1",
            [
                "guardduty.cn-north-1.amazonaws.com.cn",
                "guardduty.cn-north-1.api.amazonwebservices.com.cn",
                "guardduty-fips.cn-north-1.amazonaws.com.cn",
                "guardduty-fips.cn-north-1.api.amazonwebservices.com.cn",
            ],
        ),
        (
            "logs",
            Habit::Usual,
            "eusc-de-east-1",
            [
                "logs.eusc-de-east-1.amazonaws.eu",
                "logs.eusc-de-east-1.api.amazonwebservices.eu",
                "logs-fips.eusc-de-east-1.amazonaws.eu",
                "logs-fips.eusc-de-east-1.api.amazonwebservices.eu",
            ],
        ),
        (
            "batch",
            Habit::Batch,
            "eu-west-1",
            [
                "batch.eu-west-1.amazonaws.com",
                "batch.eu-west-1.api.aws",
                "fips.batch.eu-west-1.amazonaws.com",
                "batch-fips.eu-west-1.api.aws",
            ],
        ),
        (
            "batch",
            Habit::Batch,
            "us-gov-west-1",
            [
                "batch.us-gov-west-1.amazonaws.com",
                "batch.us-gov-west-1.api.aws",
                "batch.us-gov-west-1.amazonaws.com",
                "batch-fips.us-gov-west-1.api.aws",
            ],
        ),
        (
            "states",
            Habit::States,
            "us-gov-west-1",
            [
                "states.us-gov-west-1.amazonaws.com",
                "states-fips.us-gov-west-1.api.aws",
                "states.us-gov-west-1.amazonaws.com",
                "states-fips.us-gov-west-1.api.aws",
            ],
        ),
        (
            "states",
            Habit::States,
            "us-gov-east-1",
            [
                "states.us-gov-east-1.amazonaws.com",
                "states-fips.us-gov-east-1.api.aws",
                "states-fips.us-gov-east-1.amazonaws.com",
                "states-fips.us-gov-east-1.api.aws",
            ],
        ),
        (
            "s3",
            Habit::Storage,
            "eu-west-1",
            [
                "s3.eu-west-1.amazonaws.com",
                "s3.dualstack.eu-west-1.amazonaws.com",
                "s3-fips.eu-west-1.amazonaws.com",
                "s3-fips.dualstack.eu-west-1.amazonaws.com",
            ],
        ),
        (
            "events",
            Habit::Global,
            "us-gov-east-1",
            [
                "events.us-gov-east-1.amazonaws.com",
                "events.us-gov-east-1.api.aws",
                "events.us-gov-east-1.amazonaws.com",
                "events.us-gov-east-1.api.aws",
            ],
        ),
    ];

    #[test]
    fn hosts_are_those_of_the_sdks() {
        for (name, habit, region, expected) in HOSTS {
            let kinds = [(false, false), (false, true), (true, false), (true, true)];
            let hosts = kinds.map(|(fips, dual_stack)| host(name, *habit, region, Kind { fips, dual_stack }));
            assert_eq!(hosts.each_ref().map(String::as_str), *expected);
        }
    }

    #[test]
    fn every_partition_has_its_domain() {
        let expected = [
            ("us-iso-east-1", "c2s.ic.gov"),
            ("us-isob-east-1", "sc2s.sgov.gov"),
            ("eu-isoe-west-1", "cloud.adc-e.uk"),
            ("us-isof-south-1", "csp.hci.ic.gov"),
            ("eusc-de-east-1", "amazonaws.eu"),
            ("mx-central-1", "amazonaws.com"),
        ];
        for (region, domain) in expected {
            assert_eq!(Partition::of_region(region).domain(), domain);
        }
    }
}
