//! Versions of Kubernetes, and how long EKS supports them.

use serde_json::{Value, json};

use super::page_of;
use crate::account::{ClusterVersion, Moment};
use crate::services::Ask;
use crate::wire::{Answer, ServiceError};

/// Version, and in days from the run: when it was released, until when support is standard, until when extended.
const USUAL: [(&str, i64, i64, i64); 7] = [
    ("1.36", -150, 275, 640),
    ("1.35", -300, 125, 490),
    ("1.34", -415, 35, 400),
    ("1.33", -540, -115, 250),
    ("1.32", -665, -240, 125),
    ("1.31", -785, -360, 12),
    ("1.30", -910, -485, -120),
];

/// The version of clusters that name none.
const DEFAULT: &str = "1.35";

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let versions = ask.world.region(ask.region).eks.versions.clone().unwrap_or_else(usual);
    let all = ask.parameter("includeAll").as_deref() == Some("true");
    let wanted = ask.request.all("clusterVersions");
    let listed: Vec<ClusterVersion> = versions
        .into_iter()
        .filter(|one| all || status(ask, one).0 != "UNSUPPORTED")
        .filter(|one| wanted.is_empty() || wanted.contains(&one.version))
        .collect();
    page_of(ask, "clusterVersions", &listed, |version| written(ask, version))
}

fn usual() -> Vec<ClusterVersion> {
    let usual = USUAL.iter().map(|&(version, released, standard, extended)| ClusterVersion {
        version: version.to_owned(),
        released: Moment::DaysAgo(-released),
        standard_until: Moment::DaysAgo(-standard),
        extended_until: Moment::DaysAgo(-extended),
    });
    usual.collect()
}

/// The status of a version in its new and its old spelling.
fn status(ask: &Ask<'_>, version: &ClusterVersion) -> (&'static str, &'static str) {
    let today = ask.world.today();
    if ask.world.time(version.standard_until) > today {
        return ("STANDARD_SUPPORT", "standard-support");
    }
    if ask.world.time(version.extended_until) > today {
        return ("EXTENDED_SUPPORT", "extended-support");
    }
    ("UNSUPPORTED", "unsupported")
}

fn written(ask: &Ask<'_>, version: &ClusterVersion) -> Value {
    let (status, old) = status(ask, version);
    json!({
        "clusterVersion": version.version,
        "clusterType": "eks",
        "defaultPlatformVersion": "eks.9",
        "defaultVersion": version.version == DEFAULT,
        "releaseDate": ask.world.seconds(version.released),
        "endOfStandardSupportDate": ask.world.seconds(version.standard_until),
        "endOfExtendedSupportDate": ask.world.seconds(version.extended_until),
        "status": old,
        "versionStatus": status,
        "kubernetesPatchVersion": format!("{}.4", version.version),
    })
}
