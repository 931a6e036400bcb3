//! Decides, before a call is answered, whether it goes wrong.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use jiff::Timestamp;
use tokio::time::Instant;

use super::refusal::{broken, deleted, denied, expired_token, invalid_token, throttled};
use super::{DeniedBy, Failure, FailureKind, Faults};
use crate::action;
use crate::calls::Call;
use crate::kubernetes::gone;
use crate::limits::Meter;
use crate::services::Service;
use crate::wire::ServiceError;

/// The faults of a simulator, with what has happened so far.
#[derive(Debug)]
pub(crate) struct Gate {
    faults: Faults,
    meter: Option<Meter>,
    /// How often each failure's pattern was met.
    met: Mutex<Vec<u32>>,
    /// How often each access key was used.
    calls: Mutex<HashMap<String, u64>>,
}

/// A call at the gate.
pub(crate) struct Arrival<'a> {
    pub(crate) service: &'a Service,
    /// The IAM actions it needs, its own first.
    pub(crate) actions: &'a [String],
    pub(crate) region: &'a str,
    pub(crate) resource: Option<&'a str>,
    pub(crate) caller: &'a str,
    pub(crate) access_key: &'a str,
}

/// What happens to a call.
#[derive(Debug)]
pub(crate) enum Passage {
    /// It is answered.
    Free,
    /// It is answered with an error.
    Refused(Box<ServiceError>),
    /// It is answered in half.
    Truncated,
    /// It is answered with half of an error.
    CutRefusal(Box<ServiceError>),
    /// It is answered with nonsense.
    Garbage,
    /// It is answered with nothing.
    Empty,
    /// It is answered with a web page.
    HtmlNotFound,
    /// It is never answered.
    Hang,
    /// The connection closes.
    Reset,
}

impl Passage {
    fn refused(error: ServiceError) -> Passage {
        Passage::Refused(Box::new(error))
    }
}

impl Gate {
    pub(crate) fn new(faults: Faults) -> Gate {
        Gate {
            meter: faults.limits.clone().map(Meter::new),
            met: Mutex::new(vec![0; faults.failures.len()]),
            calls: Mutex::default(),
            faults,
        }
    }

    pub(crate) fn latency(&self) -> Option<Duration> {
        Some(self.faults.latency).filter(|latency| !latency.is_zero())
    }

    /// What the answer to a call becomes on its way, if it is changed.
    pub(crate) fn rewrite(&self, call: &Call, body: &[u8]) -> Option<Bytes> {
        self.faults.rewrite.as_ref()?.apply(call, body).map(Bytes::from)
    }

    /// What happens to the call, in AWS's own order: credentials, rate, permission.
    pub(crate) fn pass(&self, arrival: &Arrival<'_>, now: Instant) -> Passage {
        let earlier = self.used(arrival.access_key);
        if self.faults.expire_after.is_some_and(|last| earlier >= last) {
            return Passage::refused(expired_token(arrival.service.protocol));
        }
        let by_chance = || self.faults.random.and_then(|random| random.failure(earlier));
        if let Some(kind) = self.failure(arrival).or_else(by_chance) {
            return fail(kind, arrival);
        }
        if let Some(action) = arrival.actions.first()
            && let Some(meter) = &self.meter
            && let Err(wait) = meter.take(action, arrival.region, now)
        {
            return Passage::refused(throttled(arrival.service, Some(whole_seconds(wait))));
        }
        self.denial(arrival).map_or(Passage::Free, Passage::refused)
    }

    /// How often an access key was used before.
    fn used(&self, access_key: &str) -> u64 {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let count = calls.entry(access_key.to_owned()).or_default();
        *count += 1;
        *count - 1
    }

    /// The time as AWS has it.
    pub(crate) fn time(&self) -> Timestamp {
        Timestamp::now() + self.faults.clock_ahead
    }

    fn failure(&self, arrival: &Arrival<'_>) -> Option<FailureKind> {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        for (failure, met) in self.faults.failures.iter().zip(met.iter_mut()) {
            if !fits(&failure.action, failure.region.as_deref(), failure.resource.as_deref(), arrival) {
                continue;
            }
            *met = met.saturating_add(1);
            if is_due(failure, *met) {
                return Some(failure.kind);
            }
        }
        None
    }

    fn denial(&self, arrival: &Arrival<'_>) -> Option<ServiceError> {
        arrival.actions.iter().find_map(|action| {
            let denial = self.faults.deny.iter().find(|denial| {
                action::matches(&denial.action, action)
                    && is_there(denial.region.as_deref(), denial.resource.as_deref(), arrival)
            })?;
            Some(denied(arrival.service, arrival.caller, action, arrival.resource, denial.by))
        })
    }
}

/// Whether the `met`-th call that fits a failure fails.
fn is_due(failure: &Failure, met: u32) -> bool {
    let after_skip = met.saturating_sub(failure.skip);
    after_skip > 0 && failure.times.is_none_or(|times| after_skip <= times)
}

fn fits(pattern: &str, region: Option<&str>, resource: Option<&str>, arrival: &Arrival<'_>) -> bool {
    arrival.actions.iter().any(|action| action::matches(pattern, action)) && is_there(region, resource, arrival)
}

fn is_there(region: Option<&str>, resource: Option<&str>, arrival: &Arrival<'_>) -> bool {
    region.is_none_or(|region| region == arrival.region)
        && resource.is_none_or(|part| arrival.resource.is_some_and(|resource| resource.contains(part)))
}

fn fail(kind: FailureKind, arrival: &Arrival<'_>) -> Passage {
    let service = arrival.service;
    match kind {
        FailureKind::Throttle { retry_after } => Passage::refused(throttled(service, retry_after)),
        FailureKind::ServerError => Passage::refused(broken(service)),
        FailureKind::ExpiredToken => Passage::refused(expired_token(service.protocol)),
        FailureKind::InvalidToken | FailureKind::RegionDisabled => Passage::refused(invalid_token(service.protocol)),
        FailureKind::Hang => Passage::Hang,
        FailureKind::Truncated => Passage::Truncated,
        FailureKind::CutRefusal => {
            let action = arrival.actions.first().map_or("", String::as_str);
            let error = denied(service, arrival.caller, action, arrival.resource, DeniedBy::Identity);
            Passage::CutRefusal(Box::new(error))
        }
        FailureKind::Garbage => Passage::Garbage,
        FailureKind::Empty => Passage::Empty,
        FailureKind::HtmlNotFound => Passage::HtmlNotFound,
        FailureKind::Reset => Passage::Reset,
        FailureKind::Deleted => {
            let action = arrival.actions.first().map_or("", String::as_str);
            Passage::refused(deleted(service, action, arrival.resource))
        }
        FailureKind::Gone => Passage::refused(gone()),
    }
}

/// `Retry-After` counts in whole seconds; never 0, which would say "now".
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a wait for one token is a small positive number"
)]
fn whole_seconds(wait: f64) -> u64 {
    (wait.ceil() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Denial;
    use crate::limits::Limits;
    use crate::services::list::service;

    fn pass(gate: &Gate, actions: &[&str], region: &str, resource: Option<&str>) -> Passage {
        pass_at(gate, actions, region, resource, Instant::now())
    }

    fn pass_at(gate: &Gate, actions: &[&str], region: &str, resource: Option<&str>, now: Instant) -> Passage {
        let actions: Vec<String> = actions.iter().map(|&action| action.to_owned()).collect();
        let arrival = Arrival {
            service: service("lambda").unwrap(),
            actions: &actions,
            region,
            resource,
            caller: "arn:aws:iam::111122223333:user/auditor",
            access_key: "AKIATESTTESTTESTTEST",
        };
        gate.pass(&arrival, now)
    }

    fn code(passage: &Passage) -> &str {
        match passage {
            Passage::Refused(error) => &error.code,
            Passage::Free => "",
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_failure_on_page_two_lets_page_one_through_and_passes() {
        let failure = Failure {
            skip: 1,
            times: Some(1),
            ..Failure::of("lambda:ListFunctions", FailureKind::Throttle { retry_after: Some(2) })
        };
        let gate = Gate::new(Faults { failures: vec![failure], ..Faults::default() });
        let codes: Vec<String> =
            (0..3).map(|_| code(&pass(&gate, &["lambda:ListFunctions"], "us-east-1", None)).to_owned()).collect();
        assert_eq!(codes, ["", "TooManyRequestsException", ""]);
    }

    #[test]
    fn a_denial_holds_for_its_region_and_resource_only() {
        let denial = Denial {
            region: Some("eu-west-1".to_owned()),
            resource: Some("checkout".to_owned()),
            ..Denial::of("lambda:Get*")
        };
        let gate = Gate::new(Faults { deny: vec![denial], ..Faults::default() });
        let asked = |region, resource| code(&pass(&gate, &["lambda:GetPolicy"], region, resource)).to_owned();
        assert_eq!(asked("eu-west-1", Some("function:checkout")), "AccessDeniedException");
        assert_eq!(asked("us-east-1", Some("function:checkout")), "");
        assert_eq!(asked("eu-west-1", Some("function:stock")), "");
        assert_eq!(asked("eu-west-1", None), "");
    }

    #[test]
    fn a_second_needed_action_is_named_when_it_is_the_one_denied() {
        let gate = Gate::new(Faults { deny: vec![Denial::of("lambda:GetPolicy")], ..Faults::default() });
        let passage = pass(&gate, &["lambda:GetResourcePolicy", "lambda:GetPolicy"], "us-east-1", None);
        let Passage::Refused(error) = passage else { panic!("{passage:?}") };
        assert!(error.message.contains("perform: lambda:GetPolicy on"));
    }

    #[test]
    fn credentials_expire_after_some_calls() {
        let gate = Gate::new(Faults { expire_after: Some(2), ..Faults::default() });
        let codes: Vec<String> =
            (0..3).map(|_| code(&pass(&gate, &["lambda:ListLayers"], "us-east-1", None)).to_owned()).collect();
        assert_eq!(codes, ["", "", "ExpiredTokenException"]);
    }

    #[test]
    fn a_call_over_the_limit_is_told_when_to_come_back() {
        let gate = Gate::new(Faults { limits: Some(Limits::documented()), ..Faults::default() });
        let now = Instant::now();
        let asked = || pass_at(&gate, &["lambda:GetPolicy"], "us-east-1", None, now);
        for _ in 0..15 {
            assert_eq!(code(&asked()), "");
        }
        let Passage::Refused(error) = asked() else { panic!("the sixteenth call passed") };
        assert_eq!((error.status, error.retry_after), (429, Some(1)));
        assert_eq!(error.members[0], ("Reason", "CallerRateLimitExceeded".into()));
    }
}
