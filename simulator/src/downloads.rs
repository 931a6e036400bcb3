//! Blobs behind signed addresses, which need no credentials and must not be sent any.

use crate::ids;
use crate::request::Request;
use crate::wire::{Response, xml::Xml};
use crate::world::World;

const PATH: &str = "/_layers/";
/// Where downloads are sent on to.
const MOVED: &str = "/_layers/moved/";

/// Whether a path is one of a download.
pub(crate) fn is_here(path: &str) -> bool {
    path.starts_with(PATH)
}

/// The address of a blob, good for this repository.
pub(crate) fn address(world: &World, region: &str, repository: &str, digest: &str) -> String {
    format!("{}{}", base(world), signed(PATH, region, repository, digest))
}

/// What stands before the path.
fn base(world: &World) -> &str {
    world.account.downloads.as_deref().unwrap_or(&world.endpoint)
}

fn signed(path: &str, region: &str, repository: &str, digest: &str) -> String {
    let signature = signature(path, region, repository, digest);
    format!("{path}{digest}?region={region}&repository={repository}&X-Amz-Expires=3600&X-Amz-Signature={signature}")
}

fn signature(path: &str, region: &str, repository: &str, digest: &str) -> String {
    ids::hexadecimal(&format!("signature {path} {region} {repository} {digest}"), 64)
}

/// Answers a download in the words of S3, where AWS keeps layers.
pub(crate) fn answer(world: &World, request: &Request) -> Response {
    if request.has_credentials {
        return refused("Only one auth mechanism allowed; this address needs no credentials and got some");
    }
    if request.method != "GET" {
        return error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
    }
    let (path, digest) = match request.path.strip_prefix(MOVED) {
        Some(digest) => (MOVED, digest),
        None => (PATH, request.path.strip_prefix(PATH).unwrap_or_default()),
    };
    let (region, repository) = (parameter(request, "region"), parameter(request, "repository"));
    if parameter(request, "X-Amz-Signature") != signature(path, &region, &repository, digest) {
        return refused("The request signature we calculated does not match the signature you provided");
    }
    let Some((listed, shelf)) = world.repository(&region, &repository) else {
        return error(404, "NoSuchKey", "The specified key does not exist.");
    };
    if path == PATH && world.region(&region).ecr.redirect_downloads {
        let location = format!("{}{}", base(world), signed(MOVED, &region, &repository, digest));
        let mut response = error(307, "TemporaryRedirect", "Please re-send this request to the specified endpoint.");
        response.headers.push(("location", location));
        return response;
    }
    match shelf.body(listed, digest, world.today()) {
        Some(body) => Response { status: 200, content_type: "application/octet-stream", headers: Vec::new(), body },
        None => error(404, "NoSuchKey", "The specified key does not exist."),
    }
}

fn parameter(request: &Request, name: &str) -> String {
    let pair = request.pairs.iter().find(|(key, _)| key == name);
    pair.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn refused(message: &str) -> Response {
    error(403, "AccessDenied", message)
}

fn error(status: u16, code: &str, message: &str) -> Response {
    let mut xml = Xml::default();
    xml.within("Error", |xml| {
        xml.text("Code", code);
        xml.text("Message", message);
    });
    Response { status, content_type: "application/xml", headers: Vec::new(), body: xml.to_string().into() }
}
