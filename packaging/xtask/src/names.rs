//! Private name servers on loopback, for as long as a value lives: Debian's unbound as the resolver, and rbldnsd for lists
//! behind it.

use std::{
    fmt::Write as _,
    fs,
    net::UdpSocket,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    ground::{free_port, make_certificates, temporary_folder},
    packages::is_root,
};

/// How long a server may take to start.
const START: Duration = Duration::from_secs(20);

/// A list: its zone, what kind of set it is for rbldnsd (`ip4set`, `ip6trie`, `dnset`), and its entries as rbldnsd reads
/// them.
#[derive(Clone, Copy, Debug)]
pub struct ListZone<'a> {
    /// Where it is asked.
    pub zone: &'a str,
    /// `ip4set`, `ip6trie` or `dnset`.
    pub kind: &'a str,
    /// One a line.
    pub entries: &'a str,
}

/// Running servers.
#[derive(Debug)]
pub struct NameServers {
    root: PathBuf,
    children: Vec<Child>,
    /// The resolver's port for UDP and TCP.
    pub port: u16,
    /// Its port for DNS over TLS.
    pub tls_port: u16,
    /// Its port for DNS over HTTPS.
    pub https_port: u16,
}

impl NameServers {
    /// Starts a resolver that knows these records (`name. 300 IN A 192.0.2.1`), these lists, and zones of which the server
    /// is at a port where nobody answers.
    pub fn start(records: &[&str], lists: &[ListZone<'_>], dead: &[&str]) -> Result<Self> {
        let root = temporary_folder("names")?;
        let mut servers =
            Self { root, children: Vec::new(), port: free_port()?, tls_port: free_port()?, https_port: free_port()? };
        let list_port = free_port()?;
        if !lists.is_empty() {
            servers.start_lists(lists, list_port)?;
        }
        servers.start_resolver(records, lists, dead, list_port)?;
        Ok(servers)
    }

    /// The certificate authority of the resolver, whose name is `localhost`.
    pub fn ca_file(&self) -> PathBuf {
        self.root.join("tls/ca.pem")
    }

    fn start_lists(&mut self, lists: &[ListZone<'_>], port: u16) -> Result<()> {
        let folder = self.root.join("lists");
        fs::create_dir(&folder)?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
        let mut rbldnsd = Command::new("rbldnsd");
        rbldnsd.arg("-n").args(["-r", "/", "-w"]).arg(&folder).args(["-b", &format!("127.0.0.1/{port}")]);
        if is_root() {
            // It does not run as root.
            rbldnsd.args(["-u", "nobody"]);
        }
        for (number, list) in lists.iter().enumerate() {
            let file = format!("{number}.zone");
            let soa = "$SOA 300 ns.test. host.test. 1 3600 900 604800 300\n";
            fs::write(folder.join(&file), format!("{soa}{}\n", list.entries))?;
            rbldnsd.arg(format!("{}:{}:{file}", list.zone, list.kind));
        }
        self.spawn(&mut rbldnsd, "rbldnsd")?;
        self.wait_for(port)
    }

    fn start_resolver(
        &mut self,
        records: &[&str],
        lists: &[ListZone<'_>],
        dead: &[&str],
        list_port: u16,
    ) -> Result<()> {
        let tls = self.root.join("tls");
        fs::create_dir(&tls)?;
        make_certificates(&tls)?;
        let dead_port = free_port()?;
        let mut text = self.head(&tls);
        for record in records {
            // Whoever writes one record of a name means that it has no others.
            let name = record.split(' ').next().unwrap_or_default();
            writeln!(text, "  local-zone: \"{name}\" static\n  local-data: '{record}'")?;
        }
        let mut zones: Vec<(&str, u16)> = lists.iter().map(|list| (list.zone, list_port)).collect();
        zones.dedup();
        zones.extend(dead.iter().map(|zone| (*zone, dead_port)));
        for (zone, _) in &zones {
            writeln!(text, "  local-zone: \"{zone}.\" transparent")?;
        }
        for (zone, port) in zones {
            writeln!(text, "stub-zone:\n  name: \"{zone}\"\n  stub-addr: 127.0.0.1@{port}")?;
        }
        text.push_str("remote-control:\n  control-enable: no\n");
        let config = self.root.join("unbound.conf");
        fs::write(&config, text)?;
        let mut unbound = Command::new("unbound");
        unbound.arg("-d").arg("-c").arg(&config);
        self.spawn(&mut unbound, "unbound")?;
        self.wait_for(self.port)
    }

    /// All that is asked for and not told here does not exist: nobody outside is asked.
    fn head(&self, tls: &Path) -> String {
        let Self { port, tls_port, https_port, .. } = self;
        let tls = tls.display();
        format!(
            "server:\n  interface: 127.0.0.1@{port}\n  interface: 127.0.0.1@{tls_port}\n  interface: 127.0.0.1@{https_port}\n  \
             port: {port}\n  tls-port: {tls_port}\n  https-port: {https_port}\n  tls-service-key: \"{tls}/server.key\"\n  \
             tls-service-pem: \"{tls}/server.pem\"\n  do-daemonize: no\n  username: \"\"\n  chroot: \"\"\n  pidfile: \"\"\n  \
             use-syslog: no\n  verbosity: 0\n  do-ip6: no\n  num-threads: 1\n  access-control: 127.0.0.0/8 allow\n  \
             do-not-query-localhost: no\n  module-config: \"iterator\"\n  edns-buffer-size: 1232\n  local-zone: \".\" static\n  \
             local-zone: \"test.\" nodefault\n"
        )
    }

    fn spawn(&mut self, command: &mut Command, name: &str) -> Result<()> {
        let log = fs::File::create(self.root.join(format!("{name}.log")))?;
        if is_root() {
            chown(self.root.join(format!("{name}.log")), Some(65534), Some(65534)).ok();
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().with_context(|| {
            format!(
                "cannot run {name}; `cargo xtask test` installs the packages: {}",
                crate::packages::NAME_SERVERS.join(" ")
            )
        })?;
        self.children.push(child);
        Ok(())
    }

    /// Asks for the root until there is an answer of any kind.
    fn wait_for(&mut self, port: u16) -> Result<()> {
        let question = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1];
        let socket = UdpSocket::bind(("127.0.0.1", 0))?;
        socket.set_read_timeout(Some(Duration::from_millis(100)))?;
        let deadline = Instant::now() + START;
        while Instant::now() < deadline {
            // Nobody listening yet shows as an error of the next call.
            socket.send_to(&question, ("127.0.0.1", port)).ok();
            if socket.recv(&mut [0; 512]).is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(20));
        }
        let logs = ["rbldnsd", "unbound"].map(|name| fs::read_to_string(self.root.join(format!("{name}.log"))));
        bail!("a name server did not start: {logs:?}")
    }
}

impl Drop for NameServers {
    fn drop(&mut self) {
        for child in &mut self.children {
            child.kill().ok();
            child.wait().ok();
        }
        fs::remove_dir_all(&self.root).ok();
    }
}
