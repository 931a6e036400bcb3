//! Serves an account file on the loopback until it is killed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use palisade_simulator::{Account, Denial, Faults, Limits, Random, Simulator, Size};

const USAGE: &str = "\
palisade-simulator: a loopback AWS endpoint that answers from an account file

  --account FILE|demo   the account to serve (demo when left out)
  --functions N         serve a made-up account of N functions instead
  --roles N             with that many roles (half as many as functions when left out)
  --repositories N      and that many repositories (none when left out)
  --images N            with that many images in all (100 in each repository when left out)
  --clusters N          and that many clusters (none when left out; one with --pods)
  --pods N              with that many pods in the first, whose own API answers then
  --services N          and that many services of ECS, fifty in a cluster (none when left out)
  --revisions N         with that many revisions of task definitions in all (20 for each service when left out)
  --basic               scanned by ECR itself, not by Inspector
  --port P              listen on this port of 127.0.0.1 (any free one when left out)
  --limits              hold AWS's documented rates
  --latency-ms N        let each answer take this long
  --random N            let N of a thousand calls fail in passing: errors, resets, throttles
  --seed N              let others of them fail (0 when left out)
  --deny ACTION         refuse an action such as lambda:GetPolicy or lambda:*; may be repeated
  --record              keep requests word for word, without credentials: GET /_simulator/requests tells them
  --log FILE            append each call to this file, one JSON object a line

The first line printed is the endpoint. GET /_simulator/calls and /_simulator/summary tell what was asked,
/_simulator/operations what can be asked.";

#[derive(Debug, Default)]
struct Options {
    account: Option<String>,
    functions: Option<usize>,
    roles: Option<usize>,
    repositories: Option<usize>,
    images: Option<usize>,
    clusters: Option<usize>,
    pods: Option<usize>,
    services: Option<usize>,
    revisions: Option<usize>,
    is_basic: bool,
    record: bool,
    port: u16,
    faults: Faults,
    log: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        say(USAGE);
        return ExitCode::SUCCESS;
    }
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            complain(&problem);
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Vec<String>) -> Result<(), String> {
    let options = options(arguments)?;
    let account = account(&options)?;
    let simulator = Simulator::start_on(options.port, account, options.faults)
        .await
        .map_err(|error| format!("cannot listen on port {}: {error}", options.port))?;
    if options.record {
        simulator.record_requests();
    }
    say(&simulator.endpoint());
    match options.log {
        Some(path) => log(&simulator, &path).await,
        None => std::future::pending().await,
    }
}

fn options(arguments: Vec<String>) -> Result<Options, String> {
    let mut options = Options::default();
    let mut arguments = arguments.into_iter();
    while let Some(flag) = arguments.next() {
        if flag == "--limits" {
            options.faults.limits = Some(Limits::documented());
            continue;
        }
        if flag == "--basic" {
            options.is_basic = true;
            continue;
        }
        if flag == "--record" {
            options.record = true;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{flag} needs a value, or is unknown; try --help"))?;
        match flag.as_str() {
            "--account" => options.account = Some(value),
            "--functions" => options.functions = Some(number(&flag, &value)?),
            "--roles" => options.roles = Some(number(&flag, &value)?),
            "--repositories" => options.repositories = Some(number(&flag, &value)?),
            "--images" => options.images = Some(number(&flag, &value)?),
            "--clusters" => options.clusters = Some(number(&flag, &value)?),
            "--pods" => options.pods = Some(number(&flag, &value)?),
            "--services" => options.services = Some(number(&flag, &value)?),
            "--revisions" => options.revisions = Some(number(&flag, &value)?),
            "--port" => options.port = number(&flag, &value)?,
            "--latency-ms" => options.faults.latency = Duration::from_millis(number(&flag, &value)?),
            "--random" => {
                options.faults.random = Some(Random { per_mille: number(&flag, &value)?, ..random(&options) });
            }
            "--seed" => options.faults.random = Some(Random { seed: number(&flag, &value)?, ..random(&options) }),
            "--deny" => options.faults.deny.push(Denial::of(&value)),
            "--log" => options.log = Some(PathBuf::from(value)),
            _ => return Err(format!("{flag} is unknown; try --help")),
        }
    }
    Ok(options)
}

fn random(options: &Options) -> Random {
    options.faults.random.unwrap_or(Random { per_mille: 0, seed: 0 })
}

fn number<T: std::str::FromStr>(flag: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{flag} needs a number, not `{value}`"))
}

fn account(options: &Options) -> Result<Account, String> {
    let sizes = [options.functions, options.repositories, options.clusters, options.pods, options.services];
    if sizes.iter().any(Option::is_some) {
        let functions = options.functions.unwrap_or(0);
        let repositories = options.repositories.unwrap_or(0);
        let services = options.services.unwrap_or(0);
        return Ok(Account::generate(&Size {
            functions,
            roles: options.roles.unwrap_or(functions / 2),
            event_source_mappings: functions / 8,
            repositories,
            images: options.images.unwrap_or(100 * repositories),
            clusters: options.clusters.unwrap_or(usize::from(options.pods.is_some())),
            pods: options.pods.unwrap_or(0),
            services,
            revisions: options.revisions.unwrap_or(20 * services),
            enhanced: !options.is_basic,
            ..Size::default()
        }));
    }
    match options.account.as_deref() {
        None | Some("demo") => Ok(Account::demo()),
        Some(path) => Account::from_file(Path::new(path)).map_err(|error| error.to_string()),
    }
}

/// Appends calls as they come. Written twice a second, so that a kill loses little.
async fn log(simulator: &Simulator, path: &Path) -> Result<(), String> {
    use std::io::Write as _;
    let named = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).map_err(named)?;
    let mut written = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let calls = simulator.calls();
        for call in &calls[written..] {
            let line = serde_json::to_string(call).map_err(|error| error.to_string())?;
            writeln!(file, "{line}").map_err(named)?;
        }
        written = calls.len();
    }
}

#[expect(clippy::print_stdout, reason = "the endpoint on the first line is what this program tells its caller")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "the one place where this program complains")]
fn complain(line: &str) {
    eprintln!("palisade-simulator: {line}");
}
