//! Which Regions there are, for naming and checking; which of them an account has switched on, only AWS can tell.

use palisade_model::partition::regions;
use palisade_model::{Partition, RegionName};

/// The Regions that every account of a partition has.
pub(crate) fn enabled_by_default(partition: &Partition) -> Vec<RegionName> {
    let wanted = regions().iter().filter(|region| region.partition == partition.as_str() && region.by_default);
    wanted.map(|region| RegionName::from(region.name)).collect()
}

/// The partition of a Region, if it is known here. One that is not may still exist: AWS opens some every year.
pub(crate) fn partition(name: &str) -> Option<&'static str> {
    regions().iter().find(|region| region.name == name).map(|region| region.partition)
}

/// Whether a Region of this name is known here.
pub(crate) fn is_known(name: &str) -> bool {
    partition(name).is_some()
}

/// The known name that is nearest to a misspelt one.
pub(crate) fn suggestion(name: &str) -> Option<&'static str> {
    crate::suggest::nearest(name, regions().iter().map(|region| region.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_keep_to_themselves() {
        let names = |partition| enabled_by_default(&Partition::from(partition));
        assert_eq!(names("aws-cn"), ["cn-north-1", "cn-northwest-1"].map(RegionName::from));
        assert_eq!(names("aws-eusc"), ["eusc-de-east-1"].map(RegionName::from));
        assert_eq!(names("aws").len(), 17);
        assert!(is_known("mx-central-1") && !is_known("eu-west-9"));
        assert_eq!(suggestion("eu-west1"), Some("eu-west-1"));
    }
}
