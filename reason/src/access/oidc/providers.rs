//! Providers whose claims are documented: what each claim says of who may come in.

use jiff::civil::date;

use super::claims::{
    AMAZON_USER, ANY, BITBUCKET_SUBJECT, BUILDKITE_SUBJECT, CIRCLE_SUBJECT, FREE, GITHUB, GITLAB, NAME, PROJECT,
    SERVICE_ACCOUNT, TENANT, TERRAFORM_SUBJECT,
};
use super::fixed::Fixed;
use super::grammar::{Forms, Grammar};
use palisade_model::dated::Dated;

/// What is to be known of the providers below; each has a source of its own. Which claims AWS compares is in the
/// catalogue, among the condition keys of STS.
pub const DATED: Dated = Dated {
    name: "claims of OpenID Connect providers",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html",
    as_of: date(2026, 11, 29),
};

/// A provider of identities.
#[derive(Debug)]
pub struct Provider {
    /// Its name.
    pub name: &'static str,
    /// Where it documents its claims.
    pub source: &'static str,
    /// The hosts, and paths, of its issuers.
    hosts: &'static [Host],
    /// What its issuer alone fixes: of some providers every tenant has an issuer of its own.
    pub(super) fixed: Fixed,
    /// What it calls a tenant, and what a tenant has.
    pub(super) words: (&'static str, &'static str),
    /// Whether its session tags are claims of the same names.
    pub(super) tags_are_claims: bool,
    subject: Grammar,
    claims: &'static [(&'static str, Forms)],
}

/// Which issuers are meant, without `https://`.
#[derive(Clone, Copy, Debug)]
enum Host {
    /// This one.
    Is(&'static str),
    /// Those that begin and end so, with something in between.
    Between(&'static str, &'static str),
}

impl Host {
    fn is(self, host: &str) -> bool {
        match self {
            Self::Is(known) => known.eq_ignore_ascii_case(host),
            Self::Between(start, end) => {
                host.len() > start.len() + end.len() && host.starts_with(start) && host.ends_with(end)
            }
        }
    }
}

impl Provider {
    /// What the values of a claim, by its name in lower case, look like; `None` for a claim that it does not document.
    pub(super) fn grammar(&self, claim: &str) -> Option<Grammar> {
        if claim == "sub" {
            return Some(self.subject);
        }
        self.claims.iter().find(|(name, _)| *name == claim).map(|(_, forms)| Grammar::OneOf(forms))
    }
}

/// The provider with this host, if it is one whose claims are known.
pub fn provider(host: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.hosts.iter().any(|known| known.is(host)))
}

const GITHUB_COM: Provider = Provider {
    name: "GitHub",
    source: "https://docs.github.com/en/actions/reference/security/oidc",
    hosts: &[Host::Is("token.actions.githubusercontent.com")],
    fixed: Fixed::NOTHING,
    words: ("organisation", "repository"),
    tags_are_claims: false,
    subject: Grammar::Pairs(GITHUB),
    claims: GITHUB,
};

static PROVIDERS: &[Provider] = &[
    GITHUB_COM,
    // An enterprise with an issuer of its own, a subdomain of GHE.com, or a server.
    Provider {
        name: "GitHub Enterprise",
        source: "https://docs.github.com/en/enterprise-cloud@latest/actions/reference/security/oidc",
        hosts: &[
            Host::Between("token.actions.githubusercontent.com/", ""),
            Host::Between("github.com/enterprises/", ""),
            Host::Between("token.actions.", ".ghe.com"),
            Host::Between("", "/_services/token"),
        ],
        words: ("enterprise", "repository"),
        ..GITHUB_COM
    },
    Provider {
        name: "GitLab",
        source: "https://docs.gitlab.com/ci/secrets/id_token_authentication/",
        hosts: &[Host::Is("gitlab.com")],
        fixed: Fixed::NOTHING,
        words: ("group", "project"),
        tags_are_claims: false,
        // The components of a subject that a project has customised are claims, `project_path` first.
        subject: Grammar::Pairs(GITLAB),
        claims: GITLAB,
    },
    Provider {
        name: "CircleCI",
        source: "https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/",
        hosts: &[Host::Between("oidc.circleci.com/org/", "")],
        fixed: Fixed::TENANT,
        words: ("organisation", "project"),
        tags_are_claims: false,
        subject: Grammar::OneOf(CIRCLE_SUBJECT),
        claims: &[
            ("oidc.circleci.com/context-ids", FREE),
            ("oidc.circleci.com/job-id", FREE),
            ("oidc.circleci.com/org-id", TENANT),
            ("oidc.circleci.com/pipeline-definition-id", PROJECT),
            ("oidc.circleci.com/pipeline-id", FREE),
            ("oidc.circleci.com/project-id", PROJECT),
            ("oidc.circleci.com/ssh-rerun", FREE),
            ("oidc.circleci.com/user-id", FREE),
            ("oidc.circleci.com/vcs-origin", NAME),
            ("oidc.circleci.com/vcs-ref", FREE),
            ("oidc.circleci.com/workflow-id", FREE),
        ],
    },
    Provider {
        name: "Buildkite",
        source: "https://buildkite.com/docs/pipelines/security/oidc/aws",
        hosts: &[
            Host::Is("agent.buildkite.com"),
            Host::Between("agent.", ".buildkite.dev"),
            Host::Between("agent.", ".buildkite.site"),
        ],
        fixed: Fixed::NOTHING,
        words: ("organisation", "pipeline"),
        tags_are_claims: true,
        subject: Grammar::Pairs(BUILDKITE_SUBJECT),
        claims: &[
            ("agent_id", FREE),
            ("build_branch", FREE),
            ("build_commit", FREE),
            ("build_number", FREE),
            ("build_source", FREE),
            ("build_tag", FREE),
            ("cluster_id", TENANT),
            ("cluster_name", FREE),
            ("job_id", FREE),
            ("organization_id", TENANT),
            ("organization_slug", TENANT),
            ("pipeline_id", PROJECT),
            ("pipeline_slug", NAME),
            ("queue_id", TENANT),
            ("queue_key", FREE),
            ("runner_environment", FREE),
            ("step_key", FREE),
        ],
    },
    Provider {
        name: "Bitbucket",
        source: "https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/",
        hosts: &[Host::Between("api.bitbucket.org/2.0/workspaces/", "/pipelines-config/identity/oidc")],
        fixed: Fixed::TENANT,
        words: ("workspace", "repository"),
        tags_are_claims: false,
        subject: Grammar::OneOf(BITBUCKET_SUBJECT),
        claims: &[
            ("branchname", ANY),
            ("deploymentenvironmentuuid", PROJECT),
            ("pipelinerunuuid", FREE),
            ("pipelineuuid", FREE),
            ("repositoryuuid", PROJECT),
            ("stepuuid", FREE),
            ("workspaceuuid", TENANT),
        ],
    },
    Provider {
        name: "HCP Terraform",
        source: "https://developer.hashicorp.com/terraform/cloud-docs/dynamic-provider-credentials/workload-identity-tokens",
        hosts: &[Host::Is("app.terraform.io"), Host::Is("app.eu.terraform.io")],
        fixed: Fixed::NOTHING,
        words: ("organisation", "workspace"),
        tags_are_claims: false,
        subject: Grammar::Pairs(TERRAFORM_SUBJECT),
        claims: &[
            ("terraform_organization_id", TENANT),
            ("terraform_organization_name", TENANT),
            ("terraform_project_id", FREE),
            ("terraform_project_name", FREE),
            ("terraform_run_id", FREE),
            ("terraform_run_phase", FREE),
            ("terraform_stack_id", PROJECT),
            ("terraform_stack_name", NAME),
            ("terraform_workspace_id", PROJECT),
            ("terraform_workspace_name", NAME),
        ],
    },
    // How far they are let in within the cluster, checks of their own say.
    Provider {
        name: "EKS",
        source: "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html",
        hosts: &[Host::Between("oidc.eks.", ""), Host::Between("oidc-eks.", "")],
        fixed: Fixed::TENANT,
        words: ("cluster", "namespace"),
        tags_are_claims: false,
        subject: Grammar::OneOf(SERVICE_ACCOUNT),
        claims: &[],
    },
    Provider {
        name: "Google",
        source: "https://docs.cloud.google.com/docs/authentication/get-id-token",
        hosts: &[Host::Is("accounts.google.com")],
        fixed: Fixed::NOTHING,
        words: ("account", "account"),
        tags_are_claims: false,
        subject: Grammar::OneOf(PROJECT),
        claims: &[("email", PROJECT), ("google/organization_number", TENANT)],
    },
    Provider {
        name: "Facebook",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif",
        hosts: &[Host::Is("graph.facebook.com")],
        fixed: Fixed::NOTHING,
        words: ("account", "account"),
        tags_are_claims: false,
        subject: Grammar::OneOf(PROJECT),
        claims: &[("app_id", FREE), ("id", PROJECT)],
    },
    Provider {
        name: "Login with Amazon",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif",
        hosts: &[Host::Is("www.amazon.com")],
        fixed: Fixed::NOTHING,
        words: ("account", "account"),
        tags_are_claims: false,
        subject: Grammar::OneOf(AMAZON_USER),
        claims: &[("app_id", ANY), ("user_id", AMAZON_USER)],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_told_apart() {
        for (host, name) in [
            ("token.actions.githubusercontent.com", Some("GitHub")),
            ("token.actions.githubusercontent.com/acme", Some("GitHub Enterprise")),
            ("token.actions.acme.ghe.com", Some("GitHub Enterprise")),
            ("github.acme.example/_services/token", Some("GitHub Enterprise")),
            ("oidc.circleci.com/org/1-2", Some("CircleCI")),
            ("oidc.circleci.com/org/", None),
            ("api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc", Some("Bitbucket")),
            ("gitlab.com", Some("GitLab")),
            ("gitlab.acme.example", None),
            ("agent.buildkite.com.example", None),
        ] {
            assert_eq!(provider(host).map(|provider| provider.name), name, "{host}");
        }
    }

    #[test]
    fn every_provider_says_whence() {
        for provider in PROVIDERS {
            assert!(provider.source.starts_with("https://"), "{}", provider.name);
            let names = provider.claims.iter().map(|(name, _)| name);
            assert!(
                names.clone().all(|name| name.to_ascii_lowercase() == **name) && names.is_sorted(),
                "{}",
                provider.name
            );
        }
    }
}
