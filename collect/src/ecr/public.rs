//! ECR Public: repositories that everybody can pull from. It has one endpoint, whatever Regions are audited.

use std::sync::Arc;

use futures_util::StreamExt as _;
use palisade_model::ecr::PublicRepository;
use palisade_model::iam::PolicyText;
use palisade_model::{Action, Listing, Place, RegionName};

use super::repository::AT_ONCE;
use crate::ask::{Ask, Page};
use crate::aws::session::Session;
use crate::aws::signed::Signed;
use crate::caller::Caller;

/// The Region that ECR Public signs for.
///
/// Source: <https://docs.aws.amazon.com/general/latest/gr/ecr-public.html>
const REGION: &str = "us-east-1";

/// The account's public repositories; other partitions than the commercial one have none.
pub(crate) async fn public_repositories(
    session: &Arc<Session>,
    caller: &Caller,
    ask: &Ask,
) -> Listing<PublicRepository> {
    if caller.partition.as_str() != "aws" {
        return Listing::whole(Vec::new());
    }
    let signed = &Signed::new(session, &RegionName::from(REGION));
    let page = |token: Option<String>| async move { signed.describe_public_repositories(token.as_deref()).await };
    let read = |(items, next)| Some(Page { items, next });
    let listing = ask.list(Action::EcrPublicDescribeRepositories, &Place::account(), "", page, read).await;
    let policies = listing.seen().iter().map(async |(arn, name, uri)| {
        let call = || signed.get_public_repository_policy(name);
        let read = |text: Option<String>| text.as_deref().map(PolicyText::parse);
        let absent = &["RepositoryPolicyNotFoundException"];
        let place = Place::resource(arn);
        let policy = ask.ask_optional(Action::EcrPublicGetRepositoryPolicy, &place, absent, call, read).await;
        PublicRepository { arn: arn.clone(), name: name.clone(), uri: uri.clone(), policy }
    });
    let repositories = futures_util::stream::iter(policies).buffered(AT_ONCE).collect().await;
    Listing::new(repositories, listing.gap().cloned())
}
