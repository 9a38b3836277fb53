//! Tests of who is told what.

use std::time::Duration;

use tokio::time::timeout;

use super::*;

const OFFLINE: NetworkState = NetworkState { is_online: false, is_metered: None, change: 1, gain: 0 };

/// Long enough for anything that happens at once: the clock of these tests jumps ahead when nothing else is to do.
const A_WHILE: Duration = Duration::from_mins(1);

#[tokio::test(start_paused = true)]
async fn a_lost_address_is_news_for_everyone_and_once() {
    let (sender, network) = Network::pretended();
    for is_connected in [true, false] {
        let mut follower = network.follow();
        assert!(timeout(A_WHILE, follower.news(is_connected)).await.is_err());
        sender.send_modify(|state| state.change += 1);
        assert!(timeout(A_WHILE, follower.news(is_connected)).await.is_ok(), "connected: {is_connected}");
        assert!(timeout(A_WHILE, follower.news(is_connected)).await.is_err(), "told twice");
    }
}

#[tokio::test(start_paused = true)]
async fn what_got_better_is_news_only_for_those_without_a_connection() {
    let (sender, network) = Network::pretended();
    let (mut connected, mut waiting) = (network.follow(), network.follow());
    sender.send_modify(|state| state.gain += 1);
    assert!(timeout(A_WHILE, connected.news(true)).await.is_err());
    assert!(timeout(A_WHILE, waiting.news(false)).await.is_ok());

    sender.send_modify(|state| state.is_metered = Some(true));
    assert!(timeout(A_WHILE, waiting.news(false)).await.is_err(), "what it costs is no reason to connect");
    assert_eq!(waiting.state().is_metered, Some(true));
}

#[tokio::test(start_paused = true)]
async fn the_end_and_the_return_of_the_network_are_news() {
    let (sender, network) = Network::pretended();
    let mut follower = network.follow();
    sender.send_replace(OFFLINE);
    assert!(timeout(A_WHILE, follower.news(true)).await.is_ok());
    sender.send_modify(|state| state.is_online = true);
    assert!(timeout(A_WHILE, follower.news(false)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn when_nobody_watches_any_more_there_is_no_news() {
    let (sender, network) = Network::pretended();
    let mut follower = network.follow();
    drop(sender);
    assert!(timeout(A_WHILE, follower.news(false)).await.is_err());
    assert!(timeout(A_WHILE, follower.changed()).await.is_err());
}
