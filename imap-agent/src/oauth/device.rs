//! A code that the person types in on any device, while we ask now and then whether they have (RFC 8628).

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{
    TokenError,
    endpoint::{Client, Said},
    flow::Granted,
};
use crate::secret::Secret;

/// Between two questions, unless the issuer says otherwise (RFC 8628 §3.2).
const USUAL_INTERVAL: Duration = Duration::from_secs(5);

/// How much longer whoever is too quick has to wait from then on (RFC 8628 §3.5).
const SLOWER: Duration = Duration::from_secs(5);

/// No issuer wants to be asked more seldom.
const LONGEST_INTERVAL: Duration = Duration::from_mins(1);

/// How long a code may count at most, whatever the issuer says, and at least.
const LONGEST: Duration = Duration::from_mins(30);
const SHORTEST: Duration = Duration::from_mins(1);

/// Longer than any code that a person can type. In characters.
const CODE_CHARS: usize = 40;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A code that waits for the person.
#[derive(Debug)]
pub(super) struct Device {
    code: Secret,
    interval: Duration,
    until: Instant,
    /// What is shown: the page, and the code to type in there.
    pub(super) page: String,
    pub(super) user_code: String,
}

/// Has a code made.
pub(super) async fn begin(client: &Client) -> Result<Device, TokenError> {
    let issuer = client.oauth.issuer.clone();
    let Some(address) = client.oauth.device.clone() else { return Err(TokenError::NoCodes { issuer }) };
    let scopes = Secret::new(client.oauth.scopes.join(" "));
    let fields = if scopes.expose().is_empty() { Vec::new() } else { vec![("scope", scopes)] };
    let answer = match client.ask_aside(address, fields).await? {
        Said::Yes(answer) => *answer,
        Said::No(said) => return Err(client.refused(said)),
    };
    let life = answer.expires_in().map_or(LONGEST, Duration::from_secs).clamp(SHORTEST, LONGEST);
    let interval = answer.interval().map_or(USUAL_INTERVAL, Duration::from_secs);
    let page = answer.verification_uri.or(answer.verification_url).filter(|page| is_page(page));
    let user_code = answer.user_code.filter(|code| is_code(code));
    let (Some(page), Some(user_code), Some(code)) = (page, user_code, answer.device_code) else {
        return Err(TokenError::NotUnderstood { issuer });
    };
    let interval = interval.clamp(Duration::from_secs(1), LONGEST_INTERVAL);
    Ok(Device { code: Secret::new(code), interval, until: Instant::now() + life, page, user_code })
}

impl Device {
    /// Waits until the person has typed it in, said no, or taken too long.
    pub(super) async fn finish(mut self, client: &Client) -> Result<Granted, TokenError> {
        let issuer = client.oauth.issuer.clone();
        while Instant::now() + self.interval < self.until {
            sleep(self.interval).await;
            let fields = vec![("grant_type", Secret::new(GRANT.to_owned())), ("device_code", self.code.clone())];
            match client.ask_aside(client.oauth.token.clone(), fields).await {
                Ok(Said::Yes(answer)) => return answer.granted(&issuer),
                Ok(Said::No(said)) if said == "authorization_pending" => {}
                Ok(Said::No(said)) if said == "slow_down" => {
                    self.interval = (self.interval + SLOWER).min(LONGEST_INTERVAL);
                }
                Ok(Said::No(said)) => return Err(client.refused(said)),
                Err(error) if error.passes_by_itself() => {
                    self.interval = self.interval.saturating_mul(2).min(LONGEST_INTERVAL);
                }
                Err(error) => return Err(error),
            }
        }
        Err(TokenError::TooLate { issuer })
    }
}

/// Whether a person can be sent there.
fn is_page(text: &str) -> bool {
    let starts_well = text.starts_with("https://") || text.starts_with("http://");
    starts_well && text.len() <= 2_000 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= CODE_CHARS && !text.contains(char::is_control)
}
