//! What every private server stands on: a folder, ports, certificates, and the commands of the system.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail, ensure};

const NEW_KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/// Makes a folder of one's own in the system's temporary folder, open to the server's users, with a short path: Unix
/// sockets inside must stay below 108 bytes.
pub fn temporary_folder(what: &str) -> Result<PathBuf> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().subsec_nanos();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("tamis-{what}-{}-{number}-{:x}", std::process::id(), nanos);
    let path = std::env::temp_dir().join(name);
    fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

/// A temporary folder that is gone with the value.
#[derive(Debug)]
pub(crate) struct Work(PathBuf);

impl Work {
    /// Makes one, see [`temporary_folder`].
    pub(crate) fn new(what: &str) -> Result<Self> {
        Ok(Self(temporary_folder(what)?))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// A loopback port nobody uses at the moment. Below those that systems give to whoever asks for any, so that none of these
/// takes it before we do.
pub fn free_port() -> Result<u16> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    for _ in 0..100 {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().subsec_nanos();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let dice =
            (nanos / 1000).wrapping_mul(31).wrapping_add(std::process::id()).wrapping_add(number.wrapping_mul(7919));
        let port = u16::try_from(20_000 + dice % 12_000)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("there is no free port on this machine")
}

/// Makes a certificate authority, and by it a certificate for `localhost`: ca.pem, server.pem and server.key.
pub(crate) fn make_certificates(folder: &Path) -> Result<()> {
    openssl(
        folder,
        &format!(
            "req -x509 {NEW_KEY} -days 3650 -subj /CN=Tamis-Test-CA -addext basicConstraints=critical,CA:TRUE \
             -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.pem"
        ),
    )?;
    openssl(folder, &format!("req {NEW_KEY} -subj /CN=localhost -keyout server.key -out server.csr"))?;
    let extensions =
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n";
    fs::write(folder.join("ext"), extensions)?;
    openssl(
        folder,
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile ext -out server.pem",
    )
}

/// Makes a certificate for the names of a site by the authority of [`make_certificates`]: site.pem and site.key.
pub(crate) fn make_site_certificate(folder: &Path, names: &[&str]) -> Result<()> {
    let (first, names) = (names.first().context("a site has a name")?, names.join(",DNS:"));
    openssl(folder, &format!("req {NEW_KEY} -subj /CN={first} -keyout site.key -out site.csr"))?;
    let extensions = format!("subjectAltName=DNS:{names}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n");
    fs::write(folder.join("site"), extensions)?;
    openssl(
        folder,
        "x509 -req -in site.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile site -out site.pem",
    )
}

/// Makes a client certificate of that name by the authority of [`make_certificates`]. Returns the certificate and its key.
pub(crate) fn make_client_certificate(folder: &Path, name: &str) -> Result<(PathBuf, PathBuf)> {
    let files = [".csr", ".key", ".pem"].map(|ending| format!("{name}{ending}"));
    let [request, key, certificate] = &files;
    // Without any extension it would be of version 1, which is not taken everywhere.
    fs::write(folder.join("client"), "basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n")?;
    openssl(folder, &format!("req {NEW_KEY} -subj /CN={name} -keyout {key} -out {request}"))?;
    openssl(
        folder,
        &format!(
            "x509 -req -in {request} -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile client -out {certificate}"
        ),
    )?;
    Ok((folder.join(certificate), folder.join(key)))
}

fn openssl(folder: &Path, words: &str) -> Result<()> {
    checked(Command::new("openssl").args(words.split(' ')).current_dir(folder)).context("cannot make certificates")
}

/// Whether whoever answers on a port by TLS has a certificate by this authority.
pub(crate) fn is_known_by(port: u16, ca_file: &Path) -> bool {
    let mut openssl = Command::new("openssl");
    openssl.args(["s_client", "-connect", &format!("127.0.0.1:{port}"), "-verify_return_error", "-CAfile"]);
    checked(openssl.arg(ca_file)).is_ok()
}

/// Runs a command to its end.
pub(crate) fn checked(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// What a command prints, without the spaces around it.
pub(crate) fn said_by(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
