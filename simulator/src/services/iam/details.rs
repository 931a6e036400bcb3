//! `GetAccountAuthorizationDetails`: one list of everything, told in four.

use std::collections::HashMap;

use super::{PAGE, page_end, shapes};
use crate::account::{Account, Group, Policy, Role, User};
use crate::services::Ask;
use crate::wire::xml::Xml;
use crate::wire::{Answer, ServiceError};

/// One entry of the list that the pages divide.
#[derive(Debug)]
enum Entity<'a> {
    User(&'a User),
    Group(&'a Group),
    Role(&'a Role),
    Policy(&'a Policy, String),
}

/// How often each policy is attached, and how often it is a boundary, by ARN.
type Uses = HashMap<String, (usize, usize)>;

pub(super) fn get_account_authorization_details(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let filter = ask.request.list("Filter");
    let wanted = |kind: &str| filter.is_empty() || filter.iter().any(|one| one == kind);
    let account = &ask.world.account;
    let wants_policies = wanted("LocalManagedPolicy") || wanted("AWSManagedPolicy");
    let uses = if wants_policies { uses(account) } else { Uses::new() };
    let mut entities: Vec<Entity<'_>> = Vec::new();
    if wanted("User") {
        entities.extend(account.iam.users.iter().map(Entity::User));
    }
    if wanted("Group") {
        entities.extend(account.iam.groups.iter().map(Entity::Group));
    }
    if wanted("Role") {
        entities.extend(account.iam.roles.iter().map(Entity::Role));
    }
    if wanted("LocalManagedPolicy") {
        let named = |policy: &'_ Policy| account.policy_arn(&policy.name);
        entities.extend(account.iam.policies.iter().map(|policy| Entity::Policy(policy, named(policy))));
    }
    if wanted("AWSManagedPolicy") {
        entities.extend(used_aws_policies(account, &uses));
    }
    let page = ask.page(&entities, &PAGE)?;
    Ok(Answer::Xml(write(ask, page.items, page.next.as_deref(), &uses)))
}

/// Of AWS's own policies, those that something in the account uses.
fn used_aws_policies<'a>(account: &'a Account, uses: &Uses) -> Vec<Entity<'a>> {
    account
        .aws_policies()
        .map(|policy| {
            let arn = format!("arn:{}:iam::aws:policy{}{}", account.partition, policy.path, policy.name);
            (policy, arn)
        })
        .filter(|(_, arn)| uses.contains_key(arn))
        .map(|(policy, arn)| Entity::Policy(policy, arn))
        .collect()
}

fn uses(account: &Account) -> Uses {
    let iam = &account.iam;
    let attached = iam.roles.iter().flat_map(|role| &role.policies);
    let attached = attached.chain(iam.users.iter().flat_map(|user| &user.policies));
    let attached = attached.chain(iam.groups.iter().flat_map(|group| &group.policies));
    let boundaries = iam.roles.iter().filter_map(|role| role.boundary.as_ref());
    let boundaries = boundaries.chain(iam.users.iter().filter_map(|user| user.boundary.as_ref()));
    // Names repeat thousands of times in a large account: counted first, looked up once each.
    let mut by_name: HashMap<&str, (usize, usize)> = HashMap::new();
    for policy in attached {
        by_name.entry(policy).or_default().0 += 1;
    }
    for policy in boundaries {
        by_name.entry(policy).or_default().1 += 1;
    }
    by_name.into_iter().map(|(policy, counts)| (account.policy_arn(policy), counts)).collect()
}

fn write(ask: &Ask<'_>, entities: &[Entity<'_>], next: Option<&str>, counts: &Uses) -> Xml {
    let world = ask.world;
    let mut xml = Xml::default();
    page_end(&mut xml, next);
    let users = entities.iter().filter_map(|entity| if let Entity::User(user) = entity { Some(*user) } else { None });
    xml.members("UserDetailList", users, |xml, user| shapes::user_detail(xml, world, user));
    let groups =
        entities.iter().filter_map(|entity| if let Entity::Group(group) = entity { Some(*group) } else { None });
    xml.members("GroupDetailList", groups, |xml, group| shapes::group_detail(xml, world, group));
    let roles = entities.iter().filter_map(|entity| if let Entity::Role(role) = entity { Some(*role) } else { None });
    xml.members("RoleDetailList", roles, |xml, role| shapes::role_detail(xml, world, role));
    let policies = entities.iter().filter_map(|entity| match entity {
        Entity::Policy(policy, arn) => Some((*policy, arn)),
        Entity::User(_) | Entity::Group(_) | Entity::Role(_) => None,
    });
    xml.members("Policies", policies, |xml, (policy, arn)| {
        let count = counts.get(arn).copied().unwrap_or_default();
        shapes::policy_detail(xml, world, policy, arn, count);
    });
    xml
}
