//! Large accounts that look like production, made up the same way each time.

mod account;
mod clusters;
mod registry;
mod tasks;

use crate::ids;

const ID: &str = "111122223333";
const TEAMS: &[&str] = &["checkout", "catalog", "orders", "shipping", "billing", "search", "accounts", "reports"];

/// How large a made-up account is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Functions, spread evenly over the Regions.
    pub functions: usize,
    /// Roles; functions beyond their number share them.
    pub roles: usize,
    /// Event source mappings.
    pub event_source_mappings: usize,
    /// Layers in each Region.
    pub layers: usize,
    /// Repositories, spread evenly over the Regions.
    pub repositories: usize,
    /// Images, spread evenly over the repositories.
    pub images: usize,
    /// Clusters, spread evenly over the Regions.
    pub clusters: usize,
    /// Pods in the first of them, whose own API answers then.
    pub pods: usize,
    /// Services of ECS, spread evenly over the Regions, fifty in a cluster, each with three tasks.
    pub services: usize,
    /// Registered revisions of task definitions, spread evenly over the services, of which each runs one.
    pub revisions: usize,
    /// Whether Inspector scans the images, and not ECR itself.
    pub enhanced: bool,
    /// The Regions that hold something.
    pub regions: Vec<String>,
}

impl Default for Size {
    fn default() -> Self {
        Size {
            functions: 1000,
            roles: 600,
            event_source_mappings: 150,
            layers: 10,
            repositories: 0,
            images: 0,
            clusters: 0,
            pods: 0,
            services: 0,
            revisions: 0,
            enhanced: true,
            regions: vec!["us-east-1".to_owned()],
        }
    }
}

/// Whether the `index`-th of something belongs to the given hundredths, independently for each `trait_name`.
fn is_among(index: usize, trait_name: &str, hundredths: u64) -> bool {
    ids::hash(&format!("{trait_name} {index}")) % 100 < hundredths
}

fn pick<'a>(index: usize, choice: &str, from: &[&'a str]) -> &'a str {
    let count = from.len() as u64;
    let place = usize::try_from(ids::hash(&format!("{choice} {index}")) % count).unwrap_or(0);
    from[place]
}

fn subnet_id(region: &str, number: usize) -> String {
    format!("subnet-{}", ids::hexadecimal(&format!("{region} {number}"), 17))
}
