//! A way to a resource, and who may take it.

use super::stranger;
use crate::caller::Caller;
use crate::evaluate::{Attached, Decision, MatchedStatement, Request, Residual, evaluate_resource_side};
use crate::request_context::RequestContext;

/// What is asked of [`who_can`](super::who_can).
#[derive(Debug, Clone)]
pub struct Door<'q, 'a> {
    /// The action, `lambda:InvokeFunction`.
    pub action: &'q str,
    /// The resource's ARN.
    pub resource: &'q str,
    /// The account the resource is in.
    pub account: &'q str,
    /// The organisation that account is in, if known.
    pub organisation: Option<&'q str>,
    /// Whether the service answers requests without a signature on this way: a function URL
    /// without authorisation, S3, SNS, SQS, ECR Public.
    pub accepts_anonymous: bool,
    /// What is known of every request on this way, such as `lambda:FunctionUrlAuthType`.
    pub known: RequestContext,
    /// The policies attached to the resource; each may allow.
    pub policies: Vec<Attached<'a>>,
    /// Resource control policies of the account.
    pub resource_control: Vec<Attached<'a>>,
}

impl<'a> Door<'_, 'a> {
    /// The statements that let a caller in, and what they hang on; `None` when it stays out.
    pub(super) fn answer(
        &self,
        caller: &Caller,
        context: &RequestContext,
    ) -> Option<(Vec<MatchedStatement<'a>>, Vec<Residual<'a>>)> {
        let organisation = self.organisation.unwrap_or(stranger::OWN_ORGANISATION);
        let context = RequestContext::of(caller)
            .known("aws:ResourceAccount", [self.account])
            .known("aws:ResourceOrgID", [organisation])
            .and(context)
            .and(&self.known);
        let Door { action, resource, account, .. } = self;
        let request = Request { caller, action, resource, resource_account: Some(account), context: &context };
        match evaluate_resource_side(&request, &self.policies, &self.resource_control) {
            Decision::Allowed { by } => Some((by, Vec::new())),
            Decision::AllowedIf { by, conditions } => Some((by, conditions)),
            Decision::DeniedExplicitly { .. } | Decision::DeniedImplicitly { .. } => None,
        }
    }
}
