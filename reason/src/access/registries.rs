//! What a registry policy gives by itself, whatever the policies of repositories add.

use palisade_policy::{ActionElement, ResourceElement, Statement};

use super::covered::actions;
use super::repositories::{at, read, scoped};
use super::shares::{Shares, Source, of_statement};
use crate::account::Account;
use palisade_model::ecr::Registry;
use palisade_model::{Action, Arn, Gap};

/// What a registry policy gives; `None` when there is none.
pub fn shares_of_registry<'a>(registry: &'a Registry, account: &Account<'_>) -> Result<Option<Shares<'a>>, Gap> {
    let Some(policy) = read(&registry.policy, Action::EcrGetRegistryPolicy, &registry.arn)? else { return Ok(None) };
    Ok(Some(scoped(registry, |is_about| {
        let source = Source { name: registry.arn.resource(), document: policy, is_about };
        let of_one = |(index, statement): (usize, &'a Statement)| {
            places(&registry.arn, statement).into_iter().flat_map(move |place| {
                let given = |element: &ActionElement| actions_at(&place, element);
                of_statement(&place, &[source], source, (index, statement), account, given)
            })
        };
        source.allows().flat_map(of_one).collect()
    })))
}

/// The repositories that a statement is about, one for each pattern and written as the pattern is: a denial of all of
/// them covers that too, and a denial of some does not.
fn places(registry: &Arn, statement: &Statement) -> Vec<Arn> {
    let every = || vec![at(registry, "repository/*")];
    match &statement.resource {
        ResourceElement::Resource(patterns) => {
            patterns.iter().filter_map(|pattern| place(registry, pattern.as_str())).collect()
        }
        ResourceElement::None | ResourceElement::NotResource(_) => every(),
    }
}

/// The place that a pattern stands for; `None` for one in another Region, account or service.
fn place(registry: &Arn, pattern: &str) -> Option<Arn> {
    let parts: Vec<_> = pattern.splitn(6, ':').collect();
    let [_, _, service, region, account, resource] = parts.as_slice() else {
        // `*`, or an ARN that a wildcard cuts short.
        return pattern.contains(['*', '?']).then(|| at(registry, "repository/*"));
    };
    let fits = |pattern: &str, own: &str| palisade_policy::matches(pattern, own) || pattern.contains('$');
    let is_here = fits(service, "ecr") && fits(region, registry.region()) && fits(account, registry.account());
    let resource = if *resource == "*" { "repository/*" } else { resource };
    is_here.then(|| at(registry, resource))
}

/// The actions that an element covers. What is about no repository is allowed by statements about every resource only.
fn actions_at(place: &Arn, element: &ActionElement) -> Vec<String> {
    let is_everywhere = place.resource() == "repository/*";
    actions("ecr", element, |action| is_everywhere || action.resource_types().next().is_some())
}
