//! What the commands that answer questions take.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::options::{Connection, ListFormat, Reading};

#[derive(Debug, Args)]
#[command(after_help = CAN_EXIT)]
pub(crate) struct Can {
    /// Who: the name or ARN of a role or user, role/NAME or user/NAME, a workload such as function:NAME, which stands for its role, the ARN of a session, an account id, a service, or `anonymous`
    #[arg(required_unless_present = "batch")]
    pub(crate) principal: Option<String>,
    /// What, such as lambda:InvokeFunction
    #[arg(required_unless_present = "batch")]
    pub(crate) action: Option<String>,
    /// Of which resource: an ARN, a name as reports print it, such as function:NAME, or * for an action that is about none
    #[arg(required_unless_present = "batch")]
    pub(crate) resource: Option<String>,
    /// What is known of the request; repeat a key for several values, give none (KEY=) when the request lacks the key
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) context: Vec<(String, Option<String>)>,
    /// Answers requests that bring their policies along, without any account: one JSON object a line, - for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["principal", "from", "demo", "context", "any_action", "profile", "region"])]
    pub(crate) batch: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) question: Question,
    #[command(flatten)]
    pub(crate) account: Account,
}

const CAN_EXIT: &str = "\
Examples:
  palisade can role/deploy lambda:InvokeFunction function:orders --demo
  palisade can anonymous s3:GetObject arn:aws:s3:::bucket/key --context aws:SourceIp=192.0.2.1

Exit codes: 0 allowed; 1 denied; 2 no answer; 3 allowed if what is open or was not evaluated turns out so.
With --batch: 0 when every line has its answer, be it an error; 2 when the file cannot be read.";

#[derive(Debug, Args)]
#[command(after_help = WHO_CAN_EXIT)]
pub(crate) struct WhoCan {
    /// What, such as lambda:InvokeFunction
    pub(crate) action: String,
    /// Of which resource: an ARN, a name as reports print it, such as function:NAME, or * for an action that is about none
    pub(crate) resource: String,
    #[command(flatten)]
    pub(crate) question: Question,
    #[command(flatten)]
    pub(crate) account: Account,
}

const WHO_CAN_EXIT: &str = "Examples:\n  palisade who-can lambda:InvokeFunction function:orders --from inventory.json\n\nExit codes: 0 all that bears on the answer was evaluated; 2 no answer; 3 something was not evaluated.";

#[derive(Debug, Args)]
#[command(after_help = SUGGEST_EXIT)]
pub(crate) struct Suggest {
    /// The role, by ARN or name, or the workload whose role it is, such as function:NAME
    pub(crate) role: String,
    /// Days without use after which an action is left out; a role that is younger gets no suggestion
    #[arg(long, value_name = "DAYS", default_value = "90", value_parser = clap::value_parser!(u32).range(1..=400))]
    pub(crate) days: u32,
    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "policy")]
    pub(crate) format: SuggestFormat,
    #[command(flatten)]
    pub(crate) account: Account,
}

const SUGGEST_EXIT: &str = "\
Examples:
  palisade suggest role/deploy --profile audit > policy.json
  palisade suggest function:orders --from inventory.json --format json

Reads at --depth deep, whatever is asked. Never writes to AWS.
Exit codes: 0 the suggestion, proven to allow nothing that the role's policies do not; 2 none.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SuggestFormat {
    /// The policy as JSON; what became of each action goes to standard error
    Policy,
    /// The policy and what became of each action, as one JSON document
    Json,
}

/// How a question is put and answered.
#[derive(Debug, Args)]
pub(crate) struct Question {
    /// Takes an action that the catalogue does not have
    #[arg(long)]
    pub(crate) any_action: bool,
    /// The form of the answer
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub(crate) format: ListFormat,
}

/// The account that is asked about.
#[derive(Debug, Args)]
pub(crate) struct Account {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Asks an inventory that `collect` wrote, without AWS
    #[arg(long, value_name = "FILE", conflicts_with_all = ["demo", "profile", "region", "endpoint_url", "role_arn", "depth", "resume"], help_heading = "Source")]
    pub(crate) from: Option<PathBuf>,
    /// Asks the simulated account on this machine; no credentials, no network
    #[arg(long, conflicts_with_all = ["profile", "endpoint_url", "role_arn"], help_heading = "Source")]
    pub(crate) demo: bool,
    /// Denies an action in the simulated account, to see what becomes of the answer
    #[arg(long, value_name = "ACTION", requires = "demo", help_heading = "Source")]
    pub(crate) demo_deny: Vec<String>,
}

fn pair(text: &str) -> Result<(String, Option<String>), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => {
            Ok((key.to_owned(), Some(value.to_owned()).filter(|value| !value.is_empty())))
        }
        Some(_) | None => Err("write it as KEY=VALUE, such as aws:SourceIp=192.0.2.1".to_owned()),
    }
}

impl Can {
    /// The given context, by key; a key without values is absent.
    pub(crate) fn context(&self) -> Vec<(String, Vec<String>)> {
        let mut keys: Vec<(String, Vec<String>)> = Vec::new();
        for (key, value) in &self.context {
            match keys.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
                Some((_, values)) => values.extend(value.clone()),
                None => keys.push((key.clone(), value.iter().cloned().collect())),
            }
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_pair_has_a_key() {
        assert_eq!(pair("aws:SourceIp=10.0.0.1"), Ok(("aws:SourceIp".to_owned(), Some("10.0.0.1".to_owned()))));
        assert_eq!(pair("aws:SourceVpc="), Ok(("aws:SourceVpc".to_owned(), None)));
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), Some("b=c".to_owned()))));
        assert!(pair("=b").is_err() && pair("nothing").is_err());
    }
}
