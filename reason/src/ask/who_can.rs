//! Who may do something: the account's own roles and users, and the world outside.

use std::collections::BTreeMap;

use palisade_policy::{
    Caller, CallerKind, Door, Grade, LetIn, Principals, Request, RequestContext, evaluate, needs_no_policy,
    who_can as let_in,
};
use serde::Serialize;

use super::answer::{Could, Deciding, Judged, Left, NotEvaluated, Ruling, deciding, left};
use super::error::AskError;
use super::subject::{Subject, unread_resource_guards};
use super::target::{self, Target};
use crate::access::Access;
use palisade_model::Inventory;
use palisade_model::lambda::{FunctionUrl, UrlAuth, Urls};

/// Who may do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhoCanAnswer {
    /// What, as AWS writes it.
    pub action: String,
    /// Of which resource.
    pub resource: String,
    /// Roles and users of the account that are allowed, or are if what is open turns out so.
    pub principals: Vec<PrincipalAnswer>,
    /// Whom the resource's own policy lets in from outside, the widest first. Whoever has policies of their own needs
    /// these to allow it as well.
    pub outside: Vec<Outsider>,
    /// What was not read and could change the answer: more may be let in, or fewer.
    pub not_evaluated: Vec<NotEvaluated>,
    /// What the reader should know of the question.
    pub remarks: Vec<String>,
}

/// A role or user that may do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrincipalAnswer {
    /// Its ARN.
    pub principal: String,
    /// Whether it is allowed.
    pub decision: Ruling,
    /// The statements that allow.
    pub by: Vec<Deciding>,
    /// Conditions left open.
    pub conditions: Vec<Left>,
    /// What of the principal's own policies was not read.
    pub not_evaluated: Vec<NotEvaluated>,
}

/// A kind of caller from outside that is let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outsider {
    /// How many that is: `anonymous_internet`, `any_aws_account`, `organisation`, `listed_networks`,
    /// `identity_provider`, `listed_accounts`, `service_without_source` or `service_with_source`.
    pub grade: &'static str,
    /// The organisation, account, service or provider; empty for a grade that speaks for itself.
    pub who: String,
    /// On which way.
    pub way: Way,
    /// The statements that let it in.
    pub by: Vec<Deciding>,
    /// What depends on the single request.
    pub conditions: Vec<Left>,
}

/// How a caller from outside comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A signed call.
    Api,
    /// A function URL.
    FunctionUrl,
}

/// Finds who may do something, from what an inventory holds.
pub fn who_can(
    inventory: &Inventory,
    action: &str,
    resource: &str,
    any_action: bool,
) -> Result<WhoCanAnswer, AskError> {
    let action = target::action(action, any_action)?;
    let mut target = Target::find(inventory, &action, resource)?;
    let access = Access::new(inventory);
    let mut shared = std::mem::take(&mut target.not_evaluated);
    shared.extend([("roles", inventory.iam.roles.gap()), ("users", inventory.iam.users.gap())].into_iter().filter_map(
        |(what, gap)| Some(NotEvaluated::gap(format!("{what} of the account that were not listed"), gap?)),
    ));
    let mut principals = Vec::new();
    let mut remarks = Vec::new();
    for subject in subjects(&access, inventory).chain(federated_users(&access, inventory, &target).map(Ok)) {
        principals.extend(principal(subject?, &access, inventory, &action, &target, (&mut shared, &mut remarks)));
    }
    target.remarks.append(&mut remarks);
    principals.sort_by(|left, right| (left.decision, &left.principal).cmp(&(right.decision, &right.principal)));
    let outside = outside(&access, inventory, &action, &mut target);
    add_new(&mut shared, std::mem::take(&mut target.not_evaluated));
    if !outside.is_empty() {
        add_new(&mut shared, unread_resource_guards(inventory, &action, &target));
    }
    Ok(WhoCanAnswer {
        action,
        resource: target.resource,
        principals,
        outside,
        not_evaluated: shared,
        remarks: target.remarks,
    })
}

fn add_new(notes: &mut Vec<NotEvaluated>, more: Vec<NotEvaluated>) {
    for note in more {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
}

fn subjects<'a>(access: &Access<'a>, inventory: &'a Inventory) -> impl Iterator<Item = Result<Subject<'a>, AskError>> {
    let roles = inventory.iam.roles.seen().iter().map(|role| Subject::role(access, role));
    roles.chain(inventory.iam.users.seen().iter().map(|user| Subject::user(access, user)))
}

/// The federated users of the account that the resource's own policies name; no list has them.
fn federated_users<'a>(
    access: &Access<'a>,
    inventory: &Inventory,
    target: &Target<'a>,
) -> impl Iterator<Item = Subject<'a>> {
    let statements = target.policies.iter().flat_map(|policy| &policy.document.statements);
    let named = statements.filter_map(|statement| statement.principal.principals()).flat_map(Principals::texts);
    let callers = named.filter_map(|text| Caller::parse(text).ok()).filter(|caller| {
        matches!(caller.kind(), CallerKind::FederatedUser { account, .. } if account == inventory.account.as_str())
    });
    let once: BTreeMap<String, Caller> = callers.map(|caller| (caller.as_str().to_owned(), caller)).collect();
    once.into_values().map(|caller| Subject::federated_user(access, caller))
}

/// Judges one principal. What is unread of the resource does not make it a candidate, yet leaves an allowed one open.
fn principal<'a>(
    mut subject: Subject<'a>,
    access: &Access<'a>,
    inventory: &'a Inventory,
    action: &str,
    target: &Target<'a>,
    (shared, remarks): (&mut Vec<NotEvaluated>, &mut Vec<String>),
) -> Option<PrincipalAnswer> {
    let context = subject.request_context(inventory, target);
    let request = Request {
        caller: &subject.caller,
        action,
        resource: &target.resource,
        resource_account: target.account.as_deref().or(Some(inventory.account.as_str())),
        context: &context,
    };
    let mut judged = Judged::of(evaluate(&request, &subject.policies(access, target)));
    let (policies, guards): (Vec<_>, Vec<_>) =
        subject.unread_guards(inventory, action, target).into_iter().partition(|note| note.could == Could::AllowOrDeny);
    subject.not_evaluated.extend(policies);
    let needs_no_policy = needs_no_policy(&subject.caller, action);
    if needs_no_policy {
        subject.not_evaluated.clear();
    }
    let not_evaluated = judged.weigh(std::mem::take(&mut subject.not_evaluated));
    match judged.decision {
        Ruling::DeniedImplicit | Ruling::DeniedExplicit => return None,
        Ruling::Allowed | Ruling::AllowedIf => {}
    }
    if !needs_no_policy {
        add_new(shared, guards);
        if !shared.is_empty() {
            judged.decision = Ruling::AllowedIf;
        }
    }
    remarks.extend(judged.remark_on_time(inventory).filter(|remark| !remarks.contains(remark)));
    let Judged { decision, by, conditions, lacking: _, begins_later: _ } = judged;
    Some(PrincipalAnswer { principal: subject.name, decision, by, conditions, not_evaluated })
}

fn outside(access: &Access<'_>, inventory: &Inventory, action: &str, target: &mut Target<'_>) -> Vec<Outsider> {
    let is_url_call = action.eq_ignore_ascii_case("lambda:InvokeFunctionUrl");
    let is_call = action.eq_ignore_ascii_case("lambda:InvokeFunction");
    let urls = if is_url_call || is_call { urls(target) } else { vec![] };
    let ask = |action: &str, accepts_anonymous: bool, known: RequestContext| {
        let door = Door {
            action,
            resource: &target.resource,
            account: inventory.account.as_str(),
            organisation: access.organization(),
            accepts_anonymous,
            known: access.at_this_time(known),
            policies: if target.is_own { target.policies.clone() } else { vec![] },
            resource_control: access.resource_control(),
        };
        let_in(&door)
    };
    let mut found = Vec::new();
    if !is_url_call {
        let known = RequestContext::partial();
        let known = if is_call { known.known("lambda:InvokedViaFunctionUrl", ["false"]) } else { known };
        found.extend(ask(action, false, known).iter().map(|entry| outsider(Way::Api, entry)));
    }
    for auth in urls {
        let is_open = auth == "NONE";
        let known = || RequestContext::partial().known("lambda:FunctionUrlAuthType", [auth.as_str()]);
        let through = ask("lambda:InvokeFunctionUrl", is_open, known());
        if is_url_call {
            found.extend(through.iter().map(|entry| outsider(Way::FunctionUrl, entry)));
            continue;
        }
        // Who comes through the URL needs both permissions.
        let called = ask(action, is_open, known().known("lambda:InvokedViaFunctionUrl", ["true"]));
        let both = called.iter().filter(|entry| through.iter().any(|url| url.grade >= entry.grade));
        found.extend(both.map(|entry| outsider(Way::FunctionUrl, entry)));
    }
    found.retain(|outsider| outsider.grade != grade(Grade::OwnAccount));
    let mut once = Vec::new();
    for outsider in found {
        let is_known =
            |known: &Outsider| known.grade == outsider.grade && known.who == outsider.who && known.by == outsider.by;
        if !once.iter().any(is_known) {
            once.push(outsider);
        }
    }
    once
}

/// How the URLs of the function that is asked about authenticate.
fn urls(target: &mut Target<'_>) -> Vec<String> {
    let Some(function) = target.function else { return vec![] };
    let all = match function.urls.known() {
        Ok(Urls::Read(all)) => all.as_slice(),
        // The policy was read, and lets nobody in.
        Ok(Urls::Closed) => &[],
        Err(gap) => {
            target.not_evaluated.push(NotEvaluated::gap(format!("URLs of {}", function.arn), &gap));
            return vec![];
        }
    };
    let resource = target.resource.strip_suffix(":$LATEST").unwrap_or(&target.resource);
    let own: Vec<&FunctionUrl> = all.iter().filter(|url| url.function.as_str() == resource).collect();
    own.iter()
        .map(|url| match &url.auth {
            UrlAuth::None => "NONE".to_owned(),
            UrlAuth::Iam => "AWS_IAM".to_owned(),
            UrlAuth::Other(kind) => kind.clone(),
        })
        .collect()
}

fn outsider(way: Way, entry: &LetIn<'_>) -> Outsider {
    Outsider {
        grade: grade(entry.grade),
        who: entry.who.clone(),
        way,
        by: deciding(&entry.by),
        conditions: left(&entry.conditions),
    }
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::ServiceWithSource => "service_with_source",
        Grade::ServiceWithoutSource => "service_without_source",
        Grade::OwnAccount => "own_account",
        Grade::ListedAccounts => "listed_accounts",
        Grade::IdentityProvider => "identity_provider",
        Grade::ListedNetworks => "listed_networks",
        Grade::Organisation => "organisation",
        Grade::AnyAwsAccount => "any_aws_account",
        Grade::AnonymousInternet => "anonymous_internet",
    }
}
