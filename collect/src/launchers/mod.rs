//! Who starts tasks besides services, and the job definitions of Batch, whose jobs run as tasks: read where there are
//! clusters of ECS.

mod buckets;
mod input;
mod jobs;
mod pipes;
mod rules;
mod schedules;
mod state_machines;
mod target;

use std::sync::Arc;

use futures_util::StreamExt as _;
use palisade_model::ecs::{Cluster, Definition, Launcher, LauncherDetails, LauncherKind};
use palisade_model::{Arn, Fact, Gap, Listing, Place, RegionName};

use crate::ask::Ask;
use crate::aws::signed::Signed;
use crate::caller::Caller;
pub(crate) use buckets::{buckets, ebs_default};
use target::Home;

/// Launchers that are read at once. The pacer sets the speed; this bounds memory and connections.
const AT_ONCE: usize = 8;

/// What is needed to read the launchers of a Region.
struct Reader<'a> {
    signed: &'a Signed,
    home: Home<'a>,
    place: Arc<Place>,
    ask: &'a Ask,
}

/// Collects the launchers of one Region, of all kinds, by ARN; and the definitions of Batch's jobs.
pub(crate) async fn collect(
    signed: &Signed,
    caller: &Caller,
    region: &RegionName,
    clusters: &[Cluster],
    ask: &Ask,
) -> (Listing<Launcher>, Listing<Definition>) {
    if clusters.is_empty() {
        return (Listing::whole(Vec::new()), Listing::whole(Vec::new()));
    }
    let reader = Reader { signed, home: Home { caller, region }, place: Place::region(region), ask };
    let (rules, schedules, pipes, machines, jobs) = tokio::join!(
        Box::pin(reader.rules(clusters)),
        Box::pin(reader.schedules()),
        Box::pin(reader.pipes()),
        Box::pin(reader.state_machines()),
        Box::pin(reader.jobs()),
    );
    (together([rules, schedules, pipes, machines]), jobs)
}

/// One list of several. It has one gap; what each list lacks is in the log.
fn together(lists: [Listing<Launcher>; 4]) -> Listing<Launcher> {
    let (mut launchers, mut gaps) = (Vec::new(), Vec::new());
    for list in lists {
        let (items, gap) = list.into_parts();
        launchers.extend(items);
        gaps.extend(gap);
    }
    launchers.sort_by(|left, right| left.arn.cmp(&right.arn));
    launchers.dedup_by(|later, earlier| later.arn == earlier.arn);
    for gap in &gaps {
        tracing::debug!("launchers: {gap}");
    }
    Listing::new(launchers, most_telling(gaps))
}

/// The first gap that stays when the same is asked again, or else the first.
fn most_telling(gaps: Vec<Gap>) -> Option<Gap> {
    gaps.into_iter().min_by_key(|gap| gap.reason.may_pass())
}

/// A launcher that was listed, before it is read.
struct Found {
    arn: Arn,
    kind: LauncherKind,
    name: String,
}

impl Found {
    /// The launcher; none when it starts no task.
    fn launcher(self, details: Fact<LauncherDetails>) -> Option<Launcher> {
        let Self { arn, kind, name } = self;
        match &details {
            Fact::Known(known) if known.targets.is_empty() => None,
            Fact::Known(_) | Fact::Unknown(_) => Some(Launcher { arn, kind, name, details }),
        }
    }
}

/// Reads what was listed, some at once, and leaves out what starts no task.
async fn each<T, F>(found: impl IntoIterator<Item = T>, read: impl Fn(T) -> F) -> Vec<Launcher>
where
    F: Future<Output = Option<Launcher>>,
{
    let reads = futures_util::stream::iter(found).map(read).buffer_unordered(AT_ONCE);
    reads.filter_map(async |launcher| launcher).collect().await
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use palisade_model::{Action, By, Reason};

    use super::*;

    /// Where the names in tests belong.
    pub(super) fn home() -> Home<'static> {
        static CALLER: LazyLock<Caller> = LazyLock::new(|| Caller {
            account: "111122223333".into(),
            arn: "arn:aws:iam::111122223333:role/audit".into(),
            partition: "aws".into(),
            source: String::new(),
        });
        static REGION: LazyLock<RegionName> = LazyLock::new(|| RegionName::from("eu-west-1"));
        Home { caller: &CALLER, region: &REGION }
    }

    fn gap(reason: Reason) -> Gap {
        Gap { action: Action::PipesListPipes, place: Place::account(), reason }
    }

    fn launcher(arn: &str) -> Launcher {
        let details = Fact::Unknown(gap(Reason::Throttled));
        Launcher { arn: arn.into(), kind: LauncherKind::Pipe, name: String::new(), details }
    }

    #[test]
    fn one_list_holds_all_by_arn_with_the_gap_that_stays() {
        let lists = [
            Listing::new(vec![launcher("c"), launcher("b")], Some(gap(Reason::Throttled))),
            Listing::whole(vec![launcher("a")]),
            Listing::unread(gap(Reason::Denied(By::Unsaid))),
            Listing::unread(gap(Reason::Failed("no such host".to_owned()))),
        ];
        let all = together(lists);
        let arns: Vec<_> = all.seen().iter().map(|one| one.arn.as_str()).collect();
        assert_eq!(arns, ["a", "b", "c"]);
        assert_eq!(all.gap(), Some(&gap(Reason::Denied(By::Unsaid))));
    }
}
