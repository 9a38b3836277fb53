//! `account sign-in`, and `account add --oauth`: access tokens by signing in once, with or without a running agent.

use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
};

use tamis_core::{
    api::{
        AccountForm, AccountReport, OAuthForm, Password, Reply, Request, SignInFor, SignInRequest, SignInStage,
        SignInView,
    },
    config::Account,
    setup,
};

use super::{Backend, Failure, out::Out, review, running_agent};
use crate::{
    client::Client,
    keys, oauth,
    paths::Home,
    secret::Secret,
    settings::Settings,
    words::{because, one_line},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent account sign-in me@example.org
  tamis-agent account sign-in me@example.org --device
  pass show tamis-client | tamis-agent account sign-in me@example.org --client-secret-file -

Prints a page to open in a browser on this machine, and waits until you are back. With --device it prints
a page and a code, to be typed in on whatever device you like. The secret of the client is kept beside what
the sign-in gives, in the keyring or in the sealed file, so it is needed again only if it has changed.";

#[derive(Debug, clap::Args)]
pub(super) struct AgainArgs {
    /// The account's name
    name: String,

    /// Sign in with a code on another device, instead of a browser on this machine
    #[arg(long)]
    device: bool,

    /// A file whose first line is the secret of the client, if Tamis does not have it yet or it has changed. It must be readable
    /// by you alone. `-` reads it from standard input
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
}

impl AgainArgs {
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct OAuthArgs {
    /// Sign in with whoever gives out access tokens, instead of a password: google, microsoft, fastmail, yahoo or aol, or a
    /// name of your own with --authorize and --token
    #[arg(
        long, value_name = "ISSUER", requires = "client_id",
        conflicts_with_all = ["password_file", "password_command", "no_test"]
    )]
    oauth: Option<String>,

    /// The client id that you have made there
    #[arg(long, value_name = "ID", requires = "oauth")]
    client_id: Option<String>,

    /// A file whose first line is the secret of that client, if it has one. It must be readable by you alone. `-` reads it from
    /// standard input
    #[arg(long, value_name = "FILE", requires = "oauth")]
    client_secret_file: Option<PathBuf>,

    /// Sign in with a code on another device, instead of a browser on this machine
    #[arg(long, requires = "oauth")]
    device: bool,

    /// The page on which one signs in, if not the usual one
    #[arg(long, value_name = "URL", requires = "oauth")]
    authorize: Option<String>,

    /// Where tokens are fetched, if not at the usual place
    #[arg(long, value_name = "URL", requires = "oauth")]
    token: Option<String>,

    /// Where a code for another device is fetched, if not at the usual place
    #[arg(long, value_name = "URL", requires = "oauth")]
    device_page: Option<String>,

    /// Where a token is given back, if not at the usual place
    #[arg(long, value_name = "URL", requires = "oauth")]
    revoke: Option<String>,

    /// What to ask for, if not the usual. Can be given several times
    #[arg(long, value_name = "WORD", requires = "oauth")]
    scope: Vec<String>,
}

impl OAuthArgs {
    /// What they say, if they say anything.
    pub(super) fn form(&self) -> Result<Option<OAuthForm>, Failure> {
        let (Some(issuer), Some(client_id)) = (&self.oauth, &self.client_id) else { return Ok(None) };
        let secret = self.client_secret_file.as_deref().map(client_secret).transpose()?;
        needs_none(issuer, secret.as_ref())?;
        let text = |option: &Option<String>| option.clone().unwrap_or_default();
        Ok(Some(OAuthForm {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            client_secret: secret.map(|secret| Password(secret.expose().to_owned())),
            authorize: text(&self.authorize),
            token: text(&self.token),
            device: text(&self.device_page),
            revoke: text(&self.revoke),
            scopes: self.scope.clone(),
        }))
    }

    /// Whether they say anything.
    pub(super) fn is_wanted(&self) -> bool {
        self.oauth.is_some()
    }

    pub(super) fn by_code(&self) -> bool {
        self.device
    }
}

/// The secret in that file, or on standard input.
fn client_secret(file: &Path) -> Result<Secret, Failure> {
    let failed = |err: io::Error| Failure::outside(format!("cannot read the secret of the client: {}", because(&err)));
    let secret = if file != Path::new("-") {
        keys::first_line(file)?
    } else if io::stdin().is_terminal() {
        rpassword::prompt_password("Secret of the client: ").map(Secret::new).map_err(failed)?
    } else {
        keys::first_line_of(io::stdin().lock()).map_err(failed)?
    };
    if secret.expose().is_empty() {
        let text = "there is no secret of the client on the first line; nothing is changed";
        return Err(Failure::person(text));
    }
    Ok(secret)
}

/// Refuses to go without a secret to whoever is known to want one.
fn needs_none(issuer: &str, secret: Option<&Secret>) -> Result<(), Failure> {
    if secret.is_none()
        && let Some(known) = setup::issuer(issuer)
        && known.secret
    {
        let text =
            format!("{} gives a secret with each client id: name its file with --client-secret-file", known.name);
        return Err(Failure::person(text));
    }
    Ok(())
}

/// Signs in for an account that is to be, and keeps it. What was found there is for the person.
pub(super) fn add(
    home: &Home,
    (form, account): (AccountForm, &Account),
    by_code: bool,
    backend: &dyn Backend,
    out: &mut Out,
) -> Result<AccountReport, Failure> {
    if let Some(agent) = running_agent(home)? {
        return by_agent(agent, SignInFor::Form(Box::new(form)), by_code, out);
    }
    let secret = form.oauth.as_ref().and_then(|oauth| oauth.client_secret.clone()).map(|secret| Secret::new(secret.0));
    let report = backend.sign_in(account, secret, by_code, &mut |url, code| show(url, code, out))?;
    Settings::add_account(home, &form)?;
    Ok(report)
}

/// Signs in once more for an account that is there.
pub(super) fn again(
    home: &Home,
    args: &AgainArgs,
    backend: &dyn Backend,
    out: &mut Out,
) -> Result<AccountReport, Failure> {
    let given = args.client_secret_file.as_deref().map(client_secret).transpose()?;
    if let Some(agent) = running_agent(home)? {
        let account = args.name.clone();
        let wanted = match given {
            Some(secret) => {
                SignInFor::AccountWithSecret { account, client_secret: Password(secret.expose().to_owned()) }
            }
            None => SignInFor::Account(account),
        };
        return by_agent(agent, wanted, args.device, out);
    }
    let settings = Settings::load(home)?;
    let account = settings.account(&args.name)?;
    let Some(oauth) = oauth::of(account) else {
        let text = format!("the account `{}` has a password, so there is nobody to sign in with", account.name);
        return Err(Failure::person(text));
    };
    let secret = if given.is_some() { given } else { oauth::client_secret(account, oauth)? };
    needs_none(&oauth.issuer, secret.as_ref())?;
    backend.sign_in(account, secret, args.device, &mut |url, code| show(url, code, out))
}

fn by_agent(mut agent: Client, wanted: SignInFor, by_code: bool, out: &mut Out) -> Result<AccountReport, Failure> {
    let mut view = view(agent.call(Request::SignIn(SignInRequest::Begin { wanted, by_code }))?, out)?;
    show(&view.url, &view.code, out)?;
    loop {
        match view.stage {
            SignInStage::Done(report) => return Ok(report),
            SignInStage::Failed(text) => return Err(Failure::person(text)),
            SignInStage::Waiting | SignInStage::Testing => {
                let request = Request::SignIn(SignInRequest::Follow { id: view.id, known: view.stage });
                view = self::view(agent.call(request)?, out)?;
            }
        }
    }
}

fn view(reply: Reply, out: &mut Out) -> Result<SignInView, Failure> {
    if let Reply::SignIn(view) = reply {
        return Ok(*view);
    }
    review::say(reply, out)?;
    Err(Failure::outside("the agent answered something else than was asked"))
}

/// The page is for whoever runs the command, and for scripts: it stands on a line of its own.
fn show(url: &str, code: &str, out: &mut Out) -> Result<(), Failure> {
    if code.is_empty() {
        out.remark("open this page in a browser on this machine, and sign in there:");
        out.line(format_args!("  {}", one_line(url)))?;
        return out.flush();
    }
    out.remark("open this page on any device, and type in the code:");
    out.line(format_args!("  {}", one_line(url)))?;
    out.line(format_args!("  code: {}", one_line(code)))?;
    out.flush()
}
