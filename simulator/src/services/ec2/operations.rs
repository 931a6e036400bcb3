//! The operations of EC2.

use super::{instances, interfaces, network, subnets};
use crate::services::{Answerer, Operation, Service, ThrottleError};
use crate::wire::Protocol;

pub(crate) static SERVICE: Service = Service {
    name: "ec2",
    prefix: "ec2",
    protocol: Protocol::Ec2Query,
    namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
    global: false,
    throttle: ThrottleError { status: 503, code: "RequestLimitExceeded", message: "Request limit exceeded." },
    broken: "InternalError",
    invalid_token: "InvalidNextToken",
    operations: &[
        Operation::rpc("DescribeSubnets", subnets::describe as Answerer),
        Operation::rpc("DescribeInstances", instances::describe).on(instances::asked),
        Operation::rpc("DescribeLaunchTemplateVersions", instances::describe_launch_template_versions),
        Operation::rpc("DescribeRouteTables", network::describe_route_tables),
        Operation::rpc("DescribeSecurityGroups", network::describe_security_groups),
        Operation::rpc("DescribeFlowLogs", network::describe_flow_logs),
        Operation::rpc("DescribeNetworkInterfaces", interfaces::describe).on(interfaces::asked),
        Operation::rpc("GetEbsEncryptionByDefault", instances::get_ebs_encryption_by_default),
    ],
};
