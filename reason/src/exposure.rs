//! Who from outside reaches a workload: the first link of attack paths.

use palisade_model::Gap;
use palisade_model::workload::{Kind, Workload};

use crate::access::invoke::{Invoker, invokers_seen};
use crate::account::Account;
use crate::in_cluster::exposure::{Entrance, entrances};
use crate::tasks::reach::of_tasks;

/// A way in for everybody, or for whoever has or makes an AWS account.
#[derive(Clone, Debug, PartialEq)]
pub enum Exposure<'a> {
    /// A function that everybody may invoke.
    Invoker(Invoker<'a>),
    /// A load balancer before pods.
    Entrance(Entrance),
    /// A load balancer before tasks, or an address of tasks themselves, in words, with the check that tells it.
    Tasks(String, &'static str),
}

/// The ways in to a workload, and the gap when there may be more.
pub fn exposures<'a>(workload: &Workload<'a>, account: &'a Account<'_>) -> (Vec<Exposure<'a>>, Option<Gap>) {
    match workload.kind {
        Kind::Function(function) => {
            let (invokers, gap) = invokers_seen(function, account);
            let public = invokers.into_iter().filter(Invoker::is_public);
            (public.map(Exposure::Invoker).collect(), gap)
        }
        Kind::Controller(inside) => {
            let (entrances, gap) = entrances(inside, account);
            (entrances.into_iter().map(Exposure::Entrance).collect(), gap)
        }
        Kind::Tasks(tasks) => of_tasks(&tasks, &workload.arn, account),
    }
}
