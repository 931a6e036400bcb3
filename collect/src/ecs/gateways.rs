//! Gateways, and the account's settings.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use palisade_model::ecs::Gateway;
use palisade_model::{Action, Fact, Listing, Place};

use super::reader::{AT_ONCE, Reader, where_offered};
use crate::aws::signed::GatewayName;

impl Reader<'_> {
    /// The gateways; those that are deleted are still listed for a while, and left out.
    pub(super) async fn gateways(&self) -> Listing<Gateway> {
        let place = Place::region(self.region);
        let page = |token: Option<String>| async move { self.signed.list_gateways(token.as_deref()).await };
        let listed = self.list(Action::EcsListGateways, &place, "", page).await;
        let (names, gap) = where_offered(listed).into_parts();
        let there = names.into_iter().filter(|(_, _, status)| status != "DELETED");
        let read = there.map(|name| Box::pin(self.gateway(name)));
        Listing::new(futures_util::stream::iter(read).buffered(AT_ONCE).collect().await, gap)
    }

    async fn gateway(&self, (arn, name, _): GatewayName) -> Gateway {
        let call = || self.signed.describe_gateway(&arn);
        let details = self.ask.ask(Action::EcsDescribeGateway, &Place::resource(&arn), call, Some).await;
        Gateway { arn, name, details }
    }

    /// The account's settings in force, by name.
    pub(super) async fn settings(&self) -> Fact<BTreeMap<String, String>> {
        let place = Place::region(self.region);
        let page = |token: Option<String>| async move { self.signed.list_account_settings(token.as_deref()).await };
        match self.list(Action::EcsListAccountSettings, &place, "", page).await.into_parts() {
            (settings, None) => Fact::Known(settings.into_iter().collect()),
            (_, Some(gap)) => Fact::Unknown(gap),
        }
    }
}
