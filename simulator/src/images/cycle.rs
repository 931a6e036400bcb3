//! Indexes that lead back to themselves. No true digest can do that, so these are made up.

use serde_json::json;

use super::manifest::Manifest;
use crate::ids;

/// An index that lists itself.
pub(super) fn of_one(seed: &str, media_type: &'static str) -> Vec<Manifest> {
    let digest = made_up(seed, "itself");
    vec![index(&digest, &digest, media_type)]
}

/// Two indexes that list each other.
pub(super) fn of_two(seed: &str, media_type: &'static str) -> Vec<Manifest> {
    let (first, second) = (made_up(seed, "first"), made_up(seed, "second"));
    vec![index(&first, &second, media_type), index(&second, &first, media_type)]
}

fn made_up(seed: &str, name: &str) -> String {
    format!("sha256:{}", ids::hexadecimal(&format!("cycle {name} {seed}"), 64))
}

fn index(digest: &str, listed: &str, media_type: &'static str) -> Manifest {
    let platform = json!({"architecture": "amd64", "os": "linux"});
    let entry = json!({"digest": listed, "mediaType": media_type, "platform": platform, "size": 420});
    Manifest {
        digest: digest.to_owned(),
        media_type,
        artifact_type: None,
        body: json!({"manifests": [entry], "mediaType": media_type, "schemaVersion": 2}).to_string(),
        size: 420,
        subject: None,
        tag: None,
    }
}
