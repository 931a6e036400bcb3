//! The organisation and its control policies, as far as this account may read them.

use std::sync::Arc;

use palisade_model::iam::PolicyText;
use palisade_model::organization::{ControlPolicy, Organization};
use palisade_model::{Action, Fact, Gap, Listing, Partition, Place, Reason, RegionName};

use crate::ask::{Ask, Page};
use crate::aws::session::Session;
use crate::aws::signed::{Answer, ControlKind, Paged, Signed};
use crate::caller::Caller;

/// What Organizations answers an account that belongs to none.
const NO_ORGANIZATION: &[&str] = &["AWSOrganizationsNotInUseException"];

/// The Region that signs for Organizations.
///
/// Source: <https://docs.aws.amazon.com/general/latest/gr/ao.html>
fn home(partition: &Partition) -> RegionName {
    match partition.as_str() {
        "aws-cn" => RegionName::from("cn-northwest-1"),
        _ => partition.global_region(),
    }
}

/// Collects the organisation. Its policies are readable from the management account and delegated administrators only,
/// and do not apply to the management account itself.
pub(super) async fn collect(session: &Arc<Session>, caller: &Caller, ask: &Ask) -> Fact<Option<Organization>> {
    let signed = Signed::new(session, &home(&caller.partition));
    let (action, place) = (Action::OrganizationsDescribeOrganization, Place::account());
    let call = || signed.describe_organization();
    let summary = ask.ask_optional(action, &place, NO_ORGANIZATION, call, Some).await;
    let (id, management_account) = match summary {
        Fact::Known(Some(summary)) => summary,
        Fact::Known(None) => return Fact::Known(None),
        Fact::Unknown(gap) => return Fact::Unknown(gap),
    };
    let (service_control, resource_control) = if management_account == caller.account {
        (Fact::Known(Vec::new()), Fact::Known(Vec::new()))
    } else {
        Controls { signed: &signed, ask }.collect(caller.account.as_str()).await
    };
    Fact::Known(Some(Organization { id, management_account, service_control, resource_control }))
}

struct Controls<'a> {
    signed: &'a Signed,
    ask: &'a Ask,
}

impl Controls<'_> {
    async fn collect(&self, account: &str) -> (Fact<Vec<Vec<ControlPolicy>>>, Fact<Vec<ControlPolicy>>) {
        let targets = match self.targets(account).await {
            Ok(targets) => targets,
            Err(gap) => return (Fact::Unknown(gap.clone()), Fact::Unknown(gap)),
        };
        let service = fact(self.levels(&targets, ControlKind::Service).await);
        let resource = fact(self.levels(&targets, ControlKind::Resource).await.map(|levels| levels.concat()));
        (service, resource)
    }

    /// The account and everything above it, the root first.
    async fn targets(&self, account: &str) -> Result<Vec<String>, Gap> {
        const DEEPEST: usize = 8;
        let action = Action::OrganizationsListParents;
        let mut child = account.to_owned();
        let mut targets = vec![child.clone()];
        for _ in 0..DEEPEST {
            let page = |token: Option<String>| {
                let child = &child;
                async move { self.signed.list_parents(child, token.as_deref()).await }
            };
            let parents = self.list(action, &child, page).await;
            let Some(parent) = parents.complete()?.first() else { break };
            child.clone_from(parent);
            targets.push(child.clone());
            if child.starts_with("r-") {
                targets.reverse();
                return Ok(targets);
            }
        }
        let reason = Reason::Failed(format!("{child} and what is above it do not lead to the root"));
        Err(Gap { action, place: Place::account(), reason })
    }

    async fn levels(&self, targets: &[String], kind: ControlKind) -> Result<Vec<Vec<ControlPolicy>>, Gap> {
        let mut levels = Vec::new();
        for target in targets {
            let page = |token: Option<String>| async move {
                self.signed.list_policies_for_target(target, kind, token.as_deref()).await
            };
            let label = format!("{target} {}", kind.name());
            let listed = self.list(Action::OrganizationsListPoliciesForTarget, &label, page).await;
            let mut policies = Vec::new();
            for (id, name) in listed.complete()? {
                policies.push(ControlPolicy { id: id.clone(), name: name.clone(), document: self.document(id).await? });
            }
            levels.push(policies);
        }
        Ok(levels)
    }

    async fn list<T, C>(&self, action: Action, label: &str, page: impl Fn(Option<String>) -> C) -> Listing<T>
    where
        C: Future<Output = Answer<Paged<T>>>,
        T: serde::Serialize + serde::de::DeserializeOwned,
    {
        let read = |(items, next)| Some(Page { items, next });
        self.ask.list(action, &Place::account(), label, page, read).await
    }

    /// The text of a policy; one that hangs on several levels is read once for each, which the journal remembers.
    async fn document(&self, id: &str) -> Result<PolicyText, Gap> {
        let page = |_| async move { self.signed.describe_policy(id).await };
        let read = |text: String| Some(Page { items: vec![PolicyText::parse(&text)], next: None });
        let place = Place::account();
        let listing = self.ask.list(Action::OrganizationsDescribePolicy, &place, id, page, read).await;
        listing.complete().map(|texts| texts[0].clone())
    }
}

fn fact<T>(read: Result<T, Gap>) -> Fact<T> {
    match read {
        Ok(value) => Fact::Known(value),
        Err(gap) => Fact::Unknown(gap),
    }
}
