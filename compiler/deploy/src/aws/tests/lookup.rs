//! Hosted zones, prefix lists and zones, from answers as EC2 and Route 53 write them.

use super::{Answer, connected, error};
use crate::aws::HostedZone;
use crate::backend::FailureClass;

fn xml(body: &str) -> Answer {
    (200, format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}").into_bytes())
}

fn zone(id: &str, name: &str, private: bool) -> String {
    format!(
        "<HostedZone><Id>/hostedzone/{id}</Id><Name>{name}</Name><CallerReference>a &amp; b</CallerReference>\
         <Config><Comment>x</Comment><PrivateZone>{private}</PrivateZone></Config></HostedZone>"
    )
}

fn zones(zones: &str, rest: &str) -> Answer {
    xml(&format!(
        "<ListHostedZonesByNameResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
         <HostedZones>{zones}</HostedZones>{rest}<MaxItems>100</MaxItems></ListHostedZonesByNameResponse>"
    ))
}

const LAST: &str = "<IsTruncated>false</IsTruncated>";

#[test]
fn zones_of_a_domain_are_read_over_pages_and_those_of_other_names_left_out() {
    let more = "<IsTruncated>true</IsTruncated><NextDNSName>shop.example.</NextDNSName>\
                <NextHostedZoneId>Z2</NextHostedZoneId>";
    let second = [zone("Z2", "shop.example.", false), zone("Z3", "a.shop.example.", false)].concat();
    let (aws, asked) = connected(vec![zones(&zone("Z1", "shop.example.", true), more), zones(&second, LAST)]);
    let found = aws.hosted_zones("Shop.example").unwrap();
    let expected = [("Z1", true), ("Z2", false)];
    assert_eq!(found, expected.map(|(id, private)| HostedZone { id: id.to_owned(), private }));
    let first = asked.recv().unwrap();
    assert!(first.starts_with("GET /2013-04-01/hostedzonesbyname?dnsname=shop.example&maxitems=100 HTTP"));
    assert!(first.contains("/us-east-1/route53/aws4_request"), "{first}");
    assert!(first.to_lowercase().contains("x-amz-security-token: canary-token"), "{first}");
    assert!(asked.recv().unwrap().contains("&hostedzoneid=Z2"));
}

#[test]
fn a_name_in_octal_is_the_domain_that_it_stands_for() {
    let (aws, asked) = connected(vec![zones(&zone("Z1", "\\052.shop.example.", false), LAST)]);
    assert_eq!(aws.hosted_zones("*.shop.example").unwrap().len(), 1);
    assert!(asked.recv().unwrap().contains("dnsname=%2A.shop.example&"));
}

#[test]
fn a_domain_without_a_zone_has_none() {
    let (aws, _asked) = connected(vec![zones(&zone("Z9", "zzz.example.", false), LAST), zones("", LAST)]);
    assert_eq!(aws.hosted_zones("shop.example").unwrap(), []);
    assert_eq!(aws.hosted_zones("shop.example").unwrap(), []);
}

fn lists(items: &[(&str, &str, &str)], token: &str) -> Answer {
    let items: String = items
        .iter()
        .map(|(name, id, owner)| {
            format!(
                "<item><prefixListName>{name}</prefixListName><prefixListId>{id}</prefixListId><ownerId>{owner}</ownerId></item>"
            )
        })
        .collect();
    xml(&format!(
        "<DescribeManagedPrefixListsResponse><prefixListSet>{items}</prefixListSet>{token}</DescribeManagedPrefixListsResponse>"
    ))
}

#[test]
fn prefix_lists_are_awss_own_and_read_over_pages() {
    let (s3, dynamodb) = ("com.amazonaws.eu-west-1.s3", "com.amazonaws.eu-west-1.dynamodb");
    let (aws, asked) = connected(vec![
        lists(&[(s3, "pl-0bad0bad", "123456789012"), (s3, "pl-1", "AWS")], "<nextToken>a+b/=</nextToken>"),
        lists(&[(dynamodb, "pl-2", "AWS"), ("com.amazonaws.eu-west-1.other", "pl-3", "AWS")], "<nextToken/>"),
    ]);
    let found = aws.prefix_lists(&[s3.to_owned(), dynamodb.to_owned(), "nothing".to_owned()]).unwrap();
    let expected = [(dynamodb, "pl-2"), (s3, "pl-1")].map(|(name, id)| (name.to_owned(), id.to_owned()));
    assert_eq!(found, expected.into());
    let first = asked.recv().unwrap();
    assert!(first.starts_with("POST / HTTP") && first.contains("/eu-west-1/ec2/aws4_request"), "{first}");
    assert!(
        first.contains("Action=DescribeManagedPrefixLists&Version=2016-11-15&Filter.1.Name=prefix-list-name")
    );
    assert!(first.contains(&format!("&Filter.1.Value.2={dynamodb}")), "{first}");
    assert!(asked.recv().unwrap().contains("&NextToken=a%2Bb%2F%3D"));
}

#[test]
fn zones_of_the_region_are_sorted() {
    let items = ["eu-west-1b", "eu-west-1a"].map(|name| format!("<item><zoneName>{name}</zoneName></item>"));
    let body = format!(
        "<DescribeAvailabilityZonesResponse><availabilityZoneInfo>{}</availabilityZoneInfo></DescribeAvailabilityZonesResponse>",
        items.concat()
    );
    let (aws, _asked) = connected(vec![xml(&body)]);
    assert_eq!(aws.availability_zones().unwrap(), ["eu-west-1a", "eu-west-1b"]);
}

#[test]
fn errors_of_both_services_are_read() {
    let ec2 = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>not you &lt;x&gt;</Message></Error>\
               </Errors><RequestID>1</RequestID></Response>";
    let (aws, _asked) = connected(vec![(403, ec2.into()), error(403, "AccessDenied", "nor here")]);
    let failure = aws.availability_zones().unwrap_err();
    assert_eq!(failure.class, FailureClass::Denied);
    assert_eq!(failure.to_string(), "DescribeAvailabilityZones: UnauthorizedOperation: not you <x>");
    let failure = aws.hosted_zones("shop.example").unwrap_err();
    assert_eq!(failure.to_string(), "ListHostedZonesByName: AccessDenied: nor here");
}

#[test]
fn what_is_asked_too_often_is_asked_again() {
    let (aws, asked) = connected(vec![error(400, "Throttling", "Rate exceeded"), zones("", LAST)]);
    assert_eq!(aws.hosted_zones("shop.example").unwrap(), []);
    assert_eq!(asked.iter().count(), 2);
}

#[test]
fn what_is_no_answer_is_a_failure_and_never_an_empty_list() {
    let deep = "<a>".repeat(4_000).into_bytes();
    let broken: [Vec<u8>; 8] = [
        b"".to_vec(),
        b"not xml".to_vec(),
        b"<a><b></a>".to_vec(),
        b"<a><b>".to_vec(),
        b"<a>&unknown;</a>".to_vec(),
        b"<a>&#xD800;</a>".to_vec(),
        b"<a>\xff\xfe</a>".to_vec(),
        deep,
    ];
    for body in broken {
        let (aws, _asked) = connected(vec![(200, body.clone())]);
        let failure = aws.availability_zones().unwrap_err();
        assert_eq!(failure.code, "UnreadableAnswer", "{:?} {failure}", String::from_utf8_lossy(&body));
    }
}

#[test]
fn a_server_that_knows_no_such_thing_is_said_to_lack_it() {
    let (aws, _asked) = connected(vec![(404, b"<html><body>Not found</body></html>".to_vec())]);
    assert_eq!(aws.availability_zones().unwrap_err().class, FailureClass::Unsupported);
}
