//! How the account stands by a framework.

use std::collections::BTreeSet;

use palisade_checks::frameworks::{Assessment, Framework};

use super::View;
use crate::document::{self, NoticeKind};

impl View<'_> {
    /// Judges the run by these frameworks as well, for the forms that have a place for that.
    pub fn judge_by(&mut self, frameworks: Vec<&'static Framework>) {
        let assessed = frameworks.iter().map(|framework| document::Framework::of(&self.assess(framework)));
        self.head.frameworks = Some(assessed.collect()).filter(|all: &Vec<_>| !all.is_empty());
        self.frameworks = frameworks;
    }

    /// Judges the run by a framework. A requirement is met only as far as every check that tells of it ran over all that it
    /// judges: a run that chose not to read something, or a report that does not tell what was judged, leaves it unknown.
    pub fn assess(&self, framework: &'static Framework) -> Assessment {
        let left_out = |id: &str| {
            let of_check = |message: &str| message.split(' ').next() == Some(id);
            let notices = self.head.notices.iter();
            notices.filter(|notice| notice.kind == NoticeKind::LeftOut).any(|notice| of_check(&notice.message))
        };
        let scope = self.head.scope.as_ref();
        let checks = scope.into_iter().flat_map(|scope| scope.checks.iter().map(|check| &**check));
        let judged: BTreeSet<&str> = checks.filter(|id| !left_out(id)).collect();
        framework.assess(self.outlines().map(|(check, _, status)| (check, status)), &judged)
    }
}
