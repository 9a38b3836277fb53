//! Tests of what goes into a slice.

use super::*;

#[test]
fn a_slice_is_cut_where_it_would_take_long_to_read() {
    const LIMIT: u64 = 2 << 20;
    let summary = |uid: u32, size| (uid, Summary { uid, size, ..Summary::default() });
    let uids = [1, 2, 3, 4];
    for (sizes, want) in [
        ([Some(10), Some(10), Some(10), Some(10)], &uids[..]),
        ([Some(10), Some(1 << 20), Some(2 << 20), Some(2 << 20)], &uids[2..]),
        ([Some(10), Some(10), None, Some(3 << 20)], &uids[2..]),
        ([Some(10), Some(0), Some(1 << 30), Some(1 << 30)], &uids[2..]),
    ] {
        let summaries = uids.iter().zip(sizes).map(|(uid, size)| summary(*uid, size)).collect();
        assert_eq!(fitting(&uids, &summaries, LIMIT), want, "{sizes:?}");
    }
    assert_eq!(fitting(&uids, &BTreeMap::new(), LIMIT), uids, "what is gone takes no time");
    let huge = BTreeMap::from([summary(4, Some(100 << 20))]);
    assert_eq!(fitting(&uids[3..], &huge, 50 << 20), [4], "one message is always read");
    assert!(fitting(&[], &huge, LIMIT).is_empty());
}

#[test]
fn what_the_person_has_dealt_with_is_known_by_its_flags() {
    for (flags, want) in [
        (&[][..], false),
        (&["\\Recent", "$Junk"], false),
        (&["\\SEEN"], true),
        (&["\\Answered"], true),
        (&["\\Flagged"], true),
        (&["\\Deleted"], true),
        (&["$notjunk"], true),
        (&["$Forwarded"], true),
    ] {
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        assert_eq!(is_touched(&flags), want, "{flags:?}");
    }
}
