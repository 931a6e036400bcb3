//! Words that checks of ECS have in common.

use palisade_model::Gap;
use palisade_model::ecs::Container;
use palisade_reason::tasks::uses::Running;

use crate::check::{Gathered, Outcome};

/// What speaks against the containers of a definition, each told with its name: `container app: …`.
pub(super) fn each_container(
    running: &Running<'_>,
    judge: impl Fn(&Container) -> Result<Option<String>, Gap>,
) -> Outcome {
    let mut gathered = Gathered::default();
    for container in &running.task.containers {
        let found = judge(container);
        gathered.add(found.map(|found| found.map(|text| format!("container {}: {text}", container.name))));
    }
    gathered.outcome()
}
