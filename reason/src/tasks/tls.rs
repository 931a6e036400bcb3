//! What security policies of load balancers let clients speak.

use jiff::civil::date;
use palisade_model::dated::Dated;

/// What is to be known of the names below; no package has them, look at the source.
pub(crate) const DATED: Dated = Dated {
    name: "TLS policies of load balancers",
    source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
    as_of: date(2026, 11, 29),
};

/// The policy of a listener that was made without one by anything but the console.
///
/// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>
pub const DEFAULT: &str = "ELBSecurityPolicy-2016-08";

/// How names of policies begin, and the oldest version of TLS that they allow.
const OLDEST: [(&str, &str); 12] = [
    ("ELBSecurityPolicy-2015-05", "1.0"),
    ("ELBSecurityPolicy-2016-08", "1.0"),
    ("ELBSecurityPolicy-TLS-1-0-", "1.0"),
    ("ELBSecurityPolicy-TLS-1-1-", "1.1"),
    ("ELBSecurityPolicy-TLS-1-2-", "1.2"),
    ("ELBSecurityPolicy-FS-2018-06", "1.0"),
    ("ELBSecurityPolicy-FS-1-1-", "1.1"),
    ("ELBSecurityPolicy-FS-1-2-", "1.2"),
    ("ELBSecurityPolicy-TLS13-1-0-", "1.0"),
    ("ELBSecurityPolicy-TLS13-1-1-", "1.1"),
    ("ELBSecurityPolicy-TLS13-1-2-", "1.2"),
    ("ELBSecurityPolicy-TLS13-1-3-", "1.3"),
];

/// The oldest version of TLS that a policy allows, such as `1.0`; none for a policy that is not known here.
pub fn oldest(policy: &str) -> Option<&'static str> {
    OLDEST.iter().find(|(begin, _)| policy.starts_with(begin)).map(|(_, version)| *version)
}

/// Whether a version is older than the oldest that is still in order, 1.2.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc8996>
pub fn is_outdated(version: &str) -> bool {
    matches!(version, "1.0" | "1.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_policy_tells_its_oldest_version() {
        for (policy, version) in [
            (DEFAULT, "1.0"),
            ("ELBSecurityPolicy-TLS13-1-0-2021-06", "1.0"),
            ("ELBSecurityPolicy-TLS13-1-0-PQ-2025-09", "1.0"),
            ("ELBSecurityPolicy-TLS13-1-1-2021-06", "1.1"),
            ("ELBSecurityPolicy-TLS-1-1-2017-01", "1.1"),
            ("ELBSecurityPolicy-FS-2018-06", "1.0"),
            ("ELBSecurityPolicy-FS-1-2-Res-2020-10", "1.2"),
            ("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "1.2"),
            ("ELBSecurityPolicy-TLS13-1-2-Ext0-RFC9151-FIPS-2023-07", "1.2"),
            ("ELBSecurityPolicy-TLS13-1-3-RFC9151-FIPS-2023-07", "1.3"),
        ] {
            assert_eq!(oldest(policy), Some(version), "{policy}");
            assert_eq!(is_outdated(version), version < "1.2");
        }
        assert_eq!(oldest("ELBSecurityPolicy-2030-01"), None);
    }
}
