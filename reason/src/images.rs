//! Whose registries images come from, and who makes them.

use palisade_policy::matches;

use crate::account::Account;
use palisade_model::ecr::Reference;
use palisade_model::kubernetes::is_aws_image;

/// The registry of images whose name has no host.
const DOCKER_HUB: &str = "docker.io";

/// The gallery of images that AWS keeps for everybody.
const PUBLIC_GALLERY: &str = "public.ecr.aws";

/// The account from which AWS gives out Fluent Bit, the router of logs, in most Regions.
///
/// Source: <https://github.com/aws/aws-for-fluent-bit#using-ssm-to-find-available-versions-and-aws-regions>
const FLUENT_BIT: &str = "906394416424";

/// Registries that many share, each under a name of its own.
const SHARED: &[&str] = &[DOCKER_HUB, PUBLIC_GALLERY, "ghcr.io", "quay.io", "registry.gitlab.com", "gcr.io"];

/// Whether an image comes from a registry of the account, of a trusted one, of AWS, or one that the settings name.
pub fn is_of_known_registry(image: &str, account: &Account) -> bool {
    let reference = Reference::parse(image);
    reference.registry == Some(PUBLIC_GALLERY)
        || is_aws_image(image)
        || reference.ecr_repository().is_some_and(|repository| repository.account() == FLUENT_BIT)
        || maker(image, account).is_none()
}

/// Who makes an image, by its address: none for the account, one that it trusts, or a registry that the settings name; else
/// the registry, with the name there where many share it.
pub fn maker(image: &str, account: &Account) -> Option<String> {
    let reference = Reference::parse(image);
    let host = match reference.registry {
        None | Some("index.docker.io" | "registry-1.docker.io" | DOCKER_HUB) => DOCKER_HUB,
        Some(host) => host,
    };
    let is_official = host == DOCKER_HUB && !reference.repository.contains('/');
    let path = format!("{}{}", if is_official { "library/" } else { "" }, reference.repository);
    let name = format!("{host}/{path}");
    let is_named = |pattern: &String| matches(pattern, host) || matches(pattern, &name);
    let is_own = account.settings.trusted_registries.iter().any(is_named)
        || reference.ecr_repository().is_some_and(|repository| account.trusts(repository.account()));
    if is_own {
        return None;
    }
    let first = path.split('/').next().unwrap_or_default();
    Some(if SHARED.contains(&host) { format!("{host}/{first}") } else { host.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_scenes::function;

    #[test]
    fn an_address_tells_who_makes_the_image() {
        let scene = function(|_| {}).settings(|settings| {
            settings.trusted_registries = ["registry.shop.example".to_owned()].into();
            settings.trusted_accounts = ["222233334444".into()].into();
        });
        let account = Account::new(&scene.inventory, &scene.settings);
        let ecr = |number: &str, path: &str| format!("{number}.dkr.ecr.eu-west-1.amazonaws.com/{path}");
        for image in
            [ecr("111122223333", "shop/web"), ecr("222233334444", "base"), "registry.shop.example/web:1".into()]
        {
            assert_eq!(maker(&image, &account), None, "{image}");
        }
        for (image, told) in [
            ("public.ecr.aws/aws-observability/aws-for-fluent-bit:stable", "public.ecr.aws/aws-observability"),
            ("public.ecr.aws/datadog/agent:7", "public.ecr.aws/datadog"),
            ("nginx", "docker.io/library"),
            ("docker.io/acme/side@sha256:aa", "docker.io/acme"),
            ("registry.acme.example/a/b", "registry.acme.example"),
            ("333344445555.dkr.ecr.eu-west-1.amazonaws.com/x", "333344445555.dkr.ecr.eu-west-1.amazonaws.com"),
        ] {
            assert_eq!(maker(image, &account).as_deref(), Some(told), "{image}");
        }
    }
}
