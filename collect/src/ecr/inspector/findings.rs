//! The critical and high vulnerabilities that Inspector lists, one by one, and which of them are known to be exploited.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use futures_util::StreamExt as _;
use palisade_model::ecr::{Fix, Scan, Vulnerability, VulnerabilitySeverity};
use palisade_model::{Action, Arn, By, Fact, Gap, Listing, Reason};

use super::calls::{AT_ONCE, FILTER_VALUES, Inspector};
use crate::ask::Page;
use crate::aws::signed::{Details, Finding};
use crate::ecr::scan_findings::shorten;

/// The most findings that one call gives details of.
const DETAILS: usize = 10;

/// The critical and high vulnerabilities of an image.
#[derive(Clone, Debug)]
pub(crate) struct Worst {
    /// The worst first.
    pub(super) kept: Vec<Vulnerability>,
    /// The names of those that are known to be exploited, of all.
    pub(super) exploited: Listing<String>,
}

impl Default for Worst {
    /// There are none.
    fn default() -> Self {
        Self { kept: Vec::new(), exploited: Listing::whole(Vec::new()) }
    }
}

/// What a part of the images has, as it was listed.
struct Listed<'d> {
    digests: &'d [&'d str],
    images: HashMap<Arn, Names>,
    /// A finding of each vulnerability.
    findings: BTreeMap<Arc<str>, Arn>,
    gap: Option<Gap>,
}

/// The vulnerabilities of one image.
#[derive(Default)]
struct Names {
    kept: Vec<Vulnerability>,
    /// All, while only the worst are kept.
    all: BTreeSet<Arc<str>>,
}

impl Inspector<'_> {
    /// The critical and high vulnerabilities of these images; a gap where they could not be listed.
    pub(super) async fn worst(&self, images: &BTreeSet<&Arn>) -> HashMap<Arn, Fact<Worst>> {
        let digests: BTreeSet<&str> = images.iter().filter_map(|image| digest(image)).collect();
        let digests: Vec<&str> = digests.into_iter().collect();
        let read = digests.chunks(FILTER_VALUES).map(|chunk| Box::pin(self.listed(chunk, images)));
        let mut parts: Vec<Listed<'_>> = futures_util::stream::iter(read).buffer_unordered(AT_ONCE).collect().await;
        let mut findings = BTreeMap::new();
        for (name, finding) in parts.iter_mut().flat_map(|part| std::mem::take(&mut part.findings)) {
            add(&mut findings, name, finding);
        }
        let exploited = self.exploited(&findings).await;
        let unnamed = |image: &Arn| {
            let gap = Gap::undecided(Action::InspectorListFindings, image, "the image's name holds no digest");
            (image.clone(), Fact::Unknown(gap))
        };
        let without_digest = images.iter().filter(|image| digest(image).is_none());
        let mut worst: HashMap<_, _> = without_digest.map(|image| unnamed(image)).collect();
        for Listed { digests, images: found, gap, .. } in parts {
            worst.extend(found.into_iter().map(|(image, names)| (image, Fact::Known(names.with(&exploited)))));
            if let Some(gap) = gap {
                let missed =
                    images.iter().filter(|image| digest(image).is_some_and(|digest| digests.contains(&digest)));
                worst.extend(missed.map(|image| ((*image).clone(), Fact::Unknown(gap.clone()))));
            }
        }
        worst
    }

    async fn listed<'d>(&self, digests: &'d [&'d str], wanted: &BTreeSet<&Arn>) -> Listed<'d> {
        let action = Action::InspectorListFindings;
        let page = |token: Option<String>| async move {
            self.signed.list_image_findings(self.account, digests, token.as_deref()).await
        };
        let read = |(items, next)| Some(Page { items, next });
        let mut images: HashMap<Arn, Names> = HashMap::new();
        let mut findings = BTreeMap::new();
        let keep = |page: Vec<Finding>| {
            for finding in &page {
                let Some(vulnerability) = vulnerability(finding) else { continue };
                let name = add(&mut findings, finding.id.as_str().into(), finding.arn.clone());
                for image in finding.images.iter().filter(|image| wanted.contains(image)) {
                    let names = images.entry(image.clone()).or_default();
                    names.kept.push(vulnerability.clone());
                    names.all.insert(Arc::clone(&name));
                }
            }
            images.values_mut().filter(|names| names.kept.len() > 2 * Scan::KEPT).for_each(Names::shorten);
        };
        let gap = self.ask.pages(action, self.place, &digests.join(","), page, read, keep).await;
        images.values_mut().for_each(Names::shorten);
        Listed { digests, images, findings, gap }
    }

    /// Whether each vulnerability is known to be exploited. One finding of it tells, whichever image it is of.
    async fn exploited(&self, findings: &BTreeMap<Arc<str>, Arn>) -> BTreeMap<Arc<str>, Fact<bool>> {
        let all: Vec<(&Arc<str>, &Arn)> = findings.iter().collect();
        let read = all.chunks(DETAILS).map(|chunk| Box::pin(self.details(chunk)));
        let read: Vec<_> = futures_util::stream::iter(read).buffer_unordered(AT_ONCE).collect().await;
        read.into_iter().flatten().collect()
    }

    async fn details(&self, chunk: &[(&Arc<str>, &Arn)]) -> Vec<(Arc<str>, Fact<bool>)> {
        let findings: Vec<&Arn> = chunk.iter().map(|(_, finding)| *finding).collect();
        let label = findings.iter().map(|finding| finding.as_str()).collect::<Vec<_>>().join(",");
        let action = Action::InspectorBatchGetFindingDetails;
        let call = || self.signed.finding_details(&findings);
        let details = self.ask.ask_named(action, self.place, &label, call, Some).await;
        let told = |finding: &Arn| match &details {
            Fact::Known(details) => told(details, finding)
                .map_err(|reason| Gap { action, place: Arc::clone(self.place), reason })
                .map_or_else(Fact::Unknown, Fact::Known),
            Fact::Unknown(gap) => Fact::Unknown(gap.clone()),
        };
        chunk.iter().map(|(name, finding)| (Arc::clone(name), told(finding))).collect()
    }
}

/// What the details tell of one finding.
///
/// Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_FindingDetailsError.html>
fn told(details: &Details, finding: &Arn) -> Result<bool, Reason> {
    if let Some(is_exploited) = details.known_exploited.get(finding) {
        return Ok(*is_exploited);
    }
    Err(match details.failed.get(finding).map(String::as_str) {
        Some("ACCESS_DENIED") => Reason::Denied(By::Unsaid),
        Some(code) => Reason::Failed(format!("{code} for {finding}")),
        None => Reason::Failed(format!("the answer lacks {finding}")),
    })
}

impl Names {
    fn shorten(&mut self) {
        shorten(&mut self.kept);
    }

    fn with(self, exploited: &BTreeMap<Arc<str>, Fact<bool>>) -> Worst {
        let (mut names, mut first) = (Vec::new(), None);
        for (name, is_exploited) in self.all.iter().filter_map(|name| exploited.get_key_value(name)) {
            match is_exploited {
                Fact::Known(true) => names.push(name.to_string()),
                Fact::Known(false) => {}
                Fact::Unknown(gap) => first = first.or(Some(gap.clone())),
            }
        }
        Worst { kept: self.kept, exploited: Listing::new(names, first) }
    }
}

/// Adds a finding of a vulnerability. Of several, the first by name stays, in whatever order they arrive.
fn add(findings: &mut BTreeMap<Arc<str>, Arn>, name: Arc<str>, finding: Arn) -> Arc<str> {
    let entry = findings.entry(name).and_modify(|known| {
        if finding < *known {
            known.clone_from(&finding);
        }
    });
    let name = Arc::clone(entry.key());
    entry.or_insert(finding);
    name
}

fn digest(image: &Arn) -> Option<&str> {
    image.as_str().rsplit_once('/').map(|(_, digest)| digest)
}

/// A finding as a vulnerability, if it is critical or high.
fn vulnerability(finding: &Finding) -> Option<Vulnerability> {
    let severity = match finding.severity.as_str() {
        "CRITICAL" => VulnerabilitySeverity::Critical,
        "HIGH" => VulnerabilitySeverity::High,
        _ => return None,
    };
    let fix = match finding.fix.as_deref() {
        Some("YES") => Fix::Available,
        Some("PARTIAL") => Fix::Partial,
        Some("NO") => Fix::Unavailable,
        _ => Fix::Unsaid,
    };
    let exploit_available = match finding.exploit.as_deref() {
        Some("YES") => Some(true),
        Some("NO") => Some(false),
        _ => None,
    };
    let (id, packages, score) = (finding.id.clone(), finding.packages.clone(), finding.score.clone());
    Some(Vulnerability { id, severity, packages, score, fix, exploit_available })
}
