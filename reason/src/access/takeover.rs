//! Whether whoever has the credentials of a role has the account.

use palisade_model::Gap;
use palisade_model::iam::Role;

use super::administrator::administrator;
use crate::account::Account;

/// Why whoever has the credentials of a role has the account, each reason with the finding that reports it: the role
/// administers the account, or can be turned into one that has more. Empty when neither is so.
pub fn takes_account<'a>(role: &'a Role, account: &Account<'a>) -> Result<Vec<String>, Gap> {
    if let Some(reasons) = administrator(&account.access, &*account.access.role(role)?) {
        let told = reasons.iter().map(|reason| {
            format!("{} is an administrator: {reason} [iam-role-administrator of {}]", role.name, role.arn)
        });
        return Ok(told.collect());
    }
    let found = account.escalations_of(role)?;
    if found.is_empty() {
        return found.gap.map_or(Ok(Vec::new()), Err);
    }
    Ok(found.told().map(|path| format!("{path} [iam-role-privilege-escalation of {}]", role.arn)).collect())
}
