//! Settings files, and what is said about them.

use super::*;
use crate::{
    evidence::Evidence,
    judge::judge,
    mail::{Arrival, Mail},
    policy::Action,
    rules::{CompileSettings, LoadSettings, RuleFile, load, own_files},
};

fn account(lines: &str) -> String {
    format!("[[account]]\naddress = \"me@example.org\"\nhost = \"imap.example.org\"\n{lines}")
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn says_what_is_wrong_and_where() {
    let table: &[(&str, &str)] = &[
        ("[judge]\ntag = 0", "line 2: `tag` must be above zero, or all mail is doubtful"),
        ("[judge]\ntag = -1.5", "line 2: `tag` must be above zero, or all mail is doubtful"),
        (
            "[judge]\n\njunk = 2",
            "line 3: `junk` (2.0) must not be below `tag` (3.0), or spam would count for less than doubt",
        ),
        (
            "[judge]\ntag = 6.0",
            "line 2: `junk` (5.0) must not be below `tag` (6.0), or spam would count for less than doubt",
        ),
        ("[judge]\ntaag = 3.0", "line 2: there is no setting `taag`; did you mean `tag`?"),
        ("[judge]\nthreshold = 3.0", "line 2: there is no setting `threshold`; known here: tag, junk, max_size"),
        ("[juge]\ntag = 3.0", "line 1: there is no setting `juge`; did you mean `judge`?"),
        ("[judge]\ntag = \"3\"", "line 2: `tag` must be a number, not string \"3\""),
        ("[judge]\ntag = inf", "line 2: a score must be between -10000 and 10000"),
        ("[judge]\ntag = ", "line 2: string values must be quoted, expected literal string"),
        ("[judge]\nmax_size = \"2 TB\"", MAX_SIZE_MESSAGE),
        ("[judge]\nmax_size = -5", MAX_SIZE_MESSAGE),
        (
            "[judge]\nmax_size = 2.5",
            "line 2: `max_size` must be a number of bytes or a text such as \"2 MB\", not floating point 2.5",
        ),
        (
            "[watch]\npoll = \"soon\"",
            "line 2: `poll` must be a time from \"1 second\" to \"24 hours\", such as \"2 minutes\"",
        ),
        (
            "[learn]\ntrust_server_junk = \"yes\"",
            "line 2: `trust_server_junk` must be true or false, not string \"yes\"",
        ),
        ("[learn]\naccounts = \"none\"", "line 2: `accounts` can be \"together\" or \"apart\", not \"none\""),
        ("[watch]\nmetered = \"never\"", "line 2: `metered` can be \"careful\" or \"as usual\", not \"never\""),
        ("[learn]\nmost = 9", "line 2: `most` must be from 10 to 200000 messages"),
        ("[watch]\nbackfill_rate = 100001", "line 2: `backfill_rate` must be from 0 to 100000 messages a minute"),
        ("[watch]\npoll = 120", "line 2: `poll` must be a text in quotes, not integer 120"),
        ("[log]\ndays = 0", "line 2: `days` must be from 1 to 365"),
        ("[log]\ndays = -1", "line 2: `days` must be a whole number in range, not integer -1"),
        ("[rules]\npaths = [\"a\",\n\" \"]", "line 3: `paths` must be names of files and folders"),
        ("[rules]\nupdate = \"http://example.org\"", "line 2: `update` must begin with https:// if it is an address"),
        (
            "[rules]\nupdate = \"rules\"",
            "line 2: `update` must be a whole path, from the root on, or begin with https://",
        ),
        (
            "[rules]\nupdate = \"https://example.org\"",
            "line 2: `update` needs `update_key`, the public key that the rules there are signed with",
        ),
        (
            "[rules]\nupdate_key = \"RWQ\"",
            "line 2: `update_key` must be a minisign public key: 56 letters that begin with RW",
        ),
        (
            "[fingerprints]\npyzor = \"public.pyzor.org\"",
            "line 2: `pyzor` must be a host and a port, such as \"127.0.0.1:24441\"",
        ),
        (
            "[fingerprints]\nrspamd = \"a b:1\"",
            "line 2: `rspamd` must be a host and a port, such as \"127.0.0.1:11335\"",
        ),
        (
            "[fingerprints]\nrspamd_key = \"icy63itbhhni8\"",
            "line 2: `rspamd_key` must be the 52 letters and digits that `rspamadm keypair` calls pubkey",
        ),
        (
            "[fingerprints]\ndcc = \"dccifd\"",
            "line 2: `dcc` must be the whole path of dccifd's socket or of the program dccproc, such as \"/var/dcc/dccifd\" or \
             \"/usr/bin/dccproc\"",
        ),
        ("version = 2", "line 1: this Tamis reads settings of version 1, not 2"),
        (
            "[scores]\n\n\"A B\" = 1.0",
            "line 3: the name of a symbol or rule has letters, digits and `_`, such as `MISSING_DATE`",
        ),
        ("[scores]\n__A = 1.0", "line 2: a rule whose name begins with `__` never has points"),
        ("[scores]\nMISSING_DATE = \"1\"", "line 2: `MISSING_DATE` must be a number, not string \"1\""),
        ("[checks]\nlearnd = false", "line 2: there is no check `learnd`; did you mean `learned`?"),
        ("[checks]\nastrology = false", "line 2: there is no check `astrology`"),
        ("[checks]\nastrology = 0", "line 2: `astrology` must be true or false, not integer 0"),
        ("scores = 3", "line 1: `scores` must be a section of its own, not integer 3"),
        ("[judge]\ntag = 3\ntag = 4", "line 3: duplicate key"),
    ];
    for (text, want) in table {
        let got = Config::parse(text).map(drop).map_err(|err| err.to_string());
        assert_eq!(got, Err((*want).to_owned()), "{text}");
    }
}

const AUTH_MESSAGE: &str = "line 4: `auth` can be \"auto\", \"plain\", \"login\", \"scram-sha-256\", \"xoauth2\", \
                            \"oauthbearer\" or \"external\", not \"cram-md5\"";

const MAX_SIZE_MESSAGE: &str = "line 2: `max_size` must be a size from \"16 KB\" to \"64 MB\", such as \"2 MB\"";

#[test]
fn says_what_is_wrong_with_what_is_done_and_kept() {
    let table: &[(&str, &str)] = &[
        (
            "[policy]\nspam = \"burn\"",
            "line 2: `spam` can be \"leave\", \"keyword\", \"tag\", \"strip\", \"junk\", \"quarantine\", \"forward\", \
             \"forward-and-deliver\" or \"delete\", not \"burn\"",
        ),
        (
            "[policy]\nunsure = \"delete\"",
            "line 2: `unsure` can be \"leave\", \"keyword\", \"tag\", \"strip\", \"junk\", \"quarantine\" or \
             \"forward-and-deliver\", not \"delete\"",
        ),
        ("[policy]\nham = \"junk\"", "line 2: `ham` can be \"leave\" or \"keyword\", not \"junk\""),
        ("[[policy.size]]\nabove = \"big\"", "line 2: `above` must be a size such as \"10 MB\""),
        (
            "[archive]\nkeep = \"1 hour\"",
            "line 2: `keep` must be a time from \"24 hours\" to \"12 weeks\", such as \"4 weeks\"",
        ),
        (
            "[archive]\nmax_size = \"1 MB\"",
            "line 2: `max_size` must be a size from \"64 MB\" to \"1024 GB\", such as \"1 GB\"",
        ),
        ("[brake]\nmessages = 0", "line 2: `messages` must be from 1 to 100000"),
        ("[brake]\npercent = 101", "line 2: `percent` must be from 1 to 100"),
        ("[digest]\nevery = \"hour\"", "line 2: `every` can be \"never\", \"day\" or \"week\", not \"hour\""),
        ("[notify]\ndoubtful = \"now\"", "line 2: `doubtful` can be \"never\", \"number\" or \"subject\", not \"now\""),
        ("[digest]\nat = \"noon\"", "line 2: `at` must be a time of day such as \"08:00\""),
        (
            "[hold]\nagain = [\"1 hour\", \"10 minutes\"]",
            "line 2: `again` must be times from \"1 second\" to \"7 days\", each longer than the one before, such as \
             [\"10 minutes\", \"60 minutes\"]",
        ),
        (
            "[hold]\nagain = [\"8 days\"]",
            "line 2: `again` must be times from \"1 second\" to \"7 days\", each longer than the one before, such as \
             [\"10 minutes\", \"60 minutes\"]",
        ),
        ("[hold]\nfolder = \"inbox\"", "line 2: `folder` cannot be the inbox itself: without a folder it stays there"),
        ("[hold]\nfolder = \"a\\nb\"", "line 2: `folder` must not contain control characters"),
    ];
    for (text, want) in table {
        let got = Config::parse(text).map(drop).map_err(|err| err.to_string());
        assert_eq!(got, Err((*want).to_owned()), "{text}");
    }
}

#[test]
fn says_what_is_wrong_with_an_account() {
    let bare = |lines: &str| format!("[[account]]\n{lines}");
    let twice = format!("{}name = \"Work\"\n{}name = \"work\"", account(""), account(""));
    let long = account(&format!("name = \"{}\"", "n".repeat(65)));
    let table: &[(String, &str)] = &[
        (bare("host = \"imap.example.org\""), "line 1: this account has no `address`"),
        (bare("address = \"me@example.org\""), "line 1: this account has no `host`"),
        (bare("address = \"me\"\nhost = \"imap.example.org\""), "line 2: \"me\" is not an address"),
        (
            bare("address = \"me@example.org\"\nhost = \"imap example\""),
            "line 3: `host` must be a host name or address, not \"imap example\"",
        ),
        (account("aliases = [\"you\"]"), "line 4: \"you\" is not an address"),
        (account("name = \"\""), "line 4: `name` must not be empty"),
        (account("name = \"a\\nb\""), "line 4: `name` must not contain control characters"),
        (long, "line 4: `name` must have at most 64 characters"),
        (account("port = 0"), "line 4: `port` must be from 1 to 65535"),
        (account("port = 70000"), "line 4: `port` must be a whole number in range, not integer 70000"),
        (account("security = \"ssl\""), "line 4: `security` can be \"tls\", \"starttls\" or \"none\", not \"ssl\""),
        (
            account("security = \"none\""),
            "line 4: `security = \"none\"` would send the password readable over the network, so it is only for \
             `localhost`; use \"tls\" or \"starttls\"",
        ),
        (account("user = \"a\\r\\nb\""), "line 4: `user` must not contain control characters"),
        (
            account("password = \"secret\""),
            "line 4: a password never stands in this file; use `password_file` or `password_command`, or neither for \
             the keyring",
        ),
        (
            account("password_file = \"/p\"\npassword_command = \"pass\""),
            "line 5: give `password_file` or `password_command`, not both",
        ),
        (account("password_file = \"p\""), "line 4: `password_file` must be a whole path, from the root on"),
        (account("junk_folder = \"Inbox\""), "line 4: `junk_folder` cannot be the inbox itself"),
        (account("train_folders = \"no\""), "line 4: `train_folders` must be true or false, not string \"no\""),
        (account("pasword_file = \"/p\""), "line 4: there is no setting `pasword_file`; did you mean `password_file`?"),
        (
            format!("{}\n[account.policy]\nspam = \"forward\"", account("")),
            "line 1: the policy forwards mail, so this account needs `forward_to` and a section `[account.smtp]`",
        ),
        (
            format!("{}\n[account.files]\ndeny = [\"*\"]", account("")),
            "line 6: `deny` takes names such as \"*.iso\"; \"*\" would be every file",
        ),
        (
            format!("{}\n[account.files]\ndenied = \"gone\"", account("")),
            "line 6: `denied` can be \"spam\" or \"unsure\", not \"gone\"",
        ),
        (account("archive_folder = \"Inbox\""), "line 4: `archive_folder` cannot be the inbox itself"),
        (twice, "line 8: there are two accounts with the name `work`"),
        (
            format!("{}\n{}", account("name = \"Work\""), account("name = \"Home\"")),
            "line 5: this is the same mailbox as the account `Work`",
        ),
    ];
    for (text, want) in table {
        let got = Config::parse(text).map(drop).map_err(|err| err.to_string());
        assert_eq!(got, Err((*want).to_owned()), "{text}");
    }
}

#[test]
fn says_what_is_wrong_with_a_login() {
    let table: &[(String, &str)] = &[
        (account("relays = [\"mx\"]"), "line 4: \"mx\" is not a domain such as example.net"),
        (account("auth = \"cram-md5\""), AUTH_MESSAGE),
        (account("auth = true"), "line 4: `auth` must be a text in quotes, not boolean true"),
        (account("auth = \"external\""), "line 4: `auth = \"external\"` needs `client_cert` and `client_key`"),
        (
            account("auth = \"external\"\nclient_cert = \"/c\"\nclient_key = \"/k\"\npassword_command = \"pass\""),
            "line 7: `auth = \"external\"` needs no password: take this line out",
        ),
        (account("client_cert = \"/c\""), "line 4: `client_cert` is of no use without `client_key`"),
        (account("client_key = \"/k\""), "line 4: `client_key` is of no use without `client_cert`"),
        (
            account("client_cert = \"/c\"\nclient_key = \"k\""),
            "line 5: `client_key` must be a whole path, from the root on",
        ),
        (
            "[[account]]\naddress = \"me@example.org\"\nhost = \"localhost\"\nsecurity = \"none\"\nclient_cert = \
             \"/c\"\nclient_key = \"/k\""
                .to_owned(),
            "line 5: `client_cert` is of no use without TLS",
        ),
        (account("compress = \"no\""), "line 4: `compress` must be true or false, not string \"no\""),
    ];
    for (text, want) in table {
        let got = Config::parse(text).map(drop).map_err(|err| err.to_string());
        assert_eq!(got, Err((*want).to_owned()), "{text}");
    }
}

#[test]
fn an_account_fills_in_what_is_usual() {
    let config = Config::parse(&account("")).unwrap();
    let got = config.accounts().first().unwrap();
    assert_eq!((got.name.as_str(), got.user.as_str()), ("me@example.org", "me@example.org"));
    assert_eq!((got.port, got.security, &got.password), (993, Security::Tls, &PasswordSource::Keyring));
    assert_eq!((&got.ca_file, &got.junk_folder, got.aliases.len()), (&None, &None, 0));
    assert_eq!((got.auth, &got.client_certificate, got.compresses), (Auth::Auto, &None, true));
    assert!(got.train_folders);
    let relays = Config::parse(&account("relays = [\"MX.example.net\"]")).unwrap();
    assert_eq!(relays.accounts().first().unwrap().relays, [Domain::parse("mx.example.net").unwrap()]);
    let without = Config::parse(&account("train_folders = false")).unwrap();
    assert!(!without.accounts().first().unwrap().train_folders);

    let config = Config::parse(&account("security = \"starttls\"\npassword_command = \"pass mail\"")).unwrap();
    let got = config.accounts().first().unwrap();
    assert_eq!((got.port, &got.password), (143, &PasswordSource::Command("pass mail".to_owned())));
}

#[test]
fn an_account_says_how_it_logs_in() {
    let certificate = "client_cert = \"/c.pem\"\nclient_key = \"/k.pem\"\n";
    let want = ClientCertificate { cert: "/c.pem".into(), key: "/k.pem".into() };
    for auth in Auth::ALL {
        let config = Config::parse(&account(&format!("auth = \"{}\"\n{certificate}compress = false", auth.word())));
        let got = config.unwrap().accounts().first().unwrap().clone();
        assert_eq!((got.auth, got.client_certificate, got.compresses), (auth, Some(want.clone()), false));
        let needs_none = got.password == PasswordSource::NotNeeded;
        assert_eq!(needs_none, auth == Auth::External, "{auth:?}");
    }
}

#[test]
fn says_what_is_wrong_with_forwarding() {
    let smtp = |lines: &str| account(&format!("[account.smtp]\n{lines}"));
    let forward = |to: &str| {
        account(&format!("aliases = [\"us@example.org\"]\nforward_to = \"{to}\"\n[account.smtp]\nhost = \"h\""))
    };
    let table: &[(String, &str)] = &[
        (smtp("port = 25"), "line 4: the section `account.smtp` has no `host`"),
        (smtp("host = \"a b\""), "line 5: `host` must be a host name or address, not \"a b\""),
        (smtp("host = \"h\"\nport = 0"), "line 6: `port` must be from 1 to 65535"),
        (
            smtp("host = \"h\"\nsecurity = \"ssl\""),
            "line 6: `security` can be \"tls\", \"starttls\" or \"none\", not \"ssl\"",
        ),
        (
            smtp("host = \"smtp.example.org\"\nsecurity = \"none\""),
            "line 6: `security = \"none\"` would send the password readable over the network, so it is only for \
             `localhost`; use \"tls\" or \"starttls\"",
        ),
        (smtp("host = \"h\"\nuser = \"\""), "line 6: `user` must not be empty"),
        (
            smtp("host = \"h\"\npassword_file = \"/p\"\npassword_command = \"pass\""),
            "line 7: give `password_file` or `password_command`, not both",
        ),
        (smtp("host = \"h\"\nca_file = \"ca.pem\""), "line 6: `ca_file` must be a whole path, from the root on"),
        (smtp("host = \"h\"\nhst = \"h\""), "line 6: there is no setting `hst`; did you mean `host`?"),
        (
            smtp("password = \"secret\""),
            "line 5: a password never stands in this file; use `password_file` or `password_command`, or neither for \
             the keyring",
        ),
        (forward("you"), "line 5: \"you\" is not an address"),
        (
            forward("ME@example.org"),
            "line 5: `forward_to` cannot be ME@example.org, which arrives in this very account",
        ),
        (
            forward("us@example.org"),
            "line 5: `forward_to` cannot be us@example.org, which arrives in this very account",
        ),
        (
            account("forward_to = \"you@example.org\""),
            "line 4: `forward_to` needs a section `[account.smtp]`, which says where mail is handed in",
        ),
    ];
    for (text, want) in table {
        let got = Config::parse(text).map(drop).map_err(|err| err.to_string());
        assert_eq!(got, Err((*want).to_owned()), "{text}");
    }
}

#[test]
fn mail_is_handed_in_as_the_account_says_unless_written() {
    let own =
        "user = \"robin\"\npassword_command = \"pass mail\"\nca_file = \"/ca.pem\"\nforward_to = \"you@example.org\"\n";
    let read = |smtp: &str| {
        let config = Config::parse(&account(&format!("{own}[account.smtp]\nhost = \"localhost\"\n{smtp}"))).unwrap();
        config.accounts().first().unwrap().clone()
    };
    let got = read("");
    assert_eq!(got.forward_to, Address::parse("you@example.org"));
    let want = Smtp {
        host: "localhost".to_owned(),
        port: 465,
        security: Security::Tls,
        user: "robin".to_owned(),
        password: PasswordSource::Command("pass mail".to_owned()),
        ca_file: Some("/ca.pem".into()),
    };
    assert_eq!(got.smtp, Some(want));
    for (security, port) in [("tls", 465), ("starttls", 587), ("none", 25)] {
        assert_eq!(read(&format!("security = \"{security}\"")).smtp.unwrap().port, port);
    }

    let written = "port = 26\nuser = \"me\"\npassword_file = \"/p\"\nca_file = \"/other.pem\"";
    let got = read(written).smtp.unwrap();
    assert_eq!((got.port, got.user.as_str()), (26, "me"));
    assert_eq!((got.password, got.ca_file), (PasswordSource::File("/p".into()), Some("/other.pem".into())));
    assert_eq!(Config::parse(&account("")).unwrap().accounts().first().unwrap().smtp, None);
}

#[test]
fn mail_is_not_handed_in_with_what_is_for_the_mailbox_alone() {
    let certificate = "auth = \"external\"\nclient_cert = \"/c.pem\"\nclient_key = \"/k.pem\"\n";
    let token = "auth = \"xoauth2\"\npassword_command = \"token\"\n\n";
    for login in [certificate, token] {
        let read = |smtp: &str| {
            let config = Config::parse(&account(&format!("{login}[account.smtp]\nhost = \"localhost\"\n{smtp}")))?;
            Ok::<_, ConfigError>(config.accounts().first().unwrap().smtp.clone().unwrap().password)
        };
        let want = "line 7: the section `account.smtp` needs `password_file` or `password_command`, as the account itself \
                    logs in without a password";
        assert_eq!(read("").map_err(|err| err.to_string()), Err(want.to_owned()), "{login}");
        assert_eq!(read("password_file = \"/p\"").unwrap(), PasswordSource::File("/p".into()), "{login}");
        assert_eq!(read("security = \"none\"").unwrap(), PasswordSource::NotNeeded, "{login}");
    }
}

#[test]
fn the_example_of_forwarding_reads() {
    let (_, example) = DEFAULT_CONFIG.split_once("\n# [account.smtp]\n").unwrap();
    let example: Vec<&str> =
        example.lines().filter_map(|line| line.strip_prefix("# ")).filter(|line| line.contains(" = ")).collect();
    let text = format!("[account.smtp]\n{}", example.join("\n"));
    let got = Config::parse(&account(&text)).unwrap().accounts().first().unwrap().smtp.clone().unwrap();
    let usual = Config::parse(&account("[account.smtp]\nhost = \"smtp.example.org\"")).unwrap();
    let usual = usual.accounts().first().unwrap().smtp.clone().unwrap();
    assert_eq!((got.host, got.port, got.security), (usual.host, usual.port, usual.security));
    assert_eq!((got.user, got.password), (usual.user, PasswordSource::File("/etc/tamis/smtp-password".into())));
    assert_eq!(got.ca_file, Some("/etc/ssl/my-ca.pem".into()));
}

#[test]
fn plain_text_is_for_this_machine_alone() {
    for (host, want) in [
        ("localhost", true),
        ("127.0.0.1", true),
        ("::1", true),
        ("localhost.example.org", false),
        ("192.0.2.1", false),
    ] {
        let text = format!("[[account]]\naddress = \"me@example.org\"\nhost = \"{host}\"\nsecurity = \"none\"");
        assert_eq!(Config::parse(&text).is_ok(), want, "{host}");
    }
}

#[test]
fn settings_change_what_they_name() {
    let text = "version = 1\n[judge]\ntag = 2.5\njunk = 7\nmax_size = 65536\n[policy]\nspam = \"leave\"\nunsure = \
                \"junk\"\n[watch]\npoll = \"1 hour\"\njudge_old = true\nmetered = \"as usual\"\nbackfill_rate = 0\n[learn]\naccounts = \"apart\"\ntrust_server_junk = true\nsent = false\nmost = 500\n[lists]\naccept_forged = true\ncountries = \"geoip\"\n[log]\ndays = 30\n";
    let config = Config::parse(&format!("{text}{}", account(""))).unwrap();
    assert_eq!((config.tag_threshold().points(), config.junk_threshold().points()), (2.5, 7.0));
    assert_eq!((config.max_bytes(), config.poll_secs(), config.log_days()), (65_536, 3600, 30));
    assert!(config.judges_old() && !config.is_careful_when_metered() && config.trusts_server_junk());
    assert_eq!(config.backfill_rate(), 0);
    assert_eq!(config.learn_most(), 500);
    assert!(!config.reads_sent() && Config::default().reads_sent());
    assert!(config.do_lists_excuse_forged() && !Config::default().do_lists_excuse_forged());
    assert_eq!((config.countries(), Config::default().countries()), (Some(Path::new("geoip")), None));
    let lessons = |config: &Config| config.lessons_of(config.accounts().first().unwrap());
    assert_eq!(lessons(&config), Lessons::Apart("me@example.org".to_owned()));
    assert_eq!(lessons(&Config::parse(&account("")).unwrap()), Lessons::Together("me@example.org".to_owned()));
    let want = Policy { spam: Action::Leave, unsure: Action::MoveToJunk, ..Policy::default() };
    assert_eq!(config.policy(), &want);
}

#[test]
fn an_account_has_the_policy_of_all_but_for_what_it_says() {
    let all = "[policy]\nunsure = \"tag\"\n[[policy.size]]\nabove = \"2 MB\"\nspam = \"leave\"\n[[policy.size]]\n\
               above = \"1 MB\"\nham = \"keyword\"\n[archive]\nkeep = \"2 days\"\n[brake]\nmessages = 7\npercent = 50\n\
               [digest]\nevery = \"week\"\nat = \"7:30\"\nnotify = true\n[notify]\ndoubtful = \"number\"\n";
    let own = "[account.policy]\nspam = \"quarantine\"\n[account.archive]\nmax_size = \"2 GB\"\n";
    let config = Config::parse(&format!("{all}{}\n{own}", account(""))).unwrap();
    let got = config.accounts().first().unwrap();
    assert_eq!((got.policy.ham, got.policy.unsure, got.policy.spam), (Action::Leave, Action::Tag, Action::Quarantine));
    let sizes: Vec<u64> = got.policy.by_size.iter().map(|rule| rule.above).collect();
    assert_eq!(sizes, [1 << 20, 2 << 20]);
    assert_eq!(got.archive, Archive { keep_secs: 2 * 86_400, max_bytes: 2 << 30 });
    assert_eq!(config.brake(), Brake { messages: 7, percent: 50 });
    assert_eq!(config.digest(), Digest { every: Every::Week, minute: 450, notifies: true });
    assert_eq!((config.tell(), Config::default().tell()), (Tell::Number, Tell::Subject));
}

#[test]
fn an_account_holds_doubtful_mail_as_all_do_but_for_what_it_says() {
    let config = |all: &str, own: &str| Config::parse(&format!("{all}{}\n{own}", account(""))).unwrap();
    let hold = |config: Config| config.accounts().first().unwrap().hold.clone();
    assert_eq!(hold(config("", "")), Hold { again: vec![600, 3600], folder: None });
    let all = "[hold]\nagain = [\"5 minutes\"]\nfolder = \"Tamis/Held\"\n";
    assert_eq!(hold(config(all, "")), Hold { again: vec![300], folder: Some("Tamis/Held".to_owned()) });
    assert_eq!(hold(config(all, "[account.hold]\nfolder = \"\"\n")), Hold { again: vec![300], folder: None });
    let never = hold(config(all, "[account.hold]\nagain = []\n"));
    assert_eq!(never, Hold { again: Vec::new(), folder: Some("Tamis/Held".to_owned()) });
    let eleven = (1..=11).map(|n| format!("\"{n} minutes\"")).collect::<Vec<_>>().join(", ");
    let many = Config::parse(&format!("[hold]\nagain = [{eleven}]")).unwrap_err().to_string();
    assert_eq!(many, "line 2: `again` can have at most 10 times");
}

#[test]
fn rules_can_be_given_points_and_a_name_that_nothing_has_is_said() {
    let text = "[scores]\n\nNO_SUCH_SYMBOL_AT_ALL = 1.0\nMISING_DATE = 1\nFEE_GOLD = 0.25\nMINE = 7\nMISSING_DATE = 1";
    let config = Config::parse(text).unwrap();
    let nothing = |line: usize, rest: &str| {
        format!("[scores] in the settings, line {line}: no check and no rule in use is named {rest}")
    };
    let unknown = nothing(3, "`NO_SUCH_SYMBOL_AT_ALL`");
    let slip = nothing(4, "`MISING_DATE`; did you mean `MISSING_DATE`?");
    assert_eq!(config.idle_scores(), [&*unknown, &*slip, &*nothing(6, "`MINE`")]);

    let file = RuleFile { name: "a.cf".to_owned(), text: b"body MINE /gold/\n".to_vec(), is_only_included: false };
    let book = load(&[own_files(), vec![file]].concat(), &LoadSettings::default());
    let program = Program::compile(&book, CompileSettings::default()).0;
    let config = config.with_program(Arc::new(program));
    assert_eq!(config.idle_scores(), [unknown, slip]);
    let mail = Mail::parse(
        b"Subject: x\n\nWe have 250 kg of gold dust and two hundred gold bars to sell.\n",
        &Arrival::default(),
    );
    let verdict = judge(&mail, &Evidence::default(), &config);
    let points = |name: &str| verdict.findings.iter().find(|found| found.finding.symbol.name() == name).unwrap().score;
    assert_eq!([points("FEE_GOLD"), points("MINE")], [Score::from_thousandths(250), Score::from_thousandths(7000)]);
}

#[test]
fn single_scores_and_checks_can_be_changed() {
    let config = Config::parse("[scores]\nMISSING_DATE = 0.125\n[checks]\ndate = false\nhtml = true\n").unwrap();
    let symbol = symbols().find(|info| info.name == "MISSING_DATE").unwrap().symbol();
    assert_eq!(config.score_of(&symbol), Score::from_thousandths(125));
    assert_ne!(Config::default().score_of(&symbol), Score::from_thousandths(125));
    assert!(!config.is_on("date") && config.is_on("html") && config.is_on("learned"));
}

#[test]
fn an_empty_file_is_the_default() {
    assert_eq!(Config::parse(""), Ok(Config::default()));
}

#[test]
fn the_commented_file_says_the_defaults() {
    assert_eq!(Config::parse(DEFAULT_CONFIG), Ok(Config::default()));

    let is_setting = |line: &str| line.strip_prefix('#').is_some_and(|rest| !rest.is_empty() && !rest.starts_with(' '));
    let all: Vec<&str> =
        DEFAULT_CONFIG.lines().map(|line| if is_setting(line) { line.trim_start_matches('#') } else { line }).collect();
    let got = Config::parse(&all.join("\n")).unwrap();
    let sample = Config::parse(&account("")).unwrap();
    assert_eq!(got, sample, "defaults, and the sample account with what is usual");
}

#[test]
fn every_symbol_has_a_default_score_and_nothing_else_does() {
    let scores: BTreeMap<String, Score> = toml::from_str(SCORES).unwrap();
    let scored: BTreeSet<&str> = scores.keys().map(String::as_str).collect();
    let declared: BTreeSet<&str> = symbols().map(|info| info.name).collect();
    assert_eq!(scored, declared);
}

#[test]
fn others_are_asked_about_fingerprints_only_where_a_server_is_written() {
    let none = Config::default();
    assert!(none.is_on("fingerprint") && !none.is_on("pyzor") && !none.is_on("rspamd_fuzzy") && !none.is_on("dcc"));
    let text = "[fingerprints]\nlocal = false\npyzor = \"[::1]:24441\"\nrspamd = \"fuzzy.example:1\"\n\
                rspamd_key = \"icy63itbhhni8bq15ntp5n5symuixf73s1kpjh6skaq4e7nx5fiy\"\ndcc = \"/usr/bin/dccproc\"\n";
    let config = Config::parse(text).unwrap();
    assert!(
        !config.is_on("fingerprint") && config.is_on("pyzor") && config.is_on("rspamd_fuzzy") && config.is_on("dcc")
    );
    let fingerprints = config.fingerprints();
    assert_eq!(fingerprints.pyzor.as_ref().map(ToString::to_string).as_deref(), Some("[::1]:24441"));
    let storage = fingerprints.rspamd.as_ref().unwrap();
    assert_eq!(
        (storage.server.port, storage.flag, storage.key.map(|key| key[..4].to_vec())),
        (1, 11, Some(vec![149, 1, 159, 107]))
    );
    assert_eq!(fingerprints.dcc, Some(Dcc::Program("/usr/bin/dccproc".into())));
    assert!(!Config::parse(&format!("{text}[checks]\npyzor = false\n")).unwrap().is_on("pyzor"));
}
