//! What differs between the partitions of AWS.

/// A partition: its name, the Region that signs for IAM, its domain, and that of endpoints that speak IPv6 too.
pub(crate) struct Partition {
    name: &'static str,
    pub(crate) home_region: &'static str,
    pub(crate) domain: &'static str,
    pub(crate) dual_stack_domain: &'static str,
}

const fn partition(
    name: &'static str,
    home_region: &'static str,
    domain: &'static str,
    dual_stack_domain: &'static str,
) -> Partition {
    Partition { name, home_region, domain, dual_stack_domain }
}

static COMMERCIAL: Partition = partition("aws", "us-east-1", "amazonaws.com", "api.aws");

static OTHERS: [Partition; 7] = [
    partition("aws-cn", "cn-north-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    partition("aws-eusc", "eusc-de-east-1", "amazonaws.eu", "api.amazonwebservices.eu"),
    partition("aws-iso", "us-iso-east-1", "c2s.ic.gov", "api.aws.ic.gov"),
    partition("aws-iso-b", "us-isob-east-1", "sc2s.sgov.gov", "api.aws.scloud"),
    partition("aws-iso-e", "eu-isoe-west-1", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    partition("aws-iso-f", "us-isof-south-1", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    partition("aws-us-gov", "us-gov-west-1", "amazonaws.com", "api.aws"),
];

/// The partition with this name; one that is not known is as the commercial one.
pub(crate) fn named(name: &str) -> &'static Partition {
    OTHERS.iter().find(|partition| partition.name == name).unwrap_or(&COMMERCIAL)
}
