//! What all connections of a simulator share.

use std::sync::atomic::AtomicU64;

use hyper::header::{DATE, HeaderValue};

use super::delivery::{Delivery, Handled};
use crate::calls::Log;
use crate::faults::Gate;
use crate::kubernetes::Api;
use crate::reply::HttpResponse;
use crate::requests::Record;
use crate::wire::Response;
use crate::world::World;

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) world: World,
    pub(super) gate: Gate,
    pub(super) log: Log,
    pub(super) record: Record,
    pub(super) requests: AtomicU64,
    pub(super) apis: Vec<Api>,
}

impl Shared {
    /// The response, with the time as AWS has it.
    pub(super) fn dated(&self, mut response: HttpResponse) -> HttpResponse {
        let date = self.gate.time().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        if let Ok(date) = HeaderValue::from_str(&date) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }

    /// An answer as something in between leaves it.
    pub(super) fn rewritten(&self, handled: Handled) -> Handled {
        let Handled { call, delivery } = handled;
        let delivery = match delivery {
            Delivery::Whole(response) => Delivery::Whole(match self.gate.rewrite(&call, &response.body) {
                Some(body) => Response { status: 200, body, ..response },
                None => response,
            }),
            other => other,
        };
        Handled { call, delivery }
    }
}
