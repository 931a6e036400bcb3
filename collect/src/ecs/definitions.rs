//! The definitions by which something runs, or will.

use std::collections::{BTreeMap, BTreeSet};
use std::future::ready;

use futures_util::{Stream, StreamExt as _};
use palisade_model::ecs::{Cluster, Definition, Launcher, Origin, TaskDefinition};
use palisade_model::{Action, Arn, Fact, Place, Reason, Switch};

use super::reader::{AT_ONCE, Reader, read};
use crate::failure::Failure;

/// Definitions that were asked for, by what they were asked for by: an ARN of a revision, or of a family.
pub(super) type Read = BTreeMap<Arn, Definition>;

/// The definitions that a cluster uses, each with whose it is: those of services that want tasks or have some, of tasks that
/// run or are about to, and of managed daemons.
pub(super) fn of_cluster(cluster: &Cluster) -> impl Iterator<Item = (Arn, Origin)> {
    let services = cluster.services.seen().iter().filter_map(|service| read(&service.details));
    let tasks = cluster.tasks.seen().iter().filter_map(|task| read(&task.details));
    let running = tasks.filter(|task| !task.is_stopped).map(|task| &task.definition);
    let named = services.flat_map(|details| details.running_definitions()).chain(running);
    let daemons = cluster.daemons.seen().iter().filter_map(|daemon| read(&daemon.revisions)).flatten();
    let of_daemons = daemons.map(|revision| (revision.definition.clone(), Origin::Daemon));
    // A daemon's tasks name its definition too.
    of_daemons.chain(named.map(|arn| (arn.clone(), Origin::Task)))
}

/// The launchers' targets whose definitions are read: those of launchers that are off start nothing.
fn targets(launchers: &mut [Launcher]) -> impl Iterator<Item = &mut Arn> {
    let details = launchers.iter_mut().filter_map(|launcher| match &mut launcher.details {
        Fact::Known(details) if details.enabled != Switch::Off => Some(details),
        Fact::Known(_) | Fact::Unknown(_) => None,
    });
    details.flat_map(|details| &mut details.targets).filter_map(|target| target.definition.as_mut())
}

impl Reader<'_> {
    /// Reads the definitions that launchers name and that were not read yet, and puts in place of a family the revision that
    /// it stands for.
    pub(super) async fn add_definitions_of(&self, launchers: &mut [Launcher], known: &mut Read) {
        let named = targets(launchers).map(|definition| definition.clone());
        let wanted: Vec<_> = named.filter(|arn| !known.contains_key(arn)).map(|arn| (arn, Origin::Task)).collect();
        known.extend(self.definitions(futures_util::stream::iter(wanted)).await);
        for definition in targets(launchers) {
            if let Some(read) = known.get(definition) {
                *definition = read.arn.clone();
            }
        }
    }

    /// Reads definitions as they become wanted, each once.
    pub(super) async fn definitions(&self, wanted: impl Stream<Item = (Arn, Origin)>) -> Read {
        let mut asked = BTreeSet::new();
        let once = wanted.filter(|(arn, _)| ready(asked.insert(arn.clone())));
        let read = once.map(|(arn, origin)| Box::pin(self.definition(arn, origin)));
        read.buffer_unordered(AT_ONCE).collect().await
    }

    async fn definition(&self, asked: Arn, origin: Origin) -> (Arn, Definition) {
        let (action, place) = match origin {
            Origin::Task | Origin::Job | Origin::Planned => {
                (Action::EcsDescribeTaskDefinition, Place::resource(&asked))
            }
            Origin::Daemon => (Action::EcsDescribeDaemonTaskDefinition, Place::resource(&asked)),
        };
        let name = spoken(&asked);
        let send = async || {
            let answer = match origin {
                Origin::Task | Origin::Job | Origin::Planned => {
                    self.ask.send(action, &place, || self.signed.describe_task_definition(name)).await
                }
                Origin::Daemon => {
                    self.ask.send(action, &place, || self.signed.describe_daemon_task_definition(name)).await
                }
            };
            match answer {
                Ok(found) => Ok(Some(found)),
                Err(failure) if says_none(&failure) => Ok(None),
                Err(failure) => Err(failure),
            }
        };
        let answer: Fact<Option<(Arn, TaskDefinition)>> = self.ask.remembered(action, &place, "", send).await;
        let definition = match answer {
            Fact::Known(Some((arn, details))) => Definition { arn, origin, details: Fact::Known(Some(details)) },
            Fact::Known(None) => Definition { arn: asked.clone(), origin, details: Fact::Known(None) },
            Fact::Unknown(gap) => Definition { arn: asked.clone(), origin, details: Fact::Unknown(gap) },
        };
        (asked, definition)
    }
}

/// The name by which a definition is asked for: a revision by its ARN, a family by its own name, which stands for its newest
/// active revision.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html>
fn spoken(definition: &Arn) -> &str {
    match definition.resource().split_once('/') {
        Some((_, name)) if !name.contains(':') => name,
        Some(_) | None => definition.as_str(),
    }
}

/// Whether AWS says that it describes none of this name (any more). It has one code for all mistakes of callers.
fn says_none(failure: &Failure) -> bool {
    const WORDS: [&str; 2] = ["Unable to describe", "does not exist"];
    match failure {
        Failure::Answered { code, reason: Reason::Failed(said) } => {
            code == "ClientException" && WORDS.iter().any(|words| said.contains(words))
        }
        Failure::Answered { .. }
        | Failure::Throttled(_)
        | Failure::Passing(_)
        | Failure::Down(_)
        | Failure::UnknownCredentials
        | Failure::Expired(_)
        | Failure::Clock(_)
        | Failure::GaveUp(_) => false,
    }
}
