//! The right to change an environment, between machines: an object in the account's bucket for templates.
//!
//! Invariant: the object is only ever replaced by who has read what is there, so of two that want it one gets it, and its
//! number only grows. It lasts until it is given back or taken over by name; no time ends it, since what its owner began
//! may still run.

use super::{Aws, again};
use crate::backend::{Failure, FailureClass, LeaseRequest};
use crate::lease::{Holder, Lease, NoLease};
use aws_sdk_s3::primitives::ByteStream;
use serde::{Deserialize, Serialize};

const PUT: &str = "PutObject";
const GET: &str = "GetObject";
/// What may pass by itself.
const PASSING: [FailureClass; 2] = [FailureClass::Throttled, FailureClass::Transient];

/// What the object holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Content {
    #[serde(flatten)]
    holder: Holder,
    /// Whether it was given back.
    released: bool,
}

/// What must hold of the object for it to be written.
enum Condition<'a> {
    /// It is not there.
    New,
    /// It is the one with this tag.
    Unchanged(&'a str),
}

/// A lease that is an object.
pub(super) struct S3Lease<'a> {
    aws: &'a Aws,
    bucket: String,
    key: String,
    holder: Holder,
    tag: String,
}

impl Aws {
    /// Takes the lease of an environment; nothing where no bucket is known that could hold it.
    pub(super) fn take_lease(&self, request: &LeaseRequest<'_>) -> Option<Result<S3Lease<'_>, NoLease>> {
        let bucket = self.options.template_bucket.as_deref()?;
        Some(self.taken(bucket, request))
    }

    fn taken(&self, bucket: &str, request: &LeaseRequest<'_>) -> Result<S3Lease<'_>, NoLease> {
        let key = format!("solc/leases/{}-{}.json", request.product, request.environment);
        let holder =
            |fence| Holder { deploy: request.deploy.to_owned(), owner: request.owner.to_owned(), fence };
        let lease =
            |holder, tag| S3Lease { aws: self, bucket: bucket.to_owned(), key: key.clone(), holder, tag };
        let first = holder(1);
        match self.put_lease(bucket, &key, &first, false, &Condition::New) {
            Ok(tag) => return Ok(lease(first, tag)),
            Err(failure) if is_taken(&failure) => {}
            Err(failure) => return Err(unknown(&failure)),
        }
        let Some((there, tag)) = self.get_lease(bucket, &key).map_err(|failure| unknown(&failure))? else {
            return Err(NoLease::Held(None));
        };
        // A response may have been lost: then what is there is ours already.
        let ours = there.holder.deploy == request.deploy;
        let given = there.released || request.over.contains(&there.holder.deploy.as_str()) || request.force;
        if !ours && !given {
            return Err(NoLease::Held(Some(there.holder)));
        }
        let next = holder(there.holder.fence.saturating_add(1));
        match self.put_lease(bucket, &key, &next, false, &Condition::Unchanged(&tag)) {
            Ok(tag) => Ok(lease(next, tag)),
            Err(failure) if is_taken(&failure) => {
                let now = self.get_lease(bucket, &key).map_err(|failure| unknown(&failure))?;
                Err(NoLease::Held(now.map(|(there, _)| there.holder)))
            }
            Err(failure) => Err(unknown(&failure)),
        }
    }

    /// Writes the object, and returns its tag.
    fn put_lease(
        &self,
        bucket: &str,
        key: &str,
        holder: &Holder,
        released: bool,
        condition: &Condition<'_>,
    ) -> Result<String, Failure> {
        let content = Content { holder: holder.clone(), released };
        let text = serde_json::to_string(&content).map_err(|error| Failure {
            class: FailureClass::Invalid,
            operation: PUT.to_owned(),
            code: "InvalidLease".to_owned(),
            message: error.to_string(),
        })?;
        again(&PASSING, || {
            let put = self
                .s3()
                .put_object()
                .bucket(bucket)
                .key(key)
                .expected_bucket_owner(&self.identity.account)
                .content_type("application/json")
                .body(ByteStream::from(text.clone().into_bytes()));
            let put = match condition {
                Condition::New => put.if_none_match("*"),
                Condition::Unchanged(tag) => put.if_match(*tag),
            };
            let answer = self.ask(PUT, put.send())?;
            Ok(answer.e_tag().unwrap_or_default().to_owned())
        })
    }

    /// What the object holds, and its tag; nothing where it is not there.
    fn get_lease(&self, bucket: &str, key: &str) -> Result<Option<(Content, String)>, Failure> {
        again(&PASSING, || {
            let get =
                self.s3().get_object().bucket(bucket).key(key).expected_bucket_owner(&self.identity.account);
            let answer = match self.ask(GET, get.send()) {
                Ok(answer) => answer,
                Err(failure) if failure.code == "NoSuchKey" => return Ok(None),
                Err(failure) => return Err(failure),
            };
            let tag = answer.e_tag().unwrap_or_default().to_owned();
            let unread = |why: String| Failure::unanswered(GET, "UnreadableAnswer", &why);
            let bytes =
                self.runtime.block_on(answer.body.collect()).map_err(|error| unread(error.to_string()))?;
            let content = serde_json::from_slice(&bytes.to_vec()).map_err(|error| Failure {
                class: FailureClass::Invalid,
                operation: GET.to_owned(),
                code: "InvalidLease".to_owned(),
                message: format!("`{key}` of the bucket `{bucket}` is no lease: {error}"),
            })?;
            Ok(Some((content, tag)))
        })
    }
}

impl Lease for S3Lease<'_> {
    fn check(&self) -> Result<(), NoLease> {
        match self.aws.get_lease(&self.bucket, &self.key) {
            Ok(Some((there, _))) if there.holder == self.holder && !there.released => Ok(()),
            Ok(there) => Err(NoLease::Held(there.map(|(there, _)| there.holder))),
            Err(failure) => Err(unknown(&failure)),
        }
    }

    fn release(&self) -> Result<(), NoLease> {
        let unchanged = Condition::Unchanged(&self.tag);
        match self.aws.put_lease(&self.bucket, &self.key, &self.holder, true, &unchanged) {
            Ok(_) => Ok(()),
            // Who took it over will give it back.
            Err(failure) if is_taken(&failure) => Ok(()),
            Err(failure) => Err(unknown(&failure)),
        }
    }
}

/// Whether the object is not what it would have to be.
fn is_taken(failure: &Failure) -> bool {
    matches!(failure.code.as_str(), "PreconditionFailed" | "ConditionalRequestConflict")
}

fn unknown(failure: &Failure) -> NoLease {
    NoLease::Unknown(format!("who holds the environment is not known: {failure}"))
}
