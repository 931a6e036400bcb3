//! A request and its policies, built step by step.

use palisade_policy::{Attached, Caller, Decision, Document, Identity, Policies, Request, RequestContext, evaluate};
use serde_json::{Value, json};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const OTHER_ACCOUNT: &str = "444455556666";
pub(crate) const USER: &str = "arn:aws:iam::111122223333:user/ops/ann";
pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/service/worker";
pub(crate) const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/worker/run-1";
pub(crate) const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:f";

/// The four answers, short enough for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Allowed,
    Denied,
    NotAllowed,
    Depends,
}

#[derive(Clone)]
pub(crate) struct Ask {
    caller: Caller,
    action: String,
    resource: String,
    account: Option<String>,
    context: RequestContext,
    identity: Vec<Document>,
    boundary: Option<Vec<Document>>,
    session: Option<Vec<Document>>,
    service_control: Vec<Vec<Document>>,
    resource_control: Vec<Document>,
    resource_policy: Vec<Document>,
    endpoint: Option<Document>,
}

/// A document of version 2012-10-17 with one statement.
pub(crate) fn policy(statement: &Value) -> Document {
    document(&json!({"Version": "2012-10-17", "Statement": statement}))
}

pub(crate) fn document(value: &Value) -> Document {
    Document::parse(&value.to_string()).unwrap()
}

pub(crate) fn allow(action: &str, resource: &str) -> Document {
    policy(&json!({"Effect": "Allow", "Action": action, "Resource": resource}))
}

pub(crate) fn deny(action: &str, resource: &str) -> Document {
    policy(&json!({"Effect": "Deny", "Action": action, "Resource": resource}))
}

/// A resource policy that allows everything to a principal.
pub(crate) fn grant(principal: &Value) -> Document {
    policy(&json!({"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}))
}

pub(crate) fn ask(caller: &str, action: &str, resource: &str) -> Ask {
    Ask {
        caller: Caller::parse(caller).unwrap(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        account: None,
        context: RequestContext::complete(),
        identity: Vec::new(),
        boundary: None,
        session: None,
        service_control: Vec::new(),
        resource_control: Vec::new(),
        resource_policy: Vec::new(),
        endpoint: None,
    }
}

impl Ask {
    pub(crate) fn identity(mut self, document: Document) -> Ask {
        self.identity.push(document);
        self
    }

    pub(crate) fn boundary(mut self, document: Document) -> Ask {
        self.boundary.get_or_insert_default().push(document);
        self
    }

    pub(crate) fn session(mut self, document: Document) -> Ask {
        self.session.get_or_insert_default().push(document);
        self
    }

    pub(crate) fn service_control(mut self, level: Vec<Document>) -> Ask {
        self.service_control.push(level);
        self
    }

    pub(crate) fn resource_control(mut self, document: Document) -> Ask {
        self.resource_control.push(document);
        self
    }

    pub(crate) fn resource_policy(mut self, document: Document) -> Ask {
        self.resource_policy.push(document);
        self
    }

    pub(crate) fn endpoint(mut self, document: Document) -> Ask {
        self.endpoint = Some(document);
        self
    }

    pub(crate) fn account(mut self, account: &str) -> Ask {
        self.account = Some(account.to_owned());
        self
    }

    pub(crate) fn context(mut self, context: RequestContext) -> Ask {
        self.context = context;
        self
    }

    pub(crate) fn answer(&self) -> Answer {
        self.with_decision(|decision| match decision {
            Decision::Allowed { .. } => Answer::Allowed,
            Decision::DeniedExplicitly { .. } => Answer::Denied,
            Decision::DeniedImplicitly { .. } => Answer::NotAllowed,
            Decision::AllowedIf { .. } => Answer::Depends,
        })
    }

    pub(crate) fn with_decision<T>(&self, read: impl FnOnce(&Decision<'_>) -> T) -> T {
        let request = Request {
            caller: &self.caller,
            action: &self.action,
            resource: &self.resource,
            resource_account: self.account.as_deref(),
            context: &self.context,
        };
        let policies = Policies {
            identity: Identity::Known(attached("identity", &self.identity)),
            boundary: self.boundary.as_ref().map(|documents| attached("boundary", documents)),
            session: self.session.as_ref().map(|documents| attached("session", documents)),
            service_control: self.service_control.iter().map(|level| attached("scp", level)).collect(),
            resource_control: attached("rcp", &self.resource_control),
            resource: attached("resource", &self.resource_policy),
            endpoint: self.endpoint.as_ref().map(|document| Attached { name: "endpoint", document }),
        };
        read(&evaluate(&request, &policies))
    }
}

pub(crate) fn attached<'a>(name: &'a str, documents: &'a [Document]) -> Vec<Attached<'a>> {
    documents.iter().map(|document| Attached { name, document }).collect()
}
