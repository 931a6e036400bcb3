//! Rights on roles, identities and what proves them.

use super::{CHANGE, CORE, Names, Object, PRACTICES, READ, Reach, Right, anywhere, cluster, need};

const RBAC: &str = "rbac.authorization.k8s.io";
const AUTHENTICATION: &str = "authentication.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const IMPERSONATION: &str = "https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/";
const SIGNING: &str = "https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/";
const EVERYTHING: &str = "kubernetes-rbac-cluster-admin";
const ESCALATION: &str = "kubernetes-rbac-escalation";
const TOKENS: &str = "kubernetes-rbac-tokens-creatable";
const SIGNED: &str = "kubernetes-rbac-certificates-approvable";
const ALL: Object = Object::Everything;
const ANY: Reach = Reach::Namespace;

/// Constrained impersonation: the first version that knows it, switched on by default one version later.
///
/// Source: <https://www.kubernetes.dev/resources/keps/5284/>
const CONSTRAINED: u32 = 35;

pub(super) const RIGHTS: &[Right] = &[
    Right::new(
        "everything",
        "It allows every request to every resource.",
        &[
            &[need(&["*"], ALL, ANY)],
            &[
                need(&["get"], ALL, ANY),
                need(&["list"], ALL, ANY),
                need(&["create"], ALL, ANY),
                need(CHANGE, ALL, ANY),
                need(&["delete"], ALL, ANY),
            ],
        ],
        EVERYTHING,
    ),
    Right::new(
        "escalate roles",
        "Its holder can write rights into a role that it does not have.",
        &[&[cluster(&["escalate"], RBAC, &["clusterroles"])], &[anywhere(&["escalate"], RBAC, &["roles"])]],
        ESCALATION,
    ),
    Right::new(
        "bind roles",
        "Its holder can give itself a role whose rights it does not have.",
        &[
            &[anywhere(&["bind"], RBAC, &["clusterroles"]).named(Names::ClusterRoles)],
            &[anywhere(&["bind"], RBAC, &["roles"]).named(Names::Roles)],
        ],
        ESCALATION,
    ),
    Right::new(
        "impersonate",
        "Its holder can act as another user, group or service account.",
        &[
            &[cluster(&["impersonate"], CORE, &["users"]).named(Names::Users)],
            &[cluster(&["impersonate"], CORE, &["groups"]).named(Names::Groups)],
            &[anywhere(&["impersonate"], CORE, &["serviceaccounts"]).named(Names::Accounts)],
            &[need(&["impersonate"], Object::Group(AUTHENTICATION), Reach::Cluster)],
        ],
        ESCALATION,
    )
    .taking_accounts()
    .from(IMPERSONATION),
    Right::new(
        "impersonate for some requests",
        "Its holder can make dangerous requests as another user, group, service account or node.",
        &[
            &[
                cluster(&["impersonate:user-info"], AUTHENTICATION, &["users"]).named(Names::Users).since(CONSTRAINED),
                need(&[], Object::OnBehalf("user-info"), ANY).since(CONSTRAINED),
            ],
            &[
                cluster(&["impersonate:user-info"], AUTHENTICATION, &["groups"])
                    .named(Names::Groups)
                    .since(CONSTRAINED),
                need(&[], Object::OnBehalf("user-info"), ANY).since(CONSTRAINED),
            ],
            &[
                anywhere(&["impersonate:serviceaccount"], AUTHENTICATION, &["serviceaccounts"])
                    .named(Names::Accounts)
                    .since(CONSTRAINED),
                need(&[], Object::OnBehalf("serviceaccount"), ANY).since(CONSTRAINED),
            ],
            &[
                cluster(&["impersonate:arbitrary-node"], AUTHENTICATION, &["nodes"]).since(CONSTRAINED),
                need(&[], Object::OnBehalf("arbitrary-node"), ANY).since(CONSTRAINED),
            ],
            &[
                cluster(&["impersonate:associated-node"], AUTHENTICATION, &["nodes"]).since(CONSTRAINED),
                need(&[], Object::OnBehalf("associated-node"), ANY).since(CONSTRAINED),
            ],
        ],
        ESCALATION,
    )
    .taking_accounts()
    .from(IMPERSONATION),
    Right::new(
        "issue tokens",
        "Its holder can act as the service accounts it makes tokens for, in the cluster and in AWS.",
        &[&[anywhere(&["create"], CORE, &["serviceaccounts/token"]).named(Names::Accounts)]],
        TOKENS,
    )
    .taking_accounts(),
    Right::new(
        "create secrets",
        "A Secret of the type service-account-token is filled with a token of a service account that its maker names.",
        &[&[anywhere(&["create"], CORE, &["secrets"]).applied()]],
        TOKENS,
    )
    .taking_accounts(),
    Right::new(
        "read secrets",
        "Secrets hold passwords, and tokens of service accounts.",
        &[&[anywhere(READ, CORE, &["secrets"]).named(Names::Pass)]],
        "kubernetes-rbac-secrets-readable",
    )
    .beyond_teams(),
    Right::new(
        "change aws-auth",
        "The ConfigMap aws-auth maps identities of AWS to groups, the one that is allowed everything included.",
        &[&[need(CHANGE, Object::Named(CORE, "configmaps", "aws-auth"), Reach::In("kube-system"))]],
        "kubernetes-rbac-aws-auth-writable",
    )
    .from("https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html"),
    Right::new(
        "approve certificates",
        "A certificate makes its holder any user, in any group.",
        &[&[
            cluster(CHANGE, CERTIFICATES, &["certificatesigningrequests/approval"]),
            cluster(&["approve"], CERTIFICATES, &["signers"]).named(Names::Signers),
        ]],
        SIGNED,
    )
    .from(SIGNING),
    Right::new(
        "sign certificates",
        "A certificate makes its holder any user, in any group.",
        &[&[
            cluster(CHANGE, CERTIFICATES, &["certificatesigningrequests/status"]),
            cluster(&["sign"], CERTIFICATES, &["signers"]).named(Names::Signers),
        ]],
        SIGNED,
    )
    .from(SIGNING),
    Right::new(
        "change service accounts",
        "An annotation says which role of AWS the pods of a service account take.",
        &[&[anywhere(super::WRITE, CORE, &["serviceaccounts"]).named(Names::Pass)]],
        "kubernetes-rbac-identity-rewritable",
    )
    .beyond_teams()
    .lesser()
    .from(PRACTICES),
];
