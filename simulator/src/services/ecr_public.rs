//! ECR Public: the account's public repositories, which one Region serves.

use serde_json::{Value, json};

use super::paging::PageRule;
use super::{Ask, Operation, Service, ThrottleError};
use crate::account::PublicRepository;
use crate::calls::Outcome;
use crate::ids;
use crate::wire::json::object;
use crate::wire::{Answer, Protocol, ServiceError};

/// The Region that serves it.
const REGION: &str = "us-east-1";

pub(super) static SERVICE: Service = Service {
    name: "ecr-public",
    prefix: "ecr-public",
    protocol: Protocol::Json11,
    namespace: "",
    global: false,
    throttle: ThrottleError { status: 400, code: "ThrottlingException", message: "Rate exceeded" },
    broken: "ServerException",
    invalid_token: "InvalidParameterException",
    operations: &[
        Operation::rpc("DescribeRepositories", list).on(|ask| Some(arn(ask, "*"))),
        Operation::rpc("GetRepositoryPolicy", get_policy)
            .on(|ask| Some(arn(ask, &ask.parameter("repositoryName").unwrap_or_default()))),
    ],
};

const PAGE: PageRule = PageRule { token: "nextToken", size: "maxResults", default: 100, most: 1000 };

/// Public repositories stand in no Region.
fn arn(ask: &Ask<'_>, name: &str) -> String {
    ask.world.account.arn("ecr-public", "", &format!("repository/{name}"))
}

fn is_served(ask: &Ask<'_>) -> Result<(), ServiceError> {
    if ask.region == REGION {
        return Ok(());
    }
    let message = format!("{} is not supported in the Region {}", ask.operation.name, ask.region);
    Err(ServiceError::new(400, "UnsupportedCommandException", message))
}

fn not_found(ask: &Ask<'_>, name: &str) -> ServiceError {
    let id = &ask.world.account.id;
    let message = format!("The repository with name '{name}' does not exist in the registry with id '{id}'");
    ServiceError::new(400, "RepositoryNotFoundException", message).outcome(Outcome::NotFound)
}

fn find<'a>(ask: &Ask<'a>, name: &str) -> Result<&'a PublicRepository, ServiceError> {
    let all = &ask.world.account.ecr_public.repositories;
    all.iter().find(|repository| repository.name == name).ok_or_else(|| not_found(ask, name))
}

fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    is_served(ask)?;
    let names = ask.request.list("repositoryNames");
    let mut wanted: Vec<&PublicRepository> = ask.world.account.ecr_public.repositories.iter().collect();
    if !names.is_empty() {
        wanted = names.iter().map(|name| find(ask, name)).collect::<Result<_, _>>()?;
    }
    let page = ask.page(&wanted, &PAGE)?;
    let listed: Value = page.items.iter().map(|repository| listed(ask, repository)).collect();
    Ok(Answer::Json(object([("repositories", listed), ("nextToken", page.next.into())])))
}

fn listed(ask: &Ask<'_>, repository: &PublicRepository) -> Value {
    let account = &ask.world.account;
    let made_up = || ids::characters(&format!("alias {}", account.id), b"abcdefghjkmnpqrstvwxyz0123456789", 8);
    let alias = account.ecr_public.alias.clone().unwrap_or_else(made_up);
    json!({
        "repositoryArn": arn(ask, &repository.name),
        "registryId": account.id,
        "repositoryName": repository.name,
        "repositoryUri": format!("public.ecr.aws/{alias}/{}", repository.name),
        "createdAt": ask.world.seconds(repository.created),
    })
}

fn get_policy(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    is_served(ask)?;
    let repository = find(ask, &ask.parameter("repositoryName").unwrap_or_default())?;
    let Some(policy) = &repository.policy else {
        let message = format!(
            "Repository policy does not exist for the repository with name '{}' in the registry with id '{}'",
            repository.name, ask.world.account.id
        );
        return Err(ServiceError::new(400, "RepositoryPolicyNotFoundException", message).outcome(Outcome::NotFound));
    };
    Ok(Answer::Json(json!({
        "registryId": ask.world.account.id,
        "repositoryName": repository.name,
        "policyText": policy.text(),
    })))
}
