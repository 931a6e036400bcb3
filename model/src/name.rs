//! Names AWS gives to things: ARNs, accounts, Regions, partitions.
//!
//! They are shared strings: an account of ten thousand functions names its ARNs in every finding.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! shared_name {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as AWS writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, formatter)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }
    };
}

shared_name! {
    /// An Amazon Resource Name, `arn:partition:service:region:account:resource`.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    Arn
}
shared_name! {
    /// A twelve-digit AWS account id.
    AccountId
}
shared_name! {
    /// A Region's code, such as `eu-west-1`.
    RegionName
}
shared_name! {
    /// A group of Regions with credentials of its own: `aws`, `aws-cn`, `aws-us-gov` …
    Partition
}

impl Arn {
    /// The part with this number of the six that colons part: 1 partition, 2 service, 3 Region, 4 account, 5 resource.
    fn part(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or_default()
    }

    /// The partition, `aws` for most; empty when this is no ARN.
    pub fn partition(&self) -> &str {
        self.part(1)
    }

    /// The service's prefix, such as `lambda`.
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The Region; empty for global resources.
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// The account that owns the resource; empty where the service leaves it out.
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// What follows the account: `function:orders`, `role/service-role/orders`.
    pub fn resource(&self) -> &str {
        self.part(5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_falls_into_its_parts() {
        let arn = Arn::from("arn:aws-cn:lambda:cn-north-1:111122223333:function:orders:live");
        assert_eq!(arn.partition(), "aws-cn");
        assert_eq!(arn.service(), "lambda");
        assert_eq!(arn.region(), "cn-north-1");
        assert_eq!(arn.account(), "111122223333");
        assert_eq!(arn.resource(), "function:orders:live");
        assert_eq!(Arn::from("nonsense").resource(), "");
    }
}
