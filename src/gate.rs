//! `palisade gate`: one image, judged before it is deployed.

use std::time::Duration;

use jiff::Timestamp;
use palisade_checks::audit::{Finding, Report, Status, audit};
use palisade_model::ecr::Reference;
use palisade_model::settings::Settings;
use palisade_model::{AccountId, Action, RegionName};

use crate::account;
use crate::cli;
use crate::config;
use crate::exit::Exit;
use crate::output::reports;
use crate::run::{Opened, RunError, Source, Surroundings};
use palisade_collect::{LocalImage, WantedImage, collect_image, collect_local};

/// What an image is judged by, beside its vulnerabilities.
const CHECKS: [&str; 8] = [
    "ecr-image-not-minimal",
    "ecr-image-runs-as-root",
    "ecr-image-secret-in-environment",
    "ecr-image-secret-in-files",
    "ecr-image-secret-in-history",
    IN_USE,
    NEWEST,
    TAGS,
];

/// The calls that it takes.
pub(crate) const ACTIONS: [Action; 5] = [
    Action::EcrBatchGetImage,
    Action::EcrDescribeImageScanFindings,
    Action::EcrDescribeImages,
    Action::EcrDescribeRepositories,
    Action::EcrGetDownloadUrlForLayer,
];

/// The checks of vulnerabilities, one of which is about the image: the first when it was pulled already. They block
/// whatever their severity, for they have limits of their own.
const IN_USE: &str = "ecr-image-vulnerable-in-use";
const NEWEST: &str = "ecr-image-vulnerable-newest";

/// The check of the repository, which an image on this machine does not have.
const TAGS: &str = "ecr-tag-mutable";

/// Where an image lies on this machine, if that is what names it: `oci:FOLDER`, `oci:FOLDER:NAME` or
/// `docker-archive:FILE`, as skopeo writes them.
///
/// Source: <https://github.com/containers/image/blob/main/docs/containers-transports.5.md>
fn local(image: &str) -> Option<LocalImage> {
    if let Some(file) = image.strip_prefix("docker-archive:") {
        return Some(LocalImage::DockerArchive(file.into()));
    }
    let layout = image.strip_prefix("oci:")?;
    Some(match layout.rsplit_once(':') {
        Some((folder, name)) if !name.contains('/') => LocalImage::OciLayout(folder.into(), Some(name.to_owned())),
        Some(_) | None => LocalImage::OciLayout(layout.into(), None),
    })
}

/// Judges images on this machine: their configuration, files and secrets. Their vulnerabilities are known only once they
/// are pushed.
async fn judge_local(arguments: &cli::Gate, image: LocalImage, surroundings: &Surroundings) -> Result<Exit, RunError> {
    let mut settings = settings(arguments)?;
    // A tag is moved, or not, where it is pushed to.
    settings.selection.checks.retain(|check| *check != TAGS);
    let targets = reports::open(&arguments.output, &[arguments.config.as_deref()], &surroundings.stop).await?;
    let platform = arguments.platform.clone();
    let reading = tokio::task::spawn_blocking(move || collect_local(&image, platform.as_deref()));
    let inventory = reading.await.map_err(|error| RunError::Usage(error.to_string()))??;
    let report = audit(&inventory, &settings);
    reports::write(&report, &inventory, &targets, &arguments.output)?;
    Ok(exit(&report, arguments))
}

/// Judges one image.
pub(crate) async fn judge_image(arguments: &cli::Gate, surroundings: &Surroundings) -> Result<Exit, RunError> {
    if let Some(image) = local(&arguments.image) {
        return judge_local(arguments, image, surroundings).await;
    }
    let reference = Reference::parse(&arguments.image);
    let Some(repository) = reference.ecr_repository() else {
        return Err(RunError::Usage(format!(
            "{:?} is no image of a private ECR registry: write ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG or …@sha256:DIGEST, or oci:FOLDER or docker-archive:FILE for one on this machine",
            arguments.image
        )));
    };
    let (registry, region) = (AccountId::from(repository.account()), RegionName::from(repository.region()));
    account::expect(&arguments.identity.expect_account, &registry, None)?;
    let settings = settings(arguments)?;
    let targets = reports::open(&arguments.output, &[arguments.config.as_deref()], &surroundings.stop).await?;
    let reading = arguments.reading();
    let connection = arguments.connection(&region);
    let source = Source {
        connection: &connection,
        reading: &reading,
        clusters: None,
        demo: arguments.demo.then_some(&[]),
        tags: false,
        thresholds: &settings.thresholds,
    };
    let opened = Box::pin(source.open(surroundings)).await?;
    let Opened { session, caller, plan, ask, .. } = &opened;
    let wait = Duration::from_secs(arguments.wait.into());
    let wanted = WantedImage { reference: &reference, account: &registry, region: &region, wait };
    let mut inventory = Box::pin(collect_image(session, caller, &wanted, plan, ask)).await?;
    ask.progress.finish();
    inventory.interrupted = ask.pacer.is_stopped();
    inventory.calls = ask.progress.calls();
    let report = audit(&inventory, &settings);
    reports::write(&report, &inventory, &targets, &arguments.output)?;
    Ok(exit(&report, arguments))
}

fn settings(arguments: &cli::Gate) -> Result<Settings, RunError> {
    let wanted = CHECKS.iter().filter(|check| !arguments.skip.iter().any(|skipped| skipped == *check));
    if let Some(strange) = arguments.skip.iter().find(|skipped| !CHECKS.contains(&skipped.as_str())) {
        let suggestion = palisade_collect::suggest::did_you_mean(strange, CHECKS.iter().copied());
        return Err(RunError::Usage(format!("--skip: the gate does not judge by `{strange}`{suggestion}")));
    }
    let selection = cli::Selection {
        check: wanted.map(|check| (*check).to_owned()).collect(),
        service: Vec::new(),
        severity: None,
        resource: Vec::new(),
    };
    let mut settings = config::settings(arguments.config.as_deref(), &selection, Timestamp::now())?;
    let tolerance = &mut settings.vulnerabilities;
    tolerance.critical = arguments.max_critical.unwrap_or(tolerance.critical);
    tolerance.high = arguments.max_high.unwrap_or(tolerance.high);
    tolerance.ignored.extend(arguments.ignore.iter().cloned());
    tolerance.unfixed |= arguments.ignore_unfixed;
    Ok(settings)
}

/// A failure blocks, whatever else is not known; without one, everything must be known. What is not is said.
fn exit(report: &Report, arguments: &cli::Gate) -> Exit {
    let is_scan = |finding: &&Finding| matches!(finding.check.id, IN_USE | NEWEST);
    let blocks = report
        .with_status(Status::Fail)
        .any(|finding| is_scan(&finding) || arguments.fail_on.is_some_and(|least| finding.severity >= least));
    if blocks {
        return Exit::Findings;
    }
    let unjudged = unjudged(report, arguments);
    for why in &unjudged {
        tracing::error!("not judged: {why}");
    }
    if unjudged.is_empty() { Exit::Clean } else { Exit::Incomplete }
}

/// What keeps the image from passing without being held against it, each in a line.
fn unjudged(report: &Report, arguments: &cli::Gate) -> Vec<String> {
    let of_findings = report.with_status(Status::Unknown).filter_map(|finding| {
        let gap = finding.outcome.as_ref().err()?;
        Some(format!("{}: {gap}", finding.check.id))
    });
    let mut lines: Vec<String> = of_findings.collect();
    let told: Vec<_> = report.findings.iter().filter_map(|finding| finding.outcome.as_ref().err()).collect();
    let gaps = report.gaps.iter().filter(|gap| !gap.reason.is_choice() && !told.contains(gap));
    lines.extend(gaps.map(ToString::to_string));
    if report.interrupted {
        lines.push("the run was stopped before it was through".to_owned());
    }
    let is_scan = |finding: &&Finding| matches!(finding.check.id, IN_USE | NEWEST);
    let is_skipped = [IN_USE, NEWEST].iter().all(|check| arguments.skip.iter().any(|skipped| skipped == check));
    let decided = [Status::Pass, Status::Fail, Status::Suppressed, Status::Unknown];
    let scanned = decided.into_iter().flat_map(|status| report.with_status(status)).any(|finding| is_scan(&finding));
    if !scanned && !is_skipped {
        lines.push(format!("{NEWEST}: there is no scan of the image that says which vulnerabilities it has"));
    }
    lines
}
