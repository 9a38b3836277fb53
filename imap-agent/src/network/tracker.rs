//! What observations of the network mean, without the network.

use std::net::Ipv6Addr;

use super::{NetworkState, route::Sources};

/// What NetworkManager says, as the numbers of its interface (`NMMetered`, `NMConnectivityState`); 0 is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) metered: u32,
    pub(super) connectivity: u32,
}

/// `NM_CONNECTIVITY_FULL`: the internet can be reached, and no page of a hotel stands before it.
const FULL: u32 = 4;

/// Remembers how the network was.
#[derive(Clone, Debug)]
pub(super) struct Tracker {
    sources: Sources,
    told: Told,
    state: NetworkState,
}

impl Tracker {
    /// The beginning.
    pub(super) fn new(sources: Sources) -> Self {
        let state = NetworkState { is_online: sources.is_online(), ..NetworkState::default() };
        Self { sources, told: Told::default(), state }
    }

    pub(super) fn state(&self) -> NetworkState {
        self.state
    }

    /// The addresses as far as known.
    pub(super) fn sources(&self) -> Sources {
        self.sources
    }

    /// Takes in the addresses as they are now. `was_lost` if one of those from before has been gone meanwhile: another
    /// network may have given us the same.
    pub(super) fn found(&mut self, sources: Sources, was_lost: bool) {
        let before = std::mem::replace(&mut self.sources, sources);
        self.state.is_online = sources.is_online();
        if was_lost || is_lost(before.v4, sources.v4) || is_lost(before.v6.map(net), sources.v6.map(net)) {
            self.state.change = self.state.change.saturating_add(1);
        }
        if is_lost(sources.v4, before.v4) || is_lost(sources.v6.map(net), before.v6.map(net)) {
            self.state.gain = self.state.gain.saturating_add(1);
        }
    }

    /// The machine has slept: whatever was connected is most likely forgotten at the other end.
    pub(super) fn slept(&mut self) {
        self.state.change = self.state.change.saturating_add(1);
    }

    /// Takes in what NetworkManager says. Whether there is a network, the kernel knows better: not every network is managed.
    pub(super) fn told(&mut self, told: Told) {
        let before = std::mem::replace(&mut self.told, told);
        self.state.is_metered = match told.metered {
            // NM_METERED_YES and NM_METERED_GUESS_YES: a phone that shares its connection is guessed.
            1 | 3 => Some(true),
            2 | 4 => Some(false),
            _ => None,
        };
        if told.connectivity == FULL && ![0, FULL].contains(&before.connectivity) {
            self.state.gain = self.state.gain.saturating_add(1);
        }
    }
}

/// Whether what was there is not there any more.
fn is_lost<T: Copy + PartialEq>(before: Option<T>, after: Option<T>) -> bool {
    before.is_some() && before != after
}

/// The network of an address. Within it, systems change their address every day for privacy (RFC 8981), and connections
/// go on with the old one.
fn net(address: Ipv6Addr) -> u64 {
    let [a, b, c, d, ..] = address.segments();
    [a, b, c, d].into_iter().fold(0, |net, segment| (net << 16) | u64::from(segment))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sources(v4: Option<&str>, v6: Option<&str>) -> Sources {
        Sources { v4: v4.map(|text| text.parse().unwrap()), v6: v6.map(|text| text.parse().unwrap()) }
    }

    /// What follows from these addresses after one another: whether online, changes, gains.
    fn after(steps: &[(Sources, bool)]) -> (bool, u64, u64) {
        let mut tracker = Tracker::new(steps[0].0);
        for (sources, was_lost) in &steps[1..] {
            tracker.found(*sources, *was_lost);
        }
        let state = tracker.state();
        (state.is_online, state.change, state.gain)
    }

    #[test]
    fn another_address_is_another_network() {
        let (home, away) = (sources(Some("192.168.1.7"), None), sources(Some("10.0.0.7"), None));
        assert_eq!(after(&[(home, false), (home, false)]), (true, 0, 0), "a notice without news");
        assert_eq!(after(&[(home, false), (away, false)]), (true, 1, 1));
        assert_eq!(after(&[(home, false), (home, true)]), (true, 1, 0), "the same address, but it was gone meanwhile");
        assert_eq!(after(&[(home, false), (Sources::default(), true)]), (false, 1, 0));
        assert_eq!(after(&[(Sources::default(), false), (home, false)]), (true, 0, 1));
    }

    #[test]
    fn what_comes_besides_breaks_nothing() {
        let first = sources(Some("192.168.1.7"), None);
        let both = sources(Some("192.168.1.7"), Some("2001:db8:1::7"));
        assert_eq!(after(&[(first, false), (both, false)]), (true, 0, 1));
        assert_eq!(after(&[(both, false), (first, false)]), (true, 1, 0));
    }

    #[test]
    fn an_address_changed_for_privacy_is_the_same_network() {
        let (today, tomorrow) = (sources(None, Some("2001:db8:1::7")), sources(None, Some("2001:db8:1::8")));
        assert_eq!(after(&[(today, false), (tomorrow, false)]), (true, 0, 0));
        let elsewhere = sources(None, Some("2001:db8:2::8"));
        assert_eq!(after(&[(today, false), (elsewhere, false)]), (true, 1, 1));
    }

    #[test]
    fn what_the_network_costs_is_told_or_unknown() {
        let mut tracker = Tracker::new(Sources::default());
        for (metered, want) in
            [(1, Some(true)), (2, Some(false)), (3, Some(true)), (4, Some(false)), (0, None), (99, None)]
        {
            tracker.told(Told { metered, connectivity: 0 });
            assert_eq!(tracker.state().is_metered, want, "{metered}");
        }
        assert!(!tracker.state().is_online, "the kernel says whether there is a network");
    }

    #[test]
    fn past_the_page_of_a_hotel_it_is_worth_trying_again() {
        let mut tracker = Tracker::new(sources(Some("10.0.0.7"), None));
        for (connectivity, gain) in [(4, 0), (2, 0), (4, 1), (4, 1), (0, 1), (4, 1)] {
            tracker.told(Told { metered: 0, connectivity });
            assert_eq!((tracker.state().gain, tracker.state().change), (gain, 0), "{connectivity}");
        }
    }

    proptest! {
        #[test]
        fn counters_never_go_back_and_online_means_an_address(
            steps in proptest::collection::vec((0..4_u8, 0..4_u8, any::<bool>()), 1..40),
        ) {
            let address = |n: u8| (0 < n).then(|| std::net::Ipv4Addr::new(10, 0, 0, n));
            let wide = |n: u8| (0 < n).then(|| Ipv6Addr::new(0x2001, 0xdb8, 0, n.into(), 0, 0, 0, 1));
            let mut tracker = Tracker::new(Sources::default());
            let mut before = tracker.state();
            for (v4, v6, was_lost) in steps {
                tracker.found(Sources { v4: address(v4), v6: wide(v6) }, was_lost);
                let now = tracker.state();
                prop_assert_eq!(now.is_online, 0 < v4 || 0 < v6);
                prop_assert!(before.change <= now.change && before.gain <= now.gain);
                prop_assert!(now.is_online || !before.is_online || before.change < now.change);
                before = now;
            }
        }
    }
}
