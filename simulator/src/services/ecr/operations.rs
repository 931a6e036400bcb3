//! The operations of ECR.

use super::{content, images, registry, repositories, repository_arn, scans};
use crate::services::{Answerer, Operation, Service, ThrottleError};
use crate::wire::Protocol;

pub(crate) static SERVICE: Service = Service {
    name: "ecr",
    prefix: "ecr",
    protocol: Protocol::Json11,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 400, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "ServerException",
    invalid_token: "InvalidParameterException",
    operations: OPERATIONS,
};

const OPERATIONS: &[Operation] = &[
    Operation::rpc("DescribeRepositories", repositories::list as Answerer)
        .on(|ask| Some(ask.world.account.arn("ecr", ask.region, "repository/*"))),
    on_repository("GetRepositoryPolicy", repositories::get_policy),
    on_repository("GetLifecyclePolicy", repositories::get_lifecycle),
    on_repository("DescribeImages", images::list),
    on_repository("DescribeImageScanFindings", scans::get),
    on_repository("DescribeImageSigningStatus", images::signing_status),
    on_repository("BatchGetImage", content::get_images),
    on_repository("GetDownloadUrlForLayer", content::get_download_url),
    Operation::rpc("DescribeRegistry", registry::describe),
    Operation::rpc("GetRegistryPolicy", registry::get_policy),
    Operation::rpc("GetRegistryScanningConfiguration", registry::get_scanning),
    Operation::rpc("GetSigningConfiguration", registry::get_signing),
    Operation::rpc("GetAccountSetting", registry::get_account_setting),
    Operation::rpc("ListPullTimeUpdateExclusions", registry::pull_time_exclusions),
    Operation::rpc("DescribePullThroughCacheRules", registry::pull_through_rules),
    Operation::rpc("DescribeRepositoryCreationTemplates", registry::templates),
];

const fn on_repository(name: &'static str, answer: Answerer) -> Operation {
    Operation::rpc(name, answer)
        .on(|ask| Some(repository_arn(ask, &ask.parameter("repositoryName").unwrap_or_default())))
}
