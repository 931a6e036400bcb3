//! What becomes of a call, and how the client gets it.

use std::io;

use crate::calls::{Call, Outcome};
use crate::faults::Passage;
use crate::reply::{HttpResponse, half, plain, whole};
use crate::wire::{self, Protocol, Response, ServiceError};

/// A call that was handled: its entry in the log, and what the client gets.
pub(super) struct Handled {
    pub(super) call: Call,
    pub(super) delivery: Delivery,
}

pub(super) enum Delivery {
    Whole(Response),
    Half(Response),
    /// From something in between, without AWS's headers.
    Foreign(Response),
    Never,
    Drop,
}

pub(super) async fn deliver(delivery: Delivery, id: &str) -> io::Result<HttpResponse> {
    match delivery {
        Delivery::Whole(response) => Ok(whole(response, id)),
        Delivery::Half(response) => Ok(half(response, id)),
        Delivery::Foreign(response) => Ok(plain(response)),
        Delivery::Never => std::future::pending().await,
        Delivery::Drop => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    }
}

/// What becomes of a call behind the gate; `answer` gives the true answer.
pub(super) fn passed(
    passage: Passage,
    call: Call,
    protocol: Protocol,
    id: &str,
    answer: impl FnOnce(Call) -> Handled,
) -> Handled {
    match passage {
        Passage::Free => answer(call),
        Passage::Refused(error) => refused(call, protocol, &error, id),
        Passage::CutRefusal(error) => cut(refused(call, protocol, &error, id)),
        Passage::Truncated => truncated(answer(call)),
        Passage::Garbage => garbled(call, protocol, "\u{1f}%%%{{{ not what was asked"),
        Passage::Empty => garbled(call, protocol, ""),
        Passage::HtmlNotFound => html_not_found(call),
        Passage::Hang => undelivered(call, Delivery::Never),
        Passage::Reset => undelivered(call, Delivery::Drop),
    }
}

pub(super) fn refused(mut call: Call, protocol: Protocol, error: &ServiceError, id: &str) -> Handled {
    call.status = error.status;
    call.outcome = error.outcome;
    Handled { call, delivery: Delivery::Whole(wire::failure(protocol, error, id)) }
}

fn truncated(mut handled: Handled) -> Handled {
    handled.call.outcome = Outcome::Failed;
    if let Delivery::Whole(response) = handled.delivery {
        handled.delivery = Delivery::Half(response);
    }
    handled
}

/// Leaves half of a text, and no header that names the error.
fn cut(handled: Handled) -> Handled {
    let Handled { call, delivery } = handled;
    let delivery = match delivery {
        Delivery::Whole(response) => {
            let body = response.body.slice(..response.body.len() / 2);
            Delivery::Foreign(Response { body, headers: Vec::new(), ..response })
        }
        other => other,
    };
    Handled { call, delivery }
}

fn garbled(mut call: Call, protocol: Protocol, body: &str) -> Handled {
    call.status = 200;
    let response = Response {
        status: 200,
        content_type: protocol.content_type(),
        headers: Vec::new(),
        body: body.to_owned().into(),
    };
    Handled { call, delivery: Delivery::Whole(response) }
}

fn html_not_found(mut call: Call) -> Handled {
    call.status = 404;
    let response = Response {
        status: 404,
        content_type: "text/html",
        headers: Vec::new(),
        body: "<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>"
            .into(),
    };
    Handled { call, delivery: Delivery::Foreign(response) }
}

fn undelivered(call: Call, delivery: Delivery) -> Handled {
    Handled { call, delivery }
}
