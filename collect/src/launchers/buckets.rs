//! What is asked where something that runs leans on it: which buckets are the account's own, and whether volumes are
//! encrypted whatever is asked for.

use std::collections::BTreeSet;

use palisade_model::{Action, Fact, Place, RegionName};

use crate::ask::{Ask, Page};
use crate::aws::signed::Signed;

/// The names of the buckets that the account owns, where they matter.
pub(crate) async fn buckets(signed: &Signed, region: &RegionName, needed: bool, ask: &Ask) -> Fact<BTreeSet<String>> {
    let (action, place) = (Action::S3ListAllMyBuckets, Place::region(region));
    if !needed {
        return Fact::not_asked(action, &place);
    }
    let page = |token: Option<String>| async move { signed.list_buckets(token.as_deref()).await };
    let read = |(items, next)| Some(Page { items, next });
    let names = ask.list(action, &place, "", page, read).await;
    match names.complete() {
        Ok(names) => Fact::Known(names.iter().cloned().collect()),
        Err(gap) => Fact::Unknown(gap),
    }
}

/// Whether new volumes of EBS are encrypted by default, where that matters.
pub(crate) async fn ebs_default(signed: &Signed, region: &RegionName, needed: bool, ask: &Ask) -> Fact<bool> {
    let (action, place) = (Action::Ec2GetEbsEncryptionByDefault, Place::region(region));
    if !needed {
        return Fact::not_asked(action, &place);
    }
    ask.ask(action, &place, || signed.get_ebs_encryption_by_default(), Some).await
}
