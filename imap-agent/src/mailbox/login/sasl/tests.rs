//! Each way to log in, against servers that are honest and servers that are not.

use aws_lc_rs::{
    digest::{self, SHA256},
    hmac::{self, HMAC_SHA256},
    pbkdf2::{self, PBKDF2_HMAC_SHA256},
};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, duplex};

use super::*;
use crate::mailbox::{
    ConnectError, Loss, Retry, Session,
    login::tests::{ID, account},
    script::{Exchange, Server},
};

const USER: &str = "me@example.org";

#[test]
fn the_best_way_that_is_offered_is_taken() {
    for (auth, offered, password, want) in [
        (Auth::Auto, "AUTH=LOGIN AUTH=PLAIN AUTH=SCRAM-SHA-256", "p", &[Way::ScramSha256, Way::Plain][..]),
        (Auth::Auto, "AUTH=SCRAM-SHA-256", "p", &[Way::ScramSha256, Way::LoginCommand]),
        (Auth::Auto, "AUTH=SCRAM-SHA-256 LOGINDISABLED", "p", &[Way::ScramSha256]),
        (Auth::Auto, "AUTH=SCRAM-SHA-256 AUTH=PLAIN", "pässwörd", &[Way::ScramSha256, Way::Plain]),
        // As SCRAM wants it, this one would be another.
        (Auth::Auto, "AUTH=SCRAM-SHA-256 AUTH=PLAIN", "pa\u{308}sswort", &[Way::Plain]),
        (Auth::Auto, "AUTH=SCRAM-SHA-256 AUTH=PLAIN", "a\u{7}b", &[Way::Plain]),
        (Auth::Auto, "AUTH=LOGIN AUTH=PLAIN", "p", &[Way::Plain]),
        (Auth::Auto, "AUTH=LOGIN LOGINDISABLED", "p", &[Way::Login]),
        (Auth::Auto, "AUTH=XOAUTH2", "p", &[Way::LoginCommand]),
        (Auth::Plain, "AUTH=LOGIN AUTH=PLAIN AUTH=SCRAM-SHA-256", "p", &[Way::Plain]),
        (Auth::Login, "AUTH=LOGIN AUTH=PLAIN", "p", &[Way::Login]),
        (Auth::Login, "AUTH=PLAIN", "p", &[Way::LoginCommand]),
        (Auth::ScramSha256, "AUTH=PLAIN AUTH=SCRAM-SHA-256", "p", &[Way::ScramSha256]),
        (Auth::XOAuth2, "AUTH=OAUTHBEARER AUTH=XOAUTH2", "t", &[Way::XOAuth2]),
        (Auth::OAuthBearer, "AUTH=OAUTHBEARER AUTH=XOAUTH2", "t", &[Way::OAuthBearer]),
        (Auth::External, "AUTH=EXTERNAL AUTH=PLAIN", "", &[Way::External]),
    ] {
        let ways = ways(&Account { auth, ..account() }, &secret(password), &capabilities(offered));
        assert_eq!(ways.as_deref(), Ok(want), "{auth:?} {offered} {password:?}");
    }
}

#[test]
fn what_is_not_offered_is_told_with_what_is() {
    for (auth, offered, want) in [
        (
            Auth::Auto,
            "LOGINDISABLED",
            "imap.example.org does not accept a password on this connection: choose TLS, or ask your provider",
        ),
        (
            Auth::Auto,
            "LOGINDISABLED AUTH=OAUTHBEARER AUTH=XOAUTH2",
            "imap.example.org does not let you in with a password: choose `auth = \"xoauth2\" or \"oauthbearer\"`",
        ),
        (
            Auth::External,
            "AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5",
            "imap.example.org does not offer to log in by external, only by \"plain\" and \"login\": change `auth`",
        ),
        (
            Auth::XOAuth2,
            "LOGINDISABLED STARTTLS",
            "imap.example.org does not offer to log in by xoauth2, nor in any other way on this connection: choose TLS, \
             or ask your provider",
        ),
    ] {
        let problem = ways(&Account { auth, ..account() }, &secret("p"), &capabilities(offered)).unwrap_err();
        let error = ConnectError { host: "imap.example.org".to_owned(), port: 143, problem };
        assert_eq!((error.advice().as_str(), error.retry()), (want, Retry::AfterPerson));
    }
}

#[tokio::test]
async fn auth_login_answers_one_question_after_the_other() {
    let script = [
        ("AUTHENTICATE LOGIN", "+ VXNlcm5hbWU6\r\n"),
        ("bWVAZXhhbXBsZS5vcmc=", "+ UGFzc3dvcmQ6\r\n"),
        ("cMOk", "{tag} OK [CAPABILITY IMAP4rev1] in\r\n"),
    ];
    let (session, _) = log_in(Auth::Login, "AUTH=LOGIN", &script, "pä").await;
    assert_eq!(session.unwrap().steps(), ["Logged in as me@example.org"]);
}

#[tokio::test]
async fn a_server_that_asks_for_more_than_belongs_to_a_login_gets_a_star() {
    for (auth, way, answers) in [
        (Auth::Plain, "PLAIN", &["AG1lQGV4YW1wbGUub3JnAHA="][..]),
        (Auth::Login, "LOGIN", &["bWVAZXhhbXBsZS5vcmc=", "cA=="]),
        (Auth::External, "EXTERNAL", &[""]),
    ] {
        let begin = format!("AUTHENTICATE {way}");
        let mut script = vec![(begin.as_str(), "+ \r\n")];
        script.extend(answers.iter().map(|answer| (*answer, "+ \r\n")));
        script.push(("*", "{tag} OK let us say it worked\r\n"));
        let script: Vec<_> = script.into_iter().map(|(want, reply)| (want.to_owned(), reply.to_owned())).collect();
        let (stream, _server) = Server::start_owned(&greeting(&format!("AUTH={way}")), script);
        let error = Session::log_in(stream, &Account { auth, ..account() }, &secret("p")).await.unwrap_err();
        assert!(matches!(error.problem, Problem::Unavailable(_)), "{error:?}");
    }
}

#[tokio::test]
async fn an_ok_before_the_server_can_know_us_is_no_login() {
    for (auth, way, asked) in [
        (Auth::Plain, "PLAIN", 0),
        (Auth::Login, "LOGIN", 0),
        (Auth::Login, "LOGIN", 1),
        (Auth::XOAuth2, "XOAUTH2", 0),
        (Auth::OAuthBearer, "OAUTHBEARER", 0),
        (Auth::External, "EXTERNAL", 0),
    ] {
        let mut script = vec![(format!("AUTHENTICATE {way}"), "+ \r\n".to_owned())];
        if asked == 1 {
            script.push(("bWVAZXhhbXBsZS5vcmc=".to_owned(), String::new()));
        }
        script.last_mut().unwrap().1 = "{tag} OK [CAPABILITY IMAP4rev1] in\r\n".to_owned();
        let (stream, server) = Server::start_owned(&greeting(&format!("AUTH={way}")), script);
        let error = Session::log_in(stream, &Account { auth, ..account() }, &secret("p")).await.unwrap_err();
        assert!(matches!(error.problem, Problem::Lost(Loss::Unreadable(_))), "{way}: {error:?}");
        assert_eq!(server.heard().len(), asked + 1, "{way}: nothing more is said");
    }
}

#[tokio::test]
async fn an_access_token_goes_as_the_standards_say() {
    for (auth, way, answer) in [
        (Auth::XOAuth2, "XOAUTH2", "dXNlcj1tZUBleGFtcGxlLm9yZwFhdXRoPUJlYXJlciB0b2tlbgEB"),
        (
            Auth::OAuthBearer,
            "OAUTHBEARER",
            "bixhPW1lQGV4YW1wbGUub3JnLAFob3N0PWltYXAuZXhhbXBsZS5vcmcBcG9ydD0xNDMBYXV0aD1CZWFyZXIgdG9rZW4BAQ==",
        ),
    ] {
        let script = vec![
            (format!("AUTHENTICATE {way}"), "+ \r\n".to_owned()),
            (answer.to_owned(), "{tag} OK [CAPABILITY IMAP4rev1] in\r\n".to_owned()),
        ];
        let (stream, _server) = Server::start_owned(&greeting(&format!("AUTH={way}")), script);
        let session = Session::log_in(stream, &Account { auth, ..account() }, &secret("token")).await.unwrap();
        assert_eq!(session.steps(), [format!("Logged in as me@example.org by {way}")]);
    }
}

#[tokio::test]
async fn a_refused_token_is_told_with_what_the_server_has_against_it() {
    let json = base64(br#"{"status":"invalid_token","schemes":"bearer"}"#);
    let echo = base64(br#"{"status":"no token ya29secret"}"#);
    for (auth, way, answer, second) in [
        (Auth::XOAuth2, "XOAUTH2", "dXNlcj1tZUBleGFtcGxlLm9yZwFhdXRoPUJlYXJlciB5YTI5c2VjcmV0AQE=", ""),
        (
            Auth::OAuthBearer,
            "OAUTHBEARER",
            "bixhPW1lQGV4YW1wbGUub3JnLAFob3N0PWltYXAuZXhhbXBsZS5vcmcBcG9ydD0xNDMBYXV0aD1CZWFyZXIgeWEyOXNlY3JldAEB",
            "AQ==",
        ),
    ] {
        for (failure, want) in [
            (Some(&*json), "invalid_token"),
            (Some("e30="), "Expired."),
            (Some("!"), "Expired."),
            (Some(&*echo), "no token «secret»"),
            (None, "Expired."),
        ] {
            let refusal = "{tag} NO [AUTHENTICATIONFAILED] Expired.\r\n".to_owned();
            let mut script = vec![(format!("AUTHENTICATE {way}"), "+ \r\n".to_owned())];
            match failure {
                Some(failure) => {
                    script.extend([(answer.to_owned(), format!("+ {failure}\r\n")), (second.to_owned(), refusal)]);
                }
                None => script.push((answer.to_owned(), refusal)),
            }
            let (stream, _server) = Server::start_owned(&greeting(&format!("AUTH={way}")), script);
            let outcome = Session::log_in(stream, &Account { auth, ..account() }, &secret("ya29secret")).await;
            let error = outcome.unwrap_err();
            assert_eq!(error.problem, Problem::TokenRefused(want.to_owned()), "{way} {failure:?}");
            assert!(error.is_login_refused() && error.advice().contains("let `password_command` print a fresh one"));
        }
    }
}

#[tokio::test]
async fn a_token_that_could_end_itself_is_not_sent() {
    for token in ["", "a b", "a\u{1}auth=Bearer x"] {
        let (error, heard) = log_in(Auth::XOAuth2, "AUTH=XOAUTH2", &[], token).await;
        assert_eq!(error.unwrap_err().problem, Problem::UnusablePassword);
        assert!(heard.is_empty());
    }
}

#[tokio::test]
async fn with_a_certificate_the_server_knows_who_we_are_unless_we_say_otherwise() {
    let ok = "{tag} OK [CAPABILITY IMAP4rev1] in\r\n";
    let script = [("AUTHENTICATE EXTERNAL", "+ \r\n"), ("", ok)];
    let (session, _) = log_in(Auth::External, "AUTH=EXTERNAL", &script, "").await;
    assert_eq!(session.unwrap().steps(), ["Logged in as me@example.org by EXTERNAL"]);

    let other = Account { auth: Auth::External, user: "office".to_owned(), ..account() };
    let (stream, _server) =
        Server::start(&greeting("AUTH=EXTERNAL"), &[("AUTHENTICATE EXTERNAL", "+ \r\n"), ("b2ZmaWNl", ok)]);
    assert!(Session::log_in(stream, &other, &secret("")).await.is_ok());

    let script = [("AUTHENTICATE EXTERNAL", "+ \r\n"), ("", "{tag} NO [AUTHENTICATIONFAILED] Who?\r\n")];
    let (error, _) = log_in(Auth::External, "AUTH=EXTERNAL", &script, "").await;
    let error = error.unwrap_err();
    assert_eq!(error.problem, Problem::CertificateRefused("Who?".to_owned()));
    assert!(error.advice().contains("does not let you in with your client certificate (“Who?”)"));
}

#[tokio::test]
async fn what_was_made_of_the_password_is_redacted_too() {
    let script = [
        ("AUTHENTICATE PLAIN", "+ \r\n"),
        ("AG1lQGV4YW1wbGUub3JnAGh1bnRlcjI=", "{tag} BAD What is AG1lQGV4YW1wbGUub3JnAGh1bnRlcjI= of hunter2?\r\n"),
    ];
    let (error, _) = log_in(Auth::Plain, "AUTH=PLAIN", &script, "hunter2").await;
    let all = format!("{:?}", error.unwrap_err());
    assert!(!all.contains("AG1l") && !all.contains("hunter2") && all.contains("«secret» of «secret»"), "{all}");
}

#[tokio::test]
async fn by_scram_both_sides_prove_that_they_know_the_password() {
    for password in ["pencil", "pässwörd"] {
        let (outcome, heard) = scram(Manner::Honest, password, Auth::Auto).await;
        let session = outcome.unwrap();
        assert_eq!(session.steps(), ["Logged in as me@example.org by SCRAM-SHA-256"]);
        assert!(heard.iter().all(|line| !line.contains(&base64(password.as_bytes()))), "{heard:?}");
    }
    // Written otherwise, it is the same password once it is prepared.
    let (outcome, _) = scram(Manner::Honest, "pa\u{308}sswo\u{308}rd", Auth::ScramSha256).await;
    outcome.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_refused_by_scram_and_not_tried_in_another_way() {
    let (outcome, heard) = scram(Manner::Refuse, "hunter2", Auth::Auto).await;
    assert_eq!(outcome.unwrap_err().problem, Problem::LoginRefused("no".to_owned()));
    assert_eq!(heard.len(), 3, "{heard:?}");
    let (outcome, _) = scram(Manner::Say("e=invalid-proof"), "hunter2", Auth::Auto).await;
    assert_eq!(outcome.unwrap_err().problem, Problem::LoginRefused("invalid-proof".to_owned()));
}

#[tokio::test]
async fn a_server_without_keys_for_scram_gets_the_password_in_the_next_best_way() {
    let script = [
        ("AUTHENTICATE PLAIN", "+ \r\n"),
        ("AG1lQGV4YW1wbGUub3JnAHBlbmNpbA==", "{tag} OK [CAPABILITY IMAP4rev1] in\r\n"),
    ];
    let (outcome, heard) = scram(Manner::NoKeys(&script), "pencil", Auth::Auto).await;
    assert_eq!(outcome.unwrap().steps(), ["Logged in as me@example.org"]);
    assert_eq!(heard.len(), 4);
    // Who wants SCRAM and nothing else gets nothing else.
    let (outcome, heard) = scram(Manner::NoKeys(&[]), "pencil", Auth::ScramSha256).await;
    assert_eq!(outcome.unwrap_err().problem, Problem::LoginRefused("no keys".to_owned()));
    assert_eq!(heard.len(), 2);
}

#[tokio::test]
async fn a_hostile_server_gets_neither_password_nor_session() {
    let advice = "What answers as imap.example.org may not be your server";
    for (manner, fault, words) in [
        (Manner::Say("v=AAAA"), ScramFault::WrongSignature, advice),
        (Manner::Say("hello"), ScramFault::NotUnderstood, "failed, for its answer does not follow the standard"),
        (Manner::Silently, ScramFault::NoProof, advice),
        (Manner::Early, ScramFault::NoProof, advice),
        (Manner::Ask("r=another,s=c2FsdA==,i=4096"), ScramFault::Nonce, advice),
        (Manner::Ask("m=x,r={nonce}x,s=c2FsdA==,i=4096"), ScramFault::Extension, "an extension"),
        (Manner::Ask("r={nonce}x,s=c2FsdA==,i=1"), ScramFault::TooFewRounds(1), "fewer than 4096"),
        (Manner::Ask("r={nonce}x,s=c2FsdA==,i=4000000000"), ScramFault::TooManyRounds(4_000_000_000), "more than"),
        (Manner::Ask("r={nonce}x"), ScramFault::NotUnderstood, "does not follow the standard"),
        (Manner::Ask("\u{ff}"), ScramFault::NotUnderstood, "does not follow the standard"),
    ] {
        let (outcome, heard) = scram(manner, "pencil", Auth::Auto).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.problem, Problem::Scram(fault), "{manner:?}");
        assert!(error.advice().contains(words), "{}", error.advice());
        assert_eq!(error.retry(), Retry::AfterPerson);
        assert!(!heard.iter().any(|line| line.contains("PLAIN") || line.contains("LOGIN")), "{heard:?}");
    }
}

#[tokio::test]
async fn what_scram_cannot_take_is_refused_where_nothing_else_is_wanted() {
    for password in ["a\u{7}b", "\u{627}1", "\u{ad}", ""] {
        let (error, heard) = log_in(Auth::ScramSha256, "AUTH=SCRAM-SHA-256 AUTH=PLAIN", &[], password).await;
        assert_eq!(error.unwrap_err().problem, Problem::NotForScram, "{password:?}");
        assert!(heard.is_empty());
    }
}

#[tokio::test]
async fn the_name_of_the_program_is_said_before_all_else_and_before_compression() {
    let script = [
        ("AUTHENTICATE PLAIN", "+ \r\n"),
        ("AG1lQGV4YW1wbGUub3JnAHA=", "{tag} OK [CAPABILITY IMAP4rev1 ID COMPRESS=DEFLATE] in\r\n"),
        (ID, "* ID NIL\r\n{tag} OK\r\n"),
        ("COMPRESS DEFLATE", "{tag} NO [COMPRESSIONACTIVE] TLS compresses\r\n"),
        ("LIST \"\" \"*\"", "{tag} OK\r\n"),
    ];
    let (stream, server) = Server::start(&greeting("AUTH=PLAIN"), &script);
    let mut session = Session::log_in(stream, &account(), &secret("p")).await.unwrap();
    assert_eq!(session.steps(), ["Logged in as me@example.org"], "refused, so not compressed");
    session.folders().await.unwrap();
    drop(session);
    server.finish().await;
}

#[tokio::test]
async fn compression_can_be_switched_off() {
    let script = [("LOGIN \"me@example.org\" \"p\"", "{tag} OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] in\r\n")];
    let (stream, server) = Server::start(&greeting(""), &script);
    let account = Account { compresses: false, ..account() };
    let session = Session::log_in(stream, &account, &secret("p")).await.unwrap();
    drop(session);
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_it_compresses_and_does_not_is_found_out_at_once() {
    for after in ["* 1 EXISTS\r\n", "!close", "* OK [ALERT] plain as before\r\n!close"] {
        let ok = format!("{{tag}} OK compressing\r\n{after}");
        let script = vec![
            (
                "LOGIN \"me@example.org\" \"p\"".to_owned(),
                "{tag} OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] in\r\n".to_owned(),
            ),
            ("COMPRESS DEFLATE".to_owned(), ok),
        ];
        let (stream, _server) = Server::start_owned(&greeting(""), script);
        let error = Session::log_in(stream, &account(), &secret("p")).await.unwrap_err();
        let is_told = matches!(error.problem, Problem::Compression | Problem::Lost(_));
        assert!(is_told, "{after}: {error:?}");
        assert_eq!(error.retry(), Retry::Later);
    }
}

#[tokio::test]
async fn a_login_that_is_not_trusted_is_told_with_what_to_do() {
    let text = "SELECT Unsafe Login. Please contact kefu@188.com for help".to_owned();
    let error = ConnectError::after_login(&account(), CommandError::No { code: None, text });
    assert!(matches!(error.problem, Problem::UnsafeLogin(_)));
    assert_eq!(error.retry(), Retry::AfterPerson);
    assert!(error.advice().contains("switch IMAP on in its web mail, and use the authorization code"));
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn capabilities(words: &str) -> Capabilities {
    words.split(' ').map(str::to_owned).collect()
}

fn greeting(capabilities: &str) -> String {
    format!("* OK [CAPABILITY IMAP4rev1 {capabilities}] hi\r\n").replace(" ]", "]")
}

async fn log_in(
    auth: Auth,
    capabilities: &str,
    script: &[Exchange],
    password: &str,
) -> (Result<Session, ConnectError>, Vec<String>) {
    let (stream, server) = Server::start(&greeting(capabilities), script);
    let session = Session::log_in(stream, &Account { auth, ..account() }, &secret(password)).await;
    (session, server.heard())
}

/// What a server of SCRAM does.
#[derive(Clone, Copy, Debug)]
enum Manner<'a> {
    /// What it should. It knows the password `pencil`, and `pässwörd` too.
    Honest,
    /// Asks this instead of its question.
    Ask(&'a str),
    /// Says this instead of its signature.
    Say(&'a str),
    /// Refuses the proof.
    Refuse,
    /// Lets us in without a signature.
    Silently,
    /// Lets us in before we have proved anything.
    Early,
    /// Refuses before it asks, and then does this.
    NoKeys(&'a [Exchange]),
}

async fn scram(manner: Manner<'_>, password: &str, auth: Auth) -> (Result<Session, ConnectError>, Vec<String>) {
    let (client, server) = duplex(1 << 16);
    let mut server = Lines { stream: BufReader::new(server), heard: Vec::new() };
    let (account, password) = (Account { auth, ..account() }, secret(password));
    let log_in = Session::log_in(client, &account, &password);
    let (outcome, ()) = tokio::join!(log_in, server.scram(manner));
    (outcome, server.heard)
}

struct Lines {
    stream: BufReader<DuplexStream>,
    heard: Vec<String>,
}

impl Lines {
    async fn say(&mut self, line: &str) {
        // The client may have gone already.
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await.ok();
    }

    /// The next line, out of base64 if it is in it.
    async fn hear(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).await.unwrap();
        let line = line.trim_end().to_owned();
        self.heard.push(line.clone());
        unbase64(&line).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(line)
    }

    async fn scram(&mut self, manner: Manner<'_>) {
        self.say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=SCRAM-SHA-256] hi").await;
        assert_eq!(self.hear().await, "T1 AUTHENTICATE SCRAM-SHA-256");
        self.say("+ ").await;
        let hello = self.hear().await;
        let nonce = hello.strip_prefix(&*format!("n,,n={USER},r=")).unwrap().to_owned();
        match manner {
            Manner::NoKeys(script) => return self.without_keys(script).await,
            Manner::Early => return self.say("T1 OK [CAPABILITY IMAP4rev1] in").await,
            Manner::Honest | Manner::Ask(_) | Manner::Say(_) | Manner::Refuse | Manner::Silently => {}
        }
        let question = if let Manner::Ask(question) = manner {
            question.replace("{nonce}", &nonce)
        } else {
            format!("r={nonce}%hvY,s={},i=4096,x=later", base64(b"salt"))
        };
        self.say(&format!("+ {}", base64(question.as_bytes()))).await;
        let proof = self.hear().await;
        if proof == "*" {
            return self.say("T1 BAD given up").await;
        }
        let signed = format!("n={USER},r={nonce},{question},{}", proof.split(",p=").next().unwrap());
        let signature = ["pencil", "pässwörd"].iter().find_map(|password| verified(password, &signed, &proof));
        let last = match manner {
            Manner::Refuse => return self.say("T1 NO no").await,
            Manner::Silently => return self.say("T1 OK [CAPABILITY IMAP4rev1] in").await,
            Manner::Say(last) => last.to_owned(),
            Manner::Honest | Manner::Ask(_) | Manner::Early | Manner::NoKeys(_) => {
                format!("v={}", signature.expect("the proof holds"))
            }
        };
        self.say(&format!("+ {}", base64(last.as_bytes()))).await;
        match &*self.hear().await {
            "" => self.say("T1 OK [CAPABILITY IMAP4rev1] in").await,
            answer => {
                assert_eq!(answer, "*");
                self.say("T1 NO given up").await;
            }
        }
    }

    async fn without_keys(&mut self, script: &[Exchange]) {
        self.say("T1 NO [AUTHENTICATIONFAILED] no keys").await;
        for (want, reply) in script {
            self.hear().await;
            let line = self.heard.last().unwrap().clone();
            assert_eq!(line.strip_prefix("T2 ").unwrap_or(&line), *want);
            self.say(reply.replace("{tag}", "T2").trim_end_matches("\r\n")).await;
        }
    }
}

/// The server's side of the arithmetic: checks the proof with the stored key alone, and signs.
fn verified(password: &str, signed: &str, proof: &str) -> Option<String> {
    let mut salted = [0; 32];
    let rounds = 4096.try_into().unwrap();
    pbkdf2::derive(PBKDF2_HMAC_SHA256, rounds, b"salt", password.as_bytes(), &mut salted);
    let mac = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(HMAC_SHA256, key), text);
    let stored = digest::digest(&SHA256, mac(&salted, b"Client Key").as_ref());
    let signature = mac(stored.as_ref(), signed.as_bytes());
    let proof = unbase64(proof.split(",p=").nth(1)?)?;
    let key: Vec<u8> = proof.iter().zip(signature.as_ref()).map(|(a, b)| a ^ b).collect();
    let is_right = digest::digest(&SHA256, &key).as_ref() == stored.as_ref();
    is_right.then(|| base64(mac(mac(&salted, b"Server Key").as_ref(), signed.as_bytes()).as_ref()))
}
