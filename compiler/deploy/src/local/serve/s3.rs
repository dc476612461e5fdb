//! As much of S3 as templates need: objects are put and got by path; a put may ask that nothing is there.
//!
//! Invariant: a template that was put is the template that CloudFormation reads at its address, whichever of S3's
//! forms the address has.

use super::xml::Node;
use super::{Answer, Asked};
use crate::backend::Failure;
use crate::local::Local;
use tiny_http::Method;

pub(super) fn answer(local: &Local, asked: &Asked) -> Answer {
    let path = asked.path.split('?').next().unwrap_or_default().trim_start_matches('/');
    let path: String = form_urlencoded::parse(format!("p={}", path.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let owner = asked.headers.get("x-amz-expected-bucket-owner");
    if owner.is_some_and(|owner| *owner != local.options.account) {
        return refused(403, "AccessDenied", "Access Denied");
    }
    let is_bucket = !path.trim_end_matches('/').contains('/');
    match asked.method {
        Method::Put | Method::Head if is_bucket => empty(200),
        Method::Put => put(local, asked, &path),
        Method::Get | Method::Head => match local.object(&path) {
            Ok(Some(text)) => {
                let body = if asked.method == Method::Head { Vec::new() } else { text.clone().into_bytes() };
                Answer { status: 200, body, headers: vec![("ETag", tag(&text))] }
            }
            Ok(None) => refused(404, "NoSuchKey", "The specified key does not exist."),
            Err(failure) => failed(&failure),
        },
        _ => refused(501, "NotImplemented", "the embedded S3 puts and gets objects, and nothing else"),
    }
}

fn put(local: &Local, asked: &Asked, path: &str) -> Answer {
    let chunked =
        asked.headers.get("content-encoding").is_some_and(|encoding| encoding.contains("aws-chunked"))
            || asked.headers.get("x-amz-content-sha256").is_some_and(|hash| hash.starts_with("STREAMING-"));
    let body = if chunked { unchunked(&asked.body) } else { Some(asked.body.clone()) };
    let Some(text) = body.and_then(|body| String::from_utf8(body).ok()) else {
        return refused(400, "InvalidRequest", "the embedded S3 holds texts alone");
    };
    let absent = asked.headers.get("if-none-match").is_some_and(|tag| tag == "*");
    match local.put_object_at(path, &text, absent) {
        Ok(true) => Answer { status: 200, body: Vec::new(), headers: vec![("ETag", tag(&text))] },
        Ok(false) => refused(
            412,
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
        ),
        Err(failure) => failed(&failure),
    }
}

/// The content of a body in chunks, each after its length, with trailers at the end.
fn unchunked(body: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let mut rest = body;
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let (line, after) = rest.split_at_checked(end)?;
        let length = std::str::from_utf8(line).ok()?.split(';').next()?;
        let length = usize::from_str_radix(length.trim(), 16).ok()?;
        if length == 0 {
            return Some(content);
        }
        let (chunk, after) = after.get(2..)?.split_at_checked(length)?;
        content.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n")?;
    }
}

fn tag(text: &str) -> String {
    format!("\"{}\"", solc_cmdb::sha256(text.as_bytes()))
}

fn empty(status: u16) -> Answer {
    Answer { status, body: Vec::new(), headers: Vec::new() }
}

fn failed(failure: &Failure) -> Answer {
    refused(500, &failure.code, &failure.message)
}

fn refused(status: u16, code: &str, message: &str) -> Answer {
    Answer::xml(status, &Node::list("Error", vec![Node::text("Code", code), Node::text("Message", message)]))
}

#[cfg(test)]
mod tests {
    use super::unchunked;

    #[test]
    fn chunks_are_put_together() {
        let body = b"5;chunk-signature=ab\r\nhello\r\n2\r\n!!\r\n0\r\nx-amz-checksum-crc32:AAAA==\r\n\r\n";
        assert_eq!(unchunked(body).as_deref(), Some(b"hello!!".as_slice()));
        assert_eq!(unchunked(b"5\r\nhel"), None);
        assert_eq!(unchunked(b"zz\r\n"), None);
    }
}
