//! How much of the internet a list of networks spans, taken together: two halves are the whole.

use std::fmt;
use std::net::IpAddr;

/// The networks of IPv4 that are no part of the internet: private, shared, link-local, loopback, multicast, reserved.
///
/// Source: <https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml>
const APART: [&str; 9] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

/// The one network of IPv6 that addresses of the internet come from.
///
/// Source: <https://www.iana.org/assignments/ipv6-address-space/ipv6-address-space.xhtml>
const GLOBAL: &str = "2000::/3";

/// The length of an IPv6 network, of which a provider gets one, that counts as wide.
///
/// Source: <https://www.ripe.net/publications/docs/ripe-738/>
const PROVIDER: u32 = 32;

/// A run of addresses of one family, the first and the last.
type Run = (u128, u128);

/// Addresses, as the networks that hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    version4: Vec<Run>,
    version6: Vec<Run>,
}

/// A text that is no network in CIDR notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} is no network", self.0)
    }
}

/// How much of the internet some addresses are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// All of it, over IPv4 or IPv6.
    Internet,
    /// So many addresses of IPv4, and of IPv6 more than one provider has if `wide`.
    Part {
        /// Addresses of IPv4 on the internet; private ones do not count.
        version4: u64,
        /// Whether it holds more addresses of IPv6 than one network of length 32.
        wide: bool,
    },
}

impl Addresses {
    /// The addresses of all these networks together, and the first text among them that is none. Bits beyond a
    /// network's length do not count, as for AWS; a bare address is a network of one.
    pub fn of<'t>(networks: impl IntoIterator<Item = &'t str>) -> (Self, Option<Malformed>) {
        let (mut addresses, mut malformed) = (Self::default(), None);
        for text in networks {
            match parse(text) {
                Some((IpAddr::V4(_), run)) => addresses.version4.push(run),
                Some((IpAddr::V6(_), run)) => addresses.version6.push(run),
                None => _ = malformed.get_or_insert_with(|| Malformed(text.to_owned())),
            }
        }
        addresses.version4 = merged(addresses.version4);
        addresses.version6 = merged(addresses.version6);
        (addresses, malformed)
    }

    /// These and others.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.version4.extend(&other.version4);
        self.version6.extend(&other.version6);
        Self { version4: merged(self.version4), version6: merged(self.version6) }
    }

    /// These without others.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self {
            version4: difference(&self.version4, &other.version4),
            version6: difference(&self.version6, &other.version6),
        }
    }

    /// How much of the internet they are.
    pub fn span(&self) -> Span {
        let (apart, _) = Self::of(APART);
        let (global, _) = Self::of([GLOBAL]);
        let whole = (0, u128::from(u32::MAX));
        let version4 = size(&self.version4) - shared(&self.version4, &apart.version4);
        let internet = size(&[whole]) - size(&apart.version4);
        let version6 = shared(&self.version6, &global.version6);
        if version4 == internet || version6 == size(&global.version6) {
            return Span::Internet;
        }
        // No more than 2³² addresses of IPv4 exist.
        let version4 = u64::try_from(version4).unwrap_or(u64::MAX);
        Span::Part { version4, wide: version6 > 1 << (128 - PROVIDER) }
    }

    /// Why they are too many, when more than `most` addresses of IPv4 on the internet count as too many.
    pub fn too_wide(&self, most: u64) -> Option<String> {
        match self.span() {
            Span::Internet => Some("the whole internet".to_owned()),
            Span::Part { version4, .. } if version4 > most => Some(format!("{version4} addresses of the internet")),
            Span::Part { wide: true, .. } => Some("more than a /32 of IPv6".to_owned()),
            Span::Part { wide: false, .. } => None,
        }
    }
}

/// A network's address, and the run of its addresses.
fn parse(text: &str) -> Option<(IpAddr, Run)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.trim().parse().ok()?;
    let (bits, longest) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let length: u32 = length.map_or(Some(longest), |length| length.trim().parse().ok())?;
    let free = longest.checked_sub(length)?;
    let host = 1_u128.checked_shl(free).map_or(u128::MAX, |size| size - 1);
    Some((address, (bits & !host, bits | host)))
}

/// The same addresses in runs that neither touch nor overlap, in order.
fn merged(mut runs: Vec<Run>) -> Vec<Run> {
    runs.sort_unstable();
    let mut merged: Vec<Run> = Vec::new();
    for (first, last) in runs {
        match merged.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            Some(_) | None => merged.push((first, last)),
        }
    }
    merged
}

/// What merged runs hold and others do not.
fn difference(runs: &[Run], others: &[Run]) -> Vec<Run> {
    let mut left = Vec::new();
    for (first, last) in runs {
        let mut from = Some(*first);
        for (start, end) in others.iter().filter(|(start, end)| start <= last && end >= first) {
            let Some(at) = from else { break };
            if let Some(before) = start.checked_sub(1).filter(|before| *before >= at) {
                left.push((at, before));
            }
            from = end.checked_add(1).filter(|next| next <= last);
        }
        left.extend(from.map(|from| (from, *last)));
    }
    left
}

/// How many addresses merged runs hold; of all 2¹²⁸ one is missing.
fn size(runs: &[Run]) -> u128 {
    runs.iter().fold(0, |sum: u128, (first, last)| sum.saturating_add(last - first).saturating_add(1))
}

/// How many addresses two lists of merged runs have in common.
fn shared(left: &[Run], right: &[Run]) -> u128 {
    let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (left.0.max(right.0), left.1.min(right.1))));
    let common: Vec<_> = pairs.filter(|(first, last)| first <= last).collect();
    size(&common)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(networks: &[&str]) -> Span {
        Addresses::of(networks.iter().copied()).0.span()
    }

    fn part(version4: u64) -> Span {
        Span::Part { version4, wide: false }
    }

    #[test]
    fn parts_that_cover_the_internet_are_the_internet() {
        for networks in [
            &["0.0.0.0/0"][..],
            &["0.0.0.0/1", "128.0.0.0/1"],
            &["128.0.0.0/2", "192.0.0.0/2", "0.0.0.0/2", "64.0.0.0/2"],
            &["0.0.0.0/1", "64.0.0.0/2", "128.0.0.0/1", "192.0.2.0/24"],
            &["1.2.3.4/0"],
            &["::/0"],
            &["::/1", "8000::/1"],
            &["2000::/4", "3000::/4"],
            &["198.51.100.0/24", "::/0"],
        ] {
            assert_eq!(span(networks), Span::Internet, "{networks:?}");
        }
        let public = ["1.0.0.0/8", "2.0.0.0/7", "4.0.0.0/6", "8.0.0.0/7", "11.0.0.0/8", "12.0.0.0/6"];
        assert_eq!(span(&public), part(14 << 24));
    }

    #[test]
    fn every_address_counts_once_and_private_ones_do_not() {
        assert_eq!(span(&[]), part(0));
        assert_eq!(span(&["198.51.100.7"]), part(1));
        assert_eq!(span(&["198.51.100.7/24"]), part(256));
        assert_eq!(span(&["198.51.100.0/24", "198.51.100.128/25", "198.51.100.0/24"]), part(256));
        assert_eq!(span(&["198.51.100.0/25", "198.51.100.128/25"]), part(256));
        assert_eq!(span(&["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]), part(0));
        assert_eq!(span(&["8.0.0.0/6"]), part(3 << 24));
        assert_eq!(span(&["255.255.255.255/32", "fd00::/8"]), part(0));
        assert_eq!(span(&["0.0.0.0/1"]), part((1 << 31) - (3 << 24) - (1 << 22)));
    }

    #[test]
    fn a_network_of_ipv6_is_wide_beyond_what_one_provider_has() {
        assert_eq!(span(&["2001:db8::/32"]), part(0));
        assert_eq!(span(&["2001:db8::/32", "2001:db9::/128"]), Span::Part { version4: 0, wide: true });
        assert_eq!(span(&["2001:db8::/31"]), Span::Part { version4: 0, wide: true });
    }

    #[test]
    fn what_is_left_out_counts_no_more() {
        let left = |networks: &[&str], without: &[&str]| {
            let of = |networks: &[&str]| Addresses::of(networks.iter().copied()).0;
            of(networks).without(&of(without)).span()
        };
        assert_eq!(left(&["0.0.0.0/0"], &["10.0.0.0/8"]), Span::Internet);
        assert_eq!(left(&["0.0.0.0/0"], &["0.0.0.0/1", "128.0.0.0/1"]), part(0));
        assert_eq!(left(&["198.51.100.0/24"], &["198.51.100.0/25", "198.51.100.255/32"]), part(127));
        assert_eq!(left(&["198.51.100.0/24"], &["203.0.113.0/24"]), part(256));
        assert_eq!(left(&["::/0"], &["::/0"]), part(0));
        assert_eq!(left(&["0.0.0.0/0", "::/0"], &["::/0"]), Span::Internet);
    }

    #[test]
    fn too_wide_is_more_than_the_threshold() {
        let why = |networks: &[&str]| Addresses::of(networks.iter().copied()).0.too_wide(1 << 24);
        assert_eq!(why(&["8.0.0.0/8"]), None);
        assert_eq!(why(&["8.0.0.0/8", "198.51.100.1/32"]).unwrap(), "16777217 addresses of the internet");
        assert_eq!(why(&["::/1", "8000::/1"]).unwrap(), "the whole internet");
        assert_eq!(why(&["2001::/16"]).unwrap(), "more than a /32 of IPv6");
    }

    #[test]
    fn what_is_no_network_is_told() {
        for text in ["", "0.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "pl-0a1b2c3d", "10.0.0.0/-1"] {
            let (addresses, malformed) = Addresses::of(["198.51.100.7", text]);
            assert_eq!((addresses.span(), malformed), (part(1), Some(Malformed(text.to_owned()))));
        }
    }
}
