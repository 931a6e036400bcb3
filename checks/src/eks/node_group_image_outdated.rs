use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::{Cluster, NodeGroup, NodeGroupDetails};
use palisade_model::{Action, Gap};

check! {
    /// Nodes run an outdated machine image
    ///
    /// ## Why
    /// A managed node keeps the image with which it was started. Flaws of the kernel and of the container runtime,
    /// which let a pod out onto the node, are corrected by newer images only.
    ///
    /// Amazon Linux 2 has had no new images for EKS since 26 November 2025. Other images are outdated once their
    /// release is older than the threshold `node_image_days`. Releases of Bottlerocket tell no date: there, a group
    /// that was not changed for so many days is outdated, and of a younger one the age is unknown, as of images of
    /// one's own.
    ///
    /// ## Severity
    /// Medium: it takes a pod that runs an attacker's code, and one of the flaws that the image still has.
    ///
    /// ## Fix
    /// Update the node group to the latest release of its image; move from Amazon Linux 2 to Amazon Linux 2023 or
    /// Bottlerocket.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html>
    CHECK {
        id: "eks-node-group-image-outdated",
        severity: Severity::Medium,
        controls: &[Control::checklist("nodes-hardened")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    Gathered::of(&cluster.node_groups, |group| judge(group, context)).outcome()
}

fn judge(group: &NodeGroup, context: &Context) -> Result<Option<String>, Gap> {
    let details = group.details.known()?;
    let (name, days) = (&group.name, context.settings.thresholds.node_image_days);
    let kind = details.ami_type.as_deref().unwrap_or("not said");
    if kind.starts_with("AL2_") {
        return Ok(Some(format!("node group {name}: amiType is {kind}, of which there are no new images")));
    }
    let limit = SignedDuration::from_hours(24 * i64::from(days));
    let is_old = |day: Date| context.today().duration_since(day) > limit;
    let release = details.release.as_deref().unwrap_or("not said");
    if let Some(day) = details.release.as_deref().and_then(day_of) {
        return Ok(is_old(day).then(|| format!("node group {name}: the release {release} is older than {days} days")));
    }
    match modified(details) {
        Some(day) if is_old(day) => {
            Ok(Some(format!("node group {name}: the release is {release}, and nothing was changed since {day}")))
        }
        Some(_) | None => {
            let why = format!("the release {release} of node group {name}, amiType {kind}, does not tell its day");
            Err(Gap::undecided(Action::EksDescribeNodegroup, &details.arn, why))
        }
    }
}

/// The day at the end of a release: `1.32.3-20250519`, or `1.32-2025.05.19` for Windows.
fn day_of(release: &str) -> Option<Date> {
    let (_, day) = release.rsplit_once('-')?;
    let digits: String = day.chars().filter(|letter| *letter != '.').collect();
    let is_day = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = |from: usize, to: usize| digits.get(from..to)?.parse().ok();
    let (month, day): (i16, i16) = (number(4, 6)?, number(6, 8)?);
    is_day.then(|| Date::new(number(0, 4)?, month.try_into().ok()?, day.try_into().ok()?).ok())?
}

fn modified(details: &NodeGroupDetails) -> Option<Date> {
    details.modified_at.map(|time| time.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::cluster;
    use palisade_scenes::clusters::grouped;

    let with = |kind: &str, release: Option<&str>, modified: &str| {
        grouped(|group| {
            group.ami_type = Some(kind.to_owned());
            group.release = release.map(str::to_owned);
            group.modified_at = Some(format!("{modified}T08:00:00Z").parse().unwrap());
        })
    };
    let linux = |release: &str| with("AL2023_ARM_64_STANDARD", Some(release), "2026-11-20");
    let bottlerocket = |modified: &str| with("BOTTLEROCKET_x86_64", Some("1.50.0-fcf71a47"), modified);
    Cases::default()
        .pass(linux("1.35.2-20261101"))
        .pass(linux("1.35.2-20260824"))
        .pass(with("WINDOWS_CORE_2022_x86_64", Some("1.35-2026.11.01"), "2026-11-20"))
        .fail(linux("1.35.2-20260823"))
        .fail(linux("1.35.2-20261101").settings(|settings| settings.thresholds.node_image_days = 20))
        .fail(with("WINDOWS_CORE_2022_x86_64", Some("1.35-2025.11.01"), "2026-11-20"))
        .fail(with("AL2_x86_64", Some("1.32.9-20251120"), "2026-11-20"))
        .fail(with("AL2_ARM_64", None, "2026-11-20"))
        .fail(bottlerocket("2026-08-01"))
        .unknown(bottlerocket("2026-11-01"))
        .unknown(with("CUSTOM", Some("ami-0a1b2c3d4e5f60718"), "2026-11-01"))
        .unknown(with("AL2023_x86_64_STANDARD", None, "2026-11-01"))
        .unknown(linux("1.35.2-20269901"))
        .unknown(linux("1.35.2-20261101é"))
        .not_applicable(cluster(|_| {}))
}
