//! Which Regions there are, for naming and checking; which of them an account has switched on, only AWS can tell.

use palisade_checks::facts::{Partition, RegionName};

/// A Region that is known here.
struct Known {
    name: &'static str,
    partition: &'static str,
    /// Enabled in every account, without opting in.
    by_default: bool,
}

const fn known(name: &'static str, partition: &'static str, by_default: bool) -> Known {
    Known { name, partition, by_default }
}

/// Source: <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>
const REGIONS: &[Known] = &[
    known("af-south-1", "aws", false),
    known("ap-east-1", "aws", false),
    known("ap-east-2", "aws", false),
    known("ap-northeast-1", "aws", true),
    known("ap-northeast-2", "aws", true),
    known("ap-northeast-3", "aws", true),
    known("ap-south-1", "aws", true),
    known("ap-south-2", "aws", false),
    known("ap-southeast-1", "aws", true),
    known("ap-southeast-2", "aws", true),
    known("ap-southeast-3", "aws", false),
    known("ap-southeast-4", "aws", false),
    known("ap-southeast-5", "aws", false),
    known("ap-southeast-6", "aws", false),
    known("ap-southeast-7", "aws", false),
    known("ca-central-1", "aws", true),
    known("ca-west-1", "aws", false),
    known("cn-north-1", "aws-cn", true),
    known("cn-northwest-1", "aws-cn", true),
    known("eu-central-1", "aws", true),
    known("eu-central-2", "aws", false),
    known("eu-north-1", "aws", true),
    known("eu-south-1", "aws", false),
    known("eu-south-2", "aws", false),
    known("eu-west-1", "aws", true),
    known("eu-west-2", "aws", true),
    known("eu-west-3", "aws", true),
    known("eusc-de-east-1", "aws-eusc", true),
    known("il-central-1", "aws", false),
    known("me-central-1", "aws", false),
    known("me-south-1", "aws", false),
    known("mx-central-1", "aws", false),
    known("sa-east-1", "aws", true),
    known("us-east-1", "aws", true),
    known("us-east-2", "aws", true),
    known("us-gov-east-1", "aws-us-gov", true),
    known("us-gov-west-1", "aws-us-gov", true),
    known("us-west-1", "aws", true),
    known("us-west-2", "aws", true),
];

/// The Regions that every account of a partition has.
pub(crate) fn enabled_by_default(partition: &Partition) -> Vec<RegionName> {
    let of_partition = |region: &&Known| region.partition == partition.as_str() && region.by_default;
    REGIONS.iter().filter(of_partition).map(|region| RegionName::from(region.name)).collect()
}

/// The partition of a Region, if it is known here. One that is not may still exist: AWS opens some every year.
pub(crate) fn partition(name: &str) -> Option<&'static str> {
    REGIONS.iter().find(|region| region.name == name).map(|region| region.partition)
}

/// Whether a Region of this name is known here.
pub(crate) fn is_known(name: &str) -> bool {
    partition(name).is_some()
}

/// The known name that is nearest to a misspelt one.
pub(crate) fn suggestion(name: &str) -> Option<&'static str> {
    crate::suggest::nearest(name, REGIONS.iter().map(|region| region.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_keep_to_themselves() {
        let names = |partition| enabled_by_default(&Partition::from(partition));
        assert_eq!(names("aws-cn"), ["cn-north-1", "cn-northwest-1"].map(RegionName::from));
        assert_eq!(names("aws").len(), 17);
        assert!(is_known("mx-central-1") && !is_known("eu-west-9"));
        assert_eq!(suggestion("eu-west1"), Some("eu-west-1"));
    }
}
