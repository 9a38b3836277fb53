//! The browser comes back, and others call as well.

use super::*;

async fn visit(address: &str, target: &str) -> String {
    let place = address.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
    let mut stream = TcpStream::connect(place).await.unwrap();
    stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    page
}

#[tokio::test]
async fn only_the_state_that_was_sent_brings_a_code() {
    let (listener, address) = listen("http://127.0.0.1/tamis").await.unwrap();
    assert!(address.starts_with("http://127.0.0.1:") && address.ends_with("/tamis"), "{address}");
    let state = Secret::new("right".to_owned());
    let browser = async {
        // One that is opened beforehand and says nothing.
        let _idle = TcpStream::connect(address.split('/').nth(2).unwrap()).await.unwrap();
        assert!(visit(&address, "/favicon.ico").await.starts_with("HTTP/1.1 404"));
        assert!(visit(&address, "/tamis").await.starts_with("HTTP/1.1 400"));
        assert!(visit(&address, "/tamis?code=stolen&state=wrong").await.starts_with("HTTP/1.1 400"));
        assert!(visit(&address, "/tamis?error=access_denied&state=").await.starts_with("HTTP/1.1 400"));
        let page = visit(&address, "/tamis?code=a%2Bb&state=right").await;
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("You are back"), "{page}");
        assert!(!page.contains("a+b") && page.contains("no-store"), "{page}");
    };
    let (heard, ()) = tokio::join!(code(listener, &address, &state, "Issuer"), browser);
    assert_eq!(heard.unwrap().unwrap().expose(), "a+b");
}

#[tokio::test]
async fn a_person_who_says_no_is_told_so() {
    let (listener, address) = listen("http://localhost").await.unwrap();
    assert!(!address.trim_start_matches("http://").contains('/'), "{address}");
    let state = Secret::new("right".to_owned());
    let port = listener.local_addr().unwrap().port();
    let waiting = tongue::within(Tongue::German, code(listener, &address, &state, "Issuer"));
    let place = format!("http://127.0.0.1:{port}");
    let (heard, page) = tokio::join!(waiting, visit(&place, "/?error=access_denied&state=right"));
    assert_eq!(heard.unwrap().unwrap_err(), "access_denied");
    assert!(page.contains("nicht angemeldet"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn after_five_minutes_nobody_is_waited_for() {
    let (listener, address) = listen("http://127.0.0.1/tamis").await.unwrap();
    let error = code(listener, &address, &Secret::new("s".to_owned()), "Issuer").await.unwrap_err();
    assert_eq!(error.to_string(), "nobody signed in with Issuer in time: begin again");
}
