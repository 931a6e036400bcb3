//! Palisade audits the serverless and container side of a live AWS account, and says what it could not check.

mod account;
mod answers;
mod catalogue;
mod cli;
mod config;
mod deliver;
mod exit;
mod gate;
mod history;
mod inventory;
mod logging;
mod output;
mod permissions;
mod rewrite;
mod run;
mod signals;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use cli::{Cli, Command};
use exit::Exit;
use run::{RunError, Surroundings};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error).into(),
    };
    logging::start(cli.verbose, cli.quiet);
    let (stop, interrupted_again) = signals::watch();
    let surroundings =
        Surroundings { stop, progress: logging::may_show_progress(cli.verbose, cli.quiet), quiet: cli.quiet };
    let outcome = tokio::select! {
        outcome = dispatch(&cli.command, &surroundings) => outcome,
        () = interrupted_again => return Exit::Failed.into(),
    };
    outcome
        .unwrap_or_else(|error| {
            tracing::error!("{error}");
            Exit::Failed
        })
        .into()
}

/// Prints help, or what is wrong with the command line.
fn usage(error: &clap::Error) -> Exit {
    let printed = output::but_closed(error.print().and_then(|()| io::stdout().flush()));
    match printed {
        _ if error.use_stderr() => Exit::Failed,
        Ok(()) => Exit::Clean,
        Err(cause) => {
            logging::start(0, true);
            tracing::error!("{}", RunError::Stdout(cause));
            Exit::Failed
        }
    }
}

async fn dispatch(command: &Command, surroundings: &Surroundings) -> Result<Exit, RunError> {
    let text = match command {
        Command::Audit(arguments) => return run::audit_account(arguments, surroundings).await,
        Command::Collect(arguments) => return run::collect_account(arguments, surroundings).await,
        Command::Report(arguments) => return rewrite::report(arguments, surroundings).await,
        Command::Diff(arguments) => return history::diff(arguments, surroundings).await,
        Command::Trend(arguments) => return history::trend(arguments, surroundings).await,
        Command::Suppress(arguments) => return history::suppress(arguments),
        Command::Deliver(arguments) => return Box::pin(deliver::deliver(arguments)).await,
        Command::Gate(arguments) => return gate::judge(arguments, surroundings).await,
        Command::Can(arguments) => return answers::answer_can(arguments, surroundings).await,
        Command::WhoCan(arguments) => return answers::answer_who_can(arguments, surroundings).await,
        Command::Suggest(arguments) => return answers::answer_suggest(arguments, surroundings).await,
        Command::Checks(arguments) => catalogue::list(arguments)?,
        Command::Explain { check } => catalogue::explain(check)?,
        Command::Permissions(arguments) => permissions::print(arguments),
        Command::Schema => format!("{:#}\n", palisade_report::schema()),
        Command::Completions { shell } => completions(*shell),
    };
    output::to_stdout(|out| out.write_all(text.as_bytes())).map_err(RunError::Stdout)?;
    Ok(Exit::Clean)
}

fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "palisade", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
