//! Every call that palisade makes, in one table: the permissions, the gaps and the reports name calls from here.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How much is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// What the account's configuration tells; no code, no image content.
    #[default]
    Standard,
    /// Also every version and alias, and the calls that hand out a download address.
    Deep,
}

/// When a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// By every run.
    Always,
    /// By every run whose account has the resources that it is about.
    Needed,
    /// Under `--depth deep` only.
    Deep,
    /// Only when required tags are configured.
    RequiredTags,
    /// Only when policies are read over two lanes.
    TwoLanes,
    /// Never made by palisade: a service makes it for the caller, and says when it could not.
    Never,
}

/// What a run reads beyond the common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// How deep.
    pub depth: Depth,
    /// Whether tags are wanted.
    pub tags: bool,
    /// Whether the policies of functions are read over two lanes, which is twice as fast.
    pub two_lanes: bool,
}

macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $when:ident;)+) => {
        /// A call to AWS, by the name of the IAM action that permits it.
        ///
        /// Source of the names: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html>
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Action {
            /// All of them, sorted by service.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The IAM action, such as `lambda:GetPolicy`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// When palisade makes the call.
            pub fn when(self) -> When {
                match self {
                    $(Self::$variant => When::$when,)+
                }
            }

            /// What the call is made for, in one line.
            pub fn purpose(self) -> &'static str {
                match self {
                    $(Self::$variant => [$($doc),+][0].trim_ascii(),)+
                }
            }
        }
    };
}

actions! {
    /// Which Regions are enabled for the account.
    AccountListRegions = "account:ListRegions", Always;
    /// The Availability Zone of each subnet that a function uses.
    Ec2DescribeSubnets = "ec2:DescribeSubnets", Needed;
    /// What the roles of workloads have used of what they are allowed; starts a report, changes nothing.
    IamGenerateServiceLastAccessedDetails = "iam:GenerateServiceLastAccessedDetails", Deep;
    /// Users, groups, roles and their policies.
    IamGetAccountAuthorizationDetails = "iam:GetAccountAuthorizationDetails", Always;
    /// Issuer and audiences of an OpenID Connect provider.
    IamGetOpenIdConnectProvider = "iam:GetOpenIDConnectProvider", Needed;
    /// What the roles of workloads have used, from the finished report.
    IamGetServiceLastAccessedDetails = "iam:GetServiceLastAccessedDetails", Deep;
    /// Access keys of users, when a function's environment holds the id of one.
    IamListAccessKeys = "iam:ListAccessKeys", Needed;
    /// OpenID Connect providers.
    IamListOpenIdConnectProviders = "iam:ListOpenIDConnectProviders", Always;
    /// Decryption of a function's environment, which Lambda does for the caller of ListFunctions.
    KmsDecrypt = "kms:Decrypt", Never;
    /// Concurrency limits and the number of functions.
    LambdaGetAccountSettings = "lambda:GetAccountSettings", Always;
    /// Image address and digest of functions deployed as container images.
    LambdaGetFunction = "lambda:GetFunction", Deep;
    /// Reserved concurrency, where the unreserved pool runs low.
    LambdaGetFunctionConcurrency = "lambda:GetFunctionConcurrency", Needed;
    /// Who may use a layer that the account owns.
    LambdaGetLayerVersionPolicy = "lambda:GetLayerVersionPolicy", Needed;
    /// The resource policy of each function.
    LambdaGetPolicy = "lambda:GetPolicy", Needed;
    /// The resource policy of every other function, when policies are read over two lanes.
    LambdaGetResourcePolicy = "lambda:GetResourcePolicy", TwoLanes;
    /// The aliases of each function, whose policies and URLs are their own.
    LambdaListAliases = "lambda:ListAliases", Deep;
    /// Code signing configurations.
    LambdaListCodeSigningConfigs = "lambda:ListCodeSigningConfigs", Always;
    /// Event source mappings.
    LambdaListEventSourceMappings = "lambda:ListEventSourceMappings", Always;
    /// Failure destinations of functions that services invoke asynchronously.
    LambdaListFunctionEventInvokeConfigs = "lambda:ListFunctionEventInvokeConfigs", Needed;
    /// Function URLs, where the resource policy lets somebody call one.
    LambdaListFunctionUrlConfigs = "lambda:ListFunctionUrlConfigs", Needed;
    /// Functions and their configuration.
    LambdaListFunctions = "lambda:ListFunctions", Always;
    /// The functions that a code signing configuration guards.
    LambdaListFunctionsByCodeSigningConfig = "lambda:ListFunctionsByCodeSigningConfig", Needed;
    /// The layers that the account owns.
    LambdaListLayers = "lambda:ListLayers", Always;
    /// Published versions of each function, whose policies are their own.
    LambdaListVersionsByFunction = "lambda:ListVersionsByFunction", Deep;
    /// The organisation's id and its management account.
    OrganizationsDescribeOrganization = "organizations:DescribeOrganization", Always;
    /// What a service or resource control policy says.
    OrganizationsDescribePolicy = "organizations:DescribePolicy", Needed;
    /// The organisational units above the account.
    OrganizationsListParents = "organizations:ListParents", Needed;
    /// The control policies of the account, its organisational units and the root.
    OrganizationsListPoliciesForTarget = "organizations:ListPoliciesForTarget", Needed;
    /// Visibility timeout and dead letter queue of queues that feed functions.
    SqsGetQueueAttributes = "sqs:GetQueueAttributes", Needed;
    /// Who the caller is; needs no permission.
    StsGetCallerIdentity = "sts:GetCallerIdentity", Always;
    /// Tags of functions, when required tags are configured.
    TagGetResources = "tag:GetResources", RequiredTags;
}

impl Action {
    /// The service's prefix, such as `lambda`.
    pub fn service(self) -> &'static str {
        self.name().split_once(':').map_or("", |(service, _)| service)
    }

    /// The operation without its service, such as `GetPolicy`.
    pub fn operation(self) -> &'static str {
        self.name().split_once(':').map_or("", |(_, operation)| operation)
    }

    /// The action with this IAM name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }

    /// Whether a run of this kind may make the call, and so needs the permission.
    pub fn needed_by(self, run: Run) -> bool {
        match self.when() {
            When::Always | When::Needed => self != Self::StsGetCallerIdentity,
            When::Deep => run.depth == Depth::Deep,
            When::RequiredTags => run.tags,
            When::TwoLanes => run.two_lanes,
            When::Never => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| D::Error::custom(format!("unknown action {name:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_free_of_repeats() {
        let names: Vec<_> = Action::ALL.iter().map(|action| action.name()).collect();
        assert!(names.is_sorted_by(|left, right| left < right), "{names:?}");
    }

    #[test]
    fn names_round_trip() {
        for action in Action::ALL {
            assert_eq!(Action::from_name(action.name()), Some(*action));
            assert!(action.purpose().ends_with('.'), "{action}: {}", action.purpose());
        }
    }
}
