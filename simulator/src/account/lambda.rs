//! Lambda in an account file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Document, Moment};

/// Lambda in one Region.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Lambda {
    pub(crate) functions: Vec<Function>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) event_source_mappings: Vec<EventSourceMapping>,
    pub(crate) code_signing_configs: Vec<CodeSigning>,
    pub(crate) account_settings: AccountSettings,
}

/// Limits of the account in the Region.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AccountSettings {
    /// 1000 when left out.
    pub(crate) concurrent_executions: Option<u32>,
    /// What is not reserved; worked out from the functions when left out.
    pub(crate) unreserved: Option<u32>,
}

/// A function. Only its name is needed; the rest is as AWS makes it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Function {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    /// `nodejs24.x` when left out; not for images.
    #[serde(default)]
    pub(crate) runtime: Option<String>,
    /// The container image; makes it an image function.
    #[serde(default)]
    pub(crate) image: Option<String>,
    /// The digest reference the image tag stands for.
    #[serde(default)]
    pub(crate) resolved_image: Option<String>,
    #[serde(default)]
    pub(crate) handler: Option<String>,
    /// A role by name or ARN; when left out, a role of the function's own is made, called `<name>-role`.
    #[serde(default)]
    pub(crate) role: Option<String>,
    #[serde(default)]
    pub(crate) timeout: Option<u32>,
    #[serde(default)]
    pub(crate) memory: Option<u32>,
    #[serde(default)]
    pub(crate) storage: Option<u32>,
    #[serde(default)]
    pub(crate) architecture: Option<String>,
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    /// Answered in place of the variables.
    #[serde(default)]
    pub(crate) environment_error: Option<Environment>,
    #[serde(default)]
    pub(crate) kms_key: Option<String>,
    #[serde(default)]
    pub(crate) vpc: Option<Vpc>,
    #[serde(default)]
    pub(crate) layers: Vec<LayerUse>,
    #[serde(default)]
    pub(crate) dead_letter: Option<String>,
    #[serde(default)]
    pub(crate) tracing: Option<String>,
    #[serde(default)]
    pub(crate) logging: Logging,
    #[serde(default)]
    pub(crate) file_systems: Vec<FileSystem>,
    #[serde(default)]
    pub(crate) snap_start: Option<String>,
    #[serde(default)]
    pub(crate) code_size: Option<u64>,
    #[serde(default)]
    pub(crate) code_sha256: Option<String>,
    #[serde(default)]
    pub(crate) last_modified: Moment,
    /// `Active` when left out.
    #[serde(default)]
    pub(crate) state: Option<String>,
    #[serde(default)]
    pub(crate) state_reason: Option<String>,
    #[serde(default)]
    pub(crate) signing_profile: Option<String>,
    /// A code signing config by name.
    #[serde(default)]
    pub(crate) code_signing: Option<String>,
    /// The resource policy of the function itself.
    #[serde(default)]
    pub(crate) policy: Option<Document>,
    #[serde(default)]
    pub(crate) url: Option<Url>,
    #[serde(default)]
    pub(crate) aliases: Vec<Alias>,
    #[serde(default)]
    pub(crate) versions: Vec<Version>,
    #[serde(default)]
    pub(crate) reserved_concurrency: Option<u32>,
    #[serde(default)]
    pub(crate) event_invoke: Option<EventInvoke>,
    #[serde(default)]
    pub(crate) runtime_management: RuntimeManagement,
    /// `Terminate` when left out.
    #[serde(default)]
    pub(crate) recursion: Option<String>,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
}

/// Why the environment could not be shown.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Environment {
    #[serde(default = "access_denied")]
    pub(crate) code: String,
    pub(crate) message: String,
}

/// Where a function stands in a VPC. The VPC's id is that of the first subnet when left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vpc {
    #[serde(default)]
    pub(crate) id: Option<String>,
    pub(crate) subnets: Vec<String>,
    #[serde(default)]
    pub(crate) security_groups: Vec<String>,
}

/// A layer a function uses: its ARN, or its ARN and who signed it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum LayerUse {
    Arn(String),
    Signed {
        arn: String,
        #[serde(default)]
        signing_profile: Option<String>,
        #[serde(default)]
        signing_job: Option<String>,
    },
}

/// Where and how a function logs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Logging {
    /// `Text` when left out.
    pub(crate) format: Option<String>,
    pub(crate) application_level: Option<String>,
    pub(crate) system_level: Option<String>,
    /// `/aws/lambda/<name>` when left out.
    pub(crate) group: Option<String>,
}

/// A file system a function mounts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileSystem {
    pub(crate) arn: String,
    pub(crate) path: String,
}

/// A function URL.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Url {
    /// `AWS_IAM` when left out.
    pub(crate) auth: Option<String>,
    pub(crate) cors: Option<Cors>,
    pub(crate) invoke_mode: Option<String>,
}

/// The CORS rules of a function URL.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Cors {
    pub(crate) credentials: Option<bool>,
    pub(crate) origins: Vec<String>,
    pub(crate) methods: Vec<String>,
    pub(crate) headers: Vec<String>,
    pub(crate) expose: Vec<String>,
    pub(crate) max_age: Option<u32>,
}

/// An alias of a function.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alias {
    pub(crate) name: String,
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) description: String,
    /// Other versions and the share of calls they get.
    #[serde(default)]
    pub(crate) weights: BTreeMap<String, f64>,
    #[serde(default)]
    pub(crate) policy: Option<Document>,
    #[serde(default)]
    pub(crate) url: Option<Url>,
    #[serde(default)]
    pub(crate) event_invoke: Option<EventInvoke>,
    #[serde(default)]
    pub(crate) provisioned: Option<u32>,
}

/// A published version of a function: what differs from the function as it is now.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Version {
    pub(crate) number: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) runtime: Option<String>,
    #[serde(default)]
    pub(crate) environment: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(crate) policy: Option<Document>,
    #[serde(default)]
    pub(crate) published: Moment,
}

/// What becomes of asynchronous calls.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EventInvoke {
    pub(crate) on_failure: Option<String>,
    pub(crate) on_success: Option<String>,
    pub(crate) retries: Option<u32>,
    pub(crate) max_age: Option<u32>,
}

/// When the runtime is updated.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RuntimeManagement {
    /// `Auto` when left out.
    pub(crate) update: Option<String>,
    pub(crate) version_arn: Option<String>,
}

/// A layer of this account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layer {
    pub(crate) name: String,
    pub(crate) versions: Vec<LayerVersion>,
}

/// A version of a layer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LayerVersion {
    pub(crate) number: u64,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) runtimes: Vec<String>,
    #[serde(default)]
    pub(crate) architectures: Vec<String>,
    #[serde(default)]
    pub(crate) license: Option<String>,
    #[serde(default)]
    pub(crate) policy: Option<Document>,
    #[serde(default)]
    pub(crate) created: Moment,
}

/// A code signing config.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeSigning {
    /// How functions in the file name it; AWS knows it by an id made from it.
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) publishers: Vec<String>,
    /// `Warn` (AWS's own default) or `Enforce`.
    #[serde(default)]
    pub(crate) policy: Option<String>,
    #[serde(default)]
    pub(crate) last_modified: Moment,
}

/// An event source mapping.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventSourceMapping {
    /// A function by name, or `name:alias`.
    pub(crate) function: String,
    /// An ARN, or `sqs:orders`, `kinesis:stream/clicks`.
    pub(crate) source: String,
    #[serde(default)]
    pub(crate) state: Option<String>,
    #[serde(default)]
    pub(crate) batch_size: Option<u32>,
    #[serde(default)]
    pub(crate) batching_window: Option<u32>,
    #[serde(default)]
    pub(crate) parallelization: Option<u32>,
    #[serde(default)]
    pub(crate) starting_position: Option<String>,
    #[serde(default)]
    pub(crate) on_failure: Option<String>,
    #[serde(default)]
    pub(crate) retries: Option<i64>,
    #[serde(default)]
    pub(crate) max_record_age: Option<i64>,
    #[serde(default)]
    pub(crate) bisect: Option<bool>,
    #[serde(default)]
    pub(crate) filters: Vec<Value>,
    #[serde(default)]
    pub(crate) response_types: Vec<String>,
    #[serde(default)]
    pub(crate) max_concurrency: Option<u32>,
    #[serde(default)]
    pub(crate) kms_key: Option<String>,
}

fn access_denied() -> String {
    "AccessDeniedException".to_owned()
}
