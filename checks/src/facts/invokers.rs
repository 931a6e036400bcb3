//! The services that invoke a function asynchronously, and so leave failed events to Lambda.

/// Service principals, up to the first dot, of the services that AWS lists with "asynchronous invocation".
///
/// Source, as of 2026-08: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html>
const ASYNCHRONOUS: &[&str] = &[
    "cloudformation",
    "codecommit",
    "codepipeline",
    "config",
    "events",
    "iot",
    "iotevents",
    "logs",
    "s3",
    "ses",
    "sns",
];

/// Whether a service principal, such as `s3.amazonaws.com` or `logs.eu-west-1.amazonaws.com`, invokes asynchronously.
pub fn invokes_asynchronously(principal: &str) -> bool {
    let Some((service, domain)) = principal.split_once('.') else { return false };
    domain.contains("amazonaws") && ASYNCHRONOUS.contains(&service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regional_and_foreign_partition_principals_count() {
        for principal in ["s3.amazonaws.com", "logs.eu-west-1.amazonaws.com", "events.amazonaws.com.cn"] {
            assert!(invokes_asynchronously(principal), "{principal}");
        }
        for principal in ["apigateway.amazonaws.com", "s3", "s3.example.com", "elasticloadbalancing.amazonaws.com"] {
            assert!(!invokes_asynchronously(principal), "{principal}");
        }
    }
}
