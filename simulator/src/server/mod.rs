//! The HTTP side: accepts connections on the loopback, and answers requests.

mod clusters;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{DATE, HeaderValue};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::SignedDuration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use crate::account::Account;
use crate::calls::{Call, Log, Outcome};
use crate::downloads;
use crate::faults::{Arrival, Faults, Gate, Passage, invalid_token, missing_token, wrong_time};
use crate::ids;
use crate::kubernetes::Api;
use crate::reply::{HttpResponse, half, plain, whole};
use crate::request::{Request, Scope};
use crate::requests::Record;
use crate::services::{self, Ask};
use crate::wire::{self, Protocol, Response, ServiceError};
use crate::world::World;

/// A running simulator; dropping it closes its port and its connections.
#[derive(Debug)]
pub struct Simulator {
    port: u16,
    shared: Arc<Shared>,
    listening: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    world: World,
    gate: Gate,
    log: Log,
    record: Record,
    requests: AtomicU64,
    apis: Vec<Api>,
}

impl Simulator {
    /// Serves `account` on a free port of 127.0.0.1, on the current tokio runtime.
    pub async fn start(account: Account, faults: Faults) -> io::Result<Simulator> {
        Simulator::start_on(0, account, faults).await
    }

    /// Serves `account` on `port` of 127.0.0.1.
    pub async fn start_on(port: u16, account: Account, faults: Faults) -> io::Result<Simulator> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let port = listener.local_addr()?.port();
        let listeners = clusters::bind(&account).await?;
        let doors = listeners.iter().map(clusters::Listener::door).collect();
        let world = World::new(account, format!("http://127.0.0.1:{port}"), doors);
        let shared = Arc::new(Shared {
            apis: clusters::apis(&world),
            world,
            gate: Gate::new(faults),
            log: Log::default(),
            record: Record::default(),
            requests: AtomicU64::new(0),
        });
        let mut listening = vec![tokio::spawn(listen(listener, Arc::clone(&shared)))];
        for (number, listener) in listeners.into_iter().enumerate() {
            listening.push(tokio::spawn(clusters::listen(listener, number, Arc::clone(&shared))));
        }
        Ok(Simulator { port, shared, listening })
    }

    /// What to set `AWS_ENDPOINT_URL` to.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The calls so far, in the order they were answered.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.log.all()
    }

    /// From here on, `GET /_simulator/requests` tells what was sent, bodies and all, but nothing of who sent it.
    pub fn record_requests(&self) {
        self.shared.record.begin();
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.listening.iter().for_each(JoinHandle::abort);
    }
}

/// The connections belong to this task, so that they end with it.
async fn listen(listener: TcpListener, shared: Arc<Shared>) {
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
        "/_simulator/operations" => return Ok(plain(Response::json(&services::operations()))),
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

async fn deliver(delivery: Delivery, id: &str) -> io::Result<HttpResponse> {
    match delivery {
        Delivery::Whole(response) => Ok(whole(response, id)),
        Delivery::Half(response) => Ok(half(response, id)),
        Delivery::Foreign(response) => Ok(plain(response)),
        Delivery::Never => std::future::pending().await,
        Delivery::Drop => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    }
}

/// A call that was handled: its entry in the log, and what the client gets.
struct Handled {
    call: Call,
    delivery: Delivery,
}

enum Delivery {
    Whole(Response),
    Half(Response),
    /// From something in between, without AWS's headers.
    Foreign(Response),
    Never,
    Drop,
}

/// How far the time of a signature may be off.
const TOLERATED: SignedDuration = SignedDuration::from_mins(5);

impl Shared {
    /// The response, with the time as AWS has it.
    fn dated(&self, mut response: HttpResponse) -> HttpResponse {
        let date = self.gate.time().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        if let Ok(date) = HeaderValue::from_str(&date) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }

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
        let Some(service) = services::service(&scope.service) else {
            let protocol = request.likely_protocol();
            let named = format!("{}:{}", scope.service, named_operation(request));
            return refused(entry(&named, None), protocol, &services::unknown_operation(protocol, &named), id);
        };
        let protocol = service.protocol;
        let ask = match services::find(service, &self.world, request, &scope.region, &scope.access_key) {
            Ok(ask) => ask,
            Err(named) => {
                return refused(entry(&named, None), protocol, &services::unknown_operation(protocol, &named), id);
            }
        };
        let actions = ask.actions();
        let resource = ask.resource();
        let call = entry(actions.first().map_or("", String::as_str), resource.clone());
        if !self.world.answers(service, &scope.region) {
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

/// What becomes of a call behind the gate; `answer` gives the true answer.
fn passed(passage: Passage, call: Call, protocol: Protocol, id: &str, answer: impl FnOnce(Call) -> Handled) -> Handled {
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

fn refused(mut call: Call, protocol: Protocol, error: &ServiceError, id: &str) -> Handled {
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
