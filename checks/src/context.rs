//! What a check may ask beyond its resource.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

use palisade_model::ecr::Repository;
use palisade_model::eks::Cluster;
use palisade_model::settings::Settings;
use palisade_model::{Action, Arn, Gap, Inventory};
use palisade_reason::access::repositories::Repositories;
use palisade_reason::access::shares::Shares;
use palisade_reason::account::Account;
use palisade_reason::rbac::review::Review;

/// The account under judgement, and what was concluded of it for one check and is of use to the next.
pub struct Context<'a> {
    account: Account<'a>,
    repositories: Repositories<'a>,
    reviews: RefCell<HashMap<&'a Arn, Result<Rc<Review<'a>>, Gap>>>,
}

impl<'a> Context<'a> {
    /// Indexes an inventory.
    pub fn new(inventory: &'a Inventory, settings: &'a Settings) -> Self {
        Self {
            account: Account::new(inventory, settings),
            repositories: Repositories::new(inventory),
            reviews: RefCell::default(),
        }
    }

    /// Who may do what in a cluster, worked out once for all checks; a gap when it was not looked into, or when roles or
    /// bindings are not all known.
    pub fn review(&self, cluster: &Cluster) -> Result<Rc<Review<'a>>, Gap> {
        let regions = self.inventory().regions.values();
        let found = regions.flat_map(|region| region.eks.clusters.seen()).find(|known| known.arn == cluster.arn);
        let why = || Gap::undecided(Action::EksListClusters, &cluster.arn, "the cluster is not one of the account's");
        let cluster = found.ok_or_else(why)?;
        if let Some(review) = self.reviews.borrow().get(&cluster.arn) {
            return review.clone();
        }
        let review = Review::of(cluster).map(Rc::new);
        self.reviews.borrow_mut().insert(&cluster.arn, review.clone());
        review
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
