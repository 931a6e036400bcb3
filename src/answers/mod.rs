//! The commands that answer questions about an account: can, who-can, suggest.

pub(crate) mod batch;
mod lines;
mod removed;
mod table;

use std::io::{self, Write};

use jiff::Timestamp;
use palisade_model::settings::Thresholds;
use palisade_reason::ask::suggest::SuggestError;
use palisade_reason::ask::{AskError, Question, Ruling, can, suggest, who_can};
use serde::Serialize;

use crate::account;
use crate::cli::{self, DepthName, ListFormat};
use crate::cli::{Account, Can, Suggest, SuggestFormat, WhoCan};
use crate::exit::Exit;
use crate::inventory;
use crate::output::{OutputError, keep, to_stdout};
use crate::run::{Collected, RunError, Source, Surroundings};
use palisade_collect::suggest::did_you_mean;
use palisade_report::safe::to_json_pretty;

/// Answers whether a principal may do something, or all requests of a batch.
pub(crate) async fn answer_can(arguments: &Can, surroundings: &Surroundings) -> Result<Exit, RunError> {
    if let Some(path) = &arguments.batch {
        return batch::answer(path);
    }
    let collected = arguments.account.collected(arguments.account.reading.depth, surroundings).await?;
    let [principal, action, resource] = [&arguments.principal, &arguments.action, &arguments.resource]
        .map(|argument| argument.as_deref().unwrap_or_default());
    let context = arguments.context();
    let any_action = arguments.question.any_action;
    let question = Question { principal, action, resource, context: &context, any_action };
    let answer = can(&collected.inventory, &question).map_err(|error| misasked(&error))?;
    collected.told(print(arguments.question.format, &answer, |out| table::can(&answer, out)))?;
    Ok(match answer.decision {
        Ruling::Allowed => Exit::Clean,
        Ruling::DeniedExplicit | Ruling::DeniedImplicit => Exit::Findings,
        Ruling::AllowedIf => Exit::Incomplete,
    })
}

/// Answers who may do something.
pub(crate) async fn answer_who_can(arguments: &WhoCan, surroundings: &Surroundings) -> Result<Exit, RunError> {
    let collected = arguments.account.collected(arguments.account.reading.depth, surroundings).await?;
    let WhoCan { action, resource, question, .. } = arguments;
    let answer = who_can(&collected.inventory, action, resource, question.any_action);
    let answer = answer.map_err(|error| misasked(&error))?;
    collected.told(print(question.format, &answer, |out| table::who_can(&answer, out)))?;
    let of_principals = answer.principals.iter().flat_map(|principal| &principal.not_evaluated);
    let is_whole = answer.not_evaluated.iter().chain(of_principals).next().is_none();
    Ok(if is_whole { Exit::Clean } else { Exit::Incomplete })
}

/// Prints a smaller policy for a role.
pub(crate) async fn answer_suggest(arguments: &Suggest, surroundings: &Surroundings) -> Result<Exit, RunError> {
    let collected = arguments.account.collected(DepthName::Deep, surroundings).await?;
    let suggestion = suggest(&collected.inventory, &arguments.role, arguments.days, Timestamp::now());
    let suggestion = suggestion.map_err(|error| match error {
        SuggestError::Role(error) => misasked(&error),
        error @ (SuggestError::TooYoung { .. }
        | SuggestError::NotDeep(_)
        | SuggestError::NoWorkload(_)
        | SuggestError::Unread(_)
        | SuggestError::Unproven(_)) => RunError::Usage(error.to_string()),
    })?;
    match arguments.format {
        SuggestFormat::Json => collected.told(to_stdout(|out| json(&suggestion, out)))?,
        SuggestFormat::Policy => {
            if !surroundings.quiet {
                // Who cannot read standard error is not kept from the policy.
                let _ = removed::write(&suggestion, &mut io::stderr().lock());
            }
            collected.told(to_stdout(|out| match suggestion.policies.as_slice() {
                [one] => json(one, out),
                several => json(&several, out),
            }))?;
        }
    }
    Ok(Exit::Clean)
}

impl Account {
    /// The inventory to ask: a saved one, or one that is collected now.
    async fn collected(&self, depth: DepthName, surroundings: &Surroundings) -> Result<Collected, RunError> {
        if let Some(path) = &self.from {
            let inventory = inventory::read(path)?;
            let expected = &self.connection.identity.expect_account;
            account::expect(expected, &inventory.account, inventory.identity.as_ref())?;
            return Ok(Collected::saved(inventory));
        }
        let source = Source {
            connection: &self.connection,
            reading: &cli::Reading { depth, ..self.reading.clone() },
            clusters: None,
            demo: self.demo.then_some(self.demo_deny.as_slice()),
            tags: false,
            thresholds: &Thresholds::default(),
        };
        Box::pin(source.collect(surroundings)).await
    }
}

impl Collected {
    /// Ends a run whose answer was told, or keeps what was read for it.
    fn told(&self, written: io::Result<()>) -> Result<(), OutputError> {
        written.map_err(|cause| keep(&[("standard output".to_owned(), cause)], Some(&self.inventory), &[]))?;
        self.finish();
        Ok(())
    }
}

fn misasked(error: &AskError) -> RunError {
    let suggestion =
        error.misspelt().map_or_else(String::new, |(name, known)| did_you_mean(name, known.iter().map(String::as_str)));
    let way_out = match error {
        AskError::UnknownAction { .. } => ". AWS adds actions every week: --any-action asks about it all the same",
        AskError::UnknownPrincipal { .. }
        | AskError::Ambiguous { .. }
        | AskError::NoCaller(_)
        | AskError::Unread { .. }
        | AskError::NoAction(_)
        | AskError::UnknownResource { .. }
        | AskError::NoResource(_) => "",
    };
    RunError::Usage(format!("{error}{suggestion}{way_out}"))
}

fn print(
    format: ListFormat,
    answer: &impl Serialize,
    table: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    match format {
        ListFormat::Table => to_stdout(table),
        ListFormat::Json => to_stdout(|out| json(answer, out)),
    }
}

fn json(answer: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    to_json_pretty(&mut *out, answer)?;
    writeln!(out)
}
