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

#[tokio::test]
async fn a_setting_changed_by_hand_since_is_not_in_the_way_of_undo_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::below(dir.path()).unwrap();
    let agent = Agent::start(home.clone(), &Settings::load_or_write(&home).unwrap()).await.unwrap();
    for (key, most) in [("learn.most", 500.0), ("brake.messages", 70.0)] {
        let value = Some(tamis_core::api::SettingValue::Number(most));
        let reply = agent.handle(Request::SetSetting { key: key.to_owned(), value }).await;
        assert!(matches!(reply, Reply::Done { undo: Some(_), .. }), "{reply:?}");
    }
    let by_hand = std::fs::read_to_string(home.settings()).unwrap().replace("\nmessages = 70\n", "\nmessages = 80\n");
    std::fs::write(home.settings(), by_hand).unwrap();
    let said = agent.handle(Request::Undo(None)).await;
    assert!(matches!(&said, Reply::Refused { text, .. } if text.contains("the next undo")), "{said:?}");
    let said = agent.handle(Request::Undo(None)).await;
    assert!(matches!(&said, Reply::Done { text, .. } if text.contains("learn.most")), "{said:?}");
    assert!(std::fs::read_to_string(home.settings()).unwrap().contains("\nmessages = 80\n"), "the hand's word stands");
}
