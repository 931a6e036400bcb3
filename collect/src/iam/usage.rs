//! What is read of IAM once the workloads are known: what their roles use, and whose access keys they hold.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_iam::types::{AccessAdvisorUsageGranularityType, JobStatusType, ServiceLastAccessed};
use futures_util::StreamExt as _;
use palisade_model::environment::hash_key_id;
use palisade_model::iam::{ActionUse, Role, ServiceUse, User};
use palisade_model::{Action, Arn, Depth, Fact, Inventory, Listing, Place, Reason};
use tokio::time::Instant;

use super::page::page_of;
use crate::ask::{Ask, gap, lacking};
use crate::aws::session::Session;
use crate::failure::Failure;
use crate::pages::Pages;
use crate::plan::Plan;
use crate::sdk::timestamp;

/// Reports that are under way at once; IAM allows few.
const AT_ONCE: usize = 4;
/// How long to wait before a report is asked for again.
const PAUSE: Duration = Duration::from_millis(300);
/// How often, at the most.
const TRIES: u32 = 200;

/// Reads what the roles of functions use, when deep, and the keys of users where a function holds the id of one.
pub(crate) async fn complete(session: &Session, plan: &Plan, ask: &Ask, inventory: &mut Inventory) {
    let client = aws_sdk_iam::Client::new(&session.in_region(&inventory.partition.global_region()));
    let functions = || inventory.regions.values().flat_map(|region| region.lambda.functions.seen());
    let roles: BTreeSet<Arn> = functions().map(|function| function.role.clone()).collect();
    // An environment that is not known holds no key that could be looked for; the checks say that it is not known.
    let holds_a_key = functions().any(|function| match &function.environment {
        Fact::Known(variables) => variables.iter().any(|variable| variable.key_id_hash.is_some()),
        Fact::Unknown(_) => false,
    });
    let (client, roles) = (&client, &roles);
    if plan.depth == Depth::Deep {
        let read = |role: Role| async move {
            let in_scope = roles.contains(&role.arn);
            let services = if in_scope { services(client, &role.arn, ask).await } else { role.services };
            Role { services, ..role }
        };
        inventory.iam.roles = each(&inventory.iam.roles, read).await;
    }
    if holds_a_key {
        let read = |user: User| async move { User { access_keys: access_keys(client, &user, ask).await, ..user } };
        inventory.iam.users = each(&inventory.iam.users, read).await;
    }
}

/// The list with something added to each item, in the same order.
async fn each<T: Clone, C: Future<Output = T>>(listing: &Listing<T>, read: impl Fn(T) -> C) -> Listing<T> {
    let reads = listing.seen().iter().cloned().map(read);
    let items = futures_util::stream::iter(reads).buffered(AT_ONCE).collect().await;
    Listing::new(items, listing.gap().cloned())
}

async fn access_keys(client: &aws_sdk_iam::Client, user: &User, ask: &Ask) -> Fact<Vec<String>> {
    let page = |marker| client.list_access_keys().user_name(&user.name).set_marker(marker).send();
    let read = |output: aws_sdk_iam::operation::list_access_keys::ListAccessKeysOutput| {
        let ids = output.access_key_metadata().iter().map(|key| key.access_key_id().map(hash_key_id));
        page_of(ids.collect::<Option<_>>()?, output.is_truncated, output.marker)
    };
    let place = Place::resource(&user.arn);
    let listing = ask.list(Action::IamListAccessKeys, &place, "", page, read).await;
    match listing.complete() {
        Ok(keys) => Fact::Known(keys.to_vec()),
        Err(gap) => Fact::Unknown(gap),
    }
}

/// Starts a report on a role, and reads it once it is finished. It is for the caller that started it alone, so that a
/// resumed run starts it again unless it was read.
async fn services(client: &aws_sdk_iam::Client, role: &Arn, ask: &Ask) -> Fact<Vec<ServiceUse>> {
    let place = Place::resource(role);
    let read_action = Action::IamGetServiceLastAccessedDetails;
    if let Some(read) = ask.journal.recall(read_action, &place, "") {
        return Fact::Known(read);
    }
    let action = Action::IamGenerateServiceLastAccessedDetails;
    let call = || {
        let request = client.generate_service_last_accessed_details().arn(role.as_str());
        request.granularity(AccessAdvisorUsageGranularityType::ActionLevel).send()
    };
    let sent = ask.send(action, &place, call).await;
    let job = match sent.and_then(|output| output.job_id.ok_or_else(lacking)) {
        Ok(job) => job,
        Err(failure) => return Fact::Unknown(gap(action, &place, failure)),
    };
    ask.remembered(read_action, &place, "", async || report(client, &job, &place, ask).await).await
}

/// Asks for a report until it is finished, and reads all its pages.
async fn report(
    client: &aws_sdk_iam::Client,
    job: &str,
    place: &Arc<Place>,
    ask: &Ask,
) -> Result<Vec<ServiceUse>, Failure> {
    let mut services = Vec::new();
    let mut pages = Pages::default();
    for _ in 0..TRIES {
        let call = || client.get_service_last_accessed_details().job_id(job).set_marker(pages.token()).send();
        let output = ask.send(Action::IamGetServiceLastAccessedDetails, place, call).await?;
        match output.job_status {
            JobStatusType::Completed => {
                let used: Option<Vec<_>> = output.services_last_accessed().iter().map(service_use).collect();
                services.extend(used.ok_or_else(lacking)?);
                let next = output.marker.filter(|_| output.is_truncated);
                if next.is_none() && output.is_truncated {
                    return Err(lacking());
                }
                if !pages.go_on(next, false)? {
                    return Ok(services);
                }
            }
            JobStatusType::InProgress => {
                ask.pacer.sleep_until(Instant::now() + PAUSE).await.map_err(Failure::GaveUp)?;
            }
            _ => break,
        }
    }
    Err(Failure::GaveUp(Reason::Failed("the report was not finished".to_owned())))
}

/// None when an action is not named.
fn service_use(service: &ServiceLastAccessed) -> Option<ServiceUse> {
    let actions = service.tracked_actions_last_accessed().iter().map(|action| {
        Some(ActionUse { action: action.action_name()?.to_owned(), last_used: timestamp(action.last_accessed_time()) })
    });
    Some(ServiceUse {
        service: service.service_namespace().to_owned(),
        last_used: timestamp(service.last_authenticated()),
        actions: actions.collect::<Option<_>>()?,
    })
}

/// What stands in a role until it is known whether a workload runs as it.
pub(super) fn unread_services(role: &Arn) -> Fact<Vec<ServiceUse>> {
    Fact::not_asked(Action::IamGetServiceLastAccessedDetails, &Place::resource(role))
}

/// What stands in a user until it is known whether a workload holds a key of anybody.
pub(super) fn unread_keys(user: &Arn) -> Fact<Vec<String>> {
    Fact::not_asked(Action::IamListAccessKeys, &Place::resource(user))
}
