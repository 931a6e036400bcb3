//! The roles that definitions and whoever starts tasks name.

use palisade_model::iam::Role;
use palisade_model::{Action, Arn, Gap};

use crate::account::Account;

/// The role that is named, by its ARN or by its name in this account; a gap where it belongs to another account, was not
/// read, or is not there.
pub fn role<'a>(named: &Arn, account: &Account<'a>) -> Result<&'a Role, Gap> {
    let unread = |why: &str| Gap::undecided(Action::IamGetAccountAuthorizationDetails, named, why);
    let inventory = account.inventory();
    let found = if named.as_str().starts_with("arn:") {
        if named.account() != inventory.account.as_str() {
            return Err(unread("the role belongs to another account"));
        }
        account.role(named)?
    } else {
        inventory.iam.roles.find(|role| role.name == named.as_str())?
    };
    found.ok_or_else(|| unread("the account has no such role"))
}
