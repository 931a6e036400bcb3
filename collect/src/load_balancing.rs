//! The load balancers before services of ECS: their target groups, who sends to these, where it listens and what it does.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::StreamExt as _;
use palisade_model::ecs::Cluster;
use palisade_model::load_balancing::{Listener, ListenerAction, LoadBalancer, LoadBalancing, TargetGroup};
use palisade_model::{Action, Arn, Fact, Gap, Listing, Place, Reason, RegionName};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ask::{Ask, Page};
use crate::aws::signed::{Answer, Paged, Signed};

/// What one call may name.
const NAMED: usize = 20;
/// Load balancers that are read at once. The pacer sets the speed; this bounds memory and connections.
const AT_ONCE: usize = 8;

/// What is answered where one of those that a call names is not there (any more).
const NO_TARGET_GROUP: &str = "TargetGroupNotFound";
const NO_LOAD_BALANCER: &str = "LoadBalancerNotFound";

/// What WAF answers where there is no such load balancer (any more).
const NO_RESOURCE: &[&str] = &["WAFNonexistentItemException"];

/// Collects one Region. Nothing is asked where no service has a target group.
pub(crate) async fn collect(signed: &Signed, region: &RegionName, clusters: &[Cluster], ask: &Ask) -> LoadBalancing {
    let groups = groups_of(clusters);
    if groups.is_empty() {
        return LoadBalancing::none();
    }
    let reader = Reader { signed, place: Place::region(region), ask };
    let action = Action::ElbDescribeTargetGroups;
    let call = async |arns: &[Arn], token: Option<&str>| signed.describe_target_groups(arns, token).await;
    let groups: Vec<TargetGroup> = match reader.named(action, &groups, NO_TARGET_GROUP, call).await {
        Ok(groups) => groups,
        Err(gap) => {
            return LoadBalancing { target_groups: Fact::Unknown(gap.clone()), load_balancers: Fact::Unknown(gap) };
        }
    };
    let wanted: BTreeSet<&Arn> = groups.iter().flat_map(|group| &group.load_balancers).collect();
    let wanted: Vec<Arn> = wanted.into_iter().cloned().collect();
    let action = Action::ElbDescribeLoadBalancers;
    let call = async |arns: &[Arn], token: Option<&str>| signed.describe_load_balancers(arns, token).await;
    let balancers = match reader.named(action, &wanted, NO_LOAD_BALANCER, call).await {
        Ok(found) => {
            let read = futures_util::stream::iter(found).map(|balancer| reader.balancer(balancer));
            let mut read: Vec<LoadBalancer> =
                read.buffer_unordered(AT_ONCE).filter_map(async |balancer| balancer).collect().await;
            read.sort_by(|left, right| left.arn.cmp(&right.arn));
            Fact::Known(read)
        }
        Err(gap) => Fact::Unknown(gap),
    };
    LoadBalancing { target_groups: Fact::Known(groups), load_balancers: balancers }
}

/// The target groups that services and the stages of their rollouts name.
fn groups_of(clusters: &[Cluster]) -> Vec<Arn> {
    let services = clusters.iter().flat_map(|cluster| cluster.services.seen());
    let services = services.filter_map(|service| service.details.known().ok());
    let targets = services.flat_map(|details| {
        details.targets.iter().chain(details.running_deployments().flat_map(|stage| &stage.targets))
    });
    let groups: BTreeSet<&Arn> = targets.filter_map(|target| target.group.as_ref()).collect();
    groups.into_iter().cloned().collect()
}

/// What is needed to read the load balancers of a Region.
struct Reader<'a> {
    signed: &'a Signed,
    place: Arc<Place>,
    ask: &'a Ask,
}

impl Reader<'_> {
    /// What is behind these ARNs, many a call, without what is not there. A call that names something that is not there says
    /// nothing of the others, which are then asked for one by one.
    async fn named<T>(
        &self,
        action: Action,
        arns: &[Arn],
        absent: &str,
        call: impl AsyncFn(&[Arn], Option<&str>) -> Answer<Paged<T>>,
    ) -> Result<Vec<T>, Gap>
    where
        T: Clone + Serialize + DeserializeOwned,
    {
        let mut all = Vec::new();
        for chunk in arns.chunks(NAMED) {
            if let Some(found) = self.together(action, chunk, absent, &call).await? {
                all.extend(found);
                continue;
            }
            for one in chunk {
                let found = self.together(action, std::slice::from_ref(one), absent, &call).await?;
                all.extend(found.into_iter().flatten());
            }
        }
        Ok(all)
    }

    /// What is behind these ARNs; none when one of them is not there.
    async fn together<T>(
        &self,
        action: Action,
        arns: &[Arn],
        absent: &str,
        call: &impl AsyncFn(&[Arn], Option<&str>) -> Answer<Paged<T>>,
    ) -> Result<Option<Vec<T>>, Gap>
    where
        T: Clone + Serialize + DeserializeOwned,
    {
        let page = |token: Option<String>| async move {
            match call(arns, token.as_deref()).await {
                Err(error) if error.as_service_error().and_then(|error| error.code()) == Some(absent) => {
                    Ok((vec![None], None))
                }
                answer => answer.map(|(items, next)| (items.into_iter().map(Some).collect(), next)),
            }
        };
        let read = |(items, next): (Vec<Option<T>>, Option<String>)| Some(Page { items, next });
        let label = arns.iter().map(Arn::as_str).collect::<Vec<_>>().join(",");
        let list = self.ask.list(action, &self.place, &label, page, read).await;
        Ok(list.complete()?.iter().cloned().collect())
    }

    /// A load balancer with where it listens and what stands before it; none when it was deleted meanwhile.
    async fn balancer(&self, balancer: LoadBalancer) -> Option<LoadBalancer> {
        let is_application = balancer.kind == "application";
        let (listeners, web_acl) =
            tokio::join!(self.listeners(&balancer.arn, is_application), self.web_acl(&balancer, is_application),);
        let is_gone = listeners.gap().is_some_and(|gap| gap.reason == Reason::Gone);
        (!is_gone).then_some(LoadBalancer { listeners, web_acl, ..balancer })
    }

    async fn listeners(&self, balancer: &Arn, is_application: bool) -> Fact<Vec<Listener>> {
        let page =
            |token: Option<String>| async move { self.signed.describe_listeners(balancer, token.as_deref()).await };
        let read = |(items, next)| Some(Page { items, next });
        let place = Place::resource(balancer);
        let list: Listing<Listener> = self.ask.list(Action::ElbDescribeListeners, &place, "", page, read).await;
        let found = match list.complete() {
            Ok(found) => found,
            Err(gap) => return Fact::Unknown(gap),
        };
        let mut listeners = Vec::new();
        for listener in found {
            // The others have none.
            let rules = if is_application { self.rules(&listener.arn).await } else { Fact::Known(Vec::new()) };
            if rules.gap().is_none_or(|gap| gap.reason != Reason::Gone) {
                listeners.push(Listener { rules, ..listener.clone() });
            }
        }
        Fact::Known(listeners)
    }

    async fn rules(&self, listener: &Arn) -> Fact<Vec<Vec<ListenerAction>>> {
        let page = |token: Option<String>| async move { self.signed.describe_rules(listener, token.as_deref()).await };
        let read = |(items, next)| Some(Page { items, next });
        let place = Place::resource(listener);
        let list: Listing<(Arn, Vec<ListenerAction>)> =
            self.ask.list(Action::ElbDescribeRules, &place, "", page, read).await;
        match list.complete() {
            Ok(rules) => Fact::Known(rules.iter().map(|(_, actions)| actions.clone()).collect()),
            Err(gap) => Fact::Unknown(gap),
        }
    }

    async fn web_acl(&self, balancer: &LoadBalancer, is_application: bool) -> Fact<Option<Arn>> {
        let (action, place) = (Action::Wafv2GetWebAclForResource, Place::resource(&balancer.arn));
        if !is_application {
            // Nothing of WAF can stand before it.
            return Fact::Known(None);
        }
        if !balancer.is_internet_facing {
            return Fact::not_asked(action, &place);
        }
        let call = || self.signed.get_web_acl_for_resource(&balancer.arn);
        match self.ask.ask_optional(action, &place, NO_RESOURCE, call, Some).await {
            Fact::Known(found) => Fact::Known(found.flatten()),
            Fact::Unknown(gap) => Fact::Unknown(gap),
        }
    }
}
