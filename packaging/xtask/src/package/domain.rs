//! A domain that takes in mail, as a good provider runs it: an IMAP server with a certificate of its name, a site that says
//! how to set up mail programs, and name servers that say the same.

use std::{
    fs,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result};

use crate::{
    dovecot::{Dovecot, Options},
    ground::make_site_certificate,
    server::Server,
    zone::Zone,
};

/// Its name.
pub(super) const DOMAIN: &str = "linden.example";

/// A running domain.
#[derive(Debug)]
pub(super) struct Domain {
    /// Its mail server.
    pub(super) mail: Server,
    site: Child,
    _names: Zone,
}

impl Domain {
    /// Starts all of it in a network namespace, where the ports of the web and of name servers are free.
    pub(super) fn start() -> Result<Self> {
        let mut mail = Dovecot::start(Options::default())?;
        let names = [format!("mail.{DOMAIN}"), format!("autoconfig.{DOMAIN}")];
        make_site_certificate(&mail.root.join("tls"), &names.each_ref().map(String::as_str))?;
        let extra = "ssl_cert = <@root@/tls/site.pem\nssl_key = <@root@/tls/site.key".to_owned();
        mail.restart(Options { extra, ..Options::default() })?;
        let folder = mail.root.join("site/mail");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("config-v1.1.xml"), autoconfig(mail.tls_port))?;
        let script = mail.root.join("site.py");
        fs::write(&script, include_str!("site.py"))?;
        let mut python = Command::new("/usr/bin/python3");
        python.arg(&script).arg(mail.root.join("site"));
        python.args(["site.pem", "site.key"].map(|name| mail.root.join("tls").join(name)));
        let log = fs::File::create(mail.root.join("log/site"))?;
        let site =
            python.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().context("cannot start python3")?;
        let records = [
            format!("mail.{DOMAIN}. 300 IN A 127.0.0.1"),
            format!("autoconfig.{DOMAIN}. 300 IN A 127.0.0.1"),
            format!("_imaps._tcp.{DOMAIN}. 300 IN SRV 0 1 {} mail.{DOMAIN}.", mail.tls_port),
        ];
        let names = Zone::at(53, [], &records.each_ref().map(String::as_str))?;
        Ok(Self { mail, site, _names: names })
    }
}

impl Drop for Domain {
    fn drop(&mut self) {
        self.site.kill().ok();
        self.site.wait().ok();
    }
}

/// What the site publishes, in Mozilla's form.
fn autoconfig(port: u16) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<clientConfig version=\"1.1\">\n<emailProvider id=\"{DOMAIN}\">\n<domain>{DOMAIN}</domain>\n\
         <incomingServer type=\"imap\">\n<hostname>mail.{DOMAIN}</hostname>\n<port>{port}</port>\n<socketType>SSL</socketType>\n\
         <username>%EMAILLOCALPART%</username>\n<authentication>password-cleartext</authentication>\n</incomingServer>\n\
         </emailProvider>\n</clientConfig>\n"
    )
}
