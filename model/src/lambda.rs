//! Lambda: functions, event source mappings, layers, code signing and account limits of one Region.

use std::collections::BTreeMap;

use jiff::civil::Date;
use palisade_policy::Document;
use serde::{Deserialize, Serialize};

use super::environment::Variable;
use super::iam::PolicyText;
pub use super::mapping::{EventSource, EventSourceMapping};
use super::{Action, Arn, Fact, Gap, Listing, Place, Reason, Runtime, Support, runtime};

/// What Lambda holds in one Region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lambda {
    /// The functions.
    pub functions: Listing<Function>,
    /// What feeds them from queues and streams.
    pub event_source_mappings: Listing<EventSourceMapping>,
    /// Layer versions that the account owns: the latest of each layer, and those in use.
    pub layers: Listing<Layer>,
    /// Code signing configurations and the functions they guard.
    pub code_signing_configs: Listing<CodeSigningConfig>,
    /// Limits of the account in this Region.
    pub account_settings: Fact<AccountSettings>,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its unqualified ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// Its runtime; none for a container image.
    pub runtime: Option<Runtime>,
    /// How its code is deployed.
    pub package: Package,
    /// Its execution role.
    pub role: Arn,
    /// How long an invocation may take, in seconds (1 to 900).
    pub timeout_seconds: u32,
    /// Memory in MB (128 to 10,240), with which CPU comes in proportion.
    pub memory_mb: u32,
    /// Size of `/tmp` in MB (512 to 10,240).
    pub ephemeral_storage_mb: u32,
    /// Environment variables; unknown when Lambda could not decrypt them for the caller.
    pub environment: Fact<Vec<Variable>>,
    /// The customer managed key that encrypts the environment; none when an AWS managed key does.
    pub environment_key: Option<Arn>,
    /// The VPC it is attached to.
    pub vpc: Option<Vpc>,
    /// Layer versions in use.
    pub layers: Vec<Arn>,
    /// The queue or topic that takes asynchronous events that failed.
    pub dead_letter_target: Option<Arn>,
    /// X-Ray tracing.
    pub tracing: Tracing,
    /// How it logs.
    pub logging: Logging,
    /// The resource policy of the unqualified function; `None` when there is none.
    pub policy: Fact<Option<PolicyText>>,
    /// Its URLs.
    pub urls: Fact<Urls>,
    /// Concurrency reserved for it; `None` when it shares the unreserved pool. Read where that pool runs low, and when deep.
    pub reserved_concurrency: Fact<Option<u32>>,
    /// Where asynchronous events go that failed, by qualifier. Read where a service invokes it asynchronously.
    pub failure_destinations: Fact<Vec<Arn>>,
    /// The container image; `None` for a function deployed as an archive. Read when deep.
    pub image: Fact<Option<Image>>,
    /// Versions and aliases that have a policy of their own. Read when deep.
    pub qualifiers: Fact<Vec<Qualifier>>,
    /// Tags. Read when required tags are configured.
    pub tags: Fact<BTreeMap<String, String>>,
}

impl Function {
    /// The managed runtime and the day of its deprecation, if one is scheduled; `None` for a container image.
    ///
    /// A runtime that is not named, or not in the table of runtimes, is a gap.
    pub fn managed_runtime(&self) -> Result<Option<(&Runtime, Option<Date>)>, Gap> {
        let gap = |why: String| Gap::undecided(Action::LambdaListFunctions, &self.arn, why);
        let Some(runtime) = &self.runtime else {
            return match &self.package {
                Package::Image => Ok(None),
                Package::Zip => Err(gap("the answer names no runtime".to_owned())),
                Package::Other(kind) => Err(not_known_package(&self.arn, kind)),
            };
        };
        match runtime.support() {
            Support::Until(day) => Ok(Some((runtime, Some(day)))),
            Support::Unscheduled => Ok(Some((runtime, None))),
            Support::Unlisted => {
                Err(gap(format!("runtime {} is not in the table of {}", runtime.0, runtime::TABLE.dated().source)))
            }
        }
    }

    /// The resource policies of the function and of its versions and aliases, by what they are attached to; and the
    /// gap when there may be more: a run that leaves versions and aliases out has not seen all doors.
    pub fn policies(&self) -> (Vec<(&Arn, &Document)>, Option<Gap>) {
        let (mut policies, mut gap) = (Vec::new(), None);
        let (qualifiers, unasked) = match &self.qualifiers {
            Fact::Known(qualifiers) => (qualifiers.as_slice(), None),
            Fact::Unknown(unread) => (&[] as &[_], Some(unread.clone())),
        };
        let qualified = qualifiers.iter().map(|qualifier| (&qualifier.arn, &qualifier.policy));
        for (arn, policy) in std::iter::once((&self.arn, &self.policy)).chain(qualified) {
            match document(arn, policy) {
                Ok(policy) => policies.extend(policy.map(|policy| (arn, policy))),
                Err(unread) => _ = gap.get_or_insert(unread),
            }
        }
        // What failed says more than what was left out.
        (policies, gap.or(unasked))
    }

    /// All its URLs; a gap also where they were left out because the policy lets nobody call one.
    pub fn all_urls(&self) -> Result<&[FunctionUrl], Gap> {
        match self.urls.known()? {
            Urls::Read(urls) => Ok(urls),
            Urls::Closed => Err(Gap {
                action: Action::LambdaListFunctionUrlConfigs,
                place: Place::resource(&self.arn),
                reason: Reason::NotAsked,
            }),
        }
    }

    /// The resource policy of the function, or of one of its versions or aliases.
    pub fn policy_of(&self, resource: &Arn) -> Result<Option<&Document>, Gap> {
        if *resource == self.arn {
            return document(resource, &self.policy);
        }
        let qualifiers = self.qualifiers.known().map_err(|gap| qualified(gap, resource))?;
        match qualifiers.iter().find(|qualifier| qualifier.arn == *resource) {
            Some(qualifier) => document(resource, &qualifier.policy),
            None => {
                Err(Gap::undecided(Action::LambdaListAliases, resource, "it is not among the versions and aliases"))
            }
        }
    }
}

/// The gap for a version or alias that is known to matter: it was not left out by choice, even if all others were.
pub fn qualified(gap: Gap, resource: &Arn) -> Gap {
    if gap.reason.is_choice() {
        return Gap::undecided(gap.action, resource, "it has a URL, and its policy is read with --depth deep only");
    }
    gap
}

fn document<'a>(resource: &Arn, policy: &'a Fact<Option<PolicyText>>) -> Result<Option<&'a Document>, Gap> {
    policy.known()?.as_ref().map(|text| text.document(Action::LambdaGetPolicy, resource)).transpose()
}

/// How a function's code is deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Package {
    /// An archive of code.
    Zip,
    /// A container image.
    Image,
    /// A kind that is not known here.
    Other(String),
}

/// The VPC that a function is attached to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// The VPC's id.
    pub id: String,
    /// Ids of the subnets.
    pub subnets: Vec<String>,
    /// Ids of the security groups.
    pub security_groups: Vec<String>,
}

/// X-Ray tracing of a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tracing {
    /// Lambda samples requests by itself.
    Active,
    /// Only requests that come with a sampled trace.
    PassThrough,
    /// A mode that is not known here.
    Other(String),
}

/// How a function logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logging {
    /// The form of the lines.
    pub format: LogFormat,
    /// The least level of the function's own lines; none when the format has no levels.
    pub application_level: Option<String>,
    /// The log group it writes to.
    pub group: Option<String>,
}

/// The form of a function's log lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Structured, with levels.
    Json,
    /// Plain text.
    Text,
    /// A format that is not known here.
    Other(String),
}

/// A function's URLs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urls {
    /// All that there are, of the function and of its aliases.
    Read(Vec<FunctionUrl>),
    /// Not read, because the resource policy of the function lets nobody call one: a URL of the function itself answers
    /// 403 to everybody but the account's own principals. Versions and aliases may have URLs and policies of their own.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    Closed,
}

/// A URL that invokes a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionUrl {
    /// The function's ARN, with the alias if the URL belongs to one.
    pub function: Arn,
    /// Who is let in.
    pub auth: UrlAuth,
    /// What browsers on other sites may do.
    pub cors: Option<Cors>,
}

impl FunctionUrl {
    /// Whether callers have to sign their requests.
    pub fn is_signed(&self) -> Result<bool, Gap> {
        match &self.auth {
            UrlAuth::Iam => Ok(true),
            UrlAuth::None => Ok(false),
            UrlAuth::Other(kind) => {
                let action = Action::LambdaListFunctionUrlConfigs;
                Err(Gap::not_known(action, &self.function, "AuthType", kind))
            }
        }
    }
}

/// Who a function URL lets in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UrlAuth {
    /// Signed requests of principals that IAM allows.
    Iam,
    /// Lambda does not authenticate; the resource policy alone decides.
    None,
    /// A kind that is not known here.
    Other(String),
}

/// Cross-origin settings of a function URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cors {
    /// Origins that may call.
    pub origins: Vec<String>,
    /// Methods they may use.
    pub methods: Vec<String>,
    /// Headers they may send.
    pub headers: Vec<String>,
    /// Whether browsers send cookies and authorisation headers along.
    pub credentials: bool,
}

impl Cors {
    /// The origins that stand for every site: `*` and a scheme without a host.
    pub fn open_origins(&self) -> impl Iterator<Item = &str> {
        let is_open = |origin: &&str| matches!(*origin, "*" | "*://*" | "http://*" | "https://*");
        self.origins.iter().map(String::as_str).filter(is_open)
    }
}

/// A container image that a function runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The address it was deployed by, with tag or digest.
    pub uri: String,
    /// The address with the digest it stands for.
    pub resolved_uri: Option<String>,
}

/// A published version or an alias of a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Qualifier {
    /// The qualified ARN.
    pub arn: Arn,
    /// Weighted routing of an alias: other versions that take part of the traffic, and their share (0 to 1).
    pub weights: BTreeMap<String, f64>,
    /// Its own resource policy.
    pub policy: Fact<Option<PolicyText>>,
}

/// The gap of a package type that is not known here.
pub fn not_known_package(function: &Arn, kind: &str) -> Gap {
    Gap::not_known(Action::LambdaListFunctions, function, "PackageType", kind)
}

/// A layer version that the account owns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// The version's ARN.
    pub arn: Arn,
    /// Who may use it; `None` when only the account may.
    pub policy: Fact<Option<PolicyText>>,
}

/// A code signing configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSigningConfig {
    /// Its ARN.
    pub arn: Arn,
    /// What happens to code without a valid signature.
    pub on_untrusted: OnUntrusted,
    /// ARNs of the functions that it guards.
    pub functions: Listing<Arn>,
}

/// What a code signing configuration does with code that has no valid signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUntrusted {
    /// Refuse the deployment.
    Enforce,
    /// Deploy, and log a warning.
    Warn,
    /// A policy that is not known here.
    Other(String),
}

/// Lambda's limits for the account in one Region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSettings {
    /// Invocations that may run at once.
    pub concurrency: u32,
    /// Of these, the ones that no function has reserved.
    pub unreserved_concurrency: u32,
    /// How many functions there are.
    pub functions: u64,
}
