//! What Security Hub calls the resources that findings are about, and what an ARN tells of them for certain.

use serde::Serialize;
use serde_json::{Value, json};

use super::limits;
use crate::view::View;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Resource {
    r#type: String,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Value>,
}

/// The partitions that Security Hub has a word for.
const PARTITIONS: [&str; 3] = ["aws", "aws-cn", "aws-us-gov"];

impl Resource {
    /// The resource with this ARN; the account where there is none.
    pub(super) fn of(arn: &str, region: Option<&str>, view: &View) -> Self {
        if !limits::is_said(arn) {
            return Self::account(view);
        }
        let (r#type, details) = kind(arn).unwrap_or(("Other", None));
        Self {
            r#type: limits::cut(r#type, limits::RESOURCE_TYPE).into_owned(),
            id: limits::cut(arn, limits::ID).into_owned(),
            partition: partition(view),
            region: region.filter(|name| limits::is_said(name)).map(|name| limits::cut(name, limits::REGION).into()),
            details: details.map(|details| json!({ r#type: details })),
        }
    }

    /// The account itself.
    pub(super) fn account(view: &View) -> Self {
        Self {
            r#type: "AwsAccount".to_owned(),
            id: limits::cut(&format!("AWS::::Account:{}", view.head.account), limits::ID).into_owned(),
            partition: partition(view),
            region: None,
            details: None,
        }
    }
}

fn partition(view: &View) -> Option<String> {
    let name = view.head.partition.as_str();
    PARTITIONS.contains(&name).then(|| name.to_owned())
}

/// The type of a resource, and the members of its details that its ARN tells for certain.
fn kind(arn: &str) -> Option<(&'static str, Option<Value>)> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", _, service, _, account, name] = parts.as_slice() else { return None };
    let whole = is_plain(name);
    let some = |details: Value| whole.then_some(details);
    let (kind, rest) = name.split_once([':', '/'])?;
    Some(match (*service, kind) {
        ("lambda", "function") => ("AwsLambdaFunction", some(function(rest))),
        ("lambda", "layer") => ("AwsLambdaLayerVersion", rest.rsplit_once(':').and_then(|(_, version)| layer(version))),
        ("ecr", "repository") => match rest.split_once("@sha256:").or_else(|| rest.split_once("/sha256:")) {
            Some((repository, digest)) => (
                "AwsEcrContainerImage",
                some(json!({
                    "RegistryId": account, "RepositoryName": repository, "ImageDigest": format!("sha256:{digest}"),
                })),
            ),
            None if rest.contains(['@', ':']) => ("AwsEcrContainerImage", None),
            None => ("AwsEcrRepository", some(json!({ "Arn": arn, "RepositoryName": rest }))),
        },
        ("eks", "cluster") if rest.contains('/') => return None,
        ("eks", "cluster") => ("AwsEksCluster", some(json!({ "Arn": arn, "Name": rest }))),
        ("ecs", "cluster") => ("AwsEcsCluster", some(json!({ "ClusterArn": arn, "ClusterName": rest }))),
        ("ecs", "service") => match rest.split_once('/') {
            Some((cluster, service)) => (
                "AwsEcsService",
                some(json!({ "ServiceArn": arn, "Cluster": cluster, "ServiceName": service, "Name": service })),
            ),
            None => ("AwsEcsService", None),
        },
        ("ecs", "task") => ("AwsEcsTask", None),
        ("ecs", "task-definition") => {
            let family = rest.rsplit_once(':').map(|(family, _)| json!({ "Family": family }));
            ("AwsEcsTaskDefinition", family.filter(|_| whole))
        }
        ("iam", "role") => ("AwsIamRole", some(identity("RoleName", rest))),
        ("iam", "user") => ("AwsIamUser", some(identity("UserName", rest))),
        ("iam", "group") => ("AwsIamGroup", None),
        ("iam", "policy") => ("AwsIamPolicy", None),
        _ => return None,
    })
}

/// Whether a name is one of AWS's: long or strange ones, and `*` for what a list does not show, tell no details.
fn is_plain(name: &str) -> bool {
    name.len() <= limits::ID
        && name.chars().all(|character| character.is_ascii_graphic() && !matches!(character, '*' | '<' | '>' | '"'))
}

fn function(rest: &str) -> Value {
    match rest.split_once(':') {
        Some((name, version)) if version.bytes().all(|byte| byte.is_ascii_digit()) => {
            json!({ "FunctionName": name, "Version": version })
        }
        // An alias is no version.
        Some((name, _)) => json!({ "FunctionName": name }),
        None => json!({ "FunctionName": rest }),
    }
}

fn layer(version: &str) -> Option<Value> {
    let number: u64 = version.parse().ok()?;
    Some(json!({ "Version": number }))
}

/// The name of a role or user, and the path before it.
fn identity(member: &str, rest: &str) -> Value {
    let (path, name) = rest.rsplit_once('/').map_or(("/".to_owned(), rest), |(path, name)| (format!("/{path}/"), name));
    json!({ member: name, "Path": path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_the_type_and_what_is_certain() {
        let of = |rest: &str| kind(&format!("arn:aws:{rest}"));
        for (arn, kind, details) in [
            ("lambda:eu-west-1:1:function:a", "AwsLambdaFunction", json!({ "FunctionName": "a" })),
            ("lambda:eu-west-1:1:function:a:7", "AwsLambdaFunction", json!({ "FunctionName": "a", "Version": "7" })),
            ("lambda:eu-west-1:1:function:a:live", "AwsLambdaFunction", json!({ "FunctionName": "a" })),
            ("lambda:eu-west-1:1:layer:a:3", "AwsLambdaLayerVersion", json!({ "Version": 3 })),
            ("iam::1:role/a/b/c", "AwsIamRole", json!({ "RoleName": "c", "Path": "/a/b/" })),
            ("iam::1:user/c", "AwsIamUser", json!({ "UserName": "c", "Path": "/" })),
            ("ecs:eu-west-1:1:task-definition/a:1", "AwsEcsTaskDefinition", json!({ "Family": "a" })),
        ] {
            assert_eq!(of(arn), Some((kind, Some(details))), "{arn}");
        }
        let image = of(&format!("ecr:eu-west-1:1:repository/a/b@sha256:{}", "0".repeat(64))).unwrap();
        assert_eq!((image.0, &image.1.unwrap()["RepositoryName"]), ("AwsEcrContainerImage", &json!("a/b")));
        assert_eq!(of("lambda:eu-west-1:1:function:*"), Some(("AwsLambdaFunction", None)));
        for other in ["eks:eu-west-1:1:cluster/a/namespaces/b", "pipes:eu-west-1:1:pipe/a", "iam", ""] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
