//! Internet addresses written as a browser still takes them: octal, hexadecimal, as one number.

/// `127.0.0.1` for a host such as `0x7f.0.0.1`, `0177.0.0.1` or `2130706433`, as SpamAssassin reckons it: an octet that
/// is 0 becomes empty. `None` if it is none or plain already.
pub(super) fn address(host: &[u8]) -> Option<String> {
    // Most are names, and all numbers begin with a digit, be they octal or hexadecimal.
    host.first().filter(|first| first.is_ascii_digit())?;
    let host = std::str::from_utf8(host).ok()?;
    let octets: Vec<&str> = host.split('.').collect();
    let decoded = match octets.as_slice() {
        [one] => dotted(one)?,
        [_, _, _, _] => {
            let octets: Option<Vec<String>> = octets.iter().map(|octet| octet_of(octet)).collect();
            octets?.join(".")
        }
        _ => return None,
    };
    (decoded != host).then_some(decoded)
}

/// Of a hexadecimal number the last eight digits count, of a decimal one its first eight hexadecimal ones.
fn dotted(text: &str) -> Option<String> {
    let number = match hexadecimal(text) {
        Some(digits) => u32::from_str_radix(digits.get(digits.len().saturating_sub(8)..)?, 16).ok()?,
        None if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            let digits = format!("{:x}", text.parse::<u64>().unwrap_or(u64::MAX));
            u32::from_str_radix(digits.get(..8).unwrap_or(&digits), 16).ok()?
        }
        None => return None,
    };
    let [a, b, c, d] = number.to_be_bytes();
    Some(format!("{a}.{b}.{c}.{d}"))
}

fn octet_of(text: &str) -> Option<String> {
    if let Some(digits) = hexadecimal(text) {
        return u64::from_str_radix(digits, 16).ok().map(|octet| octet.to_string());
    }
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = text.trim_start_matches('0');
    let octal = u64::from_str_radix(digits, 8).ok().filter(|octet| digits.len() < text.len() && *octet <= 0xFF);
    Some(octal.map_or_else(|| digits.to_owned(), |octet| octet.to_string()))
}

fn hexadecimal(text: &str) -> Option<&str> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}
