//! What the author's domain wants done with mail that is not of it (DMARC, RFC 9989).

use mail_auth::{
    AuthenticatedMessage, DkimOutput, DmarcResult, SpfOutput,
    dmarc::{Policy, verify::DmarcParameters},
};
use tamis_core::{
    Answer,
    dns::DnsKind,
    mail::{Dmarc, DmarcPolicy, Domain, Mail, SpfWord},
};

use super::{Look, host::Host, no_answer};

impl Look<'_, '_> {
    /// Asks the author's domain, if there is only one author.
    pub(super) async fn dmarc(
        &self,
        message: &AuthenticatedMessage<'_>,
        dkim: &[DkimOutput<'_>],
        host: Option<&Host>,
    ) -> Dmarc {
        let Some(author) = only_author(self.mail) else { return Dmarc::None };
        let named = message
            .from
            .iter()
            .all(|from| from.rsplit_once('@').and_then(|(_, name)| Domain::parse(name)).as_ref() == Some(author));
        if !named || message.from.is_empty() {
            // Two readers of one line do not agree about whom it names.
            return Dmarc::None;
        }
        let nobody = SpfOutput::default();
        let spf = host.map_or(&nobody, |host| &host.output);
        let sender = host.map_or("", |host| host.found.domain.as_str());
        let output = self.authenticator.verify_dmarc(DmarcParameters::new(message, dkim, sender, spf)).await;
        let is_asked = !host.is_some_and(|host| matches!(host.found.word, SpfWord::Unknown(_)));
        match output.result() {
            DmarcResult::Pass => Dmarc::Pass,
            DmarcResult::None => self.no_policy(author).await,
            DmarcResult::Fail(_) if is_asked && self.is_fresh && !self.mail.is_truncated => {
                Dmarc::Fail(policy(output.policy()))
            }
            DmarcResult::Fail(_) => Dmarc::Unknown("not all of it could be looked at".to_owned()),
            DmarcResult::TempError(_) | DmarcResult::PermError(_) => {
                Dmarc::Unknown("the author's name servers could not be asked".to_owned())
            }
        }
    }

    /// The library takes a name server's refusal for nothing being there.
    async fn no_policy(&self, author: &Domain) -> Dmarc {
        for name in [author.clone(), author.registrable()] {
            if let Answer::Unknown(why) = self.dns.ask(&format!("_dmarc.{name}"), DnsKind::Txt).await {
                return Dmarc::Unknown(why);
            }
        }
        Dmarc::None
    }
}

/// What can be said when nobody has answered in time.
pub(super) fn late() -> Dmarc {
    Dmarc::Unknown(no_answer())
}

fn only_author<'a>(mail: &'a Mail<'_>) -> Option<&'a Domain> {
    let [only] = mail.from() else { return None };
    only.address.as_ref().map(|address| &address.domain)
}

fn policy(policy: Policy) -> DmarcPolicy {
    match policy {
        Policy::Reject => DmarcPolicy::Reject,
        Policy::Quarantine => DmarcPolicy::Quarantine,
        Policy::None | Policy::Unspecified => DmarcPolicy::None,
    }
}
