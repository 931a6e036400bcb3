//! The endpoint of the services: one port for all of them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::SignedDuration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::delivery::{Delivery, Handled, deliver, passed, refused};
use super::shared::Shared;
use crate::calls::{Call, Outcome};
use crate::downloads;
use crate::faults::{Arrival, invalid_token, missing_token, wrong_time};
use crate::ids;
use crate::reply::{HttpResponse, plain, whole};
use crate::request::{Request, Scope};
use crate::services::{Ask, list, routing};
use crate::wire::{self, Response};

/// How far the time of a signature may be off.
const TOLERATED: SignedDuration = SignedDuration::from_mins(5);

/// The connections belong to this task, so that they end with it.
pub(super) async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A client that went away before it was accepted is no reason to stop.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, Arc::clone(&shared)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Small answers at once: without it, each waits for an acknowledgement of the last.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| respond(request, Arc::clone(&shared)));
    // Errors are clients that went away, and connections closed on purpose.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(request: hyper::Request<Incoming>, shared: Arc<Shared>) -> io::Result<HttpResponse> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = Request::read(&parts, &body);
    match request.path.as_str() {
        "/_simulator/calls" => return Ok(plain(Response::json(&serde_json::json!(shared.log.all())))),
        "/_simulator/summary" => return Ok(plain(Response::json(&serde_json::json!(shared.log.summary())))),
        "/_simulator/requests" => return Ok(plain(Response::json(&serde_json::json!(shared.record.all())))),
        "/_simulator/operations" => return Ok(plain(Response::json(&list::operations()))),
        path if downloads::is_here(path) => return Ok(plain(downloads::answer(&shared.world, &request))),
        _ => {}
    }
    let number = shared.requests.fetch_add(1, Ordering::Relaxed);
    let id = ids::uuid(&number.to_string());
    let Some(scope) = &request.scope else {
        let protocol = request.likely_protocol();
        return Ok(whole(wire::failure(protocol, &missing_token(protocol), &id), &id));
    };
    shared.record.keep(&parts, &body, scope);
    if let Some(latency) = shared.gate.latency() {
        tokio::time::sleep(latency).await;
    }
    let handled = shared.handle(&request, scope, &id);
    shared.log.record(handled.call);
    Ok(shared.dated(deliver(handled.delivery, &id).await?))
}

impl Shared {
    fn handle(&self, request: &Request, scope: &Scope, id: &str) -> Handled {
        let entry = |action: &str, resource: Option<String>| Call {
            action: action.to_owned(),
            service: scope.service.clone(),
            region: scope.region.clone(),
            resource,
            status: 0,
            outcome: Outcome::Failed,
            access_key: scope.access_key.clone(),
        };
        let Some(service) = list::service(&scope.service) else {
            let protocol = request.likely_protocol();
            let named = format!("{}:{}", scope.service, named_operation(request));
            return refused(entry(&named, None), protocol, &routing::unknown_operation(protocol, &named), id);
        };
        let protocol = service.protocol;
        let ask = match routing::find(service, &self.world, request, &scope.region, &scope.access_key) {
            Ok(ask) => ask,
            Err(named) => {
                return refused(entry(&named, None), protocol, &routing::unknown_operation(protocol, &named), id);
            }
        };
        let actions = ask.actions();
        let resource = ask.resource();
        let call = entry(actions.first().map_or("", String::as_str), resource.clone());
        if !service.answers_in(&self.world.account, &scope.region) {
            return refused(call, protocol, &invalid_token(protocol), id);
        }
        let arrival = Arrival {
            service,
            actions: &actions,
            region: &scope.region,
            resource: resource.as_deref(),
            caller: &self.world.caller(&scope.access_key),
            access_key: &scope.access_key,
        };
        let now = self.gate.time();
        if let Some(signed_at) = request.signed_at.filter(|signed_at| signed_at.duration_since(now).abs() > TOLERATED) {
            return refused(call, protocol, &wrong_time(protocol, signed_at, now), id);
        }
        let passage = self.gate.pass(&arrival, Instant::now());
        passed(passage, call, protocol, id, |call| self.rewritten(answered(call, &ask, id)))
    }
}

/// What a request to a service the simulator doesn't know seems to ask.
fn named_operation(request: &Request) -> String {
    let target = request.target.as_deref().and_then(|target| target.rsplit('.').next());
    target
        .map(str::to_owned)
        .or_else(|| request.parameter("Action"))
        .unwrap_or_else(|| format!("{} {}", request.method, request.path))
}

fn answered(mut call: Call, ask: &Ask<'_>, id: &str) -> Handled {
    match ask.answer() {
        Ok(answer) => {
            let service = ask.service;
            let response = wire::success(service.protocol, ask.operation.name, service.namespace, answer, id);
            call.status = response.status;
            call.outcome = Outcome::Answered;
            Handled { call, delivery: Delivery::Whole(response) }
        }
        Err(error) => refused(call, ask.service.protocol, &error, id),
    }
}
