//! Tests of the agent as a whole.

use super::*;

#[tokio::test(start_paused = true)]
async fn when_the_settings_file_vanishes_the_accounts_stay() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::below(dir.path()).unwrap();
    // Nothing answers there.
    let text =
        "[[account]]\naddress = \"robin@example.org\"\nhost = \"127.0.0.1\"\nport = 1\npassword_file = \"/none\"\n";
    std::fs::write(home.settings(), text).unwrap();
    let agent = Agent::start(home.clone(), &Settings::load(&home).unwrap()).await.unwrap();
    let follower = tokio::spawn(agent.clone().follow_settings());
    tokio::time::sleep(Duration::from_secs(1)).await;

    std::fs::remove_file(home.settings()).unwrap();
    tokio::time::sleep(SETTINGS_LOOK).await;

    follower.abort();
    assert_eq!(agent.shared.running().len(), 1);
    let Reply::Status(status) = agent.handle(Request::Status).await else { panic!("no status") };
    assert!(status.problems.iter().any(|problem| problem.contains("is gone; the settings from before hold")));
    agent.stop_all().await;
}
