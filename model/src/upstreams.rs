//! The registries from which ECR fetches images on demand.

use jiff::civil::date;

use super::AccountId;
use super::dated::Dated;
use super::ecr::PrivateRegistry;

/// What is to be known of the hosts below; no package has them, look at the source.
pub const DATED: Dated = Dated {
    name: "registries that ECR fetches from",
    source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html",
    as_of: date(2026, 11, 21),
};

/// An upstream of a pull-through cache rule, by its host.
///
/// Source: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// A public registry that answers without credentials: ECR Public, Kubernetes, Quay.
    Open,
    /// A registry that ECR asks with credentials from Secrets Manager: Docker Hub, GitHub, GitLab, Chainguard, and the
    /// registries of Azure's customers.
    WithSecret,
    /// A private registry of ECR, in this account.
    Ecr(AccountId),
    /// A host that is not known here.
    Other,
}

impl Upstream {
    /// The upstream with this host or address.
    pub fn of(address: &str) -> Self {
        let address = address.trim().to_ascii_lowercase();
        let host = address.strip_prefix("https://").unwrap_or(&address);
        let host = host.split('/').next().unwrap_or(host);
        match host {
            "public.ecr.aws" | "registry.k8s.io" | "quay.io" => return Self::Open,
            "registry-1.docker.io" | "ghcr.io" | "registry.gitlab.com" | "cgr.dev" => return Self::WithSecret,
            _ => {}
        }
        if host.strip_suffix(".azurecr.io").is_some_and(|name| !name.is_empty() && !name.contains('.')) {
            return Self::WithSecret;
        }
        PrivateRegistry::parse(host).map_or(Self::Other, |registry| Self::Ecr(registry.account.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::Upstream;

    #[test]
    fn a_host_is_known_as_a_whole_only() {
        let ecr = || Upstream::Ecr("444455556666".into());
        for (address, expected) in [
            ("public.ecr.aws", Upstream::Open),
            ("https://Quay.io/", Upstream::Open),
            ("registry-1.docker.io", Upstream::WithSecret),
            ("shop.azurecr.io", Upstream::WithSecret),
            ("444455556666.dkr.ecr.eu-west-1.amazonaws.com", ecr()),
            ("444455556666.dkr.ecr-fips.us-east-1.amazonaws.com", ecr()),
            ("444455556666.dkr-ecr.eu-west-1.on.aws", ecr()),
            ("444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn", ecr()),
            ("444455556666.dkr.ecr.eusc-de-east-1.amazonaws.eu", ecr()),
            ("444455556666.dkr.ecr.eu-west-1.amazonaws.com.example.org", Upstream::Other),
            ("4444.dkr.ecr.eu-west-1.amazonaws.com", Upstream::Other),
            ("azurecr.io", Upstream::Other),
            ("shop.azurecr.io.example.org", Upstream::Other),
            ("a.shop.azurecr.io", Upstream::Other),
            ("quay.io.example.org", Upstream::Other),
            ("evil-quay.io", Upstream::Other),
            ("", Upstream::Other),
        ] {
            assert_eq!(Upstream::of(address), expected, "{address}");
        }
    }
}
