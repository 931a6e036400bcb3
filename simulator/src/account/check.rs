//! What an account file must hold besides its shape, and what is filled in after reading it.

use std::collections::BTreeSet;

use super::{Account, AccountError, Ecr, Fault, Function, Region, Role, balancing, carriers};

impl Account {
    /// Refuses what no account could be, and adds the roles of functions that name none.
    pub(crate) fn checked(mut self) -> Result<Account, AccountError> {
        if self.id.len() != 12 || !self.id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AccountError(format!("account: `{}` is not twelve digits (write it in quotes)", self.id)));
        }
        if !self.partition.starts_with("aws") {
            return Err(AccountError(format!("partition: `{}` is none of AWS's", self.partition)));
        }
        self.attached_policies_exist()?;
        for (name, region) in &mut self.regions {
            read_objects(region)
                .and_then(|()| check_region(region))
                .and_then(|()| check_registry(&region.ecr))
                .and_then(|()| region.ecs.check())
                .and_then(|()| carriers::check(region))
                .and_then(|()| balancing::check(region))
                .map_err(|problem| AccountError(format!("regions: {name}: {problem}")))?;
        }
        carriers::one_of_each("buckets", self.buckets.iter().map(|bucket| bucket.name.clone()))
            .map_err(AccountError)?;
        self.add_default_roles();
        Ok(self)
    }

    fn attached_policies_exist(&self) -> Result<(), AccountError> {
        let known: BTreeSet<&str> =
            self.iam.policies.iter().chain(self.aws_policies()).map(|policy| policy.name.as_str()).collect();
        let roles = self.iam.roles.iter().map(|role| (&role.name, &role.policies, &role.boundary));
        let users = self.iam.users.iter().map(|user| (&user.name, &user.policies, &user.boundary));
        let groups = self.iam.groups.iter().map(|group| (&group.name, &group.policies, &None));
        for (owner, policies, boundary) in roles.chain(users).chain(groups) {
            for policy in policies.iter().chain(boundary) {
                if !policy.starts_with("arn:") && !known.contains(policy.as_str()) {
                    return Err(AccountError(format!(
                        "iam: `{owner}` has the policy `{policy}`, which is neither in `policies` nor known of AWS; \
                         add it to `aws_policies`"
                    )));
                }
            }
        }
        Ok(())
    }

    fn add_default_roles(&mut self) {
        let mut names: BTreeSet<String> = self.iam.roles.iter().map(|role| role.name.clone()).collect();
        let functions = self.regions.values().flat_map(|region| &region.lambda.functions);
        for function in functions.filter(|function| function.role.is_none()) {
            let name = function.role_name();
            if names.insert(name.clone()) {
                let mut role = Role::named(&name);
                role.policies.push("AWSLambdaBasicExecutionRole".to_owned());
                self.iam.roles.push(role);
            }
        }
    }
}

impl Function {
    /// The role as the file names it, or the name of the role made for the function.
    pub(crate) fn role_name(&self) -> String {
        self.role.clone().unwrap_or_else(|| format!("{}-role", self.name))
    }
}

fn check_region(region: &Region) -> Result<(), String> {
    let lambda = &region.lambda;
    let mut names = BTreeSet::new();
    for function in &lambda.functions {
        if !names.insert(function.name.as_str()) {
            return Err(format!("there are two functions called `{}`", function.name));
        }
        if function.image.is_some() && function.runtime.is_some() {
            return Err(format!("`{}` has both an image and a runtime", function.name));
        }
        if let Some(wanted) = &function.code_signing
            && !lambda.code_signing_configs.iter().any(|config| config.name == *wanted)
        {
            return Err(format!("`{}` has the code signing config `{wanted}`, which is not there", function.name));
        }
    }
    Ok(())
}

/// Reads what the file says of the insides of clusters, whose names must differ.
fn read_objects(region: &mut Region) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for cluster in &mut region.eks.clusters {
        let name = &cluster.name;
        if name.is_empty() || !names.insert(name) {
            return Err(format!("there are two clusters called `{name}`, or one without a name"));
        }
        if let Some(inside) = &mut cluster.kubernetes {
            inside.read().map_err(|problem| format!("cluster `{name}`: {problem}"))?;
        }
    }
    Ok(())
}

fn check_registry(ecr: &Ecr) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for repository in &ecr.repositories {
        let name = &repository.name;
        if !names.insert(name) {
            return Err(format!("there are two repositories called `{name}`"));
        }
        let mut tags = BTreeSet::new();
        for image in &repository.images {
            if let Some(tag) = image.tags.iter().find(|tag| !tags.insert(*tag)) {
                return Err(format!("two images of `{name}` have the tag `{tag}`"));
            }
            let is_cycle = matches!(image.fault, Some(Fault::CycleOfOne | Fault::CycleOfTwo));
            if is_cycle && image.platforms.len() > 1 {
                return Err(format!("an image of `{name}` is a cycle, which has no platforms"));
            }
        }
    }
    Ok(())
}
