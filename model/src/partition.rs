//! The partitions of AWS: groups of Regions with accounts, ARNs and domains of their own.

use std::sync::OnceLock;

use super::dated::Table;
use super::{Partition, RegionName};

/// Partitions: name, domain, domain of endpoints that speak IPv6 too, the Region that signs for IAM, and how the names of
/// its Regions begin.
pub const PARTITIONS: Table = Table::new("partitions and their domains", include_str!("tables/partitions.tsv"));

/// Regions: name, partition, and whether accounts have it without opting in.
pub const REGIONS: Table = Table::new("Regions", include_str!("tables/regions.tsv"));

/// The partition with most accounts, which also stands for one that is not known.
const COMMERCIAL: &str = "aws";

/// What the table says of a partition.
#[derive(Debug)]
struct Known {
    name: &'static str,
    domain: &'static str,
    dual_stack: &'static str,
    global_region: &'static str,
    prefixes: Vec<&'static str>,
}

/// A Region that the table has. AWS opens some every year: another may exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownRegion {
    /// Its name.
    pub name: &'static str,
    /// Its partition.
    pub partition: &'static str,
    /// Whether every account of the partition has it, without opting in.
    pub by_default: bool,
}

/// All Regions of the table, by name.
pub fn regions() -> &'static [KnownRegion] {
    static REGIONS_READ: OnceLock<Vec<KnownRegion>> = OnceLock::new();
    REGIONS_READ.get_or_init(|| {
        let read = |row: Vec<&'static str>| match row.as_slice() {
            [name, partition, opt_in] => Some(KnownRegion { name, partition, by_default: *opt_in == "by default" }),
            _ => None,
        };
        REGIONS.rows().filter_map(read).collect()
    })
}

fn partitions() -> &'static [Known] {
    static PARTITIONS_READ: OnceLock<Vec<Known>> = OnceLock::new();
    PARTITIONS_READ.get_or_init(|| {
        let read = |row: Vec<&'static str>| match row.as_slice() {
            [name, domain, dual_stack, global_region, prefixes] => {
                let prefixes = prefixes.split(',').collect();
                Some(Known { name, domain, dual_stack, global_region, prefixes })
            }
            _ => None,
        };
        PARTITIONS.rows().filter_map(read).collect()
    })
}

impl Known {
    fn named(name: &str) -> Option<&'static Self> {
        partitions().iter().find(|known| known.name == name)
    }

    fn has_region(&self, region: &str) -> bool {
        self.prefixes.iter().any(|prefix| region.strip_prefix(prefix).is_some_and(is_direction_and_number))
    }
}

/// Whether this is the end of a Region's name: `west-1`.
fn is_direction_and_number(text: &str) -> bool {
    let Some((direction, number)) = text.split_once('-') else { return false };
    let is_all = |text: &str, is: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(is);
    is_all(direction, u8::is_ascii_lowercase) && is_all(number, u8::is_ascii_digit)
}

/// Whether a text has the form of a Region's name.
pub fn is_region(text: &str) -> bool {
    partitions().iter().any(|known| known.has_region(text))
}

/// What stands before the domain of a partition in the name of a host of AWS: `oidc.eks.eu-west-1` of
/// `oidc.eks.eu-west-1.amazonaws.com`. Domains that speak IPv6 too are not among them.
pub fn before_domain(host: &str) -> Option<&str> {
    let before = |known: &Known| host.strip_suffix(known.domain)?.strip_suffix('.');
    partitions().iter().find_map(before).filter(|rest| !rest.is_empty())
}

/// The service that a service principal names, in whatever Region and partition: `states` of
/// `states.eu-west-1.amazonaws.com`.
pub fn service_of(principal: &str) -> Option<&str> {
    let rest = before_domain(principal)?;
    match rest.rsplit_once('.') {
        Some((service, region)) if is_region(region) => Some(service),
        Some(_) | None => Some(rest),
    }
}

impl Partition {
    /// The partition of a Region, by the form of its name; the commercial one where no other claims it.
    pub fn of_region(region: &str) -> Self {
        let known = partitions().iter().find(|known| known.has_region(region));
        Self::from(known.map_or(COMMERCIAL, |known| known.name))
    }

    fn known(&self) -> Option<&'static Known> {
        Known::named(self.as_str()).or_else(|| Known::named(COMMERCIAL))
    }

    /// The domain of its services: `amazonaws.com`.
    pub fn domain(&self) -> &'static str {
        self.known().map_or("amazonaws.com", |known| known.domain)
    }

    /// The domain of its services' endpoints that speak IPv6 too: `api.aws`.
    pub fn dual_stack_domain(&self) -> &'static str {
        self.known().map_or("api.aws", |known| known.dual_stack)
    }

    /// The Region that signs for global services (IAM, Organizations) and whose listing stands for the account.
    ///
    /// Source: <https://docs.aws.amazon.com/general/latest/gr/iam-service.html>
    pub fn global_region(&self) -> RegionName {
        RegionName::from(self.known().map_or("us-east-1", |known| known.global_region))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A partition, one of its Regions, its domain and the one that speaks IPv6 too.
    ///
    /// Source: botocore's partitions.json
    pub(crate) const EVERY: [(&str, &str, &str, &str); 8] = [
        ("aws", "eu-west-1", "amazonaws.com", "api.aws"),
        ("aws-cn", "cn-north-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        ("aws-eusc", "eusc-de-east-1", "amazonaws.eu", "api.amazonwebservices.eu"),
        ("aws-iso", "us-iso-east-1", "c2s.ic.gov", "api.aws.ic.gov"),
        ("aws-iso-b", "us-isob-east-1", "sc2s.sgov.gov", "api.aws.scloud"),
        ("aws-iso-e", "eu-isoe-west-1", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        ("aws-iso-f", "us-isof-south-1", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
        ("aws-us-gov", "us-gov-west-1", "amazonaws.com", "api.aws"),
    ];

    #[test]
    fn every_partition_has_its_domains_and_its_regions() {
        for (name, region, domain, dual_stack) in EVERY {
            let partition = Partition::from(name);
            assert_eq!((partition.domain(), partition.dual_stack_domain()), (domain, dual_stack), "{name}");
            assert_eq!(Partition::of_region(region), partition, "{region}");
            assert_eq!(Partition::of_region(partition.global_region().as_str()), partition, "{name}");
        }
        assert_eq!(partitions().len(), EVERY.len());
        assert_eq!(Partition::from("aws-next").domain(), "amazonaws.com");
        assert_eq!(Partition::from("aws-cn").global_region(), RegionName::from("cn-north-1"));
    }

    #[test]
    fn every_region_is_of_the_partition_that_its_name_says() {
        for region in regions() {
            assert!(is_region(region.name), "{}", region.name);
            assert_eq!(Partition::of_region(region.name).as_str(), region.partition, "{}", region.name);
        }
        assert!(regions().is_sorted_by(|left, right| left.name < right.name));
        assert!(!is_region("us-east") && !is_region("lambda") && !is_region("us-east-1a") && !is_region("eks-1"));
        assert_eq!(Partition::of_region("us-west-9").as_str(), "aws");
    }

    #[test]
    fn services_are_known_in_every_region_and_partition() {
        for (name, region, domain, dual_stack) in EVERY {
            assert_eq!(service_of(&format!("states.{region}.{domain}")), Some("states"), "{name}");
            assert_eq!(service_of(&format!("pods.eks.{domain}")), Some("pods.eks"), "{name}");
            assert_eq!(service_of(&format!("lambda.{domain}.example.com")), None, "{name}");
            assert_eq!(service_of(domain), None, "{name}");
            assert_eq!(before_domain(&format!("lambda.{region}.{dual_stack}")), None, "{name}");
        }
        assert_eq!(service_of("lambda.amazonaws.org"), None);
        assert_eq!(service_of("evilamazonaws.com"), None);
    }
}
