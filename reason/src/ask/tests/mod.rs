mod requests;

use serde_json::{Value, json};

use super::{AskError, CanAnswer, Question, Ruling, Way, WhoCanAnswer, can, who_can};
use palisade_model::ecr::{PolicyScope, Registry};
use palisade_model::iam::{InlinePolicy, ManagedPolicy, PolicyText, Role, User};
use palisade_model::lambda::{FunctionUrl, Qualifier, UrlAuth, Urls};
use palisade_model::organization::{ControlPolicy, Organization};
use palisade_model::{Action, By, Fact, Gap, Inventory, Listing, Place, Reason};
use palisade_scenes::repositories::{denies, gives, on, repository_policy, statements};
use palisade_scenes::{ACCOUNT, Scene, function, function_arn, new_role, policy, public_repository, role_arn};

const INVOKE: &str = "lambda:InvokeFunction";

fn allow(action: &str, resource: &str) -> Value {
    json!({ "Sid": "Given", "Effect": "Allow", "Action": action, "Resource": resource })
}

fn role(name: &str, statement: Value) -> Role {
    Role { inline: vec![InlinePolicy { name: "own".to_owned(), document: policy(statement) }], ..new_role(name) }
}

fn user(name: &str, statement: Value) -> User {
    User {
        arn: format!("arn:aws:iam::{ACCOUNT}:user/{name}").into(),
        name: name.to_owned(),
        id: "AIDA".to_owned(),
        groups: vec![],
        inline: vec![InlinePolicy { name: "own".to_owned(), document: policy(statement) }],
        attached: vec![],
        boundary: None,
        access_keys: Fact::Known(vec![]),
    }
}

/// An account with the function `orders` and these roles.
fn account(roles: Vec<Role>) -> Inventory {
    function(|_| {}).iam(|iam| iam.roles = Listing::whole(roles)).inventory
}

#[expect(clippy::needless_pass_by_value, reason = "a fact made for the call reads better without a reference")]
fn with_policy(mut inventory: Inventory, text: Fact<Option<PolicyText>>) -> Inventory {
    change(&mut inventory, |function| function.policy = text.clone());
    inventory
}

fn change(inventory: &mut Inventory, change: impl Fn(&mut palisade_model::lambda::Function)) {
    let lambda = &mut inventory.regions.values_mut().next().unwrap().lambda;
    let mut functions = lambda.functions.seen().to_vec();
    functions.iter_mut().for_each(change);
    lambda.functions = Listing::whole(functions);
}

fn denied_gap(action: Action) -> Gap {
    Gap { action, place: Place::account(), reason: Reason::Denied(By::Identity) }
}

fn ask(inventory: &Inventory, principal: &str, action: &str, resource: &str) -> Result<CanAnswer, AskError> {
    can(inventory, &Question { principal, action, resource, context: &[], any_action: false })
}

fn ruling(inventory: &Inventory, principal: &str, action: &str, resource: &str) -> Ruling {
    ask(inventory, principal, action, resource).unwrap().decision
}

fn orders() -> String {
    function_arn("orders").to_string()
}

fn organization(service_control: Fact<Vec<Vec<ControlPolicy>>>) -> Fact<Option<Organization>> {
    Fact::Known(Some(Organization {
        id: "o-shop".to_owned(),
        management_account: "999988887777".into(),
        service_control,
        resource_control: Fact::Known(vec![]),
    }))
}

#[test]
fn a_role_is_allowed_by_its_own_policy_and_by_no_other() {
    let inventory = account(vec![role("caller", allow("lambda:Invoke*", &orders())), new_role("idle")]);
    let answer = ask(&inventory, "caller", "LAMBDA:invokefunction", &orders()).unwrap();
    assert_eq!((answer.decision, answer.action.as_str()), (Ruling::Allowed, INVOKE));
    assert_eq!((answer.by[0].policy.as_str(), answer.by[0].sid.as_deref()), ("own", Some("Given")));
    let answer = ask(&inventory, role_arn("idle").as_str(), INVOKE, &orders()).unwrap();
    assert_eq!((answer.decision, answer.lacking), (Ruling::DeniedImplicit, vec!["identity"]));
}

#[test]
fn a_session_has_what_its_role_has_and_the_root_user_everything() {
    let inventory = account(vec![role("caller", allow(INVOKE, &orders()))]);
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/caller/one");
    assert_eq!(ruling(&inventory, &session, INVOKE, &orders()), Ruling::Allowed);
    assert_eq!(ruling(&inventory, ACCOUNT, INVOKE, &orders()), Ruling::Allowed);
}

#[test]
fn a_boundary_denies_what_it_does_not_allow() {
    let mut inventory = account(vec![Role {
        boundary: Some("arn:aws:iam::111122223333:policy/edge".into()),
        ..role("caller", allow("*", "*"))
    }]);
    inventory.iam.policies = Listing::whole(vec![ManagedPolicy {
        arn: "arn:aws:iam::111122223333:policy/edge".into(),
        name: "edge".to_owned(),
        document: policy(allow("lambda:*", "*")),
        attachments: 1,
    }]);
    assert_eq!(ruling(&inventory, "caller", INVOKE, &orders()), Ruling::Allowed);
    let answer = ask(&inventory, "caller", "iam:CreateUser", "arn:aws:iam::111122223333:user/eve").unwrap();
    assert_eq!((answer.decision, answer.lacking), (Ruling::DeniedImplicit, vec!["boundary"]));
    // An unread boundary is neither there nor away.
    inventory.iam.policies = Listing::unread(denied_gap(Action::IamGetAccountAuthorizationDetails));
    let answer = ask(&inventory, "caller", INVOKE, &orders()).unwrap();
    assert_eq!(answer.decision, Ruling::AllowedIf);
    assert!(answer.not_evaluated[0].why.contains("denied"), "{answer:?}");
}

#[test]
fn an_open_condition_is_no_yes_until_its_key_is_given() {
    let statement = json!({ "Effect": "Allow", "Action": INVOKE, "Resource": "*",
        "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } } });
    let inventory = account(vec![role("caller", statement)]);
    let answer = ask(&inventory, "caller", INVOKE, &orders()).unwrap();
    assert_eq!((answer.decision, answer.conditions[0].key.as_str()), (Ruling::AllowedIf, "aws:MultiFactorAuthPresent"));
    for (values, expected) in
        [(vec!["true"], Ruling::Allowed), (vec!["false"], Ruling::DeniedImplicit), (vec![], Ruling::DeniedImplicit)]
    {
        let values = values.into_iter().map(str::to_owned).collect();
        let context = [("aws:multifactorauthpresent".to_owned(), values)];
        let resource = orders();
        let question =
            Question { principal: "caller", action: INVOKE, resource: &resource, context: &context, any_action: false };
        assert_eq!(can(&inventory, &question).unwrap().decision, expected);
    }
}

#[test]
fn the_policy_of_a_function_counts_and_an_unread_one_leaves_the_answer_open() {
    let grant = policy(json!({ "Effect": "Allow", "Principal": { "AWS": role_arn("caller").as_str() },
        "Action": INVOKE, "Resource": orders() }));
    let inventory = account(vec![new_role("caller")]);
    let inventory = with_policy(inventory, Fact::Known(Some(grant.clone())));
    assert_eq!(ruling(&inventory, "caller", INVOKE, &orders()), Ruling::Allowed);
    // An alias has a policy of its own.
    assert_eq!(ruling(&inventory, "caller", INVOKE, &format!("{}:live", orders())), Ruling::DeniedImplicit);
    let mut aliased = inventory.clone();
    let live = format!("{}:live", orders());
    let own = policy(json!({ "Effect": "Allow", "Principal": "*", "Action": INVOKE, "Resource": live }));
    let qualifier = Qualifier { arn: live.as_str().into(), weights: [].into(), policy: Fact::Known(Some(own)) };
    change(&mut aliased, |function| function.qualifiers = Fact::Known(vec![qualifier.clone()]));
    assert_eq!(ruling(&aliased, "caller", INVOKE, &live), Ruling::Allowed);
    let unread = with_policy(inventory.clone(), Fact::Unknown(denied_gap(Action::LambdaGetPolicy)));
    let answer = ask(&unread, "caller", INVOKE, &orders()).unwrap();
    assert_eq!((answer.decision, answer.not_evaluated.len()), (Ruling::AllowedIf, 1));
    let malformed = with_policy(inventory, Fact::Known(Some(PolicyText::Malformed("no".to_owned()))));
    assert_eq!(ruling(&malformed, "caller", INVOKE, &orders()), Ruling::AllowedIf);
}

#[test]
fn trust_decides_who_assumes_a_role() {
    let target = Role {
        trust: policy(json!({ "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": { "AWS": role_arn("caller").as_str() } })),
        ..new_role("target")
    };
    let inventory = account(vec![target, new_role("caller"), role("other", allow("sts:AssumeRole", "*"))]);
    let arn = role_arn("target");
    assert_eq!(ruling(&inventory, "caller", "sts:AssumeRole", arn.as_str()), Ruling::Allowed);
    assert_eq!(ruling(&inventory, "other", "sts:AssumeRole", arn.as_str()), Ruling::DeniedImplicit);
    assert_eq!(ruling(&inventory, "lambda.amazonaws.com", "sts:AssumeRole", arn.as_str()), Ruling::DeniedImplicit);
}

#[test]
fn service_control_policies_deny_where_read_and_leave_the_answer_open_where_not() {
    let mut inventory = account(vec![role("caller", allow("*", "*"))]);
    let level = |document| {
        organization(Fact::Known(vec![vec![ControlPolicy { id: "p-1".to_owned(), name: "edge".to_owned(), document }]]))
    };
    inventory.organization = level(policy(allow("sqs:*", "*")));
    assert_eq!(ruling(&inventory, "caller", INVOKE, &orders()), Ruling::DeniedImplicit);
    inventory.organization = level(PolicyText::Malformed("cut".to_owned()));
    assert_eq!(ruling(&inventory, "caller", INVOKE, &orders()), Ruling::AllowedIf);
    inventory.organization = organization(Fact::Unknown(denied_gap(Action::OrganizationsListPoliciesForTarget)));
    let answer = ask(&inventory, "caller", INVOKE, &orders()).unwrap();
    assert_eq!(answer.decision, Ruling::AllowedIf);
    assert_eq!(answer.not_evaluated[0].what, "service control policies");
    // What is not read can take away only.
    assert_eq!(ruling(&inventory, "anonymous", INVOKE, &orders()), Ruling::DeniedImplicit);
    inventory.organization = Fact::Unknown(denied_gap(Action::OrganizationsDescribeOrganization));
    assert_eq!(ruling(&inventory, "caller", INVOKE, &orders()), Ruling::AllowedIf);
}

#[test]
fn what_is_not_collected_is_never_assumed() {
    let inventory = account(vec![role("caller", allow("s3:*", "*")), new_role("idle")]);
    let open = |principal, action, resource: &str| {
        let answer = ask(&inventory, principal, action, resource).unwrap();
        assert_eq!(answer.decision, Ruling::AllowedIf, "{answer:?}");
        assert!(!answer.not_evaluated.is_empty());
    };
    open("caller", "s3:GetObject", "arn:aws:s3:::logs/a");
    open("idle", "s3:GetObject", "arn:aws:s3:::logs/a");
    open("caller", INVOKE, "arn:aws:lambda:eu-west-1:444455556666:function:theirs");
    open("caller", INVOKE, "arn:aws:lambda:ap-south-1:111122223333:function:elsewhere");
    open("caller", "lambda:GetLayerVersion", "arn:aws:lambda:eu-west-1:111122223333:layer:tools:1");
}

#[test]
fn mistakes_are_told_with_what_they_may_be_meant_for() {
    let mut inventory = account(vec![new_role("caller")]);
    let error = |principal, action, resource| ask(&inventory, principal, action, resource).unwrap_err();
    let unknown = error("calller", INVOKE, "*");
    assert!(unknown.misspelt().unwrap().1.contains(&"caller".to_owned()), "{unknown:?}");
    let unknown = error("caller", "lambda:InvokeFuntion", "*");
    assert!(unknown.misspelt().unwrap().1.contains(&INVOKE.to_owned()));
    let unknown = error("caller", "lamda:InvokeFunction", "*");
    assert!(unknown.misspelt().unwrap().1.contains(&INVOKE.to_owned()));
    assert!(matches!(error("caller", "lambda:*", "*"), AskError::NoAction(_)));
    assert!(matches!(error("caller", INVOKE, "orders"), AskError::UnknownResource { .. }));
    assert!(matches!(error("caller", INVOKE, "arn:aws:lambda"), AskError::NoResource(_)));
    let new = Question { principal: "caller", action: "lambda:New", resource: "*", context: &[], any_action: true };
    assert!(can(&inventory, &new).unwrap().remarks[0].contains("does not have"));
    inventory.iam.users =
        Listing::whole(vec![user("caller", json!({ "Effect": "Deny", "Action": "*", "Resource": "*" }))]);
    assert!(matches!(ask(&inventory, "caller", INVOKE, "*"), Err(AskError::Ambiguous { .. })));
    inventory.iam.roles = Listing::unread(denied_gap(Action::IamGetAccountAuthorizationDetails));
    assert!(matches!(ask(&inventory, "nobody", INVOKE, "*"), Err(AskError::Unread { .. })));
}

#[test]
fn a_name_with_a_dot_is_no_service() {
    let mut inventory = account(vec![]);
    inventory.iam.users = Listing::whole(vec![user("ada.byron", allow(INVOKE, "*"))]);
    assert_eq!(ruling(&inventory, "ada.byron", INVOKE, &orders()), Ruling::Allowed);
    assert!(matches!(ask(&inventory, "ada.byrom", INVOKE, "*"), Err(AskError::UnknownPrincipal { .. })));
    assert_eq!(ruling(&inventory, "s3.amazonaws.com", INVOKE, &orders()), Ruling::DeniedImplicit);
}

#[test]
fn guard_rails_that_cannot_be_read_hide_nobody() {
    let mut inventory = account(vec![role("caller", allow("*", "*"))]);
    let malformed = || ControlPolicy {
        id: "p-1".to_owned(),
        name: "edge".to_owned(),
        document: PolicyText::Malformed("cut".to_owned()),
    };
    inventory.organization = organization(Fact::Known(vec![vec![malformed()]]));
    let answer = who_can(&inventory, INVOKE, &orders(), false).unwrap();
    assert_eq!((answer.principals.len(), answer.principals[0].decision), (1, Ruling::AllowedIf));
    // Control policies over resources are for strangers too.
    let arn = role_arn("open");
    let trust = policy(json!({ "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" }));
    inventory = account(vec![Role { trust, ..new_role("open") }]);
    inventory.organization = Fact::Unknown(denied_gap(Action::OrganizationsDescribeOrganization));
    let answer = who_can(&inventory, "sts:AssumeRole", arn.as_str(), false).unwrap();
    assert_eq!(answer.outside[0].grade, "any_aws_account");
    assert!(answer.not_evaluated.iter().any(|note| note.what == "resource control policies"), "{answer:?}");
}

#[test]
fn who_can_names_own_principals_and_grades_the_world() {
    let grant = policy(json!({ "Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl",
        "Resource": orders(), "Condition": { "StringEquals": { "lambda:FunctionUrlAuthType": "NONE" } } }));
    let own = vec![role("caller", allow("lambda:*", "*")), new_role("idle")];
    let mut inventory = with_policy(account(own), Fact::Known(Some(grant)));
    let url = FunctionUrl { function: function_arn("orders"), auth: UrlAuth::None, cors: None };
    change(&mut inventory, |function| function.urls = Fact::Known(Urls::Read(vec![url.clone()])));
    let answer = who_can(&inventory, "lambda:InvokeFunctionUrl", &orders(), false).unwrap();
    let outside: Vec<_> = answer.outside.iter().map(|outsider| (outsider.grade, outsider.way)).collect();
    assert_eq!(outside, [("anonymous_internet", Way::FunctionUrl)]);
    assert!(
        answer.principals.iter().any(|one| one.principal.ends_with("role/caller") && one.decision == Ruling::Allowed)
    );
    let answer = who_can(&inventory, INVOKE, &orders(), false).unwrap();
    assert_eq!((answer.outside.len(), answer.principals.len(), answer.not_evaluated.len()), (0, 1, 0));
}

#[test]
fn who_can_says_what_it_did_not_see() {
    let grant = policy(json!({ "Effect": "Allow", "Principal": { "Service": "s3.amazonaws.com" }, "Action": INVOKE,
        "Resource": orders() }));
    let mut inventory = with_policy(account(vec![role("caller", allow("*", "*"))]), Fact::Known(Some(grant)));
    let answer = who_can(&inventory, INVOKE, &orders(), false).unwrap();
    assert_eq!(
        (answer.outside[0].grade, answer.outside[0].who.as_str()),
        ("service_without_source", "s3.amazonaws.com")
    );
    inventory = with_policy(inventory, Fact::Unknown(denied_gap(Action::LambdaGetPolicy)));
    inventory.iam.users = Listing::unread(denied_gap(Action::IamGetAccountAuthorizationDetails));
    let answer = who_can(&inventory, INVOKE, &orders(), false).unwrap();
    assert_eq!((answer.principals[0].decision, answer.not_evaluated.len()), (Ruling::AllowedIf, 2));
    change(&mut inventory, |function| function.urls = Fact::Unknown(denied_gap(Action::LambdaListFunctionUrlConfigs)));
    let answer = who_can(&inventory, "lambda:InvokeFunctionUrl", &orders(), false).unwrap();
    assert_eq!(answer.not_evaluated.len(), 3);
}

#[test]
fn who_can_reads_the_policies_of_a_repository_and_of_its_registry() {
    let arn = "arn:aws:ecr:eu-west-1:111122223333:repository/shop/storefront";
    let pull = &["ecr:BatchGetImage"];
    let asked = |scene: &Scene, action: &str| who_can(&scene.inventory, action, arn, false).unwrap();
    let outside = |answer: &WhoCanAnswer| answer.outside.iter().map(|outsider| outsider.grade).collect::<Vec<_>>();
    let own = repository_policy(&[gives(json!({ "AWS": "444455556666" }), pull, json!({}))]);
    assert_eq!(outside(&asked(&own, "ecr:BatchGetImage")), ["listed_accounts"]);
    assert_eq!(outside(&asked(&own, "ecr:PutImage")), [""; 0]);
    let open = own.clone().with_registry_policy(&[on("*", gives(json!("*"), pull, json!({})))]);
    let answer = asked(&open, "ecr:BatchGetImage");
    assert_eq!(outside(&answer), ["any_aws_account", "listed_accounts"]);
    assert!(answer.not_evaluated.is_empty(), "{answer:?}");
    assert_eq!(outside(&asked(&open.clone().in_scope(PolicyScope::V1), "ecr:BatchGetImage")), ["listed_accounts"]);
    let closed = own.clone().with_registry_policy(&[denies(&["ecr:*"], json!({}))]);
    assert_eq!(outside(&asked(&closed, "ecr:BatchGetImage")), [""; 0]);
    assert!(
        who_can(&own.inventory, "ecr:BatchGetImage", &arn.replace("shop", "shoe"), false).unwrap().outside.is_empty()
    );
}

#[test]
fn what_is_unread_of_a_registry_leaves_the_answer_open() {
    let arn = "arn:aws:ecr:eu-west-1:111122223333:repository/shop/storefront";
    let given = repository_policy(&[gives(json!({ "AWS": "444455556666" }), &["ecr:*"], json!({}))]);
    let unread = |action: &str, change: &dyn Fn(&mut Registry)| {
        let scene = given.clone().and_registry(change);
        who_can(&scene.inventory, action, arn, false).unwrap().not_evaluated.len()
    };
    let policy = |registry: &mut Registry| registry.policy = Fact::Unknown(denied_gap(Action::EcrGetRegistryPolicy));
    let scope = |registry: &mut Registry| {
        registry.policy_scope = Fact::Unknown(denied_gap(Action::EcrGetAccountSetting));
    };
    assert_eq!(unread("ecr:PutImage", &policy), 1);
    assert_eq!(unread("ecr:PutImage", &scope), 0, "no policy has no scope");
    assert_eq!(unread("ecr:PutImage", &|registry| (policy(registry), scope(registry)).0), 1);
    let denying = given.clone().with_registry_policy(&[denies(&["ecr:*"], json!({}))]).and_registry(scope);
    let asked = |action: &str| who_can(&denying.inventory, action, arn, false).unwrap();
    assert_eq!((asked("ecr:PutImage").outside.len(), asked("ecr:PutImage").not_evaluated.len()), (1, 1));
    assert_eq!(asked("ecr:ReplicateImage").outside.len(), 0, "in every scope");
    let in_v1 = given.in_scope(PolicyScope::V1).and_registry(policy);
    assert!(who_can(&in_v1.inventory, "ecr:PutImage", arn, false).unwrap().not_evaluated.is_empty());
}

#[test]
fn who_can_reads_the_policy_of_a_public_repository() {
    let policy = statements(&[gives(json!({ "AWS": "444455556666" }), &["ecr-public:PutImage"], json!({}))]);
    let scene = public_repository(|repository| repository.policy = Fact::Known(Some(policy)));
    let answer = who_can(&scene.inventory, "ecr-public:PutImage", scene.subject.as_str(), false).unwrap();
    assert_eq!((answer.outside[0].grade, answer.remarks.len()), ("listed_accounts", 1));
    let all = who_can(&scene.inventory, "ecr:PutRegistryPolicy", "*", false).unwrap();
    assert_eq!(all.not_evaluated.len(), 1, "{all:?}");
}

#[test]
fn what_reports_print_can_be_asked_about() {
    let inventory = account(vec![role("caller", allow(INVOKE, function_arn("orders").as_str()))]);
    let whole = ask(&inventory, role_arn("caller").as_str(), INVOKE, function_arn("orders").as_str()).unwrap();
    assert_eq!(whole.decision, Ruling::Allowed);
    assert_eq!(ask(&inventory, "role/caller", INVOKE, "function:orders"), Ok(whole.clone()));
    assert_eq!(ask(&inventory, "caller", INVOKE, "function:orders"), Ok(whole));
    let who = |resource: &str| who_can(&inventory, INVOKE, resource, false).unwrap();
    assert_eq!(who("function:orders"), who(function_arn("orders").as_str()));
}

#[test]
fn a_workload_stands_for_its_role() {
    let inventory = account(vec![role("worker", allow(INVOKE, "*"))]);
    let mut inventory = inventory;
    change(&mut inventory, |function| function.role = role_arn("worker"));
    let answer = ask(&inventory, "function:orders", INVOKE, "function:orders").unwrap();
    assert_eq!(answer.principal, role_arn("worker").as_str());
}

#[test]
fn a_name_of_several_resources_is_no_name() {
    let mut inventory = account(vec![]);
    let region = inventory.regions.values().next().unwrap().clone();
    inventory.regions.insert("us-east-1".into(), region);
    let east = inventory.regions.get_mut(&"us-east-1".into()).unwrap();
    let mut functions = east.lambda.functions.seen().to_vec();
    functions[0].arn = functions[0].arn.as_str().replace("eu-west-1", "us-east-1").into();
    east.lambda.functions = Listing::whole(functions);
    let error = ask(&inventory, "anonymous", INVOKE, "function:orders").unwrap_err();
    assert!(matches!(&error, AskError::Ambiguous { arns, .. } if arns.len() == 2), "{error}");
}
