//! What is known of requests made by those the policies' author did not think of.
//!
//! Source of which keys are there when:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use crate::request_context::RequestContext;

/// The account of somebody in an account the policies do not mention.
pub(super) const ACCOUNT: &str = "any other account";

/// The resource's organisation when it is not known which that is.
pub(super) const OWN_ORGANISATION: &str = "the organisation of the resource";

/// An identity provider that no policy names, for those that let in every one.
pub(super) const ANY_PROVIDER: &str = "any identity provider";

/// The keys that tell through which network a request comes, when it comes through a VPC endpoint.
const OF_ENDPOINTS: [&str; 7] = [
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:Ec2InstanceSourceVpc",
];

/// The keys that tell for which resource a service calls.
const OF_SOURCES: [&str; 5] =
    ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOwner", "aws:SourceOrgID", "aws:SourceOrgPaths"];

/// The keys that tell which account calls, or through whose access point.
const OF_CALLERS: [&str; 6] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:userid",
    "kms:CallerAccount",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
];

/// Identity providers with which anybody can sign up.
const OPEN_PROVIDERS: [&str; 10] = [
    ANY_PROVIDER,
    "accounts.google.com",
    "agent.buildkite.com",
    "app.terraform.io",
    "cognito-identity.amazonaws.com",
    "gitlab.com",
    "graph.facebook.com",
    "oidc.circleci.com",
    "token.actions.githubusercontent.com",
    "www.amazon.com",
];

/// From the internet, or through the stranger's own endpoint.
fn from_elsewhere(context: &RequestContext) -> [RequestContext; 2] {
    let absent = |context: RequestContext, key: &&str| context.absent(key);
    let foreign = |context: RequestContext, key: &&str| context.foreign(key);
    let internet = OF_ENDPOINTS.iter().fold(context.clone(), absent).foreign("aws:SourceIp");
    let endpoint = OF_ENDPOINTS.iter().fold(context.clone(), foreign).absent("aws:SourceIp");
    [internet, endpoint]
}

pub(super) fn anonymous() -> [RequestContext; 2] {
    from_elsewhere(&RequestContext::partial())
}

fn in_account() -> RequestContext {
    OF_CALLERS.iter().fold(RequestContext::partial(), |context, key| context.foreign(key))
}

/// In an account of another organisation, or in one of none.
fn outside_organisation() -> [RequestContext; 2] {
    let other = in_account().foreign("aws:PrincipalOrgID").foreign("aws:PrincipalOrgPaths");
    let none = in_account().absent("aws:PrincipalOrgID").absent("aws:PrincipalOrgPaths");
    [other, none]
}

pub(super) fn in_any_account() -> impl Iterator<Item = RequestContext> {
    outside_organisation().into_iter().flat_map(|context| from_elsewhere(&context))
}

pub(super) fn in_organisation(organisation: &str) -> [RequestContext; 2] {
    from_elsewhere(&of_organisation(organisation))
}

/// From whatever network the policies want.
pub(super) fn of_organisation(organisation: &str) -> RequestContext {
    in_account().known("aws:PrincipalOrgID", [organisation])
}

pub(super) fn within_networks() -> [RequestContext; 2] {
    outside_organisation()
}

/// A service by this name of its principal, whatever it calls for.
pub(super) fn service(principal: &str) -> RequestContext {
    RequestContext::partial().known("aws:PrincipalServiceNamesList", [principal])
}

/// For a resource of somebody else, or without saying for which.
pub(super) fn service_for_anybody(principal: &str) -> [RequestContext; 2] {
    let other = OF_SOURCES.iter().fold(service(principal), |context, key| context.foreign(key));
    let none = OF_SOURCES.iter().fold(service(principal), |context, key| context.absent(key));
    [other, none]
}

/// With an account at the provider, but not one the policies' author thought of.
pub(super) fn of_provider(provider: &str) -> [RequestContext; 2] {
    from_elsewhere(&RequestContext::partial().foreign_family(&format!("{}:", host(provider))))
}

/// Whether anybody can get an account with the provider.
pub(super) fn is_open_to_sign_up(provider: &str) -> bool {
    let host = host(provider);
    let domain = host.split('/').next().unwrap_or(host);
    OPEN_PROVIDERS.contains(&domain)
}

/// The provider's name without the ARN around it, as its condition keys begin.
fn host(provider: &str) -> &str {
    provider.split_once(":oidc-provider/").map_or(provider, |(_, host)| host)
}
