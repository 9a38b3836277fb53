//! On marks of programs that send in bulk.

use super::{
    Eval, Scene,
    support::{address, has, header, latin, line},
};
use crate::rules::book::EvalTest;

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_ratware_name_id", run: name_id },
    Eval { name: "check_ratware_envelope_from", run: envelope_from },
    Eval { name: "check_outlook_message_id", run: outlook_message_id },
];

/// The message's number begins with the sender's name: `<bob.1234@...>` of `bob@...`.
fn name_id(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    let (Some((user, host)), id) = (from.split_once('@'), latin(&line(scene, "Message-ID")).to_ascii_lowercase())
    else {
        return 0;
    };
    let Some(id) = id.trim().strip_prefix('<') else { return 0 };
    let _ = has;
    let _ = header(scene, "X-Mailer");
    let Some((left, right)) = id.split_once('@') else { return 0 };
    u32::from(left.contains(user) && right.trim_end_matches('>') == host)
}

/// The sender's address holds the recipient's: `bounce-bob=example.org@...`.
fn envelope_from(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let (to, from) = (address(scene, "To"), address(scene, "EnvelopeFrom"));
    let Some((user, host)) = to.split_once('@') else { return 0 };
    let pattern = format!("{user}.{host}@");
    u32::from(!from.is_empty() && from.contains(&pattern))
}

/// Outlook's numbers hold the time in units of 100 ns since 1601, of which these are the upper digits: one that is nowhere
/// near the dates was made up.
fn outlook_message_id(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let id = latin(&line(scene, "MESSAGEID"));
    let Some(stamp) = id.lines().find_map(outlook_time) else { return 0 };
    let is_near = |time: i64| {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact")]
        let expected = (time as f64 * UNITS_A_SECOND + START).floor();
        (stamp - expected).abs() < TOLERANCE
    };
    let is_real = super::date::header_date(scene).is_some_and(is_near)
        || super::date::received_dates(scene).first().copied().is_some_and(is_near);
    u32::from(!is_real)
}

/// `<0001` and eight hexadecimal digits that are the time, then two more numbers of eight, parted by `$`.
fn outlook_time(id: &str) -> Option<f64> {
    let left = id.trim().strip_prefix('<')?.split_once('@')?.0;
    let mut parts = left.split('$');
    let (head, middle, last) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_form = is_hex(head, 12) && is_hex(middle, 8) && is_hex(last, 8) && parts.next().is_none();
    let stamp = u32::from_str_radix(head.get(4..).filter(|_| is_form)?, 16).ok()?;
    Some(f64::from(stamp))
}

/// 2^32 units of 100 ns, the other way round.
const UNITS_A_SECOND: f64 = 0.002_328_306_436_538_7;

/// The same at 1970: 116,444,736,000,000,000 / 2^32.
const START: f64 = 27_111_902.832_984_9;

/// About a day and a quarter.
const TOLERANCE: f64 = 250.0;
