//! What configuration has to know, and AWS alone does: hosted zones, prefix lists and availability zones.
//!
//! Invariant: everything here reads, and so what is refused for being too frequent is asked again; and an answer in
//! pages is read to its last. The SDK's clients of EC2 and Route 53 are larger than all the others together: requests are
//! signed here, and sent as the SDK sends its own.
//!
//! Sources: the API references of EC2 (2016-11-15: `DescribeManagedPrefixLists`, `DescribeAvailabilityZones`) and of
//! Route 53 (2013-04-01: `ListHostedZonesByName`); the general reference's page on Route 53's endpoints.

use super::xml::{self, Element};
use super::{Aws, again};
use crate::backend::{Failure, FailureClass, Values};
use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_cloudformation::error::{ErrorMetadata, SdkError};
use aws_sdk_s3::primitives::SdkBody;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use std::time::SystemTime;

/// As many values as one filter may have.
const VALUES: usize = 200;

/// As many pages as are read before something must be wrong.
const PAGES: usize = 1_000;

/// A hosted zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedZone {
    /// Its id, such as `Z0123456789ABCDEFGHIJ`.
    pub id: String,
    /// Whether only networks that it is joined to see it.
    pub private: bool,
}

/// A request before it is signed.
#[derive(Clone, Debug)]
struct Question {
    operation: &'static str,
    service: &'static str,
    /// The region that is signed for.
    region: String,
    endpoint: String,
    /// The path, with what is asked in a `GET`.
    path: String,
    /// What is asked in a `POST`.
    form: Option<String>,
}

/// A request as it is sent.
#[derive(Clone, Debug)]
struct Signed {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Aws {
    /// The hosted zones of exactly this domain in the account, public and private.
    ///
    /// # Errors
    /// What the service says against it.
    pub fn hosted_zones(&self, domain: &str) -> Result<Vec<HostedZone>, Failure> {
        const OPERATION: &str = "ListHostedZonesByName";
        let wanted = domain.trim_end_matches('.').to_ascii_lowercase();
        let mut zones = Vec::new();
        let (mut name, mut id) = (wanted.clone(), String::new());
        for _ in 0..PAGES {
            let mut path = format!("/2013-04-01/hostedzonesbyname?dnsname={}&maxitems=100", encoded(&name));
            if !id.is_empty() {
                path.push_str(&format!("&hostedzoneid={}", encoded(&id)));
            }
            let page = self.answer(&self.route53(OPERATION, path))?;
            for zone in page.list("HostedZones") {
                // In the order of their names from behind: those of this name are the first.
                if unescaped(zone.text_of("Name")) != wanted {
                    return Ok(zones);
                }
                let private = zone
                    .child("Config")
                    .is_some_and(|config| config.text_of("PrivateZone").eq_ignore_ascii_case("true"));
                zones.push(HostedZone { id: bare(zone.text_of("Id")).to_owned(), private });
            }
            if page.text_of("IsTruncated") != "true" {
                return Ok(zones);
            }
            name = unescaped(page.text_of("NextDNSName"));
            id = bare(page.text_of("NextHostedZoneId")).to_owned();
            if name != wanted {
                return Ok(zones);
            }
        }
        Err(endless(OPERATION))
    }

    /// The ids of AWS's own prefix lists by their names, such as `com.amazonaws.eu-west-1.s3`; those that the region does
    /// not have are left out.
    ///
    /// # Errors
    /// What the service says against it.
    pub fn prefix_lists(&self, names: &[String]) -> Result<Values, Failure> {
        const OPERATION: &str = "DescribeManagedPrefixLists";
        let mut found = Values::new();
        for some in names.chunks(VALUES) {
            let mut parameters = vec![("Filter.1.Name".to_owned(), "prefix-list-name".to_owned())];
            let values = some.iter().enumerate();
            parameters.extend(values.map(|(n, name)| (format!("Filter.1.Value.{}", n + 1), name.clone())));
            for list in self.pages(OPERATION, &parameters, "prefixListSet")? {
                let (name, id) = (list.text_of("prefixListName"), list.text_of("prefixListId"));
                // A list of the account's own may not be taken for AWS's.
                if list.text_of("ownerId").eq_ignore_ascii_case("aws") && some.iter().any(|n| n == name) {
                    found.insert(name.to_owned(), id.to_owned());
                }
            }
        }
        Ok(found)
    }

    /// The names of the zones that the account may use in the region, sorted: `eu-west-1a` …
    ///
    /// # Errors
    /// What the service says against it.
    pub fn availability_zones(&self) -> Result<Vec<String>, Failure> {
        let zones = self.pages("DescribeAvailabilityZones", &[], "availabilityZoneInfo")?;
        let mut names: Vec<String> = zones.iter().map(|zone| zone.text_of("zoneName").to_owned()).collect();
        names.sort();
        Ok(names)
    }

    /// All elements of the list `of` that EC2 answers with.
    fn pages(
        &self,
        operation: &'static str,
        parameters: &[(String, String)],
        of: &str,
    ) -> Result<Vec<Element>, Failure> {
        let mut all = Vec::new();
        let mut token = String::new();
        for _ in 0..PAGES {
            let page = self.answer(&self.ec2(operation, parameters, &token))?;
            all.extend_from_slice(page.list(of));
            let next = page.text_of("nextToken");
            if next.is_empty() {
                return Ok(all);
            }
            next.clone_into(&mut token);
        }
        Err(endless(operation))
    }

    fn ec2(&self, operation: &'static str, parameters: &[(String, String)], token: &str) -> Question {
        let region = &self.options.region;
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", operation).append_pair("Version", "2016-11-15").extend_pairs(parameters);
        if !token.is_empty() {
            form.append_pair("NextToken", token);
        }
        Question {
            operation,
            service: "ec2",
            region: region.clone(),
            endpoint: self.endpoint(&format!("https://ec2.{region}.{suffix}")),
            path: "/".to_owned(),
            form: Some(form.finish()),
        }
    }

    /// Route 53 has one place in each partition.
    fn route53(&self, operation: &'static str, path: String) -> Question {
        let (host, region) = match self.options.region.as_str() {
            region if region.starts_with("cn-") => ("route53.amazonaws.com.cn", "cn-northwest-1"),
            region if region.starts_with("us-gov-") => ("route53.us-gov.amazonaws.com", "us-gov-west-1"),
            _ => ("route53.amazonaws.com", "us-east-1"),
        };
        let endpoint = self.endpoint(&format!("https://{host}"));
        Question { operation, service: "route53", region: region.to_owned(), endpoint, path, form: None }
    }

    fn endpoint(&self, own: &str) -> String {
        self.options.endpoint.as_deref().unwrap_or(own).trim_end_matches('/').to_owned()
    }

    fn answer(&self, question: &Question) -> Result<Element, Failure> {
        // Route 53 answers five questions a second.
        again(&[FailureClass::Throttled], || self.ask(question.operation, self.send(question)))
    }

    async fn send(&self, question: &Question) -> Result<Element, SdkError<ErrorMetadata>> {
        let Some(provider) = self.config.credentials_provider() else {
            let none = CredentialsError::not_loaded("the chain of credentials is empty");
            return Err(SdkError::construction_failure(none));
        };
        let credentials = provider.provide_credentials().await.map_err(SdkError::construction_failure)?;
        let time = self.config.time_source().unwrap_or_default().now();
        let signed = question.signed(&credentials.into(), time).map_err(SdkError::construction_failure)?;
        let mut operation = Operation::builder()
            .service_name(question.service)
            .operation_name(question.operation)
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&question.endpoint)
            .no_auth()
            .no_retry()
            .serializer(request)
            .deserializer(read);
        if let Some(timeouts) = self.config.timeout_config() {
            operation = operation.timeout_config(timeouts.clone());
        }
        if let Some(client) = self.config.http_client() {
            operation = operation.http_client(client);
        }
        operation.build().invoke(signed).await
    }
}

impl Question {
    fn signed(&self, identity: &Identity, time: SystemTime) -> Result<Signed, BoxError> {
        let (method, body) = match &self.form {
            Some(form) => ("POST", form.clone()),
            None => ("GET", String::new()),
        };
        let kind = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        let given: Vec<(&str, &str)> = self.form.iter().map(|_| kind).collect();
        let parameters = v4::SigningParams::builder()
            .identity(identity)
            .region(&self.region)
            .name(self.service)
            .time(time)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let whole = format!("{}{}", self.endpoint, self.path);
        let signable =
            SignableRequest::new(method, whole, given.iter().copied(), SignableBody::Bytes(body.as_bytes()))?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        let added = instructions.headers();
        let headers =
            given.iter().copied().chain(added).map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(Signed { method, path: self.path.clone(), headers: headers.collect(), body })
    }
}

fn request(signed: Signed) -> Result<HttpRequest, BoxError> {
    let length = signed.body.len();
    let mut request = HttpRequest::new(SdkBody::from(signed.body));
    request.set_method(signed.method)?;
    request.set_uri(signed.path)?;
    for (name, value) in signed.headers {
        request.headers_mut().try_insert(name, value)?;
    }
    if length > 0 {
        request.headers_mut().try_insert("content-length", length.to_string())?;
    }
    Ok(request)
}

fn read(answer: &HttpResponse) -> Result<Element, OrchestratorError<ErrorMetadata>> {
    let root = xml::parse(answer.body().bytes().unwrap_or_default());
    if answer.status().is_success() {
        return root.map_err(OrchestratorError::other);
    }
    // EC2 has `Response/Errors/Error`, Route 53 `ErrorResponse/Error`; a gateway on the way has neither.
    let mut error = ErrorMetadata::builder();
    if let Some(said) = root.ok().as_ref().and_then(|root| root.find("Error")) {
        error = error.code(said.text_of("Code")).message(said.text_of("Message"));
    }
    Err(OrchestratorError::operation(error.build()))
}

/// `/hostedzone/Z1` as `Z1`.
fn bare(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// A name as Route 53 writes it, without the last dot: what is unusual in it stands in octal, as in `\052.shop.example`.
fn unescaped(name: &str) -> String {
    let mut text = String::new();
    let mut rest = name.trim_end_matches('.');
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let character = after.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok()).map(char::from);
        match (character, after.get(3..)) {
            (Some(character), Some(behind)) => {
                text.push(character);
                rest = behind;
            }
            (_, _) => {
                text.push('\\');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text.to_ascii_lowercase()
}

/// A value in a query, as signatures want it: everything but what needs none is in hexadecimal.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => all.push(char::from(byte)),
            _ => all.push_str(&format!("%{byte:02X}")),
        }
        all
    })
}

fn endless(operation: &str) -> Failure {
    let message = format!("there are more than {PAGES} pages, which cannot be right");
    Failure::unanswered(operation, "EndlessAnswer", &message)
}
