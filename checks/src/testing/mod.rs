//! Cases of a check: which scene it must fail, pass, or leave open.
//!
//! [`Cases::hold`] runs a check on each of its scenes, and then *blinds* every scene: each fact in turn becomes unknown and
//! each list is cut short. A failing subject must then stay failing or become unknown, and no subject may begin to fail
//! because something could not be read.

mod families;

use palisade_model::Inventory;
use palisade_scenes::Scene;
use palisade_scenes::blinded::each_blinding;

use crate::audit::{Finding, Status, audit};
use crate::check::Check;
pub(crate) use families::{beyond_teams, default_deny_cases, strict, vulnerability_cases};

/// What a check must conclude of which scene.
#[derive(Default)]
pub(crate) struct Cases(Vec<(Option<Status>, Scene)>);

impl Cases {
    pub(crate) fn pass(self, scene: Scene) -> Self {
        self.with(Status::Pass, scene)
    }

    pub(crate) fn fail(self, scene: Scene) -> Self {
        self.with(Status::Fail, scene)
    }

    pub(crate) fn not_applicable(self, scene: Scene) -> Self {
        self.with(Status::NotApplicable, scene)
    }

    pub(crate) fn unknown(self, scene: Scene) -> Self {
        self.with(Status::Unknown, scene)
    }

    /// A scene of which the run chose not to read what the check takes: it says nothing.
    pub(crate) fn left_out(mut self, scene: Scene) -> Self {
        self.0.push((None, scene));
        self
    }

    fn with(mut self, status: Status, scene: Scene) -> Self {
        self.0.push((Some(status), scene));
        self
    }

    /// Runs the check on every scene as it is, and blinded.
    pub(crate) fn hold(self, check: &'static Check) {
        for needed in [Status::Pass, Status::Fail] {
            assert!(self.0.iter().any(|(status, _)| *status == Some(needed)), "{check:?} has no case for {needed:?}");
        }
        for (number, (expected, scene)) in self.0.iter().enumerate() {
            let found = conclude(check, scene, &scene.inventory);
            assert_eq!(found, *expected, "{check:?}, case {number}");
            each_blinding(&scene.inventory, |place, blinded| {
                let Some(found) = conclude(check, scene, blinded) else { return };
                let honest = found == Status::Unknown || Some(found) == *expected;
                assert!(honest, "{check:?}, case {number}: without {place}, {expected:?} became {found:?}");
            });
        }
    }
}

fn conclude(check: &'static Check, scene: &Scene, inventory: &Inventory) -> Option<Status> {
    let mut settings = scene.settings.clone();
    settings.selection.checks = [check.id].into();
    let report = audit(inventory, &settings);
    report.findings.iter().find(|finding| finding.resource == scene.subject).map(Finding::status)
}
