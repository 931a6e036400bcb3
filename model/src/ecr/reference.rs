//! The names under which workloads ask for images, and which of them can come to mean another image.

use palisade_policy::matches;

use super::{PrivateRegistry, TagMutability};
use crate::Arn;

/// The address of an image, taken apart: `registry/repository:tag@digest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'t> {
    /// The registry's host; none where the address begins with the repository.
    pub registry: Option<&'t str>,
    /// The repository's name.
    pub repository: &'t str,
    /// The tag; none stands for `latest`, unless there is a digest.
    pub tag: Option<&'t str>,
    /// The digest, `sha256:…`.
    pub digest: Option<&'t str>,
}

impl<'t> Reference<'t> {
    /// Takes an address apart.
    ///
    /// Source: <https://github.com/distribution/reference/blob/main/reference.go>
    pub fn parse(address: &'t str) -> Self {
        let (name, digest) = match address.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (address, None),
        };
        let (registry, path) = match name.split_once('/') {
            Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (Some(host), path),
            _ => (None, name),
        };
        let (repository, tag) = match path.split_once(':') {
            Some((repository, tag)) => (repository, Some(tag)),
            None => (path, None),
        };
        Self { registry, repository, tag, digest }
    }

    /// The repository in ECR, when the host is one of a private registry.
    pub fn ecr_repository(&self) -> Option<Arn> {
        let PrivateRegistry { account, region, partition } = PrivateRegistry::parse(self.registry?)?;
        Some(format!("arn:{partition}:ecr:{region}:{account}:repository/{}", self.repository).into())
    }
}

impl TagMutability {
    /// Whether a push can move this tag to another image; a setting that is not known here is handed back.
    pub fn moves(&self, tag: &str) -> Result<bool, &str> {
        let is_listed = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, tag));
        match self {
            Self::Mutable => Ok(true),
            Self::MutableExcept(patterns) => Ok(!is_listed(patterns)),
            Self::Immutable => Ok(false),
            Self::ImmutableExcept(patterns) => Ok(is_listed(patterns)),
            Self::Other(setting) => Err(setting),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_apart() {
        let parts = |address| {
            let Reference { registry, repository, tag, digest } = Reference::parse(address);
            (registry, repository, tag, digest)
        };
        assert_eq!(parts("nginx"), (None, "nginx", None, None));
        assert_eq!(parts("library/nginx:1.27"), (None, "library/nginx", Some("1.27"), None));
        assert_eq!(parts("localhost:5000/tools"), (Some("localhost:5000"), "tools", None, None));
        let host = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
        let address = format!("{host}/shop/web:v1@sha256:4f53");
        assert_eq!(parts(&address), (Some(host), "shop/web", Some("v1"), Some("sha256:4f53")));
    }

    #[test]
    fn hosts_of_private_registries_are_known() {
        let repository = |address: &str| Reference::parse(address).ecr_repository().map(|arn| arn.to_string());
        let expected = Some("arn:aws:ecr:eu-west-1:111122223333:repository/shop/web".to_owned());
        for host in
            ["dkr.ecr.eu-west-1.amazonaws.com", "dkr.ecr-fips.eu-west-1.amazonaws.com", "dkr-ecr.eu-west-1.on.aws"]
        {
            assert_eq!(repository(&format!("111122223333.{host}/shop/web:v1")), expected, "{host}");
        }
        let sovereign = "111122223333.dkr.ecr.eusc-de-east-1.amazonaws.eu/shop/web";
        let expected = "arn:aws-eusc:ecr:eusc-de-east-1:111122223333:repository/shop/web";
        assert_eq!(repository(sovereign).as_deref(), Some(expected));
        assert_eq!(repository("public.ecr.aws/a1b2c3d4/tools"), None);
        assert_eq!(repository("shop/web"), None);
        assert_eq!(repository("evil.dkr.ecr.eu-west-1.amazonaws.com/shop/web"), None);
    }

    #[test]
    fn exclusions_turn_the_setting_round() {
        let patterns = || vec!["dev-*".to_owned(), "latest".to_owned()];
        assert_eq!(TagMutability::Mutable.moves("v1"), Ok(true));
        assert_eq!(TagMutability::MutableExcept(patterns()).moves("v1"), Ok(true));
        assert_eq!(TagMutability::MutableExcept(patterns()).moves("dev-1"), Ok(false));
        assert_eq!(TagMutability::Immutable.moves("latest"), Ok(false));
        assert_eq!(TagMutability::ImmutableExcept(patterns()).moves("latest"), Ok(true));
        assert_eq!(TagMutability::ImmutableExcept(patterns()).moves("v1"), Ok(false));
        assert_eq!(TagMutability::Other("FROZEN".to_owned()).moves("v1"), Err("FROZEN"));
    }
}
