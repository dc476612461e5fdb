//! Templates where the service can read them: in the account's own bucket, under the hash of their content.
//!
//! Invariant: an address that is returned holds exactly the content that was given. What is there already is read and
//! compared, since whoever may write to the bucket could have put something else there; and the bucket's owner is named
//! in each request, so that a bucket of the same name in another account gets nothing.

use super::Aws;
use crate::backend::{Failure, FailureClass, LARGEST_IN_REQUEST};
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use solc_cmdb::sha256;

/// What a template at an address may have: the service's limit, in bytes.
pub(super) const LARGEST: usize = 1_000_000;

const PUT: &str = "PutObject";
const GET: &str = "GetObject";

impl Aws {
    pub(super) fn put(&self, content: &str) -> Result<String, Failure> {
        if content.len() > LARGEST {
            let message = format!(
                "the template has {} bytes, and CloudFormation reads at most {LARGEST}: divide its solution in two",
                content.len()
            );
            return Err(invalid(PUT, "TemplateTooLarge", message));
        }
        let Some(bucket) = &self.options.template_bucket else {
            let message = format!(
                "no bucket for templates is known, and a template of {} bytes needs one where it is larger than \
                 {LARGEST_IN_REQUEST} or its environment may be deployed from a bucket alone: name one of account {} \
                 with `--template-bucket`",
                content.len(),
                self.identity.account
            );
            return Err(invalid(PUT, "NoTemplateBucket", message));
        };
        let key = format!("solc/templates/{}.json", sha256(content.as_bytes()));
        let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(content.as_bytes()));
        // How it is encrypted is the bucket's to say: asking for a kind here might ask for a weaker one.
        let sending = self
            .s3()
            .put_object()
            .bucket(bucket)
            .key(&key)
            .if_none_match("*")
            .expected_bucket_owner(&self.identity.account)
            .checksum_sha256(digest)
            .content_type("application/json")
            .body(ByteStream::from(content.as_bytes().to_vec()))
            .send();
        match self.ask(PUT, sending) {
            Ok(_) => {}
            Err(failure) if failure.code == "PreconditionFailed" => self.compare(bucket, &key, content)?,
            // Two who put the same at the same time: whichever comes second may simply ask again.
            Err(failure) if failure.code == "ConditionalRequestConflict" => {
                return Err(Failure { class: FailureClass::Transient, ..failure });
            }
            Err(failure) => return Err(failure),
        }
        Ok(self.address(bucket, &key))
    }

    /// Whether what is there is what was to be put there.
    fn compare(&self, bucket: &str, key: &str, content: &str) -> Result<(), Failure> {
        let request =
            self.s3().get_object().bucket(bucket).key(key).expected_bucket_owner(&self.identity.account);
        let there = self.ask(GET, request.send())?;
        let same_length = there
            .content_length()
            .is_some_and(|length| usize::try_from(length).is_ok_and(|length| length == content.len()));
        let same = same_length && {
            let bytes = self.runtime.block_on(there.body.collect()).map_err(|error| {
                Failure::unanswered(GET, "UnreadableAnswer", &format!("`{key}` of `{bucket}`: {error}"))
            })?;
            bytes.to_vec() == content.as_bytes()
        };
        if same {
            return Ok(());
        }
        let message = format!(
            "`{key}` in the bucket `{bucket}` is not what its name says: somebody wrote another template there. Find out \
             who may write to the bucket, delete that object, and deploy again"
        );
        Err(invalid(GET, "TemplateChanged", message))
    }

    /// Where the service reads an object.
    pub(super) fn address(&self, bucket: &str, key: &str) -> String {
        if let Some(endpoint) = &self.options.endpoint {
            return format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/'));
        }
        let region = &self.identity.region;
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        // The certificate for names of buckets has no room for a second dot.
        if bucket.contains('.') {
            format!("https://s3.{region}.{suffix}/{bucket}/{key}")
        } else {
            format!("https://{bucket}.s3.{region}.{suffix}/{key}")
        }
    }
}

pub(super) fn invalid(operation: &str, code: &str, message: String) -> Failure {
    Failure { class: FailureClass::Invalid, operation: operation.to_owned(), code: code.to_owned(), message }
}
