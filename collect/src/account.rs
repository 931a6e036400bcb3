//! Which Regions the account has.

use aws_sdk_account::types::RegionOptStatus;
use palisade_model::{Action, Gap, Listing, Place, RegionName};

use crate::ask::{Ask, Page};
use crate::aws::region;
use crate::aws::session::Session;
use crate::caller::Caller;
use crate::error::CollectError;
use crate::plan::Plan;

/// The Regions to audit, and the gap when AWS did not tell which are enabled.
pub(super) async fn regions(
    session: &Session,
    caller: &Caller,
    plan: &Plan,
    ask: &Ask,
) -> Result<(Vec<RegionName>, Option<Gap>), CollectError> {
    if let Some(named) = &plan.regions {
        check_names(session, caller, ask, named).await?;
        return Ok((named.clone(), None));
    }
    let enabled = enabled(session, caller, ask).await;
    let Some(gap) = enabled.gap() else { return Ok((enabled.seen().to_vec(), None)) };
    ask.progress.say(&format!("{gap}: auditing the Regions that every account has; name others with --region"));
    Ok((region::enabled_by_default(&caller.partition), Some(gap.clone())))
}

/// A Region that is not known here may have opened since: only AWS can say that there is none.
async fn check_names(session: &Session, caller: &Caller, ask: &Ask, named: &[RegionName]) -> Result<(), CollectError> {
    for name in named {
        if let Some(theirs) = region::partition(name.as_str()).filter(|theirs| *theirs != caller.partition.as_str()) {
            let ours = caller.partition.to_string();
            return Err(CollectError::OtherPartition { name: name.to_string(), theirs, ours });
        }
    }
    let Some(unknown) = named.iter().find(|name| !region::is_known(name.as_str())) else { return Ok(()) };
    let enabled = enabled(session, caller, ask).await;
    if let Ok(Some(_)) = enabled.find(|name| name == unknown) {
        return Ok(());
    }
    let suggestion = region::suggestion(unknown.as_str()).map_or_else(
        || {
            let by_default = region::enabled_by_default(&caller.partition);
            let known = if enabled.seen().is_empty() { &by_default } else { enabled.seen() };
            let all: Vec<_> = known.iter().map(RegionName::as_str).collect();
            format!("; the account has {}", all.join(", "))
        },
        |name| format!("; did you mean {name}?"),
    );
    Err(CollectError::UnknownRegion { name: unknown.to_string(), suggestion })
}

async fn enabled(session: &Session, caller: &Caller, ask: &Ask) -> Listing<RegionName> {
    let client = aws_sdk_account::Client::new(&session.in_region(&caller.partition.global_region()));
    let page = |token| {
        let request = client.list_regions().max_results(50).set_next_token(token);
        let enabled = [RegionOptStatus::Enabled, RegionOptStatus::EnabledByDefault];
        request.set_region_opt_status_contains(Some(enabled.to_vec())).send()
    };
    let read = |output: aws_sdk_account::operation::list_regions::ListRegionsOutput| {
        let regions = output.regions.as_ref()?.iter();
        let items = regions.map(|region| region.region_name().map(RegionName::from)).collect::<Option<_>>()?;
        Some(Page { items, next: output.next_token })
    };
    ask.list(Action::AccountListRegions, &Place::account(), "", page, read).await
}
