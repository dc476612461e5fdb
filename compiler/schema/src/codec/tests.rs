//! Records survive the way there and back; bytes that are no record give nothing.

use super::{decode_resource, decode_service, encode_resource, encode_service};
use crate::{iam, resource, resource_names};

#[test]
fn every_type_survives_the_way_there_and_back() {
    for name in resource_names() {
        let known = resource(name).unwrap();
        let record: &'static [u8] = encode_resource(known).leak();
        assert_eq!(decode_resource(name, record).as_ref(), Some(known), "{name}");
    }
}

#[test]
fn every_service_survives_the_way_there_and_back() {
    for prefix in iam::prefixes() {
        let known = iam::service(prefix).unwrap();
        let record: &'static [u8] = encode_service(known).leak();
        assert_eq!(decode_service(prefix, record).as_ref(), Some(known), "{prefix}");
    }
}

#[test]
fn a_record_cut_anywhere_is_no_record() {
    let record: &'static [u8] = encode_resource(resource("AWS::ECS::Service").unwrap()).leak();
    for end in 0..record.len() {
        assert!(decode_resource("AWS::ECS::Service", &record[..end]).is_none(), "cut at {end}");
    }
}

#[test]
fn a_record_with_a_wrong_byte_does_not_panic() {
    let record = encode_resource(resource("AWS::SQS::Queue").unwrap());
    let mut decoded = 0;
    for at in 0..record.len() {
        for wrong in [0, 0x7f, 0x80, 0xff] {
            let mut record = record.clone();
            record[at] = wrong;
            decoded += usize::from(decode_resource("AWS::SQS::Queue", record.leak()).is_some());
        }
    }
    assert!(decoded > 0);
}
