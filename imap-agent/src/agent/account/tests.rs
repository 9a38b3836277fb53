//! Tests of what ends the waiting for the person.

use std::fs::File;

use tamis_core::Config;

use super::*;
use crate::{agent::Agent, paths::Home, settings::Settings};

#[tokio::test(start_paused = true)]
async fn after_a_refused_password_a_new_one_in_the_password_file_is_tried() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::below(dir.path()).unwrap();
    let path = dir.path().join("password");
    let file = File::create(&path).unwrap();
    let text = format!(
        "[[account]]\naddress = \"robin@example.org\"\nhost = \"imap.example.org\"\npassword_file = \"{}\"\n",
        path.display()
    );
    let account = Config::parse(&text).unwrap().accounts()[0].clone();
    let agent = Agent::start(home.clone(), &Settings::load(&home).unwrap()).await.unwrap();
    let (orders, inbox) = mpsc::channel(1);
    let mut attendant = Attendant {
        shared: Arc::clone(&agent.shared),
        account,
        id: AccountId(1),
        orders: inbox,
        session: None,
        unreadable: Unreadable::default(),
        older: Older::default(),
    };

    let waiting = tokio::time::timeout(PASSWORD_LOOK * 10, attendant.ask_person(None)).await;
    assert!(waiting.is_err(), "the same password is not tried again");

    let rewrite = async {
        tokio::time::sleep(PASSWORD_LOOK / 2).await;
        file.set_modified(SystemTime::now() + Duration::from_secs(1)).unwrap();
    };
    let (event, ()) = tokio::join!(attendant.ask_person(None), rewrite);
    assert_eq!(event, Event::Woken(Wake::PersonActed));

    orders.send(Order::Look).await.unwrap();
    assert_eq!(attendant.ask_person(None).await, Event::Woken(Wake::PersonActed), "the person asks for it");
}
