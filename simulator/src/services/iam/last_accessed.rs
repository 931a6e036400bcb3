//! Service last accessed details: a job that is always done at once.

use std::collections::BTreeMap;

use super::{PAGE, no_such_entity, page_end};
use crate::account::Accessed;
use crate::services::Ask;
use crate::wire::xml::Xml;
use crate::wire::{Answer, ServiceError};
use crate::world::World;

pub(super) fn generate(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let arn = ask.parameter("Arn").unwrap_or_default();
    let account = &ask.world.account;
    let is_there = account.iam.roles.iter().any(|role| account.role_arn_in(&role.path, &role.name) == arn);
    if !is_there {
        return Err(no_such_entity(format!("ARN {arn} is not found.")));
    }
    let mut xml = Xml::default();
    xml.text("JobId", &ask.world.open_job(arn));
    Ok(Answer::Xml(xml))
}

pub(super) fn get(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let id = ask.parameter("JobId").unwrap_or_default();
    let arn = ask.world.job(&id).ok_or_else(|| no_such_entity(format!("No job with the id {id} was found.")))?;
    let account = &ask.world.account;
    let role = account.iam.roles.iter().find(|role| account.role_arn_in(&role.path, &role.name) == arn);
    let mut services: BTreeMap<&str, Vec<&Accessed>> = BTreeMap::new();
    for accessed in role.iter().flat_map(|role| &role.accessed) {
        let service = accessed.action.split(':').next().unwrap_or(&accessed.action);
        services.entry(service).or_default().push(accessed);
    }
    let services: Vec<(&str, Vec<&Accessed>)> = services.into_iter().collect();
    let page = ask.page(&services, &PAGE)?;
    let now = crate::account::iso(ask.world.today());
    let mut xml = Xml::default();
    xml.text("JobStatus", "COMPLETED");
    xml.text("JobType", "ACTION_LEVEL");
    xml.text("JobCreationDate", &now);
    xml.text("JobCompletionDate", &now);
    xml.members("ServicesLastAccessed", page.items, |xml, (service, entries)| {
        write_service(xml, ask.world, &arn, service, entries);
    });
    page_end(&mut xml, page.next.as_deref());
    Ok(Answer::Xml(xml))
}

fn write_service(xml: &mut Xml, world: &World, arn: &str, service: &str, entries: &[&Accessed]) {
    let latest =
        entries.iter().filter(|entry| entry.last.is_some()).max_by_key(|entry| entry.last.map(|last| world.time(last)));
    xml.text("ServiceName", service_name(service));
    xml.text("ServiceNamespace", service);
    xml.value("TotalAuthenticatedEntities", u8::from(latest.is_some()));
    if let Some(latest) = latest {
        xml.text_if("LastAuthenticated", latest.last.map(|last| world.iso(last)).as_deref());
        xml.text("LastAuthenticatedEntity", arn);
        xml.text("LastAuthenticatedRegion", region(world, latest));
    }
    let actions = entries.iter().filter_map(|entry| Some((entry.action.split_once(':')?.1, entry)));
    xml.members("TrackedActionsLastAccessed", actions, |xml, (action, entry)| {
        xml.text("ActionName", action);
        if let Some(last) = entry.last {
            xml.text("LastAccessedEntity", arn);
            xml.text("LastAccessedTime", &world.iso(last));
            xml.text("LastAccessedRegion", region(world, entry));
        }
    });
}

fn region<'a>(world: &'a World, entry: &'a Accessed) -> &'a str {
    entry.region.as_deref().unwrap_or_else(|| world.account.home_region())
}

fn service_name(namespace: &str) -> &str {
    match namespace {
        "cloudwatch" => "Amazon CloudWatch",
        "dynamodb" => "Amazon DynamoDB",
        "ec2" => "Amazon EC2",
        "iam" => "AWS Identity and Access Management",
        "kms" => "AWS Key Management Service",
        "lambda" => "AWS Lambda",
        "logs" => "Amazon CloudWatch Logs",
        "s3" => "Amazon S3",
        "secretsmanager" => "AWS Secrets Manager",
        "ses" => "Amazon SES",
        "sns" => "Amazon SNS",
        "sqs" => "Amazon SQS",
        other => other,
    }
}
