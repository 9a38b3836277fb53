//! The section as people write it, right and wrong.

use super::*;
use crate::config::{Account, Config};

fn read(section: &str) -> Result<Account, String> {
    let text = format!("[[account]]\naddress = \"me@example.org\"\nhost = \"imap.example.org\"\n{section}");
    let config = Config::parse(&text).map_err(|err| err.to_string())?;
    Ok(config.accounts().first().unwrap().clone())
}

fn oauth(section: &str) -> OAuth {
    let account = read(section).unwrap();
    let PasswordSource::OAuth(oauth) = account.password else { panic!("{account:?}") };
    *oauth
}

#[test]
fn of_a_known_issuer_the_client_id_is_enough() {
    let account = read("[account.oauth]\nissuer = \"microsoft\"\nclient_id = \"abc\"").unwrap();
    assert_eq!(account.auth, Auth::XOAuth2);
    let got = oauth("[account.oauth]\nissuer = \"microsoft\"\nclient_id = \"abc\"");
    let known = setup::issuer("microsoft").unwrap();
    assert_eq!((got.issuer.as_str(), got.client_id.as_str()), ("Microsoft", "abc"));
    assert_eq!((&got.token, &got.device, &got.revoke), (&known.token, &Some(known.device.clone()), &None));
    assert_eq!((&got.scopes, got.redirect.as_str()), (&known.scopes, "http://localhost"));
    let google = oauth("auth = \"oauthbearer\"\n[account.oauth]\nissuer = \"google\"\nclient_id = \"abc\"");
    assert_eq!(google.extra.first().unwrap(), &("access_type".to_owned(), "offline".to_owned()));
    assert_eq!(google.redirect, USUAL_REDIRECT);
}

#[test]
fn an_issuer_of_ones_own_is_described_whole() {
    let got = oauth(
        "[account.oauth]\nissuer = \"Our house\"\nclient_id = \"tamis\"\nauthorize = \"https://id.example.org/auth\"\n\
         token = \"http://127.0.0.1:8080/token\"\ndevice = \"http://[::1]:8080/device\"\nscopes = [\"openid\", \"imap\"]",
    );
    assert_eq!((got.issuer.as_str(), got.scopes.len()), ("Our house", 2));
    assert_eq!(got.device.as_deref(), Some("http://[::1]:8080/device"));
    let moved = oauth(
        "[account.oauth]\nissuer = \"microsoft\"\nclient_id = \"a\"\ntoken = \"https://login.example/t\"\nscopes = []",
    );
    assert_eq!((moved.token.as_str(), moved.scopes.len()), ("https://login.example/t", 0));
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let own = "[account.oauth]\nissuer = \"own\"\nclient_id = \"a\"\nauthorize = \"https://a.example/\"\n";
    for (section, want) in [
        ("[account.oauth]\nclient_id = \"a\"", "line 4: the section `account.oauth` has no `issuer`"),
        ("[account.oauth]\nissuer = \"google\"", "line 4: the section `account.oauth` has no `client_id`"),
        (
            "[account.oauth]\nissuer = \"own\"\nclient_id = \"a\"",
            "line 5: `issuer` can be \"google\", \"microsoft\", \"fastmail\", \"yahoo\", \"aol\", or a name of your own with \
             `authorize` and `token`",
        ),
        (
            "password_command = \"x\"\n[account.oauth]\nissuer = \"google\"\nclient_id = \"a\"",
            "line 4: with `[account.oauth]` the token comes from signing in: take this line out",
        ),
        (
            "auth = \"plain\"\n[account.oauth]\nissuer = \"google\"\nclient_id = \"a\"",
            "line 4: with `[account.oauth]`, `auth` can be \"xoauth2\" or \"oauthbearer\"",
        ),
        (
            &format!("{own}token = \"http://a.example/t\""),
            "line 8: `token` must be an address that begins with https://, or one of this machine with http://",
        ),
        (
            &format!("{own}token = \"https://me@a.example/t\""),
            "line 8: `token` must be an address that begins with https://, or one of this machine with http://",
        ),
        (
            &format!("{own}token = \"http://127.0.0.1.example/t\""),
            "line 8: `token` must be an address that begins with https://, or one of this machine with http://",
        ),
        (
            &format!("{own}token = \"https://a.example/t\"\nscopes = [\"a b\"]"),
            "line 9: `scopes` is a list of words, each without a space",
        ),
        ("[account.oauth]\nsecret = \"s\"", "line 5: there is no setting `secret`"),
    ] {
        let got = read(section).unwrap_err();
        assert!(got.starts_with(want), "{section}: {got}");
    }
}

#[test]
fn mail_is_handed_in_with_the_same_token_unless_written() {
    let account =
        read("[account.oauth]\nissuer = \"google\"\nclient_id = \"a\"\n[account.smtp]\nhost = \"smtp.gmail.com\"")
            .unwrap();
    assert_eq!(account.smtp.unwrap().password, account.password);
}
