//! The embedded CloudFormation over HTTP: AWS's query protocol, and as much of S3 and STS as deploying needs.
//!
//! Invariant: it decides nothing: whatever it answers, a handle said. Signatures are not checked, since nothing here
//! is worth stealing; the region is the one that the request was signed for.

mod answers;
mod cloudformation;
mod query;
mod s3;
mod xml;

use super::{Local, Options, StoreError};
use crate::backend::{Backend as _, Failure, FailureClass};
use crate::clock::Clock;
use query::Query;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tiny_http::{Header, Method, Request, Response, Server};
use xml::Node;

/// Longest request that is read.
const MAX_REQUEST: u64 = 4_000_000;

/// What is served: the accounts' regions in one database.
pub struct Service {
    path: Option<PathBuf>,
    clock: Arc<dyn Clock>,
    options: Options,
    regions: Mutex<BTreeMap<String, Arc<Local>>>,
}

/// An answer of HTTP.
struct Answer {
    status: u16,
    body: Vec<u8>,
    headers: Vec<(&'static str, String)>,
}

/// What a request is about, beside its body.
struct Asked {
    method: Method,
    path: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Service {
    /// A service over the database at a path, or in memory; `options` hold for every region.
    ///
    /// # Errors
    /// Where the database cannot be opened.
    pub fn new(path: Option<PathBuf>, clock: Arc<dyn Clock>, options: Options) -> Result<Self, StoreError> {
        let service = Self { path, clock, options, regions: Mutex::new(BTreeMap::new()) };
        service.region(&service.options.region.clone())?;
        Ok(service)
    }

    /// The handle of a region.
    fn region(&self, region: &str) -> Result<Arc<Local>, StoreError> {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = regions.get(region) {
            return Ok(Arc::clone(found));
        }
        let options = Options { region: region.to_owned(), ..self.options.clone() };
        let local = Arc::new(match &self.path {
            Some(path) => Local::open(path, Arc::clone(&self.clock), options)?,
            None => Local::in_memory(Arc::clone(&self.clock), options)?,
        });
        regions.insert(region.to_owned(), Arc::clone(&local));
        Ok(local)
    }

    fn answer(&self, asked: &Asked) -> Answer {
        let scope = scope(asked.headers.get("authorization").map_or("", String::as_str));
        let (region, service) = scope.unwrap_or((self.options.region.as_str(), ""));
        let local = match self.region(region) {
            Ok(local) => local,
            Err(error) => return refusal(500, "InternalFailure", &error.to_string()),
        };
        let is_query = asked.method == Method::Post && asked.path == "/" && service != "s3";
        if !is_query {
            return s3::answer(&local, asked);
        }
        let query = Query::read(&asked.body);
        let action = query.text("Action").unwrap_or_default();
        let answered = match action.as_str() {
            "GetCallerIdentity" => local.identity().map(|identity| {
                Node::list(
                    "GetCallerIdentityResult",
                    vec![
                        Node::text("Arn", &identity.arn),
                        Node::text("UserId", &format!("AROA{}:solc", identity.account)),
                        Node::text("Account", &identity.account),
                    ],
                )
            }),
            _ => cloudformation::answer(&local, &action, &query),
        };
        match answered {
            Ok(result) => {
                let namespace = match action.as_str() {
                    "GetCallerIdentity" => "https://sts.amazonaws.com/doc/2011-06-15/",
                    "DescribeAlarms" => "http://monitoring.amazonaws.com/doc/2010-08-01/",
                    _ => "http://cloudformation.amazonaws.com/doc/2010-05-15/",
                };
                let request = Node::list("ResponseMetadata", vec![Node::text("RequestId", REQUEST)]);
                let root = Node::list(&format!("{action}Response"), vec![result, request]);
                Answer::xml(200, &root.with_namespace(namespace))
            }
            Err(failure) => failed(&failure),
        }
    }
}

/// Every request has this id: answers are the same for the same state.
const REQUEST: &str = "00000000-0000-4000-a000-000000000000";

impl Answer {
    fn xml(status: u16, root: &Node) -> Self {
        Self { status, body: root.write(), headers: vec![("Content-Type", "text/xml".to_owned())] }
    }
}

/// The region and the service that a request was signed for.
fn scope(authorization: &str) -> Option<(&str, &str)> {
    let (_, credential) = authorization.split_once("Credential=")?;
    let mut parts = credential.split([',', ' ']).next()?.split('/').skip(2);
    Some((parts.next()?, parts.next()?))
}

fn failed(failure: &Failure) -> Answer {
    let status = match failure.class {
        FailureClass::ExpiredCredentials | FailureClass::Denied => 403,
        FailureClass::Transient => 500,
        FailureClass::Throttled
        | FailureClass::Busy
        | FailureClass::Gone
        | FailureClass::AlreadyDone
        | FailureClass::MissingCapability
        | FailureClass::Limit
        | FailureClass::RoleGone
        | FailureClass::Unsupported
        | FailureClass::Invalid => 400,
    };
    refusal(status, &failure.code, &failure.message)
}

fn refusal(status: u16, code: &str, message: &str) -> Answer {
    let kind = if status < 500 { "Sender" } else { "Receiver" };
    let error = Node::list(
        "Error",
        vec![Node::text("Type", kind), Node::text("Code", code), Node::text("Message", message)],
    );
    let root = Node::list("ErrorResponse", vec![error, Node::text("RequestId", REQUEST)]);
    Answer::xml(status, &root.with_namespace("http://cloudformation.amazonaws.com/doc/2010-05-15/"))
}

/// Serves until the listener is closed, or `stop` says so between two requests.
///
/// # Errors
/// Where the listener cannot be served.
pub fn serve(listener: TcpListener, service: &Service, stop: &dyn Fn() -> bool) -> Result<(), String> {
    let server = Server::from_listener(listener, None).map_err(|error| error.to_string())?;
    while !stop() {
        // Whoever stops it is heard soon, also where nobody asks anything.
        let waited = server.recv_timeout(std::time::Duration::from_millis(200));
        if let Some(request) = waited.map_err(|error| error.to_string())? {
            respond(request, service);
        }
    }
    Ok(())
}

fn respond(mut request: Request, service: &Service) {
    let mut body = Vec::new();
    let read = request.as_reader().take(MAX_REQUEST).read_to_end(&mut body);
    let headers = request
        .headers()
        .iter()
        .map(|header| (header.field.as_str().as_str().to_ascii_lowercase(), header.value.as_str().to_owned()))
        .collect();
    let (method, path) = (request.method().clone(), request.url().to_owned());
    let answer = match read {
        Ok(_) => service.answer(&Asked { method, path, headers, body }),
        Err(error) => refusal(400, "IncompleteBody", &error.to_string()),
    };
    let mut response = Response::from_data(answer.body).with_status_code(answer.status);
    for (name, value) in answer.headers {
        if let Ok(header) = Header::from_bytes(name.as_bytes(), value.as_bytes()) {
            response.add_header(header);
        }
    }
    // Whoever asked may have gone; the answer is in the database.
    let _ = request.respond(response);
}

#[cfg(test)]
mod tests;
