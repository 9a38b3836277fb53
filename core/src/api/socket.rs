//! Where the agent's socket is: one rule for everyone who looks for it.

use std::path::{Path, PathBuf};

/// Names of Unix sockets must stay below 104 bytes on some systems (`sun_path`), 108 on others.
const MAX_SOCKET_PATH: usize = 100;

/// `agent.sock` in `preferred` (the home that was given, else the platform's folder for running programs) if that name is
/// short enough; else in a folder below `temporary` that only the folder of the data leads to.
pub fn socket_path(preferred: Option<&Path>, data: &Path, temporary: &Path) -> PathBuf {
    let preferred = preferred.map(|folder| folder.join("agent.sock"));
    match preferred.filter(|path| path.as_os_str().len() < MAX_SOCKET_PATH) {
        Some(path) => path,
        None => temporary.join(format!("tamis-{:016x}", fnv1a(data.as_os_str().as_encoded_bytes()))).join("agent.sock"),
    }
}

/// The Fowler–Noll–Vo hash, 64 bits, variant 1a: stable for ever, unlike the standard library's.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_home_holds_its_socket_and_a_long_one_leads_to_a_short_one() {
        let temporary = Path::new("/tmp");
        let short = Path::new("/srv/tamis");
        assert_eq!(socket_path(Some(short), short, temporary), Path::new("/srv/tamis/agent.sock"));
        let long = PathBuf::from(format!("/srv/{}", "x".repeat(120)));
        let elsewhere = socket_path(Some(&long), &long, temporary);
        assert!(elsewhere.starts_with("/tmp") && elsewhere.as_os_str().len() < 50, "{}", elsewhere.display());
        assert_ne!(elsewhere, socket_path(Some(&long), short, temporary));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // From the reference vectors of its authors.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
