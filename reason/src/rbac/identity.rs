//! Who asks, and which subjects of bindings mean it.

use palisade_model::kubernetes::Subject;

/// Members of this group are allowed everything, whatever RBAC says.
pub const MASTERS: &str = "system:masters";
/// Everybody who authenticated.
pub const AUTHENTICATED: &str = "system:authenticated";
/// Everybody who did not.
pub const UNAUTHENTICATED: &str = "system:unauthenticated";
/// The user that everybody is who did not authenticate.
pub const ANONYMOUS: &str = "system:anonymous";
/// All service accounts; those of one namespace follow behind a colon.
pub const SERVICE_ACCOUNTS: &str = "system:serviceaccounts";

/// Somebody who may ask the API server, with all groups that authentication gives.
///
/// Source: <https://kubernetes.io/docs/reference/access-authn-authz/authentication/>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    user: String,
    groups: Vec<String>,
}

impl Identity {
    /// A user with the groups that a mapping or a certificate gives; `system:authenticated` is added.
    pub fn user(name: &str, groups: impl IntoIterator<Item = String>) -> Self {
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.push(AUTHENTICATED.to_owned());
        Self { user: name.to_owned(), groups }
    }

    /// A service account.
    pub fn service_account(namespace: &str, name: &str) -> Self {
        let groups = [SERVICE_ACCOUNTS.to_owned(), format!("{SERVICE_ACCOUNTS}:{namespace}")];
        Self::user(&service_account_user(namespace, name), groups)
    }

    /// Somebody who did not authenticate.
    pub fn anonymous() -> Self {
        Self { user: ANONYMOUS.to_owned(), groups: vec![UNAUTHENTICATED.to_owned()] }
    }

    /// The user name.
    pub fn name(&self) -> &str {
        &self.user
    }

    /// Whether RBAC does not limit it.
    pub fn is_unlimited(&self) -> bool {
        self.groups.iter().any(|group| group == MASTERS)
    }

    /// Whether a subject of a binding means it. `namespace` is the binding's: a service account without one is of it.
    pub fn is_meant_by(&self, subject: &Subject, namespace: Option<&str>) -> bool {
        match subject {
            Subject::User(name) => *name == self.user,
            Subject::Group(name) => self.groups.contains(name),
            Subject::ServiceAccount { namespace: own, name } => {
                let own = Some(own.as_str()).filter(|own| !own.is_empty()).or(namespace);
                own.is_some_and(|own| service_account_user(own, name) == self.user)
            }
            Subject::Other { .. } => false,
        }
    }
}

/// The user name of a service account.
pub fn service_account_user(namespace: &str, name: &str) -> String {
    format!("system:serviceaccount:{namespace}:{name}")
}

/// Whether a subject means everybody who reaches the API server, authenticated or not.
pub fn is_anybody(subject: &Subject) -> bool {
    match subject {
        Subject::User(name) => name == ANONYMOUS,
        Subject::Group(name) => name == UNAUTHENTICATED,
        Subject::ServiceAccount { .. } | Subject::Other { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(namespace: &str, name: &str) -> Subject {
        Subject::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn a_service_account_is_meant_by_kind_by_user_name_and_by_group() {
        let orders = Identity::service_account("shop", "orders");
        for (subject, namespace, meant) in [
            (account("shop", "orders"), None, true),
            (account("", "orders"), Some("shop"), true),
            (account("", "orders"), Some("billing"), false),
            (account("", "orders"), None, false),
            (account("billing", "orders"), Some("shop"), false),
            (account("shop", "default"), None, false),
            (Subject::User("system:serviceaccount:shop:orders".to_owned()), None, true),
            (Subject::User("orders".to_owned()), None, false),
            (Subject::User("*".to_owned()), None, false),
            (Subject::Group("system:serviceaccounts".to_owned()), None, true),
            (Subject::Group("system:serviceaccounts:shop".to_owned()), None, true),
            (Subject::Group("system:serviceaccounts:billing".to_owned()), None, false),
            (Subject::Group("system:authenticated".to_owned()), None, true),
            (Subject::Group("system:unauthenticated".to_owned()), None, false),
            (Subject::Other { kind: "Robot".to_owned(), name: "orders".to_owned() }, None, false),
        ] {
            assert_eq!(orders.is_meant_by(&subject, namespace), meant, "{subject:?} in {namespace:?}");
        }
    }

    #[test]
    fn users_have_the_groups_of_their_mapping() {
        let admin = Identity::user("ana", ["eks-admins".to_owned()]);
        assert!(admin.is_meant_by(&Subject::Group("eks-admins".to_owned()), None));
        assert!(admin.is_meant_by(&Subject::Group(AUTHENTICATED.to_owned()), None));
        assert!(!admin.is_unlimited());
        assert!(Identity::user("ben", [MASTERS.to_owned()]).is_unlimited());
    }

    #[test]
    fn nobody_is_a_user_and_a_group() {
        let nobody = Identity::anonymous();
        for subject in [Subject::User(ANONYMOUS.to_owned()), Subject::Group(UNAUTHENTICATED.to_owned())] {
            assert!(nobody.is_meant_by(&subject, None) && is_anybody(&subject), "{subject:?}");
        }
        assert!(!nobody.is_meant_by(&Subject::Group(AUTHENTICATED.to_owned()), None));
    }
}
