use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::Image;

check! {
    /// Image in use has critical or high vulnerabilities
    ///
    /// ## Why
    /// The code runs: what can be reached of it can be attacked. The evidence names those first that attackers are known to
    /// use, then those for which an exploit is public; a fixed version of a package is there where it says so.
    ///
    /// In use is an image that a function, a task definition or a pod names, that Inspector sees running, or that was
    /// pulled lately. An image without a scan that stands is unknown here, never clean.
    ///
    /// ## Severity
    /// High: harm needs an attacker who reaches the vulnerable part.
    ///
    /// ## Fix
    /// Build the image anew on an updated base, update the packages that have a fix, and deploy it; begin with what is
    /// known to be exploited.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html>
    /// - <https://www.cisa.gov/known-exploited-vulnerabilities-catalog>
    CHECK {
        id: "ecr-image-vulnerable-in-use",
        severity: Severity::High,
        controls: &[
            Control::prowler("ecr_repositories_scan_vulnerabilities_in_latest_image"),
            Control::checklist("no-known-vulnerabilities"),
        ],
        since: "0.1.0",
        rule: Rule::Image(evaluate),
    }
}

fn evaluate(image: &Image, context: &Context) -> Outcome {
    if !image.is_worth_judging()? {
        return Ok(Verdict::NotApplicable);
    }
    if !image.is_in_use() {
        context.knows_uses(image)?;
        return Ok(Verdict::NotApplicable);
    }
    let mut evidence = image.standing_scan()?.beyond(&context.settings.vulnerabilities);
    if !evidence.is_empty() {
        evidence.push(image.usage());
    }
    Ok(Verdict::fail_if_any(evidence))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::vulnerability_cases;
    use palisade_model::ecr::{Counts, Use};
    use palisade_model::{Action, Gap, Listing, Reason};
    use palisade_scenes::{Scene, repository_arn, scan};

    let used = |uses: Vec<Use>| move |scene: Scene| scene.image(|image| image.uses.clone_from(&uses));
    let running = used(vec![Use::Inspector { count: 3, last_at: None }]);
    let pulled = used(vec![Use::Pulled("2026-11-20T00:00:00Z".parse().unwrap())]);
    let vulnerable = || scan(|scan| scan.counts = Counts { critical: 1, ..Counts::default() });
    // Workloads that may run the image could not be read, or were left out by choice.
    let unread = |reason: Reason| {
        vulnerable().region(|region| {
            let mut repositories = region.ecr.repositories.seen().to_vec();
            let images = repositories[0].images.seen().to_vec();
            let gap = Gap { reason, ..Gap::undecided(Action::EksListClusters, &repository_arn("shop/storefront"), "") };
            repositories[0].images = Listing::new(images, Some(gap));
            region.ecr.repositories = Listing::whole(repositories);
        })
    };
    vulnerability_cases(running)
        .fail(pulled(vulnerable()))
        .not_applicable(vulnerable())
        .unknown(unread(Reason::Throttled))
        .not_applicable(unread(Reason::NotAsked))
}
