//! What is asked about: the action, and the resource with the policy attached to it.

use jiff::civil::date;
use palisade_policy::{Attached, Catalogue, matches};

use super::answer::NotEvaluated;
use super::error::AskError;
use super::name;
use crate::access::repositories::is_of_scope_v1;
use palisade_model::dated::Dated;
use palisade_model::ecr::{PolicyScope, Registry};
use palisade_model::iam::PolicyText;
use palisade_model::lambda::{Function, Layer};
use palisade_model::{Arn, Fact, Inventory, Region};

/// What is to be known of the services below; no package has them, look at the source.
pub(crate) const RESOURCE_POLICIES: Dated = Dated {
    name: "services whose resources have policies",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html",
    as_of: date(2026, 11, 21),
};

/// Prefixes of services whose resources can have policies of their own, other than those that an inventory holds.
const WITH_RESOURCE_POLICIES: &[&str] = &[
    "acm-pca",
    "apigateway",
    "backup",
    "bedrock",
    "bedrock-agentcore",
    "cloudtrail",
    "codeartifact",
    "codebuild",
    "dynamodb",
    "dsql",
    "elasticfilesystem",
    "es",
    "events",
    "execute-api",
    "glacier",
    "glue",
    "iot",
    "kinesis",
    "kms",
    "lex",
    "logs",
    "mediastore",
    "network-firewall",
    "organizations",
    "refactor-spaces",
    "rolesanywhere",
    "s3",
    "s3-object-lambda",
    "s3-outposts",
    "s3express",
    "s3tables",
    "s3vectors",
    "schemas",
    "secretsmanager",
    "serverlessrepo",
    "ses",
    "signer",
    "sns",
    "sqs",
    "ssm",
    "ssm-contacts",
    "ssm-incidents",
    "states",
    "vpc-lattice",
    "xray",
];

/// The action, as AWS writes it where the catalogue has it.
pub(super) fn action(text: &str, any: bool) -> Result<String, AskError> {
    let Some((service, name)) = text.split_once(':') else { return Err(AskError::NoAction(text.to_owned())) };
    if service.is_empty() || name.is_empty() || text.contains(['*', '?']) || text.contains(char::is_whitespace) {
        return Err(AskError::NoAction(text.to_owned()));
    }
    let catalogue = Catalogue::get();
    if let Some(found) = catalogue.action(text) {
        return Ok(found.name());
    }
    if any {
        return Ok(text.to_owned());
    }
    let known = match catalogue.service(service) {
        Some(service) => service.actions.iter().map(|action| format!("{}:{}", service.prefix, action.name)).collect(),
        None => catalogue.prefixes().map(|prefix| format!("{prefix}:{name}")).collect(),
    };
    Err(AskError::UnknownAction { name: text.to_owned(), known })
}

/// A resource, and what the inventory knows of it.
#[derive(Debug, Default)]
pub(super) struct Target<'a> {
    /// Its ARN, or `*`.
    pub(super) resource: String,
    /// The account it is in; none where its ARN does not say.
    pub(super) account: Option<String>,
    /// Whether it is in the inventory's account.
    pub(super) is_own: bool,
    /// Its own policies.
    pub(super) policies: Vec<Attached<'a>>,
    /// The function that it is, or belongs to.
    pub(super) function: Option<&'a Function>,
    pub(super) not_evaluated: Vec<NotEvaluated>,
    pub(super) remarks: Vec<String>,
}

impl<'a> Target<'a> {
    /// Looks a resource up, for an action on it.
    pub(super) fn find(inventory: &'a Inventory, action: &str, resource: &str) -> Result<Self, AskError> {
        let resource = &*name::resource(inventory, resource)?;
        if resource != "*" && Arn::from(resource).resource().is_empty() {
            return Err(AskError::NoResource(resource.to_owned()));
        }
        let mut target = Self { resource: resource.to_owned(), is_own: true, ..Self::default() };
        match Catalogue::get().needs_every_resource(action) {
            Some(true) => {
                if resource != "*" {
                    target.remarks.push(format!("{action} is about no single resource: it was judged on `*`"));
                }
                "*".clone_into(&mut target.resource);
            }
            Some(false) => target.remark_on_form(action),
            None => {
                let date = Catalogue::get().date();
                target.remarks.push(format!("the catalogue of {date} does not have {action}"));
            }
        }
        if target.resource != "*" {
            target.look_up(inventory, action, &Arn::from(resource));
        } else if action.starts_with("ecr:") {
            let why = "which Region is meant is not known";
            target.not_evaluated.push(NotEvaluated::policy("the registry policies of ECR", why));
        }
        Ok(target)
    }

    fn remark_on_form(&mut self, action: &str) {
        let Some(found) = Catalogue::get().action(action) else { return };
        let resource = &self.resource;
        let fits = |template: &str| matches(&pattern_of(template), resource);
        if resource == "*" {
            let remark = "`*` was judged as it stands: only statements about every resource cover it";
            self.remarks.push(remark.to_owned());
        } else if !found.resource_types().any(|kind| fits(&kind.arn)) {
            self.remarks.push(format!("the catalogue knows of no resource of this form for {action}"));
        } else if resource.contains(['*', '?']) {
            self.remarks.push(format!("wildcards in {resource} were judged as they stand, not as a pattern"));
        }
    }

    fn look_up(&mut self, inventory: &'a Inventory, action: &str, arn: &Arn) {
        self.account = Some(arn.account().to_owned()).filter(|account| !account.is_empty());
        self.is_own = self.account.as_deref().is_none_or(|account| account == inventory.account.as_str());
        if !self.is_own {
            let why = format!("it is in account {}, which was not collected", arn.account());
            self.missing(arn, why);
            return;
        }
        if self.account.is_none() {
            self.remarks.push(format!("{arn} names no account: it was taken to be in {}", inventory.account));
        }
        match (arn.service(), arn.resource().split(':').next().unwrap_or_default()) {
            ("lambda", "function") => self.function(inventory, arn),
            ("lambda", "layer") => self.layer(inventory, arn),
            ("ecr", _) => self.repository(inventory, action, arn),
            ("ecr-public", _) => self.public_repository(inventory, arn),
            ("iam", kind) if kind.starts_with("role/") && action.starts_with("sts:") => self.role(inventory, arn),
            (service, _) if WITH_RESOURCE_POLICIES.contains(&service) => {
                self.missing(arn, format!("policies of {service} are not collected"));
            }
            _ => {}
        }
    }

    fn missing(&mut self, arn: &Arn, why: impl Into<String>) {
        self.not_evaluated.push(NotEvaluated::policy(format!("the policy of {arn} itself"), why));
    }

    fn region(&mut self, inventory: &'a Inventory, arn: &Arn) -> Option<&'a Region> {
        let region = inventory.regions.iter().find(|(name, _)| name.as_str() == arn.region()).map(|(_, region)| region);
        if region.is_none() {
            self.missing(arn, format!("the Region {} was not collected", arn.region()));
        }
        region
    }

    fn function(&mut self, inventory: &'a Inventory, arn: &Arn) {
        let Some(region) = self.region(inventory, arn) else { return };
        let parts: Vec<_> = arn.as_str().splitn(8, ':').collect();
        let unqualified = parts.get(..7).map_or_else(|| arn.as_str().to_owned(), |parts| parts.join(":"));
        match region.lambda.functions.find(|function| function.arn.as_str() == unqualified) {
            Err(gap) => self.missing(arn, gap.to_string()),
            Ok(None) => self.remarks.push(format!("the account has no function {unqualified}")),
            Ok(Some(function)) => {
                self.function = Some(function);
                match parts.get(7) {
                    None | Some(&"$LATEST") => self.attach(arn, &function.arn, &function.policy),
                    Some(_) => self.qualifier(arn, function),
                }
            }
        }
    }

    /// A version or alias: its own policy decides, not the function's.
    fn qualifier(&mut self, arn: &Arn, function: &'a Function) {
        match function.qualifiers.known() {
            Err(gap) => self.missing(arn, gap.to_string()),
            Ok(qualifiers) => match qualifiers.iter().find(|qualifier| qualifier.arn == *arn) {
                Some(qualifier) => self.attach(arn, &qualifier.arn, &qualifier.policy),
                None => self.remarks.push(format!("{arn} is no alias, and no version that has a policy")),
            },
        }
    }

    fn layer(&mut self, inventory: &'a Inventory, arn: &Arn) {
        let Some(region) = self.region(inventory, arn) else { return };
        match region.lambda.layers.find(|layer: &Layer| layer.arn == *arn) {
            Ok(Some(layer)) => self.attach(arn, &layer.arn, &layer.policy),
            Ok(None) => self.missing(arn, "only the latest version of a layer, and those in use, are collected"),
            Err(gap) => self.missing(arn, gap.to_string()),
        }
    }

    /// A repository: its own policy, and that of the registry as far as it is about the action.
    fn repository(&mut self, inventory: &'a Inventory, action: &str, arn: &Arn) {
        let Some(region) = self.region(inventory, arn) else { return };
        match region.ecr.repositories.find(|repository| repository.arn == *arn) {
            Err(gap) => self.missing(arn, gap.to_string()),
            Ok(None) => self.remarks.push(format!("the account has no repository {arn}")),
            Ok(Some(repository)) => self.attach(arn, &repository.arn, &repository.policy),
        }
        let registry = &region.ecr.registry;
        match (covers(registry, action), registry.policy.known()) {
            (Some(false), _) | (None, Ok(None)) => {}
            (None, Ok(Some(_))) => self.missing(&registry.arn, "which actions it covers is not known"),
            (Some(true), _) | (None, Err(_)) => self.attach(&registry.arn, &registry.arn, &registry.policy),
        }
    }

    fn public_repository(&mut self, inventory: &'a Inventory, arn: &Arn) {
        match inventory.public_repositories.find(|repository| repository.arn == *arn) {
            Err(gap) => self.missing(arn, gap.to_string()),
            Ok(None) => self.remarks.push(format!("the account has no public repository {arn}")),
            Ok(Some(repository)) => self.attach(arn, &repository.arn, &repository.policy),
        }
        self.remarks.push("everybody can pull from a public repository, whatever policies say".to_owned());
    }

    fn role(&mut self, inventory: &'a Inventory, arn: &Arn) {
        match inventory.iam.roles.find(|role| role.arn == *arn) {
            Err(gap) => self.missing(arn, gap.to_string()),
            Ok(None) => self.remarks.push(format!("the account has no role {arn}")),
            Ok(Some(role)) => self.attach_text(arn, role.arn.as_str(), &role.trust),
        }
    }

    fn attach(&mut self, arn: &Arn, name: &'a Arn, policy: &'a Fact<Option<PolicyText>>) {
        match policy.known() {
            Ok(Some(text)) => self.attach_text(arn, name.as_str(), text),
            Ok(None) => {}
            Err(gap) => self.missing(arn, gap.to_string()),
        }
    }

    fn attach_text(&mut self, arn: &Arn, name: &'a str, text: &'a PolicyText) {
        match text {
            PolicyText::Parsed(document) => self.policies.push(Attached { name, document }),
            PolicyText::Malformed(why) => self.missing(arn, format!("it cannot be parsed: {why}")),
        }
    }
}

/// Whether a registry's policy is about an action; `None` when its scope is not known.
fn covers(registry: &Registry, action: &str) -> Option<bool> {
    match &registry.policy_scope {
        Fact::Known(PolicyScope::V2) => Some(true),
        Fact::Known(PolicyScope::V1) => Some(is_of_scope_v1(action)),
        Fact::Known(PolicyScope::Other(_)) | Fact::Unknown(_) => is_of_scope_v1(action).then_some(true),
    }
}

/// A catalogue's ARN, `arn:${Partition}:lambda:…`, as a pattern.
fn pattern_of(template: &str) -> String {
    let mut parts = template.split("${");
    let start = parts.next().unwrap_or_default().to_owned();
    parts.fold(start, |pattern, part| pattern + "*" + part.split_once('}').map_or("", |(_, rest)| rest))
}
