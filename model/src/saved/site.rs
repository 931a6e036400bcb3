//! Where in a file of an older version something is missing, and the gap that stands for it.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{AccountId, Action, Arn, Depth, Gap, Partition, Place, Reason, RegionName, When};

/// What a file says of itself as a whole.
#[derive(Debug)]
pub(super) struct File {
    pub(super) version: u32,
    pub(super) account: AccountId,
    pub(super) partition: Partition,
    pub(super) depth: Depth,
    pub(super) palisade: Option<String>,
}

/// Where in a file something is missing.
#[derive(Clone, Debug)]
pub(super) struct Site<'a> {
    pub(super) file: &'a File,
    pub(super) region: Option<RegionName>,
    pub(super) resource: Option<Arn>,
}

impl Site<'_> {
    /// The gap that stands for what a call would have told.
    pub(super) fn gap(&self, action: Action) -> Gap {
        let place = Arc::new(Place { region: self.region.clone(), resource: self.resource.clone() });
        // A run that looks less deep leaves it out today as well, by choice.
        let reason = if action.when() == When::Deep && self.file.depth == Depth::Standard {
            Reason::NotAsked
        } else {
            Reason::NotCollected { inventory_version: self.file.version, palisade: self.file.palisade.clone() }
        };
        Gap { action, place, reason }
    }

    /// The site of what is in this object, which may be a resource.
    pub(super) fn within(&self, object: &Map<String, Value>) -> Self {
        match object.get("arn").and_then(Value::as_str) {
            Some(arn) => Self { resource: Some(Arn::from(arn)), ..self.clone() },
            None => self.clone(),
        }
    }

    /// The site of a value of a map: Regions stand under their names, queues under their ARNs.
    pub(super) fn under(&self, name: &str, path: &str) -> Self {
        if name.starts_with("arn:") {
            return Self { resource: Some(Arn::from(name)), ..self.clone() };
        }
        let is_region = self.region.is_none() && path.starts_with("/regions/");
        let region = if is_region { Some(RegionName::from(name)) } else { self.region.clone() };
        Self { region, ..self.clone() }
    }
}
