//! The account while it is being served: indexes, sessions and jobs.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::account::ecs::TaskDefinition;
use crate::account::{AccessEntry, Account, Cluster, Function, Moment, Region, Repository, iso};
use crate::ids;
use crate::images::{Catalogue, Shelf};

/// Where a cluster's API is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Door {
    pub(crate) endpoint: String,
    /// The certificate of its authority, as base64 of PEM.
    pub(crate) certificate_authority: String,
}

/// Access keys whose secrets are known, so that signatures made with them can be checked: those of the demonstration
/// and of tests.
const SECRETS: [(&str, &str); 2] = [("AKIADEMODEMODEMODEMO", "demo"), ("AKIATESTTESTTESTTEST", "test")];

/// An account being served.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) account: Account,
    /// Where this simulator is, for addresses that lead back to it.
    pub(crate) endpoint: String,
    today: Timestamp,
    /// By Region and name of the cluster.
    doors: HashMap<(String, String), Door>,
    /// Where nobody answers.
    shut: Door,
    images: Catalogue,
    /// Region, then repository name, to its place in the list.
    repositories: HashMap<String, HashMap<String, usize>>,
    /// Region, then function name, to its place in the list.
    functions: HashMap<String, HashMap<String, usize>>,
    /// Region, then family of task definitions, to the places in the list.
    task_definitions: HashMap<String, HashMap<String, Vec<usize>>>,
    /// Role name to ARN: a role is looked up for each function that is listed.
    roles: HashMap<String, String>,
    /// The caller's ARN by the access key of an assumed role's session.
    sessions: Mutex<HashMap<String, String>>,
    /// What `GenerateServiceLastAccessedDetails` was asked about, by job id.
    jobs: Mutex<HashMap<String, String>>,
    /// A Region in which nothing is.
    nowhere: Region,
}

impl World {
    pub(crate) fn new(account: Account, endpoint: String, doors: HashMap<(String, String), Door>) -> World {
        let today = account.today();
        let functions = account
            .regions
            .iter()
            .map(|(name, region)| {
                let places = region.lambda.functions.iter().enumerate();
                (name.clone(), places.map(|(place, function)| (function.name.clone(), place)).collect())
            })
            .collect();
        let repositories = account
            .regions
            .iter()
            .map(|(name, region)| {
                let places = region.ecr.repositories.iter().enumerate();
                (name.clone(), places.map(|(place, repository)| (repository.name.clone(), place)).collect())
            })
            .collect();
        let mut task_definitions: HashMap<String, HashMap<String, Vec<usize>>> = HashMap::new();
        for (name, region) in &account.regions {
            let families = task_definitions.entry(name.clone()).or_default();
            for (place, definition) in region.ecs.task_definitions.iter().enumerate() {
                families.entry(definition.family.clone()).or_default().push(place);
            }
        }
        let roles = account.iam.roles.iter();
        let roles = roles.map(|role| (role.name.clone(), account.role_arn_in(&role.path, &role.name))).collect();
        World {
            roles,
            images: Catalogue::new(&account, today),
            repositories,
            task_definitions,
            endpoint,
            today,
            doors,
            shut: Door { endpoint: "https://127.0.0.1:9".to_owned(), certificate_authority: String::new() },
            functions,
            sessions: Mutex::default(),
            jobs: Mutex::default(),
            nowhere: Region::default(),
            account,
        }
    }

    /// A Region of the account; one the file doesn't name is empty.
    pub(crate) fn region(&self, name: &str) -> &Region {
        self.account.regions.get(name).unwrap_or(&self.nowhere)
    }

    pub(crate) fn function(&self, region: &str, name: &str) -> Option<&Function> {
        let place = *self.functions.get(region)?.get(name)?;
        self.region(region).lambda.functions.get(place)
    }

    /// The task definitions of a family, as the file lists them.
    pub(crate) fn task_definitions(&self, region: &str, family: &str) -> impl Iterator<Item = &TaskDefinition> {
        let places = self.task_definitions.get(region).and_then(|families| families.get(family));
        let all = &self.region(region).ecs.task_definitions;
        places.into_iter().flatten().filter_map(|&place| all.get(place))
    }

    /// A repository by name, and what it holds.
    pub(crate) fn repository(&self, region: &str, name: &str) -> Option<(&Repository, &Shelf)> {
        let place = *self.repositories.get(region)?.get(name)?;
        Some((self.region(region).ecr.repositories.get(place)?, self.images.shelf(region, name)?))
    }

    /// The digest that the tag of an image's address in this account stands for.
    pub(crate) fn resolve_image(&self, address: &str) -> Option<&str> {
        let (registry, rest) = address.split_once('/')?;
        let (name, tag) = rest.split_once(':')?;
        let region = registry.strip_prefix(&format!("{}.dkr.ecr.", self.account.id))?.split('.').next()?;
        Some(self.repository(region, name)?.1.by_tag(tag)?.digest.as_str())
    }

    /// The ARN of a role given by name or ARN; a role that is not in the file has the path `/`.
    pub(crate) fn role_arn(&self, role: &str) -> String {
        match self.roles.get(role) {
            Some(arn) => arn.clone(),
            None if role.starts_with("arn:") => role.to_owned(),
            None => self.account.role_arn_in("/", role),
        }
    }

    /// Where the API of a cluster is. Without one it is on the loopback too, where nobody answers: a token must not go
    /// out to somebody else.
    pub(crate) fn door(&self, region: &str, cluster: &str) -> &Door {
        self.doors.get(&(region.to_owned(), cluster.to_owned())).unwrap_or(&self.shut)
    }

    /// The issuer of a cluster's tokens, without `https://`.
    pub(crate) fn issuer(&self, region: &str, cluster: &Cluster) -> String {
        let id = || ids::hexadecimal(&format!("issuer {region} {}", cluster.name), 32).to_ascii_uppercase();
        cluster.issuer.clone().unwrap_or_else(|| format!("oidc.eks.{region}.{}/id/{}", self.account.domain(), id()))
    }

    /// The user that an access entry makes of its principal.
    pub(crate) fn username(&self, entry: &AccessEntry) -> String {
        let principal = self.role_arn(&entry.principal);
        let usual = || match (entry.kind.as_deref(), principal.split_once(":role/")) {
            (None | Some("STANDARD"), Some((_, path))) => {
                let name = path.rsplit('/').next().unwrap_or(path);
                self.account.arn("sts", "", &format!("assumed-role/{name}/{{{{SessionName}}}}"))
            }
            (None | Some("STANDARD"), None) => principal.clone(),
            _ => "system:node:{{EC2PrivateDNSName}}".to_owned(),
        };
        entry.username.clone().unwrap_or_else(usual)
    }

    /// A time, relative ones counted from the start of the run.
    pub(crate) fn time(&self, moment: Moment) -> Timestamp {
        moment.at(self.today)
    }

    /// A time as the query protocols write it.
    pub(crate) fn iso(&self, moment: Moment) -> String {
        iso(self.time(moment))
    }

    /// A time as the JSON protocols write it: seconds since 1970.
    pub(crate) fn seconds(&self, moment: Moment) -> f64 {
        // AWS counts no finer than in thousandths.
        (self.time(moment).as_duration().as_secs_f64() * 1000.0).round() / 1000.0
    }

    pub(crate) fn today(&self) -> Timestamp {
        self.today
    }

    /// Who signs with an access key: the session it belongs to, else the account's caller.
    pub(crate) fn caller(&self, access_key: &str) -> String {
        let session = lock(&self.sessions).get(access_key).cloned();
        session.unwrap_or_else(|| self.account.caller_arn())
    }

    /// The secret of an access key, if it is known.
    pub(crate) fn secret(&self, access_key: &str) -> Option<String> {
        let is_session = || lock(&self.sessions).contains_key(access_key);
        let known = SECRETS.iter().find(|(key, _)| *key == access_key).map(|(_, secret)| (*secret).to_owned());
        known.or_else(|| is_session().then(|| World::session_secret(access_key)))
    }

    /// The secret of a session's access key.
    pub(crate) fn session_secret(access_key: &str) -> String {
        ids::characters(access_key, b"abcdefghijklmnopqrstuvwxyz0123456789", 40)
    }

    /// Opens a session of an assumed role, and answers its access key.
    pub(crate) fn open_session(&self, caller: String) -> String {
        let mut sessions = lock(&self.sessions);
        let key = ids::unique_id("ASIA", &format!("{caller} {}", sessions.len()), 20);
        sessions.insert(key.clone(), caller);
        key
    }

    pub(crate) fn open_job(&self, arn: String) -> String {
        let job = ids::uuid(&arn);
        lock(&self.jobs).insert(job.clone(), arn);
        job
    }

    pub(crate) fn job(&self, id: &str) -> Option<String> {
        lock(&self.jobs).get(id).cloned()
    }
}

/// A panic elsewhere leaves maps whose entries are still true.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
