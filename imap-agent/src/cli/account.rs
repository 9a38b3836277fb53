//! `account`: setting up without the window.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use clap::Subcommand;
use tamis_core::{
    api::{AccountForm, AccountReport, FoundServer, Password, Reply, Request},
    config::{Account, Auth, PasswordSource, Security},
    mail::Address,
};

use super::{
    Backend, Failure, absolute,
    find_server::chosen,
    out::Out,
    review, running_agent,
    sign_in::{self, AgainArgs, OAuthArgs},
    steps::{StepArgs, Steps},
    table::table,
};
use crate::{
    keys::{self, KeyError},
    paths::Home,
    secret::Secret,
    settings::Settings,
    words::{count, lines, one_line},
};

#[derive(Debug, Subcommand)]
pub(super) enum AccountCommand {
    /// Test an account and keep it
    #[command(after_help = ADD_EXAMPLES)]
    Add(Box<AddArgs>),
    /// List the accounts
    #[command(after_help = "Example:\n  tamis-agent account list")]
    List,
    /// Log in and look at the folders, but change nothing
    #[command(after_help = "Example:\n  tamis-agent account test me@example.org")]
    Test {
        /// The account's name; all accounts without it
        name: Option<String>,
    },
    /// Sign in once more for an account that gets access tokens by signing in
    #[command(after_help = sign_in::EXAMPLES)]
    SignIn(AgainArgs),
    /// Go through the steps of setting up again: Junk folder, what becomes of junk, learning, starting at login
    #[command(after_help = "Examples:\n  tamis-agent account setup me@example.org\n  \
        tamis-agent account setup me@example.org --doubtful folder --learn")]
    Setup {
        /// The account's name
        name: String,

        /// The Junk folder, if Tamis does not find the right one
        #[arg(long, value_name = "FOLDER")]
        junk_folder: Option<String>,

        #[command(flatten)]
        steps: StepArgs,
    },
    /// Stop watching an account and forget its password. Mail on the server stays as it is
    #[command(after_help = "Example:\n  tamis-agent account remove me@example.org")]
    Remove {
        /// The account's name
        name: String,
    },
}

const ADD_EXAMPLES: &str = "Examples:
  tamis-agent account add me@example.org
  tamis-agent account add me@example.org --host imap.example.org --password-command 'pass show mail'

  tamis-agent account add me@example.org --host imap.example.org --auth xoauth2 \\
    --password-command 'print-access-token me@example.org'
  tamis-agent account add me@outlook.com --oauth microsoft --client-id ID
  tamis-agent account add me@example.org --host imap.example.org --auth external \\
    --client-cert ~/me.pem --client-key ~/me.key

The password is asked for and kept in the keyring of the system, unless --password-file or
--password-command says where it is. An access token is good for an hour or so, so a command should
print a fresh one each time; or sign in once with --oauth, and Tamis fetches them by itself, with a
client id that you have made with your provider. Without --host the server is looked for: in a table of providers, in
what the domain publishes, and under the usual names. It is shown, and unless it is a provider's
you are asked before your password goes there.

Once the login works, a few questions follow, each with an answer that Enter takes: the Junk folder,
what becomes of junk and of doubtful mail, whether to learn from the mail that is there, whether to
start at login. --junk-folder, --doubtful, --only-mark, --learn and --autostart answer beforehand.
Without a terminal nobody is asked: junk is filed, doubtful mail stays, and the rest is left as it is.";

#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// Your address
    address: String,

    /// The IMAP server, if not the one that is found
    #[arg(long)]
    host: Option<String>,

    /// Use the server that is found without asking
    #[arg(long, conflicts_with = "host")]
    yes: bool,

    /// The port, if not the usual one: 993 with tls, else 143
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..), requires = "host")]
    port: Option<u16>,

    /// How the connection is protected: `tls` unless written. `none` only to this machine itself
    #[arg(long, value_parser = ["tls", "starttls", "none"], requires = "host")]
    security: Option<String>,

    /// The name to log in with, if not the address
    #[arg(long)]
    user: Option<String>,

    /// A file whose first line is the password. It must be readable by you alone
    #[arg(long, value_name = "FILE", conflicts_with = "password_command")]
    password_file: Option<PathBuf>,

    /// A command that prints the password on its first line
    #[arg(long, value_name = "COMMAND")]
    password_command: Option<String>,

    /// How to log in. `auto`: with the password, in the best way the server offers. `xoauth2` and `oauthbearer` take an
    /// access token in place of the password; `external` takes --client-cert and no password
    #[arg(long, value_parser = Auth::ALL.map(Auth::word), default_value = "auto")]
    auth: String,

    /// A PEM file of a certificate to show to the server
    #[arg(long, value_name = "FILE", requires = "client_key")]
    client_cert: Option<PathBuf>,

    /// A PEM file of its private key, without a passphrase. It must be readable by you alone
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    client_key: Option<PathBuf>,

    /// A PEM file of certificate authorities to trust besides the system's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,

    #[command(flatten)]
    oauth: OAuthArgs,

    /// The Junk folder, if Tamis does not find the right one
    #[arg(long, value_name = "FOLDER")]
    junk_folder: Option<String>,

    /// The name in the window and in commands, if not the address
    #[arg(long)]
    name: Option<String>,

    /// Keep the account without logging in first
    #[arg(long)]
    no_test: bool,

    #[command(flatten)]
    steps: StepArgs,
}

pub(super) fn account(
    home: &Home,
    command: AccountCommand,
    backend: &dyn Backend,
    out: &mut Out,
) -> Result<(), Failure> {
    match command {
        AccountCommand::Add(args) => add(home, &args, backend, out),
        AccountCommand::List => list(home, out),
        AccountCommand::Test { name } => test(home, name.as_deref(), backend, out),
        AccountCommand::SignIn(args) => {
            let report = sign_in::again(home, &args, backend, out)?;
            say_report(&report, out)?;
            out.line(format_args!("account {} is signed in", one_line(args.name())))
        }
        AccountCommand::Setup { name, junk_folder, steps } => {
            setup(home, (&name, junk_folder.as_deref(), &steps), backend, out)
        }
        AccountCommand::Remove { name } => remove(home, &name, out),
    }
}

fn add(home: &Home, args: &AddArgs, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    let settings = Settings::load(home)?;
    let form = form(args, server(args, &settings, backend, out)?)?;
    let account = settings.preview(&form)?;
    if form.oauth.is_some() {
        let report = sign_in::add(home, (form, &account), args.oauth.by_code(), backend, out)?;
        say_report(&report, out)?;
        out.line(kept(&account))?;
        let (args, report, agent) = (&args.steps, Some(&report), running_agent(home)?);
        return Steps { home, backend, args, account: &account, junk_folder: None, report, agent }.take(out);
    }
    let agent = running_agent(home)?;
    if agent.is_some() && args.no_test {
        let text = "the running agent tests every account it is given; leave out --no-test, or stop the agent first";
        return Err(Failure::person(text));
    }
    // With a source of its own the password need not be known before it is used.
    let needs_password = account.password == PasswordSource::Keyring || (agent.is_none() && !args.no_test);
    let password = if needs_password { Some(find_password(&account)?) } else { None };
    if let Some(mut agent) = agent {
        let asked = password.filter(|_| account.password == PasswordSource::Keyring);
        let password = asked.map(|(secret, _)| Password(secret.expose().to_owned()));
        let reply = agent.call(Request::AddAccount(AccountForm { password, ..form }))?;
        let Reply::Account(report) = reply else { return review::say(reply, out) };
        say_report(&report, out)?;
        out.line(kept(&account))?;
        let (args, report) = (&args.steps, Some(&report));
        return Steps { home, backend, args, account: &account, junk_folder: None, report, agent: Some(agent) }
            .take(out);
    }
    let mut report = None;
    if let Some((secret, _)) = password.as_ref().filter(|_| !args.no_test) {
        let found = backend.test_account(&account, secret)?;
        say_report(&found, out)?;
        report = Some(found);
    }
    if let Some((secret, Origin::Asked)) = &password {
        keys::store_password(&account, secret)?;
    }
    Settings::add_account(home, &form)?;
    out.line(kept(&account))?;
    let (args, report) = (&args.steps, report.as_ref());
    Steps { home, backend, args, account: &account, junk_folder: None, report, agent: None }.take(out)?;
    out.remark("start watching with: tamis-agent run");
    Ok(())
}

/// The steps of an account that is there.
fn setup(
    home: &Home,
    (name, junk_folder, args): (&str, Option<&str>, &StepArgs),
    backend: &dyn Backend,
    out: &mut Out,
) -> Result<(), Failure> {
    let settings = Settings::load(home)?;
    let account = settings.account(name)?;
    let mut agent = running_agent(home)?;
    let report = if let Some(agent) = &mut agent {
        let reply = agent.call(Request::LookAtAccount { account: account.name.clone() })?;
        let Reply::Account(report) = reply else { return review::say(reply, out) };
        report
    } else {
        backend.test_account(account, &keys::password(account)?)?
    };
    Steps { home, backend, args, account, junk_folder, report: Some(&report), agent }.take(out)
}

fn kept(account: &Account) -> String {
    format!("account {} added", one_line(&account.name))
}

/// The server that is named, or else the one that is found.
fn server(args: &AddArgs, settings: &Settings, backend: &dyn Backend, out: &mut Out) -> Result<FoundServer, Failure> {
    let address = Address::parse(&args.address)
        .ok_or_else(|| Failure::person(format!("`{}` is not an address; write it as me@example.org", args.address)))?;
    if let Some(host) = &args.host {
        let (port, security) = (args.port.unwrap_or_default(), args.security.clone().unwrap_or_default());
        return Ok(FoundServer { host: host.clone(), port, security, ..FoundServer::default() });
    }
    let found = backend.find_servers(&address, settings)?;
    let server = chosen(&address, found, args.yes, out)?;
    let has_token = args.auth != Auth::Auto.word() || args.oauth.is_wanted();
    if server.needs_token && !has_token {
        let text = "say with --oauth and --client-id with whom to sign in, or --auth xoauth2 and with --password-command \
                    where a token comes from";
        return Err(Failure::person(text));
    }
    Ok(server)
}

fn form(args: &AddArgs, server: FoundServer) -> Result<AccountForm, Failure> {
    let whole = |path: &Option<PathBuf>| path.as_deref().map(absolute).transpose();
    Ok(AccountForm {
        name: args.name.clone().unwrap_or_default(),
        address: args.address.clone(),
        // What is usual is not written down.
        port: if is_usual(&server) { 0 } else { server.port },
        security: Security::from_word(&server.security)
            .filter(|s| *s != Security::Tls)
            .map_or("", Security::word)
            .to_owned(),
        host: server.host,
        user: args.user.clone().unwrap_or(server.user),
        password: None,
        password_file: whole(&args.password_file)?,
        password_command: args.password_command.clone(),
        auth: Auth::from_word(&args.auth).filter(|auth| *auth != Auth::Auto).map_or("", Auth::word).to_owned(),
        client_cert: whole(&args.client_cert)?,
        client_key: whole(&args.client_key)?,
        ca_file: whole(&args.ca_file)?,
        junk_folder: args.junk_folder.clone().unwrap_or_default(),
        oauth: args.oauth.form()?,
    })
}

fn is_usual(server: &FoundServer) -> bool {
    server.port == if matches!(server.security.as_str(), "" | "tls") { 993 } else { 143 }
}

/// Where a password came from.
enum Origin {
    /// From where the settings say.
    Source,
    /// From the person, just now.
    Asked,
}

fn find_password(account: &Account) -> Result<(Secret, Origin), Failure> {
    match keys::password(account) {
        Ok(secret) => Ok((secret, Origin::Source)),
        Err(KeyError::Missing { .. }) => ask(account).map(|secret| (secret, Origin::Asked)),
        Err(err) => Err(err.into()),
    }
}

fn ask(account: &Account) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        let text = "there is no terminal to ask for the password; use --password-file or --password-command";
        return Err(Failure::person(text));
    }
    let what = if account.auth.takes_token() { "Access token" } else { "Password" };
    let prompt = format!("{what} of {} at {}: ", one_line(&account.user), account.host);
    let typed = rpassword::prompt_password(prompt)
        .map_err(|err| Failure::outside(format!("cannot ask for the password: {}", crate::words::because(&err))))?;
    if typed.is_empty() {
        Err(Failure::person("no password was given; nothing is changed"))
    } else {
        Ok(Secret::new(typed))
    }
}

fn list(home: &Home, out: &mut Out) -> Result<(), Failure> {
    let settings = Settings::load(home)?;
    let accounts = settings.config().accounts();
    if accounts.is_empty() {
        return out.line("there is no account; add one with: tamis-agent account add ADDRESS");
    }
    let row = |account: &Account| {
        let server = format!("{}:{} ({})", account.host, account.port, account.security.word());
        let password = match &account.password {
            PasswordSource::Keyring => "keyring".to_owned(),
            PasswordSource::File(path) => path.display().to_string(),
            PasswordSource::Command(_) => "command".to_owned(),
            PasswordSource::NotNeeded => "certificate".to_owned(),
            PasswordSource::OAuth(oauth) => format!("signed in with {}", one_line(&oauth.issuer)),
        };
        vec![account.name.clone(), account.address.to_string(), server, password]
    };
    let rows: Vec<Vec<String>> = accounts.iter().map(row).collect();
    for line in table(&["Account", "Address", "Server", "Password"], &rows) {
        out.line(line)?;
    }
    Ok(())
}

fn test(home: &Home, name: Option<&str>, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    let settings = Settings::load(home)?;
    let accounts: Vec<&Account> = match name {
        Some(name) => vec![settings.account(name)?],
        None => settings.config().accounts().iter().collect(),
    };
    if accounts.is_empty() {
        return Err(Failure::person("there is no account; add one with: tamis-agent account add ADDRESS"));
    }
    let mut failed: Option<Failure> = None;
    for account in accounts {
        let tested = keys::password(account).map_err(Failure::from).and_then(|p| backend.test_account(account, &p));
        match tested {
            Ok(report) => {
                out.line(format_args!("{}: works", one_line(&account.name)))?;
                say_report(&report, out)?;
            }
            Err(failure) => {
                if let Some(earlier) = failed.replace(failure) {
                    out.remark(format_args!("error: {}", earlier.text()));
                }
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

fn remove(home: &Home, name: &str, out: &mut Out) -> Result<(), Failure> {
    if let Some(mut agent) = running_agent(home)? {
        return review::say(agent.call(Request::RemoveAccount { name: name.to_owned() })?, out);
    }
    let (_, account) = Settings::remove_account(home, name)?;
    out.line(format_args!("account {} removed; mail on the server stays as it is", one_line(&account.name)))?;
    if account.password.is_in_keyring()
        && let Err(err) = keys::forget_password(&account)
    {
        return Err(Failure::outside(format!("its password could not be taken out of the keyring: {err}")));
    }
    Ok(())
}

fn say_report(report: &AccountReport, out: &mut Out) -> Result<(), Failure> {
    for step in report.steps.iter().chain(&report.notes) {
        out.line(format_args!("  {}", lines(step)))?;
    }
    let inbox = usize::try_from(report.inbox_messages).unwrap_or(usize::MAX);
    let junk = report.junk_folder.as_deref().map_or_else(|| "will be made".to_owned(), one_line);
    out.line(format_args!("  {} in the inbox; Junk folder: {junk}", count(inbox, "message")))
}
