//! The servers of a few large providers, as they publish them. Whoever is not here gives `--host`: guessing a server
//! means offering it a password.

/// The domains of a provider's addresses, and its IMAP server (TLS, port 993, the address as user name).
const PROVIDERS: &[(&[&str], &str)] = &[
    (&["gmail.com", "googlemail.com"], "imap.gmail.com"),
    (&["gmx.de", "gmx.net", "gmx.at", "gmx.ch"], "imap.gmx.net"),
    (&["gmx.com"], "imap.gmx.com"),
    (&["web.de"], "imap.web.de"),
    (&["yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.co.uk"], "imap.mail.yahoo.com"),
    (&["aol.com"], "imap.aol.com"),
    (&["fastmail.com", "fastmail.fm"], "imap.fastmail.com"),
    (&["posteo.de", "posteo.net"], "posteo.de"),
    (&["mailbox.org"], "imap.mailbox.org"),
    (&["t-online.de"], "secureimap.t-online.de"),
];

/// The server for addresses of `domain`, if we know it for certain.
pub(super) fn host_of(domain: &str) -> Option<&'static str> {
    PROVIDERS.iter().find(|(domains, _)| domains.contains(&domain)).map(|(_, host)| *host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_domains_have_a_server() {
        assert_eq!(host_of("googlemail.com"), Some("imap.gmail.com"));
        assert_eq!(host_of("example.org"), None);
        assert_eq!(host_of("sub.gmail.com"), None);
    }
}
