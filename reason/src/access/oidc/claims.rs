//! The forms of claims: what the values of each fix of who may come in.

use super::fixed::Fixed;
use super::grammar::{Forms, Part};

/// Whatever it is, it fixes nothing: a branch, an environment, a commit, a person.
pub(super) const FREE: Forms = &[&[Part::Open(":", Fixed::NOTHING)]];
/// As [`FREE`], with colons in it.
pub(super) const ANY: Forms = &[&[Part::Open("", Fixed::NOTHING)]];
pub(super) const TENANT: Forms = &[&[Part::Open(":", Fixed::TENANT)]];
pub(super) const NAME: Forms = &[&[Part::Open(":", Fixed::NAME)]];
pub(super) const PROJECT: Forms = &[&[Part::Open(":", Fixed::PROJECT)]];

/// `OWNER/REPOSITORY`, and with their ids `OWNER@ID/REPOSITORY@ID`.
const REPOSITORY: Forms = &[
    &[Part::Open("/:@", Fixed::TENANT), Part::Text("/"), Part::Open("/:@", Fixed::NAME)],
    &[
        Part::Open("/:@", Fixed::TENANT),
        Part::Text("@"),
        Part::Open("/:@", Fixed::TENANT),
        Part::Text("/"),
        Part::Open("/:@", Fixed::NAME),
        Part::Text("@"),
        Part::Open("/:@", Fixed::PROJECT),
    ],
];
/// `OWNER/REPOSITORY/.github/workflows/FILE@REF` of a workflow that any repository may call.
const SHARED_WORKFLOW: Forms = &[&[
    Part::Open("/:@", Fixed::CODE_OWNER),
    Part::Text("/"),
    Part::Open("/:@", Fixed::CODE_NAME),
    Part::Text("/"),
    Part::Open(":", Fixed::NOTHING),
]];
/// The same of the workflow that runs, which is in the repository.
const OWN_WORKFLOW: Forms = &[&[
    Part::Open("/:@", Fixed::TENANT),
    Part::Text("/"),
    Part::Open("/:@", Fixed::NAME),
    Part::Text("/"),
    Part::Open(":", Fixed::NOTHING),
]];
/// `GROUP/SUBGROUP/PROJECT`.
const PROJECT_PATH: Forms = &[&[Part::Open("/:", Fixed::TENANT), Part::Text("/"), Part::Open(":", Fixed::NAME)]];
/// `HOST/GROUP/PROJECT//FILE@REF` of the file that says what runs.
const CONFIGURATION: Forms = &[&[
    Part::Open("/:", Fixed::NOTHING),
    Part::Text("/"),
    Part::Open("/:", Fixed::CODE_OWNER),
    Part::Text("/"),
    Part::Open(":@", Fixed::CODE_NAME),
    Part::Text("@"),
    Part::Open(":", Fixed::NOTHING),
]];

/// Also the keys of subjects that an organisation has customised; `context` stands for a `ref`, an `environment` or
/// `pull_request`.
pub(super) const GITHUB: &[(&str, Forms)] = &[
    ("actor", FREE),
    ("actor_id", FREE),
    ("base_ref", FREE),
    ("check_run_id", FREE),
    ("enterprise", TENANT),
    ("enterprise_id", TENANT),
    ("environment", FREE),
    ("environment_node_id", FREE),
    ("event_name", FREE),
    ("head_ref", FREE),
    ("job_workflow_ref", SHARED_WORKFLOW),
    ("job_workflow_sha", FREE),
    ("pull_request", &[]),
    ("ref", FREE),
    ("ref_protected", FREE),
    ("ref_type", FREE),
    ("repo", REPOSITORY),
    ("repository", REPOSITORY),
    ("repository_id", PROJECT),
    ("repository_owner", TENANT),
    ("repository_owner_id", TENANT),
    ("repository_visibility", FREE),
    ("run_attempt", FREE),
    ("run_id", FREE),
    ("run_number", FREE),
    ("runner_environment", FREE),
    ("sha", FREE),
    ("workflow", FREE),
    ("workflow_ref", OWN_WORKFLOW),
    ("workflow_sha", FREE),
];
pub(super) const GITLAB: &[(&str, Forms)] = &[
    ("ci_config_ref_uri", CONFIGURATION),
    ("ci_config_sha", FREE),
    ("deployment_tier", FREE),
    ("environment", FREE),
    ("environment_protected", FREE),
    ("job_id", FREE),
    ("namespace_id", TENANT),
    ("namespace_path", TENANT),
    ("pipeline_id", FREE),
    ("pipeline_source", FREE),
    ("project_id", PROJECT),
    ("project_path", PROJECT_PATH),
    ("project_visibility", FREE),
    ("ref", FREE),
    ("ref_path", FREE),
    ("ref_protected", FREE),
    ("ref_type", FREE),
    ("runner_environment", FREE),
    ("runner_id", FREE),
    ("sha", FREE),
    ("user_access_level", FREE),
    ("user_email", FREE),
    ("user_id", FREE),
    ("user_login", FREE),
];
pub(super) const BUILDKITE_SUBJECT: &[(&str, Forms)] =
    &[("commit", FREE), ("organization", TENANT), ("pipeline", NAME), ("ref", FREE), ("step", FREE)];
pub(super) const TERRAFORM_SUBJECT: &[(&str, Forms)] = &[
    ("deployment", FREE),
    ("operation", FREE),
    ("organization", TENANT),
    ("project", FREE),
    ("run_phase", FREE),
    // Unique within the organisation.
    ("stack", NAME),
    ("workspace", NAME),
];

/// `org/ORGANISATION/project/PROJECT/user/USER`, and with the repository and branch behind it.
pub(super) const CIRCLE_SUBJECT: Forms = &[
    &[
        Part::Text("org/"),
        Part::Open("/", Fixed::TENANT),
        Part::Text("/project/"),
        Part::Open("/", Fixed::PROJECT),
        Part::Text("/user/"),
        Part::Open("/", Fixed::NOTHING),
    ],
    &[
        Part::Text("org/"),
        Part::Open("/", Fixed::TENANT),
        Part::Text("/project/"),
        Part::Open("/", Fixed::PROJECT),
        Part::Text("/user/"),
        Part::Open("/", Fixed::NOTHING),
        Part::Text("/vcs-origin/"),
        Part::Open("", Fixed::NAME),
        Part::Text("/vcs-ref/"),
        Part::Open("", Fixed::NOTHING),
    ],
];
/// `{REPOSITORY}:{STEP}`, with the environment in between where there is one.
pub(super) const BITBUCKET_SUBJECT: Forms =
    &[&[Part::Text("{"), Part::Open("{}:", Fixed::PROJECT), Part::Text("}:"), Part::Open("", Fixed::NOTHING)]];
/// `system:serviceaccount:NAMESPACE:NAME`.
pub(super) const SERVICE_ACCOUNT: Forms = &[&[
    Part::Text("system:serviceaccount:"),
    Part::Open(":", Fixed::NAME),
    Part::Text(":"),
    Part::Open(":", Fixed::NOTHING),
]];
/// `amzn1.account.…`.
pub(super) const AMAZON_USER: Forms = &[&[Part::Open("", Fixed::PROJECT)]];
