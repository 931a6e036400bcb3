//! The services that invoke a function asynchronously, and so leave failed events to Lambda.

use jiff::civil::date;

use super::dated::Dated;
use super::partition::service_of;

/// What is to be known of the table below; no package has it, look at the source.
pub const DATED: Dated = Dated {
    name: "services that invoke functions asynchronously",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html",
    as_of: date(2026, 8, 1),
};

/// Names, in service principals, of the services that AWS lists with "asynchronous invocation".
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
    service_of(principal).is_some_and(|service| ASYNCHRONOUS.contains(&service))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::tests::EVERY;

    #[test]
    fn principals_count_in_every_region_and_partition() {
        for (_, region, domain, _) in EVERY {
            for principal in [format!("s3.{domain}"), format!("logs.{region}.{domain}")] {
                assert!(invokes_asynchronously(&principal), "{principal}");
            }
        }
        for principal in ["apigateway.amazonaws.com", "s3", "s3.example.com", "elasticloadbalancing.amazonaws.com"] {
            assert!(!invokes_asynchronously(principal), "{principal}");
        }
    }
}
