//! Registries of made-up accounts: many images, each of them cheap.

use std::collections::BTreeMap;

use serde_json::json;

use super::{ID, Size, TEAMS, is_among, pick};
use crate::account::{
    Config, Counts, Document, Ecr, Encryption, Image, InUse, InspectorScan, Moment, NativeScan, Repository, ScanRule,
    Scanning,
};

/// A registry without repositories.
pub(super) fn empty(is_enhanced: bool) -> Ecr {
    let (kind, frequency) = if is_enhanced { ("ENHANCED", "CONTINUOUS_SCAN") } else { ("BASIC", "SCAN_ON_PUSH") };
    let rule = ScanRule { frequency: frequency.to_owned(), filters: vec!["*".to_owned()] };
    Ecr { scanning: Scanning { kind: kind.to_owned(), rules: vec![rule] }, ..Ecr::default() }
}

/// The `index`-th repository, with its share of the images.
pub(super) fn repository(index: usize, size: &Size) -> Repository {
    let team = pick(index, "team", TEAMS);
    let name = format!("{team}/service-{index:05}");
    let count = size.images / size.repositories + usize::from(index < size.images % size.repositories);
    Repository {
        images: (0..count).map(|number| image(index, number, count, size.enhanced)).collect(),
        mutability: is_among(index, "immutable", 50).then(|| "IMMUTABLE".to_owned()),
        encryption: Encryption { kind: is_among(index, "kms", 30).then(|| "KMS".to_owned()), key: None },
        policy: is_among(index, "policy", 40).then(policy),
        lifecycle: is_among(index, "lifecycle", 60).then(|| {
            json!({"rules": [{
                "rulePriority": 1,
                "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14},
                "action": {"type": "expire"},
            }]})
        }),
        tags: BTreeMap::from([("team".to_owned(), team.to_owned())]),
        name,
        ..Repository::default()
    }
}

fn policy() -> Document {
    Document::new(json!({"Statement": [{
        "Sid": "Pull",
        "Principal": {"AWS": format!("arn:aws:iam::{ID}:root")},
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    }]}))
}

/// The `number`-th of `count` images; the last is the newest.
fn image(repository: usize, number: usize, count: usize, is_enhanced: bool) -> Image {
    let id = repository * 100_000 + number;
    let age = i64::try_from(count - number).unwrap_or(1);
    let is_newest = number + 1 == count;
    let is_untagged = !is_newest && is_among(id, "untagged", 20);
    let counts = Counts {
        critical: u32::from(is_among(id, "critical", 10)),
        high: u32::from(is_among(id, "high", 30)) * 3,
        medium: u32::from(is_among(id, "medium", 60)) * 8,
        ..Counts::default()
    };
    Image {
        tags: if is_untagged { Vec::new() } else { vec![format!("1.0.{number}")] },
        pushed: Moment::DaysAgo(age),
        last_pulled: is_newest.then_some(Moment::DaysAgo(0)),
        config: Config { user: is_among(id, "user", 70).then(|| "10001".to_owned()), ..Config::default() },
        inspector: is_enhanced.then(|| {
            let in_use = is_newest.then_some(InUse { count: 2, last: Some(Moment::DaysAgo(0)) });
            Box::new(InspectorScan {
                counts: Some(counts),
                at: Some(Moment::DaysAgo(0)),
                in_use,
                ..InspectorScan::default()
            })
        }),
        scan: (!is_enhanced).then(|| {
            Box::new(NativeScan { counts: Some(counts), at: Some(Moment::DaysAgo(age)), ..NativeScan::default() })
        }),
        ..Image::default()
    }
}
