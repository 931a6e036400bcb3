//! The APIs of clusters: each listens on a port of its own, behind TLS.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use super::delivery::{Delivery, Handled, deliver, passed, refused};
use super::shared::Shared;
use crate::account::{Account, Cluster};
use crate::calls::{Call, Outcome};
use crate::faults::Arrival;
use crate::ids;
use crate::kubernetes::{Api, Caller, Identity, SERVICE, Wanted, identity, unauthorized};
use crate::reply::HttpResponse;
use crate::request::Request;
use crate::wire::Protocol;
use crate::world::{Door, World};

/// A port on which the API of a cluster is to be found.
pub(super) struct Listener {
    region: String,
    cluster: String,
    host: String,
    port: u16,
    tcp: TcpListener,
    identity: Identity,
}

impl Listener {
    pub(super) fn door(&self) -> ((String, String), Door) {
        let door = Door {
            endpoint: format!("https://{}:{}", self.host, self.port),
            certificate_authority: self.identity.certificate_authority.clone(),
        };
        ((self.region.clone(), self.cluster.clone()), door)
    }
}

/// The clusters whose inside the account file describes, always in the same order.
fn described(account: &Account) -> impl Iterator<Item = (&String, &Cluster)> {
    let regions = account.regions.iter().filter(|(_, region)| region.is_on());
    let clusters = regions.flat_map(|(name, region)| region.eks.clusters.iter().map(move |cluster| (name, cluster)));
    clusters.filter(|(_, cluster)| cluster.kubernetes.is_some())
}

pub(super) async fn bind(account: &Account) -> io::Result<Vec<Listener>> {
    let mut listeners = Vec::new();
    for (region, cluster) in described(account) {
        let host = cluster.host.clone().unwrap_or_else(|| "127.0.0.1".to_owned());
        let tcp = TcpListener::bind(("127.0.0.1", 0)).await?;
        listeners.push(Listener {
            region: region.clone(),
            cluster: cluster.name.clone(),
            port: tcp.local_addr()?.port(),
            tcp,
            identity: identity(&host)?,
            host,
        });
    }
    Ok(listeners)
}

/// The APIs, in the order of their listeners.
pub(super) fn apis(world: &World) -> Vec<Api> {
    let clusters = described(&world.account);
    clusters
        .filter_map(|(region, cluster)| Some(Api::new(world, region, cluster, cluster.kubernetes.as_ref()?)))
        .collect()
}

/// The connections belong to this task, so that they end with it.
pub(super) async fn listen(listener: Listener, number: usize, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.tcp.accept() => {
                if let Ok((stream, _)) = accepted {
                    let acceptor = listener.identity.acceptor.clone();
                    connections.spawn(serve(stream, acceptor, number, Arc::clone(&shared)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, number: usize, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    // A client that does not trust the certificate goes away.
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let service = service_fn(move |request| respond(request, number, Arc::clone(&shared)));
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(request: hyper::Request<Incoming>, number: usize, shared: Arc<Shared>) -> io::Result<HttpResponse> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = Request::read(&parts, &body);
    let id = ids::uuid(&shared.requests.fetch_add(1, Ordering::Relaxed).to_string());
    if let Some(latency) = shared.gate.latency() {
        tokio::time::sleep(latency).await;
    }
    let Some(api) = shared.apis.get(number) else { return Err(io::Error::from(io::ErrorKind::NotFound)) };
    let handled = shared.handle_inside(api, &request, &id);
    shared.log.record(handled.call);
    Ok(shared.dated(deliver(handled.delivery, &id).await?))
}

impl Shared {
    /// Handles a request to the API of a cluster: who asks comes first, then what goes wrong, then the answer.
    fn handle_inside(&self, api: &Api, request: &Request, id: &str) -> Handled {
        let wanted = Wanted::of(request);
        let actions = [wanted.action()];
        let resource = self.world.account.arn("eks", &api.region, &format!("cluster/{}", api.name));
        let caller = api.caller(&self.world, request, self.gate.time());
        let access_key = match &caller {
            Ok(Caller { access_key, .. }) | Err(access_key) => access_key.clone(),
        };
        let call = Call {
            action: actions[0].clone(),
            service: SERVICE.name.to_owned(),
            region: api.region.clone(),
            resource: Some(resource.clone()),
            status: 0,
            outcome: Outcome::Failed,
            access_key,
        };
        let Ok(Caller { user, access_key }) = caller else {
            return refused(call, Protocol::Kubernetes, &unauthorized(), id);
        };
        let arrival = Arrival {
            service: &SERVICE,
            actions: &actions,
            region: &api.region,
            resource: Some(&resource),
            caller: &user,
            access_key: &access_key,
        };
        let passage = self.gate.pass(&arrival, Instant::now());
        passed(passage, call, Protocol::Kubernetes, id, |call| {
            self.rewritten(answered(api, &wanted, request, &user, call, id))
        })
    }
}

fn answered(api: &Api, wanted: &Wanted, request: &Request, user: &str, mut call: Call, id: &str) -> Handled {
    match api.answer(wanted, request, user) {
        Ok(response) => {
            call.status = response.status;
            call.outcome = if response.status == 404 { Outcome::NotFound } else { Outcome::Answered };
            Handled { call, delivery: Delivery::Whole(response) }
        }
        Err(error) => refused(call, Protocol::Kubernetes, &error, id),
    }
}
