//! Refusals in each service's own words.

use jiff::Timestamp;

use super::denial::DeniedBy;
use crate::calls::Outcome;
use crate::kubernetes;
use crate::services::Service;
use crate::wire::{Protocol, ServiceError};

/// The caller may not do `action` (`lambda:GetPolicy`) on `resource`.
pub(crate) fn denied(
    service: &Service,
    caller: &str,
    action: &str,
    resource: Option<&str>,
    by: DeniedBy,
) -> ServiceError {
    let code = match service.protocol {
        Protocol::RestJson | Protocol::Json10 | Protocol::Json11 => "AccessDeniedException",
        Protocol::Query | Protocol::RestXml => "AccessDenied",
        Protocol::Ec2Query => "UnauthorizedOperation",
        Protocol::Kubernetes => return kubernetes::forbidden(action, caller),
    };
    let message = denied_message(service, caller, action, resource, by);
    let error = ServiceError::new(service.protocol.refused_status(), code, message).outcome(Outcome::Denied);
    if service.name == "sqs" {
        return error.query_code("AccessDenied");
    }
    error
}

fn denied_message(service: &Service, caller: &str, action: &str, resource: Option<&str>, by: DeniedBy) -> String {
    // SQS writes its actions in small letters; EC2 names no resource, nor does S3 for its list of buckets.
    let action = if service.name == "sqs" { action.to_ascii_lowercase() } else { action.to_owned() };
    let (start, resource) = if service.protocol == Protocol::Ec2Query {
        ("You are not authorized to perform this operation. ", String::new())
    } else if service.protocol == Protocol::RestXml {
        ("", String::new())
    } else {
        ("", format!(" on resource: {}", resource.unwrap_or("*")))
    };
    let reason = reason(by, &action);
    format!("{start}User: {caller} is not authorized to perform: {action}{resource}{reason}")
}

fn reason(by: DeniedBy, action: &str) -> String {
    match by {
        DeniedBy::Identity => format!(" because no identity-based policy allows the {action} action"),
        DeniedBy::Boundary => format!(" because no permissions boundary allows the {action} action"),
        DeniedBy::Session => format!(" because no session policy allows the {action} action"),
        DeniedBy::Scp => " with an explicit deny in a service control policy".to_owned(),
        DeniedBy::Rcp => " with an explicit deny in a resource control policy".to_owned(),
        DeniedBy::ResourcePolicy => " with an explicit deny in a resource-based policy".to_owned(),
        DeniedBy::Unspecified => String::new(),
    }
}

/// The caller calls too often.
pub(crate) fn throttled(service: &Service, retry_after: Option<u64>) -> ServiceError {
    let throttle = &service.throttle;
    let mut error = ServiceError::new(throttle.status, throttle.code, throttle.message).outcome(Outcome::Throttled);
    error.retry_after = retry_after;
    if service.name == "lambda" {
        return error.member("Reason", "CallerRateLimitExceeded").member("Type", "User");
    }
    error
}

/// The service is broken.
pub(crate) fn broken(service: &Service) -> ServiceError {
    ServiceError::new(500, service.broken, "The service encountered an internal error.")
}

/// The session is over.
pub(crate) fn expired_token(protocol: Protocol) -> ServiceError {
    let message = "The security token included in the request is expired";
    let error = match protocol {
        Protocol::RestJson | Protocol::Json10 | Protocol::Json11 => {
            ServiceError::new(protocol.refused_status(), "ExpiredTokenException", message)
        }
        Protocol::Query => ServiceError::new(403, "ExpiredToken", message),
        Protocol::RestXml => ServiceError::new(400, "ExpiredToken", "The provided token has expired."),
        Protocol::Ec2Query => ServiceError::new(400, "RequestExpired", "Request has expired."),
        Protocol::Kubernetes => kubernetes::unauthorized(),
    };
    error.outcome(Outcome::Denied)
}

/// The time in the signature is not AWS's.
pub(crate) fn wrong_time(protocol: Protocol, signed_at: Timestamp, now: Timestamp) -> ServiceError {
    let basic = |time: Timestamp| time.strftime("%Y%m%dT%H%M%SZ").to_string();
    let (signed, ours) = (basic(signed_at), basic(now));
    let message = if signed_at < now {
        format!("Signature expired: {signed} is now earlier than {ours} (less 5 min.)")
    } else {
        format!("Signature not yet current: {signed} is still later than {ours} (plus 5 min.)")
    };
    let error = match protocol {
        Protocol::RestJson | Protocol::Json10 | Protocol::Json11 => {
            ServiceError::new(protocol.refused_status(), "InvalidSignatureException", message)
        }
        Protocol::Query => ServiceError::new(403, "SignatureDoesNotMatch", message),
        Protocol::RestXml => {
            let message = "The difference between the request time and the current time is too large.";
            ServiceError::new(403, "RequestTimeTooSkewed", message)
        }
        Protocol::Ec2Query => ServiceError::new(400, "RequestExpired", "Request has expired."),
        Protocol::Kubernetes => kubernetes::unauthorized(),
    };
    error.outcome(Outcome::Denied)
}

/// The credentials are unknown: wrong ones, or right ones in a Region that is not opted in.
pub(crate) fn invalid_token(protocol: Protocol) -> ServiceError {
    let message = "The security token included in the request is invalid.";
    let error = match protocol {
        Protocol::RestJson | Protocol::Json10 | Protocol::Json11 => {
            ServiceError::new(protocol.refused_status(), "UnrecognizedClientException", message)
        }
        Protocol::Query => ServiceError::new(403, "InvalidClientTokenId", message),
        Protocol::RestXml => {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            ServiceError::new(403, "InvalidAccessKeyId", message)
        }
        Protocol::Ec2Query => {
            ServiceError::new(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
        }
        Protocol::Kubernetes => kubernetes::unauthorized(),
    };
    error.outcome(Outcome::Denied)
}

/// The request is not signed.
pub(crate) fn missing_token(protocol: Protocol) -> ServiceError {
    let error = match protocol {
        Protocol::RestJson | Protocol::Json10 | Protocol::Json11 => {
            ServiceError::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
        }
        Protocol::RestXml => ServiceError::new(403, "AccessDenied", "Access Denied"),
        Protocol::Query | Protocol::Ec2Query => {
            ServiceError::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
        }
        Protocol::Kubernetes => kubernetes::unauthorized(),
    };
    error.outcome(Outcome::Denied)
}

/// What was asked about is not there (any more).
pub(crate) fn deleted(service: &Service, action: &str, resource: Option<&str>) -> ServiceError {
    let resource = resource.unwrap_or_default();
    let is_of_image = action.contains("Image") && !action.ends_with(":DescribeImages");
    let (status, code, message) = match service.name {
        "ecr" if is_of_image => (400, "ImageNotFoundException", format!("The image {resource} does not exist")),
        "ecr" | "ecr-public" => {
            (400, "RepositoryNotFoundException", format!("The repository {resource} does not exist"))
        }
        "eks" => (404, "ResourceNotFoundException", format!("No cluster found for name: {resource}.")),
        "events" => (400, "ResourceNotFoundException", format!("{resource} does not exist.")),
        "scheduler" => (404, "ResourceNotFoundException", format!("{resource} does not exist.")),
        "pipes" => (404, "NotFoundException", format!("{resource} does not exist.")),
        "states" => (400, "StateMachineDoesNotExist", format!("State Machine Does Not Exist: '{resource}'")),
        "wafv2" => (400, "WAFNonexistentItemException", format!("{resource} does not exist.")),
        "elasticloadbalancing" => {
            let code = match action {
                _ if action.ends_with(":DescribeRules") => "ListenerNotFound",
                _ if action.ends_with(":DescribeTargetGroups") => "TargetGroupNotFound",
                _ => "LoadBalancerNotFound",
            };
            (400, code, format!("'{resource}' not found"))
        }
        "iam" => (404, "NoSuchEntity", format!("{resource} cannot be found.")),
        "lambda" if action.contains("LayerVersion") => {
            (404, "ResourceNotFoundException", format!("Layer version {resource} does not exist."))
        }
        _ => (404, "ResourceNotFoundException", format!("Function not found: {resource}")),
    };
    ServiceError::new(status, code, message).outcome(Outcome::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::list::service;

    const CALLER: &str = "arn:aws:iam::111122223333:user/auditor";

    fn message(name: &str, action: &str, resource: Option<&str>, by: DeniedBy) -> (String, String) {
        let error = denied(service(name).unwrap(), CALLER, action, resource, by);
        (error.code, error.message)
    }

    #[test]
    fn lambda_names_the_resource_and_the_missing_policy() {
        let (code, message) = message("lambda", "lambda:GetPolicy", Some("arn:f"), DeniedBy::Identity);
        assert_eq!(code, "AccessDeniedException");
        assert_eq!(
            message,
            "User: arn:aws:iam::111122223333:user/auditor is not authorized to perform: lambda:GetPolicy on resource: \
             arn:f because no identity-based policy allows the lambda:GetPolicy action"
        );
    }

    #[test]
    fn iam_lists_are_denied_on_everything() {
        let (code, message) = message("iam", "iam:ListRoles", None, DeniedBy::Scp);
        assert_eq!(code, "AccessDenied");
        assert!(message.ends_with("iam:ListRoles on resource: * with an explicit deny in a service control policy"));
    }

    #[test]
    fn ec2_names_no_resource() {
        let (code, message) = message("ec2", "ec2:DescribeSubnets", None, DeniedBy::Boundary);
        assert_eq!(code, "UnauthorizedOperation");
        assert!(message.starts_with("You are not authorized to perform this operation. User: arn:"));
        assert!(message.ends_with(
            "perform: ec2:DescribeSubnets because no permissions boundary allows the ec2:DescribeSubnets action"
        ));
    }

    #[test]
    fn sqs_writes_actions_in_small_letters() {
        let (_, message) = message("sqs", "sqs:GetQueueAttributes", Some("arn:q"), DeniedBy::ResourcePolicy);
        assert!(
            message.contains("sqs:getqueueattributes on resource: arn:q with an explicit deny in a resource-based")
        );
    }

    #[test]
    fn some_services_give_no_reason() {
        let (_, message) = message("organizations", "organizations:ListRoots", None, DeniedBy::Unspecified);
        assert!(message.ends_with("organizations:ListRoots on resource: *"));
    }
}
