//! The account while it is being served: indexes, sessions and jobs.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::account::{Account, Function, Moment, Region, iso};
use crate::ids;
use crate::services::Service;

/// An account being served.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) account: Account,
    today: Timestamp,
    /// Region, then function name, to its place in the list.
    functions: HashMap<String, HashMap<String, usize>>,
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
    pub(crate) fn new(account: Account) -> World {
        let functions = account
            .regions
            .iter()
            .map(|(name, region)| {
                let places = region.lambda.functions.iter().enumerate();
                (name.clone(), places.map(|(place, function)| (function.name.clone(), place)).collect())
            })
            .collect();
        let roles = account.iam.roles.iter();
        let roles = roles.map(|role| (role.name.clone(), account.role_arn_in(&role.path, &role.name))).collect();
        World {
            roles,
            today: account.today(),
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

    /// Whether a service answers in a Region: of the Regions not in the file, only the home Region is on, and STS
    /// answers everywhere.
    pub(crate) fn answers(&self, service: &Service, region: &str) -> bool {
        match self.account.regions.get(region) {
            _ if service.global => true,
            Some(region) => region.is_on(),
            None => service.name == "sts" || region == self.account.home_region(),
        }
    }

    pub(crate) fn function(&self, region: &str, name: &str) -> Option<&Function> {
        let place = *self.functions.get(region)?.get(name)?;
        self.region(region).lambda.functions.get(place)
    }

    /// The ARN of a role given by name or ARN; a role that is not in the file has the path `/`.
    pub(crate) fn role_arn(&self, role: &str) -> String {
        match self.roles.get(role) {
            Some(arn) => arn.clone(),
            None if role.starts_with("arn:") => role.to_owned(),
            None => self.account.role_arn_in("/", role),
        }
    }

    /// A time, relative ones counted from the start of the run.
    pub(crate) fn time(&self, moment: Moment) -> Timestamp {
        moment.at(self.today)
    }

    /// A time as the query protocols write it.
    pub(crate) fn iso(&self, moment: Moment) -> String {
        iso(self.time(moment))
    }

    pub(crate) fn today(&self) -> Timestamp {
        self.today
    }

    /// Who signs with an access key: the session it belongs to, else the account's caller.
    pub(crate) fn caller(&self, access_key: &str) -> String {
        let session = lock(&self.sessions).get(access_key).cloned();
        session.unwrap_or_else(|| self.account.caller_arn())
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
