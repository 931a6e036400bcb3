//! Who can do what to a repository: its own policy and that of the registry, judged together.
//!
//! The registry policy meets every call on every repository once its scope is V2: what it allows opens them all, and what
//! it denies closes them all. In the scope V1 it is about three actions only.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html>

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::rc::Rc;

use palisade_policy::catalogue::AccessLevel;
use palisade_policy::{ActionElement, Catalogue, Document};

use super::covered::actions;
use super::shares::{Share, Shares, Source, shares};
use crate::account::Account;
use palisade_model::ecr::{CreationTemplate, PolicyScope, PublicRepository, Registry, Repository};
use palisade_model::iam::PolicyText;
use palisade_model::{Action, Arn, Fact, Gap, Inventory};

/// The actions that a registry policy is about in the scope V1.
const OF_SCOPE_V1: [&str; 3] = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository", "ecr:ReplicateImage"];

/// What an action on a repository lets its caller do, from the harmless to the grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Power {
    /// See what there is.
    Inspect,
    /// Fetch images.
    Pull,
    /// Put images in, or other images in the place of those that are there.
    Push,
    /// Delete images, or have them deleted.
    Destroy,
    /// Change policies and settings.
    TakeOver,
}

impl Power {
    /// What an action of ECR or ECR Public lets its caller do; an action that is not known here counts as the gravest.
    pub fn of(action: &str) -> Self {
        match action.split_once(':').map_or(action, |(_, name)| name) {
            "BatchGetImage" | "GetDownloadUrlForLayer" => Self::Pull,
            "PutImage"
            | "InitiateLayerUpload"
            | "UploadLayerPart"
            | "CompleteLayerUpload"
            | "ReplicateImage"
            | "BatchImportUpstreamImage"
            | "CreateRepository" => Self::Push,
            "BatchDeleteImage"
            | "DeleteRepository"
            | "DeleteLifecyclePolicy"
            | "PutLifecyclePolicy"
            | "UpdateImageStorageClass" => Self::Destroy,
            "StartImageScan" | "StartLifecyclePolicyPreview" => Self::Inspect,
            _ => match Catalogue::get().action(action).map(|known| known.action.level) {
                Some(AccessLevel::List | AccessLevel::Read) => Self::Inspect,
                Some(AccessLevel::Tagging | AccessLevel::Write | AccessLevel::PermissionsManagement) | None => {
                    Self::TakeOver
                }
            },
        }
    }

    /// What a share is good for.
    pub fn of_share(share: &Share<'_>) -> BTreeSet<Self> {
        share.actions.iter().map(|action| Self::of(action)).collect()
    }

    /// A share without its actions that are less grave; `None` when nothing is left.
    pub fn at_least<'a>(self, share: &Share<'a>) -> Option<Share<'a>> {
        let mut share = share.clone();
        share.actions.retain(|action| Self::of(action) >= self);
        (!share.actions.is_empty()).then_some(share)
    }

    /// Evidence, with what the share is good for at its end: `any AWS account may call … (pull, push)`.
    pub fn told(share: &Share<'_>, evidence: &str) -> String {
        let powers: Vec<_> = Self::of_share(share).iter().map(Self::to_string).collect();
        format!("{evidence} ({})", powers.join(", "))
    }
}

impl fmt::Display for Power {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Inspect => "inspect",
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Destroy => "delete",
            Self::TakeOver => "take over",
        })
    }
}

/// What the policies of all repositories give, found out when first asked.
pub struct Repositories<'a> {
    places: HashMap<&'a Arn, (&'a Repository, &'a Registry)>,
    kept: RefCell<HashMap<&'a Arn, Rc<Shares<'a>>>>,
}

impl<'a> Repositories<'a> {
    /// Indexes an inventory.
    pub fn new(inventory: &'a Inventory) -> Self {
        let registries = inventory.regions.values().map(|region| &region.ecr);
        let places = registries.flat_map(|ecr| ecr.repositories.seen().iter().map(|one| (one, &ecr.registry)));
        let places = places.map(|(repository, registry)| (&repository.arn, (repository, registry)));
        Self { places: places.collect(), kept: RefCell::default() }
    }

    /// What the policies of a repository and of its registry give.
    pub fn shares(&self, repository: &Repository, account: &Account<'_>) -> Rc<Shares<'a>> {
        let Some((own, registry)) = self.places.get(&repository.arn) else {
            let why = "the repository is not among those read";
            return Rc::new(Shares::unread(Gap::undecided(Action::EcrDescribeRepositories, &repository.arn, why)));
        };
        if let Some(kept) = self.kept.borrow().get(&own.arn) {
            return Rc::clone(kept);
        }
        let policy = read(&own.policy, Action::EcrGetRepositoryPolicy, &own.arn);
        let shares = match policy {
            Ok(policy) => {
                let policy = policy.map(|policy| Source::whole(own.arn.resource(), policy));
                Rc::new(Shares::of_policies(&own.arn, policy, registry, account))
            }
            Err(gap) => Rc::new(Shares::unread(gap)),
        };
        self.kept.borrow_mut().insert(&own.arn, Rc::clone(&shares));
        shares
    }
}

impl<'a> Shares<'a> {
    /// What the policy of a template will give on the repositories that are made after it.
    pub fn of_template(
        template: &'a CreationTemplate,
        registry: &'a Registry,
        account: &Account<'_>,
    ) -> Result<Self, Gap> {
        let Some(text) = &template.policy else { return Ok(Self::of(Vec::new())) };
        let policy = text.document(Action::EcrDescribeRepositoryCreationTemplates, &registry.arn)?;
        let CreationTemplate { prefix, .. } = template;
        let repositories = if prefix == "ROOT" { "repository/*".to_owned() } else { format!("repository/{prefix}/*") };
        let arn = at(&registry.arn, &repositories);
        let mut shares = Self::of_policies(&arn, Some(Source::whole(prefix, policy)), registry, account);
        // What the registry policy gives is no fault of the template.
        shares.found.retain(|share| share.policy == prefix);
        shares.doubtful.retain(|(share, _)| share.policy == prefix);
        Ok(shares)
    }

    /// What the policy of a public repository gives, other than pulling, which everybody can.
    pub fn of_public_repository(repository: &'a PublicRepository, account: &Account<'_>) -> Result<Self, Gap> {
        let policy = read(&repository.policy, Action::EcrPublicGetRepositoryPolicy, &repository.arn)?;
        let Some(policy) = policy else { return Ok(Self::of(Vec::new())) };
        let source = Source::whole(repository.arn.resource(), policy);
        Ok(Self::of(shares(&repository.arn, &[source], account, on_public_repositories)))
    }

    /// What a repository's policy and the registry's give together.
    fn of_policies(arn: &Arn, own: Option<Source<'a>>, registry: &'a Registry, account: &Account<'_>) -> Self {
        let own: Vec<_> = own.into_iter().collect();
        let with = |around: Source<'a>| {
            let sources = [own.as_slice(), &[around]].concat();
            shares(arn, &sources, account, on_repositories)
        };
        match read(&registry.policy, Action::EcrGetRegistryPolicy, &registry.arn) {
            Ok(None) => Self::of(shares(arn, &own, account, on_repositories)),
            Ok(Some(policy)) => {
                let name = registry.arn.resource();
                scoped(registry, |is_about| with(Source { name, document: policy, is_about }))
            }
            Err(gap) => match &registry.policy_scope {
                // Whatever it says, it says nothing of most actions.
                Fact::Known(PolicyScope::V1) => {
                    let out_of_scope = |element: &ActionElement| {
                        let mut actions = on_repositories(element);
                        actions.retain(|action| !is_of_scope_v1(action));
                        actions
                    };
                    Self { gap: Some(gap), ..Self::of(shares(arn, &own, account, out_of_scope)) }
                }
                Fact::Known(PolicyScope::V2 | PolicyScope::Other(_)) | Fact::Unknown(_) => Self::unread(gap),
            },
        }
    }
}

/// What is given with a registry policy, which is about some actions or all, as its scope says. When the scope is not
/// known, that is certain which is given in either.
pub(super) fn scoped<'a>(registry: &Registry, given: impl Fn(fn(&str) -> bool) -> Vec<Share<'a>>) -> Shares<'a> {
    let doubt = match &registry.policy_scope {
        Fact::Known(PolicyScope::V1) => return Shares::of(given(is_of_scope_v1)),
        Fact::Known(PolicyScope::V2) => return Shares::of(given(|_| true)),
        Fact::Known(PolicyScope::Other(scope)) => {
            Gap::not_known(Action::EcrGetAccountSetting, &registry.arn, "REGISTRY_POLICY_SCOPE", scope)
        }
        Fact::Unknown(gap) => gap.clone(),
    };
    let (narrow, wide) = (given(is_of_scope_v1), given(|_| true));
    let (found, only_narrow) = compared(&narrow, &wide);
    let (_, only_wide) = compared(&wide, &narrow);
    let doubtful = only_narrow.into_iter().chain(only_wide).map(|share| (share, doubt.clone())).collect();
    Shares { doubtful, ..Shares::of(found) }
}

/// The shares of which the others hold the same, and what of them the others do not hold.
fn compared<'a>(shares: &[Share<'a>], others: &[Share<'a>]) -> (Vec<Share<'a>>, Vec<Share<'a>>) {
    let (mut same, mut rest) = (Vec::new(), Vec::new());
    for share in shares {
        let alike: Vec<_> = others.iter().filter(|other| is_same_but_for_actions(share, other)).collect();
        let is_held = |action: &String| alike.iter().any(|other| other.actions.contains(action));
        let (held, lacking): (Vec<_>, Vec<_>) = share.actions.iter().cloned().partition(is_held);
        same.extend((!held.is_empty()).then(|| Share { actions: held, ..share.clone() }));
        rest.extend((!lacking.is_empty()).then(|| Share { actions: lacking, ..share.clone() }));
    }
    (same, rest)
}

fn is_same_but_for_actions(one: &Share<'_>, other: &Share<'_>) -> bool {
    (one.policy, one.index, one.grade) == (other.policy, other.index, other.grade)
        && one.who == other.who
        && one.resource == other.resource
        && one.conditions == other.conditions
}

/// Whether a registry policy is about an action in the scope V1.
pub(crate) fn is_of_scope_v1(action: &str) -> bool {
    OF_SCOPE_V1.iter().any(|known| known.eq_ignore_ascii_case(action))
}

fn on_repositories(element: &ActionElement) -> Vec<String> {
    actions("ecr", element, |action| action.resource_types().next().is_some())
}

/// Pulling from a public repository cannot be denied, so that a policy that allows it gives nothing.
///
/// Source: <https://docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policies.html>
fn on_public_repositories(element: &ActionElement) -> Vec<String> {
    let mut actions =
        actions("ecr-public", element, |action| action.resource_types().any(|kind| kind.name == "repository"));
    actions.retain(|action| Power::of(action) >= Power::Push);
    actions
}

/// The ARN of something in a registry.
pub(super) fn at(registry: &Arn, resource: &str) -> Arn {
    let place = registry.as_str().strip_suffix(registry.resource()).unwrap_or_default();
    format!("{place}{resource}").into()
}

/// A policy that was read and parsed.
pub(super) fn read<'a>(
    policy: &'a Fact<Option<PolicyText>>,
    action: Action,
    resource: &Arn,
) -> Result<Option<&'a Document>, Gap> {
    policy.known()?.as_ref().map(|text| text.document(action, resource)).transpose()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use palisade_model::organization::{ControlPolicy, Organization};
    use palisade_scenes::Scene;
    use palisade_scenes::repositories::{denies, gives, on, repository_policy, statements};

    /// Evidence of all that is given on the repository.
    fn said(scene: &Scene) -> Vec<String> {
        let account = Account::new(&scene.inventory, &scene.settings);
        let repositories = Repositories::new(&scene.inventory);
        let repository = account.repository(&scene.subject).unwrap().unwrap();
        let shares = repositories.shares(repository, &account);
        assert!(Rc::ptr_eq(&shares, &repositories.shares(repository, &account)), "asked once");
        shares.found().iter().map(|share| Power::told(share, &share.to_string())).collect()
    }

    fn everybody(actions: &[&str]) -> Value {
        gives(json!("*"), actions, json!({}))
    }

    #[test]
    fn evidence_tells_statements_apart_by_policy_and_by_what_they_are_good_for() {
        let scene = repository_policy(&[everybody(&["ecr:BatchGetImage", "ecr:PutImage"])]).with_registry_policy(&[
            denies(&["ecr:PutImage"], json!({})),
            on("shop/*", everybody(&["ecr:ListImages"])),
        ]);
        let who = "any AWS account may call";
        let expected = [
            format!(
                "{who} ecr:BatchGetImage on repository/shop/storefront by policy repository/shop/storefront, statement 0 (given) (pull)"
            ),
            format!(
                "{who} ecr:ListImages on repository/shop/storefront by policy registry, statement 1 (given) (inspect)"
            ),
        ];
        assert_eq!(said(&scene), expected);
    }

    #[test]
    fn powers_go_from_the_harmless_to_the_grave() {
        for (action, power) in [
            ("ecr:DescribeImages", Power::Inspect),
            ("ecr:StartImageScan", Power::Inspect),
            ("ecr:GetDownloadUrlForLayer", Power::Pull),
            ("ecr:BatchImportUpstreamImage", Power::Push),
            ("ecr-public:UploadLayerPart", Power::Push),
            ("ecr:BatchDeleteImage", Power::Destroy),
            ("ecr:SetRepositoryPolicy", Power::TakeOver),
            ("ecr:PutImageTagMutability", Power::TakeOver),
            ("ecr:NewOne", Power::TakeOver),
        ] {
            assert_eq!(Power::of(action), power, "{action}");
        }
    }

    #[test]
    fn resource_control_policies_close_repositories() {
        let mut scene = repository_policy(&[everybody(&["ecr:BatchGetImage"])]);
        assert!(said(&scene)[0].starts_with("any AWS account"));
        let denial = denies(&["*"], json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-shop" } }));
        let edge = ControlPolicy { id: "p-1".to_owned(), name: "edge".to_owned(), document: statements(&[denial]) };
        scene.inventory.organization = Fact::Known(Some(Organization {
            id: "o-shop".to_owned(),
            management_account: "999988887777".into(),
            service_control: Fact::Known(vec![]),
            resource_control: Fact::Known(vec![edge]),
        }));
        let found = said(&scene);
        assert!(found[0].starts_with("any account of o-shop may call ecr:BatchGetImage"), "{found:?}");
    }

    #[test]
    fn in_an_unknown_scope_what_both_give_is_certain() {
        let scene = repository_policy(&[everybody(&["ecr:BatchGetImage", "ecr:ListImages"])])
            .with_registry_policy(&[
                denies(&["ecr:ListImages"], json!({})),
                on("*", everybody(&["ecr:ReplicateImage"])),
            ])
            .in_scope(PolicyScope::Other("V3".to_owned()));
        let account = Account::new(&scene.inventory, &scene.settings);
        let repository = account.repository(&scene.subject).unwrap().unwrap();
        let shares = Repositories::new(&scene.inventory).shares(repository, &account);
        let actions =
            |shares: Vec<&Share<'_>>| shares.iter().flat_map(|share| share.actions.clone()).collect::<Vec<_>>();
        assert_eq!(actions(shares.found.iter().collect()), ["ecr:BatchGetImage", "ecr:ReplicateImage"]);
        assert_eq!(actions(shares.doubtful.iter().map(|(share, _)| share).collect()), ["ecr:ListImages"]);
    }
}
