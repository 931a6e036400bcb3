//! The operations of Inspector.

use super::{coverage, findings, status};
use crate::services::{Answerer, Operation, Service, ThrottleError};
use crate::wire::Protocol;

pub(crate) static SERVICE: Service = Service {
    name: "inspector2",
    prefix: "inspector2",
    protocol: Protocol::RestJson,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 429, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "InternalServerException",
    invalid_token: "ValidationException",
    operations: OPERATIONS,
};

const OPERATIONS: &[Operation] = &[
    Operation::rest("BatchGetAccountStatus", "POST", "/status/batch/get", status::of_accounts as Answerer),
    Operation::rest("BatchGetFindingDetails", "POST", "/findings/details/batch/get", findings::details),
    Operation::rest("ListCoverage", "POST", "/coverage/list", coverage::list),
    Operation::rest("ListFindingAggregations", "POST", "/findings/aggregation/list", findings::aggregate),
    Operation::rest("ListFindings", "POST", "/findings/list", findings::list),
];
