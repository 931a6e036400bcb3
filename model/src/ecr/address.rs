//! The hosts of ECR's private registries.

use crate::Partition;

/// A private registry, as the name of its host tells it.
///
/// Source: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateRegistry<'t> {
    /// The account that owns it.
    pub account: &'t str,
    /// Its Region.
    pub region: &'t str,
    /// The Region's partition.
    pub partition: Partition,
}

impl<'t> PrivateRegistry<'t> {
    /// The registry at `ACCOUNT.dkr.ecr.REGION.DOMAIN`, at `ACCOUNT.dkr-ecr.REGION.on.DOMAIN` where IPv6 is spoken too, or
    /// at either with `-fips`; the domain must be the one of the Region's partition.
    pub fn parse(host: &'t str) -> Option<Self> {
        let (account, rest) = host.split_once('.')?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let plain = rest.strip_prefix("dkr.ecr.").or_else(|| rest.strip_prefix("dkr.ecr-fips."));
        let dual_stack = || rest.strip_prefix("dkr-ecr.").or_else(|| rest.strip_prefix("dkr-ecr-fips."));
        let (region, domain) = plain.or_else(dual_stack)?.split_once('.')?;
        let partition = Partition::of_region(region);
        let is_domain = if plain.is_some() {
            domain == partition.domain()
        } else {
            // `on.aws` where the services' own endpoints are at `api.aws`.
            domain
                .strip_prefix("on.")
                .is_some_and(|rest| partition.dual_stack_domain().strip_prefix("api.") == Some(rest))
        };
        (is_account && !region.is_empty() && is_domain).then_some(Self { account, region, partition })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::tests::EVERY;

    #[test]
    fn registries_are_known_in_every_partition() {
        for (name, region, domain, dual_stack) in EVERY {
            let dual_stack = dual_stack.replacen("api.", "on.", 1);
            for host in [
                format!("111122223333.dkr.ecr.{region}.{domain}"),
                format!("111122223333.dkr.ecr-fips.{region}.{domain}"),
                format!("111122223333.dkr-ecr.{region}.{dual_stack}"),
                format!("111122223333.dkr-ecr-fips.{region}.{dual_stack}"),
            ] {
                let registry = PrivateRegistry { account: "111122223333", region, partition: Partition::from(name) };
                assert_eq!(PrivateRegistry::parse(&host), Some(registry), "{host}");
                assert_eq!(PrivateRegistry::parse(&format!("{host}.example.com")), None, "{host}");
            }
        }
    }

    #[test]
    fn another_partition_s_domain_is_no_registry() {
        for host in [
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com.cn",
            "111122223333.dkr.ecr.cn-north-1.amazonaws.com",
            "111122223333.dkr.ecr.eusc-de-east-1.amazonaws.com",
            "111122223333.dkr.ecr.eu-west-1.amazonaws.eu",
            "111122223333.dkr.ecr.eu-west-1.on.aws",
            "evil.dkr.ecr.eu-west-1.amazonaws.com",
            "1111222233334.dkr.ecr.eu-west-1.amazonaws.com",
            "public.ecr.aws",
            "111122223333.dkr.ecr.amazonaws.com",
        ] {
            assert_eq!(PrivateRegistry::parse(host), None, "{host}");
        }
    }
}
