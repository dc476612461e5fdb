//! Arithmetic on IPv4 ranges.
//!
//! Invariant: a range's host bits are zero; nothing here overflows.

/// The mask of a prefix length.
pub(crate) fn mask(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0)
}

/// `10.0.0.0`
pub(crate) fn address(address: u32) -> String {
    let [a, b, c, d] = address.to_be_bytes();
    format!("{a}.{b}.{c}.{d}")
}

/// `10.0.0.0/16`
pub(crate) fn show(range: (u32, u8)) -> String {
    format!("{}/{}", address(range.0), range.1)
}

/// `10.0.0.0/16` as a range; host bits must be zero.
pub(crate) fn parse(text: &str) -> Option<(u32, u8)> {
    let (ip, prefix) = text.split_once('/')?;
    let ip: std::net::Ipv4Addr = ip.parse().ok()?;
    let prefix: u8 = prefix.parse().ok().filter(|p| *p <= 32)?;
    let ip = u32::from(ip);
    (ip & mask(prefix) == ip).then_some((ip, prefix))
}

/// The `index`th range of those that are `bits` longer; `None` where there is none.
pub(crate) fn subnet(range: (u32, u8), bits: i64, index: i64) -> Option<(u32, u8)> {
    let prefix = i64::from(range.1).checked_add(bits).filter(|p| (0..=32).contains(p) && bits >= 0)?;
    let count = 1_i64.checked_shl(u32::try_from(bits).ok()?)?;
    if !(0..count).contains(&index) {
        return None;
    }
    let size = 1_u64.checked_shl(u32::try_from(32 - prefix).ok()?)?;
    let offset = u64::try_from(index).ok()?.checked_mul(size)?;
    let start = u64::from(range.0).checked_add(offset)?;
    Some((u32::try_from(start).ok()?, u8::try_from(prefix).ok()?))
}

/// The `index`th address of a range; `None` where it has no such one.
pub(crate) fn host(range: (u32, u8), index: i64) -> Option<u32> {
    let size = 1_u64.checked_shl(32 - u32::from(range.1.min(32)))?;
    let index = u64::try_from(index).ok().filter(|index| *index < size)?;
    u32::try_from(u64::from(range.0).checked_add(index)?).ok()
}

/// Whether two ranges share an address.
pub(crate) fn overlap(a: (u32, u8), b: (u32, u8)) -> bool {
    let mask = mask(a.1.min(b.1));
    a.0 & mask == b.0 & mask
}

#[cfg(test)]
mod tests {
    use super::{address, host, overlap, parse, show, subnet};

    #[test]
    fn subnets_are_counted_from_the_start_of_the_range() {
        let range = parse("10.10.0.0/16").unwrap();
        assert_eq!(subnet(range, 4, 0).map(show).as_deref(), Some("10.10.0.0/20"));
        assert_eq!(subnet(range, 4, 15).map(show).as_deref(), Some("10.10.240.0/20"));
        assert_eq!(subnet(range, 8, 255).map(show).as_deref(), Some("10.10.255.0/24"));
        assert_eq!(subnet((0, 0), 32, 4_294_967_295).map(show).as_deref(), Some("255.255.255.255/32"));
    }

    #[test]
    fn a_subnet_that_does_not_fit_is_none() {
        let range = parse("10.10.0.0/16").unwrap();
        for (bits, index) in [(4, 16), (4, -1), (17, 0), (-1, 0), (i64::MAX, 0), (64, 0), (4, i64::MAX)] {
            assert_eq!(subnet(range, bits, index), None, "{bits} {index}");
        }
    }

    #[test]
    fn hosts_are_counted_from_the_network_address() {
        let check = |range: &str, index| host(parse(range).unwrap(), index).map(address);
        assert_eq!(check("10.10.0.0/16", 4).as_deref(), Some("10.10.0.4"));
        assert_eq!(check("10.10.0.0/16", 65_535).as_deref(), Some("10.10.255.255"));
        assert_eq!(check("0.0.0.0/0", 4_294_967_295).as_deref(), Some("255.255.255.255"));
        assert_eq!(check("10.0.0.7/32", 0).as_deref(), Some("10.0.0.7"));
        for index in [65_536, -1, i64::MAX] {
            assert_eq!(check("10.10.0.0/16", index), None, "{index}");
        }
    }

    #[test]
    fn ranges_overlap_where_one_holds_the_other() {
        let check = |a, b| overlap(parse(a).unwrap(), parse(b).unwrap());
        assert!(check("10.10.0.0/16", "10.10.4.0/24"));
        assert!(check("10.10.4.0/24", "10.10.0.0/16"));
        assert!(check("0.0.0.0/0", "10.10.0.0/16"));
        assert!(!check("10.10.0.0/16", "10.11.0.0/16"));
    }

    #[test]
    fn host_bits_are_refused() {
        assert_eq!(parse("10.10.0.1/16"), None);
        assert_eq!(parse("10.10.0.0/33"), None);
        assert_eq!(parse("10.10.0/16"), None);
    }
}
