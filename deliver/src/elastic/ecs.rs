//! Findings in the Elastic Common Schema, as Elastic's own integrations fill it.

use std::collections::BTreeSet;

use palisade_report::document::{Finding, Gap, Status};
use palisade_report::view::View;
use serde::Serialize;
use serde_json::{Map, Value, json};

const VERSION: &str = "8.11.0";

/// A document.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Document<'a> {
    members: Map<String, Value>,
    #[serde(skip)]
    view: &'a View<'a>,
}

impl<'a> Document<'a> {
    pub(super) fn of(finding: &Finding<'_>, view: &'a View<'a>) -> Self {
        let mut made = Self::new(&finding.uid, finding.status, view);
        let evidence: Vec<_> = finding.evidence.iter().map(|one| one.0.as_str()).collect();
        let gap = finding.gap.as_deref();
        let detail = gap.map_or_else(|| evidence.join("; "), |gap| format!("could not be checked: {gap}"));
        let frameworks: BTreeSet<_> = finding.controls.iter().map(|one| one.framework.as_ref()).collect();
        made.add("message", json!(format!("{}: {} {detail}", finding.title, finding.resource).trim_end()));
        made.add(
            "rule",
            json!({
                "id": finding.check,
                "name": finding.title,
                "ruleset": frameworks,
                "reference": finding.references.first(),
                "remediation": finding.remediation,
            }),
        );
        made.add(
            "resource",
            json!({
                "id": finding.resource,
                "name": finding.resource_name(),
                "type": finding.service,
            }),
        );
        made.cloud(finding.region.as_deref(), Some(&finding.service));
        made.place(&finding.resource);
        made.add(
            "palisade",
            json!({
                "status": finding.status,
                "severity": finding.severity.name(),
                "exposed": finding.exposed,
                "evidence": evidence,
                "gap": gap.map(gap_of),
                "suppression": finding.suppression.as_ref().map(|one| json!({
                    "reason": one.reason,
                    "expires": one.expires,
                })),
                "controls": finding.controls.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "audit_complete": view.head.complete,
            }),
        );
        made
    }

    /// The document of a gap that stands in no finding's way.
    pub(super) fn of_gap(gap: &Gap, uid: &str, view: &'a View<'a>) -> Self {
        let mut made = Self::new(uid, Status::Unknown, view);
        made.add("message", json!(format!("could not be read: {gap}")));
        made.add(
            "rule",
            json!({
                "id": gap.action,
                "name": format!("Could not read: {}", gap.action),
                "remediation": gap.grant.advice,
            }),
        );
        made.add("resource", json!({ "id": gap.resource.as_deref().unwrap_or(&view.head.account) }));
        made.cloud(gap.region.as_deref(), None);
        made.add(
            "palisade",
            json!({
                "status": Status::Unknown,
                "gap": gap_of(gap),
                "audit_complete": view.head.complete,
            }),
        );
        made
    }

    fn new(uid: &str, status: Status, view: &'a View<'a>) -> Self {
        let head = &view.head;
        let (outcome, evaluation) = match status {
            Status::Pass => ("success", "passed"),
            Status::Fail | Status::Suppressed => ("failure", "failed"),
            Status::Unknown | Status::NotApplicable => ("unknown", "unknown"),
        };
        let mut made = Self { members: Map::new(), view };
        made.add("@timestamp", json!(head.collected_at));
        made.add("ecs", json!({ "version": VERSION }));
        made.add(
            "event",
            json!({
                "kind": "state",
                "category": ["configuration"],
                "type": ["info"],
                "outcome": outcome,
                "id": uid,
                "created": head.collected_at,
            }),
        );
        made.add("result", json!({ "evaluation": evaluation }));
        made.add("observer", json!({ "vendor": "Palisade", "product": "Palisade", "version": head.tool.version }));
        made
    }

    fn cloud(&mut self, region: Option<&str>, service: Option<&str>) {
        let account = self.view.head.account.clone();
        self.add(
            "cloud",
            json!({
                "provider": "aws",
                "account": { "id": account },
                "region": region,
                "service": { "name": service },
            }),
        );
    }

    /// The image or the cluster that an ARN names.
    fn place(&mut self, arn: &str) {
        let mut parts = arn.splitn(6, ':').skip(2);
        let (service, name) = (parts.next().unwrap_or_default(), parts.nth(2).unwrap_or_default());
        if let ("ecr", Some((repository, digest))) = (service, name.split_once("sha256:")) {
            let repository = repository.trim_start_matches("repository/").trim_end_matches(['/', '@']);
            let hash = json!({ "all": [format!("sha256:{digest}")] });
            self.add("container", json!({ "image": { "name": repository, "hash": hash } }));
        }
        if let ("eks" | "ecs", Some(rest)) = (service, name.strip_prefix("cluster/")) {
            let cluster = rest.split('/').next().unwrap_or(rest);
            let namespace = rest.split_once("/namespaces/").map(|(_, rest)| rest.split('/').next().unwrap_or(rest));
            let kind = if service == "eks" { "kubernetes" } else { "ecs" };
            let cluster = json!({ "name": cluster });
            self.add("orchestrator", json!({ "type": kind, "cluster": cluster, "namespace": namespace }));
        }
    }

    /// Adds a member, without what of it says nothing.
    fn add(&mut self, name: &str, value: Value) {
        if let Some(value) = said(value) {
            self.members.insert(name.to_owned(), value);
        }
    }
}

fn gap_of(gap: &Gap) -> Value {
    json!({
        "action": gap.action,
        "region": gap.region,
        "resource": gap.resource,
        "kind": gap.reason.kind,
        "by": gap.reason.by,
        "message": gap.reason.message,
        "advice": gap.grant.advice,
    })
}

/// A value without members that are null or empty: an index would keep them for nothing.
fn said(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Array(items) if items.is_empty() => None,
        Value::Object(members) => {
            let members: Map<_, _> =
                members.into_iter().filter_map(|(name, value)| Some((name, said(value)?))).collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        other => Some(other),
    }
}
