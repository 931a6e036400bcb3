//! `palisade gate`: one image or one task definition, judged before it is deployed.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use palisade_checks::audit::{Finding, Report, Status, audit};
use palisade_model::ecr::Reference;
use palisade_model::settings::Settings;
use palisade_model::{AccountId, Action, Inventory, RegionName};
use palisade_report::view::View;

use crate::account;
use crate::cli;
use crate::config;
use crate::exit::Exit;
use crate::output::reports;
use crate::run::{Opened, RunError, Source, Surroundings};
use palisade_collect::{LocalError, LocalImage, WantedImage, collect_image, collect_local, collect_task_definition};

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

/// What a task definition is judged by: the checks that ask for nothing but what it says. Who runs in it is the image's to
/// say where it does not.
const TASK_CHECKS: [&str; 29] = [
    "ecs-efs-clear-text",
    "ecs-efs-without-iam",
    "ecs-execution-role-missing",
    "ecs-log-driver-volatile",
    "ecs-roles-shared",
    "ecs-secret-in-environment",
    "ecs-task-app-mesh",
    "ecs-task-capabilities-kept",
    "ecs-task-dangerous-capability",
    "ecs-task-fault-injection",
    "ecs-task-host-device",
    "ecs-task-host-ipc",
    "ecs-task-host-network",
    "ecs-task-host-path",
    "ecs-task-host-pid",
    "ecs-task-init-missing",
    "ecs-task-kernel-parameter",
    "ecs-task-memory-limit-missing",
    "ecs-task-new-privileges-allowed",
    "ecs-task-no-logging",
    "ecs-task-privileged",
    "ecs-task-ptrace-on-fargate",
    "ecs-task-runs-as-root",
    "ecs-task-sandbox-missing",
    "ecs-task-security-options-weak",
    "ecs-task-shared-namespace-with-sidecar",
    "ecs-task-terminal-open",
    "ecs-task-windows-administrator",
    "ecs-task-writable-root",
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

/// Judges what lies on this machine, of which nothing is asked elsewhere.
async fn judge_here(
    arguments: &cli::Gate,
    checks: &[&'static str],
    read: impl FnOnce() -> Result<Inventory, LocalError> + Send + 'static,
    surroundings: &Surroundings,
) -> Result<Exit, RunError> {
    let settings = settings(arguments, checks)?;
    let targets = reports::open(&arguments.output, &[arguments.config.as_deref()], &surroundings.stop).await?;
    let reading = tokio::task::spawn_blocking(read);
    let inventory = reading.await.map_err(|error| RunError::Usage(error.to_string()))??;
    let report = audit(&inventory, &settings);
    reports::warn_of_old_tables(&report);
    reports::write(&View::of(&report), Some(&inventory), &targets, &arguments.output)?;
    Ok(exit(&report, arguments, &settings))
}

/// Judges one image or one task definition.
pub(crate) async fn judge(arguments: &cli::Gate, surroundings: &Surroundings) -> Result<Exit, RunError> {
    if let Some(file) = arguments.subject.strip_prefix("task-definition:") {
        let file = Path::new(file).to_owned();
        return judge_here(arguments, &TASK_CHECKS, move || collect_task_definition(&file), surroundings).await;
    }
    if let Some(image) = local(&arguments.subject) {
        // A tag is moved, or not, where it is pushed to. Vulnerabilities are known only once it is.
        let checks: Vec<_> = CHECKS.into_iter().filter(|check| *check != TAGS).collect();
        let platform = arguments.platform.clone();
        let read = move || collect_local(&image, platform.as_deref());
        return judge_here(arguments, &checks, read, surroundings).await;
    }
    judge_image(arguments, surroundings).await
}

/// Judges one image of ECR.
async fn judge_image(arguments: &cli::Gate, surroundings: &Surroundings) -> Result<Exit, RunError> {
    let reference = Reference::parse(&arguments.subject);
    let Some(repository) = reference.ecr_repository() else {
        return Err(RunError::Usage(format!(
            "{:?} is no image of a private ECR registry: write ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG or …@sha256:DIGEST, or oci:FOLDER, docker-archive:FILE or task-definition:FILE for what is on this machine",
            arguments.subject
        )));
    };
    let (registry, region) = (AccountId::from(repository.account()), RegionName::from(repository.region()));
    account::expect(&arguments.identity.expect_account, &registry, None)?;
    let settings = settings(arguments, &CHECKS)?;
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
    reports::warn_of_old_tables(&report);
    reports::write(&View::of(&report), Some(&inventory), &targets, &arguments.output)?;
    Ok(exit(&report, arguments, &settings))
}

fn settings(arguments: &cli::Gate, checks: &[&'static str]) -> Result<Settings, RunError> {
    let wanted = checks.iter().filter(|check| !arguments.skip.iter().any(|skipped| skipped == *check));
    let known = || CHECKS.into_iter().chain(TASK_CHECKS);
    if let Some(strange) = arguments.skip.iter().find(|skipped| !known().any(|check| check == *skipped)) {
        let suggestion = palisade_collect::suggest::did_you_mean(strange, known());
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
fn exit(report: &Report, arguments: &cli::Gate, settings: &Settings) -> Exit {
    let is_scan = |finding: &&Finding| matches!(finding.check.id, IN_USE | NEWEST);
    let blocks = report
        .with_status(Status::Fail)
        .any(|finding| is_scan(&finding) || arguments.fail_on.is_some_and(|least| finding.severity >= least));
    if blocks {
        return Exit::Findings;
    }
    let unjudged = unjudged(report, settings);
    for why in &unjudged {
        tracing::error!("not judged: {why}");
    }
    if unjudged.is_empty() { Exit::Clean } else { Exit::Incomplete }
}

/// What keeps it from passing without being held against it, each in a line.
fn unjudged(report: &Report, settings: &Settings) -> Vec<String> {
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
    let is_asked = [IN_USE, NEWEST].iter().any(|check| settings.selection.checks.contains(*check));
    let decided = [Status::Pass, Status::Fail, Status::Suppressed, Status::Unknown];
    let scanned = decided.into_iter().flat_map(|status| report.with_status(status)).any(|finding| is_scan(&finding));
    if !scanned && is_asked {
        lines.push(format!("{NEWEST}: there is no scan of the image that says which vulnerabilities it has"));
    }
    lines
}
