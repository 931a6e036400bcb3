//! Whether a principal may do something.

use palisade_policy::{Catalogue, Request, RequestContext, evaluate, needs_no_policy};
use serde::Serialize;

use super::answer::{Deciding, Judged, Left, NotEvaluated, Ruling};
use super::error::AskError;
use super::subject::Subject;
use super::target::{self, Target};
use crate::access::Access;
use palisade_model::Inventory;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// Who: an ARN, the name of a role or user of the account, an account id, a service, or `anonymous`.
    pub principal: &'q str,
    /// What, `lambda:InvokeFunction`.
    pub action: &'q str,
    /// Of which resource: an ARN, or `*`.
    pub resource: &'q str,
    /// What is known of the request: keys with their values; a key without values is absent.
    pub context: &'q [(String, Vec<String>)],
    /// Whether to ask about an action that the catalogue does not have.
    pub any_action: bool,
}

/// Whether it is allowed, by what, and what is left open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CanAnswer {
    /// Who.
    pub principal: String,
    /// What, as AWS writes it.
    pub action: String,
    /// Of which resource.
    pub resource: String,
    /// The answer.
    pub decision: Ruling,
    /// The statements that decide.
    pub by: Vec<Deciding>,
    /// Conditions left open, of statements that allow if they hold or deny if they hold.
    pub conditions: Vec<Left>,
    /// Kinds of policies that would have to allow and do not.
    pub lacking: Vec<&'static str>,
    /// What was not read and could change the answer.
    pub not_evaluated: Vec<NotEvaluated>,
    /// What the reader should know of the question.
    pub remarks: Vec<String>,
}

/// Answers a question from what an inventory holds.
///
/// A role is judged without session policy, and no request is taken to come through a VPC endpoint.
pub fn can(inventory: &Inventory, question: &Question<'_>) -> Result<CanAnswer, AskError> {
    let action = target::action(question.action, question.any_action)?;
    let mut target = Target::find(inventory, &action, question.resource)?;
    let access = Access::new(inventory);
    let mut subject = Subject::find(&access, inventory, question.principal)?;
    let context = with(subject.request_context(inventory, &target), question.context, &mut target.remarks);
    let request = Request {
        caller: &subject.caller,
        action: &action,
        resource: &target.resource,
        resource_account: target.account.as_deref().or(Some(inventory.account.as_str())),
        context: &context,
    };
    let mut judged = Judged::of(evaluate(&request, &subject.policies(&access, &target)));
    let mut notes = std::mem::take(&mut subject.not_evaluated);
    notes.append(&mut target.not_evaluated);
    notes.extend(subject.unread_guards(inventory, &action, &target));
    if needs_no_policy(&subject.caller, &action) {
        notes.clear();
        target.remarks.push(format!("{action} is decided without policies"));
    }
    target.remarks.extend(judged.remark_on_time(inventory));
    let not_evaluated = judged.weigh(notes);
    let Judged { decision, by, conditions, lacking, begins_later: _ } = judged;
    Ok(CanAnswer {
        principal: subject.name,
        resource: target.resource,
        remarks: target.remarks,
        action,
        decision,
        by,
        conditions,
        lacking,
        not_evaluated,
    })
}

/// Adds what the question says of the request.
fn with(context: RequestContext, given: &[(String, Vec<String>)], remarks: &mut Vec<String>) -> RequestContext {
    given.iter().fold(context, |context, (key, values)| {
        if Catalogue::get().condition_key(key).is_none() {
            remarks.push(format!("the catalogue of {} has no condition key {key}", Catalogue::get().date()));
        }
        context.known(key, values.iter().map(String::as_str))
    })
}
