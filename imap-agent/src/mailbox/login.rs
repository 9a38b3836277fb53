//! Logging in, and what the server can do from then on.

mod sasl;
mod scram;
mod token;

use std::{collections::BTreeSet, time::Duration};

use tamis_core::config::Account;

use self::sasl::{Tried, Way};
pub use self::scram::ScramFault;
use super::{
    connect_error::Problem,
    driver::Connection,
    response::{Code, CommandError, Completed, Untagged},
};
use crate::secret::Secret;

/// Servers delay the answer to a wrong password, some by many seconds.
const LOGIN_LIMIT: Duration = Duration::from_mins(1);

/// What the server can do, in upper case: servers spell it in every way.
pub(super) type Capabilities = BTreeSet<String>;

pub(super) fn capability_set(list: impl IntoIterator<Item = impl AsRef<str>>) -> Capabilities {
    list.into_iter().map(|name| name.as_ref().to_ascii_uppercase()).collect()
}

/// A login that succeeded.
pub(super) struct LoggedIn {
    /// What the server can do from now on.
    pub(super) capabilities: Capabilities,
    /// How it was done, where that is more than sending a password: `SCRAM-SHA-256`.
    pub(super) way: Option<&'static str>,
}

/// Logs in. `offered` is what the server said it could do before, if it has.
pub(super) async fn log_in(
    connection: &mut Connection,
    account: &Account,
    secret: &Secret,
    offered: Option<Vec<String>>,
) -> Result<LoggedIn, Problem> {
    let is_unusable = |text: &str| text.contains(['\r', '\n', '\0']);
    if is_unusable(&account.user) || is_unusable(secret.expose()) {
        return Err(Problem::UnusablePassword);
    }
    let offered = match offered {
        Some(list) => capability_set(list),
        None => ask_capabilities(connection).await?,
    };
    let mut refusal = Problem::LoginDisabled;
    for way in sasl::ways(account, secret, &offered)? {
        let mut renewed = None;
        let note = |untagged| {
            if let Untagged::Capability(list) | Untagged::Code(Code::Capability(list)) = untagged {
                renewed = Some(list);
            }
        };
        let outcome = if way == Way::LoginCommand {
            let outcome = login(connection, &account.user, secret, note).await;
            outcome.map(Tried::In).map_err(|error| Problem::from_command(redacted(error, std::slice::from_ref(secret))))
        } else {
            sasl::authenticate(connection, way, account, secret, note).await
        };
        let completed = match outcome? {
            Tried::In(completed) => completed,
            Tried::Unknown(text) => {
                refusal = Problem::LoginRefused(text);
                continue;
            }
        };
        if let Some(Code::Capability(list)) = completed.code {
            renewed = Some(list);
        }
        let capabilities = match renewed {
            Some(list) => capability_set(list),
            None => ask_capabilities(connection).await?,
        };
        identify(connection, &capabilities).await?;
        let sends_password = matches!(way, Way::Plain | Way::Login | Way::LoginCommand);
        return Ok(LoggedIn { capabilities, way: (!sends_password).then(|| way.mechanism()) });
    }
    Err(refusal)
}

/// Quoted strings are for ASCII; any other password goes as a literal.
async fn login(
    connection: &mut Connection,
    user: &str,
    secret: &Secret,
    on: impl FnMut(Untagged),
) -> Result<Completed, CommandError> {
    let user = quoted(user);
    let password = secret.expose();
    if password.is_ascii() {
        let line = Secret::new(format!("LOGIN {user} {}", quoted(password)));
        return connection.command(line.expose(), None, LOGIN_LIMIT, on).await;
    }
    let line = format!("LOGIN {user} {{{}}}", password.len());
    connection.command(&line, Some(password.as_bytes()), LOGIN_LIMIT, on).await
}

async fn ask_capabilities(connection: &mut Connection) -> Result<Capabilities, Problem> {
    let mut said = None;
    let note = |untagged| {
        if let Untagged::Capability(list) | Untagged::Code(Code::Capability(list)) = untagged {
            said = Some(list);
        }
    };
    let completed = connection.command("CAPABILITY", None, LOGIN_LIMIT, note).await.map_err(Problem::from_command)?;
    if let Some(Code::Capability(list)) = completed.code {
        said = Some(list);
    }
    Ok(capability_set(said.unwrap_or_default()))
}

/// Some providers refuse programs that do not say their name. The answer does not matter.
async fn identify(connection: &mut Connection, capabilities: &Capabilities) -> Result<(), Problem> {
    if !capabilities.contains("ID") {
        return Ok(());
    }
    let line = format!("ID (\"name\" \"Tamis\" \"version\" \"{}\")", env!("CARGO_PKG_VERSION"));
    match connection.command(&line, None, LOGIN_LIMIT, drop).await {
        Err(error) if !error.leaves_session_usable() => Err(Problem::from_command(error)),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// A quoted string.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Servers quote what they did not understand, and that may be the login.
fn redacted(error: CommandError, secrets: &[Secret]) -> CommandError {
    let without = |text: String| secrets.iter().fold(text, |text, secret| secret.redact(&text));
    match error {
        CommandError::No { code, text } => CommandError::No { code, text: without(text) },
        CommandError::Bad { text, .. } => CommandError::Bad { code: None, text: without(text) },
        CommandError::Bye { text, .. } => CommandError::Bye { code: None, text: without(text) },
        error @ (CommandError::Lost(_) | CommandError::Timeout | CommandError::NotSent(_)) => error,
    }
}

#[cfg(test)]
mod tests;
