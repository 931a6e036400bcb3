//! What a check may ask beyond its resource.

use std::ops::Deref;
use std::rc::Rc;

use palisade_model::Inventory;
use palisade_model::ecr::Repository;
use palisade_model::settings::Settings;
use palisade_reason::access::repositories::Repositories;
use palisade_reason::access::shares::Shares;
use palisade_reason::account::Account;

/// The account under judgement, and what was concluded of it for one check and is of use to the next.
pub struct Context<'a> {
    account: Account<'a>,
    repositories: Repositories<'a>,
}

impl<'a> Context<'a> {
    /// Indexes an inventory.
    pub fn new(inventory: &'a Inventory, settings: &'a Settings) -> Self {
        Self { account: Account::new(inventory, settings), repositories: Repositories::new(inventory) }
    }

    /// What the policies of a repository and of the registry around it give.
    pub fn shares_of_repository(&self, repository: &Repository) -> Rc<Shares<'a>> {
        self.repositories.shares(repository, self)
    }
}

impl<'a> Deref for Context<'a> {
    type Target = Account<'a>;

    fn deref(&self) -> &Account<'a> {
        &self.account
    }
}
