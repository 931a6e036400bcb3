//! Whether an image's tag stays where it is.

use crate::account::Account;
use palisade_model::ecr::Reference;
use palisade_model::{Action, Gap};

/// Whether a repository of this account keeps the tag of an image where it is; a missing tag stands for `latest`. Of
/// repositories elsewhere it is not known, and taken for not so.
pub fn is_fixed(reference: &Reference, account: &Account) -> Result<bool, Gap> {
    let Some(arn) = reference.ecr_repository() else { return Ok(false) };
    if arn.account() != account.inventory().account.as_str() {
        return Ok(false);
    }
    let Some(repository) = account.repository(&arn)? else { return Ok(false) };
    match repository.tag_mutability.moves(reference.tag.unwrap_or("latest")) {
        Ok(moves) => Ok(!moves),
        Err(setting) => Err(Gap::not_known(Action::EcrDescribeRepositories, &arn, "imageTagMutability", setting)),
    }
}
