//! Names AWS gives to things: ARNs, accounts, Regions, partitions.
//!
//! They are shared strings: an account of ten thousand functions names its ARNs in every finding.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use palisade_policy::matches;
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

/// The text, in which a wildcard stands for what cut digests lack.
fn with_whole_digests(text: &str) -> Cow<'_, str> {
    const MARK: &str = "sha256:";
    if !text.contains(MARK) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(MARK);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        let lacks = (SHORT_DIGEST..DIGEST).contains(&digits);
        whole.push_str(MARK);
        whole.push_str(&part[..digits]);
        whole.push_str(if lacks { "*" } else { "" });
        whole.push_str(&part[digits..]);
    }
    Cow::Owned(whole)
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

/// How many digits of a digest name an image where a report prints it; more do, too.
const SHORT_DIGEST: usize = 12;
/// How many a whole one has.
const DIGEST: usize = 64;

impl Arn {
    /// Whether a text means the resource: its ARN, a pattern of ARNs with `*` and `?`, or the part of an ARN after the
    /// account, as reports print it: `function:orders`, `role/deploy`. A digest may be cut to its first twelve digits or more.
    pub fn is_meant_by(&self, text: &str) -> bool {
        let pattern = with_whole_digests(text);
        matches(&pattern, self.as_str()) || (!text.starts_with("arn:") && matches(&pattern, self.resource()))
    }

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

    #[test]
    fn a_resource_is_meant_by_its_arn_a_pattern_or_the_name_that_reports_print() {
        let function = Arn::from("arn:aws:lambda:eu-west-1:111122223333:function:orders");
        for text in ["function:orders", "function:ord*", "arn:*:function:orders", function.as_str(), "*"] {
            assert!(function.is_meant_by(text), "{text}");
        }
        for text in ["orders", "function:order", "arn:aws:lambda:us-east-1:111122223333:function:orders", ""] {
            assert!(!function.is_meant_by(text), "{text}");
        }
    }

    #[test]
    fn a_digest_may_be_cut_to_twelve_digits() {
        let digest = "0123456789ab".to_owned() + &"c".repeat(52);
        let image = Arn::from(format!("arn:aws:ecr:eu-west-1:111122223333:repository/shop/sha256:{digest}"));
        assert!(image.is_meant_by("repository/shop/sha256:0123456789ab"));
        assert!(image.is_meant_by(&format!("repository/shop/sha256:{digest}")));
        assert!(!image.is_meant_by("repository/shop/sha256:0123456789"), "too few to name one");
        assert!(!image.is_meant_by("repository/shop/sha256:1123456789ab"));
    }
}
