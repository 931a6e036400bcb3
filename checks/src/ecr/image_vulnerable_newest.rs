use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::Image;

check! {
    /// Newest image has critical or high vulnerabilities
    ///
    /// ## Why
    /// It is what the next deployment is likely to run. The evidence names those first that attackers are known to use, then
    /// those for which an exploit is public; a fixed version of a package is there where it says so.
    ///
    /// Judged is the image that was pushed last, unless it is known to be in use: then it is the business of
    /// `ecr-image-vulnerable-in-use`. An image without a scan that stands is unknown here, never clean.
    ///
    /// ## Severity
    /// Medium: nothing is known to run it yet.
    ///
    /// ## Fix
    /// Build the image anew on an updated base, update the packages that have a fix, and deploy it; begin with what is
    /// known to be exploited.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html>
    /// - <https://www.cisa.gov/known-exploited-vulnerabilities-catalog>
    CHECK {
        id: "ecr-image-vulnerable-newest",
        severity: Severity::Medium,
        controls: &[
            Control::prowler("ecr_repositories_scan_vulnerabilities_in_latest_image"),
            Control::checklist("no-known-vulnerabilities"),
        ],
        since: "0.1.0",
        rule: Rule::Image(evaluate),
    }
}

fn evaluate(image: &Image, context: &Context) -> Outcome {
    if !image.newest || image.is_in_use() || !image.is_worth_judging()? {
        return Ok(Verdict::NotApplicable);
    }
    context.knows_uses(image)?;
    let evidence = image.standing_scan()?.beyond(&context.settings.vulnerabilities);
    Ok(Verdict::fail_if_any(evidence))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::vulnerability_cases;
    use palisade_model::ecr::{Counts, Use};
    use palisade_scenes::{Scene, scan};

    let of = |uses: Vec<Use>, newest: bool| -> Scene {
        let vulnerable = scan(|scan| scan.counts = Counts { critical: 1, ..Counts::default() });
        vulnerable.image(|image| (image.uses, image.newest) = (uses, newest))
    };
    vulnerability_cases(|scene| scene)
        .not_applicable(of(vec![Use::Inspector { count: 3, last_at: None }], true))
        .not_applicable(of(vec![], false))
}
