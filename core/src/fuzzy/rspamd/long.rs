//! What rspamd makes of a longer text: the stems of its words, and shingles of three.
//!
//! ```text
//! digest     of the stems, one behind the other
//! shingles   32 numbers: each is the least that a hash of its own makes of any three stems in a row
//! ```
//!
//! The hash is MUM (V. Makarov, 2016) with a seed of its own for each shingle; rspamd derives the seeds from the word
//! `rspamd` by BLAKE2b. It stems by the language it guesses; here only English is stemmed. Its words are those of ICU and
//! these are simpler, which costs a shingle here and there, and of 32 it takes 17 to be alike.

use rust_stemmers::{Algorithm, Stemmer};

/// Shingles of a text.
pub const SHINGLES: usize = 32;

/// Words in a row.
const WINDOW: usize = 3;

/// Beyond so many, rspamd leaves out most of them (`words_decay`).
const MOST_WORDS: usize = 600;

/// The stems of the words of an English text of that many words at least; `None` if it is too short or too long.
pub(super) fn stems(text: &str, least: usize) -> Option<Vec<String>> {
    let english = Stemmer::create(Algorithm::English);
    let pieces = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '_');
    let words = pieces.map(|word| word.trim_matches('\'')).filter(|word| !word.is_empty());
    let stems: Vec<String> = words.map(|word| english.stem(&word.to_lowercase()).into_owned()).collect();
    (least..=MOST_WORDS).contains(&stems.len()).then_some(stems)
}

/// The shingles of a text.
pub(super) fn shingles(stems: &[String]) -> [u64; SHINGLES] {
    SEEDS.map(|seed| {
        let hashes: Vec<u64> = stems.iter().map(|stem| mum_hash(stem.as_bytes(), seed)).collect();
        // The first hashes of the window are of nothing: the row begins with the first word alone.
        let row = |at: usize| {
            (0..WINDOW).fold(0, |sum, place| {
                let hash =
                    (at + place + 1).checked_sub(WINDOW).and_then(|at| hashes.get(at)).copied().unwrap_or_default();
                sum ^ hash >> (8 * (WINDOW - place - 1))
            })
        };
        (0..hashes.len().saturating_sub(WINDOW - 1).max(1)).map(row).min().unwrap_or_default()
    })
}

/// Puts both halves of a product together.
const fn mum(value: u64, prime: u64) -> u64 {
    let product = value as u128 * prime as u128;
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
    let low = product as u64;
    let high = (product >> 64) as u64;
    high.wrapping_add(low)
}

/// `mum_hash` of `contrib/mumhash/mum.h`, on a little-endian machine.
fn mum_hash(bytes: &[u8], seed: u64) -> u64 {
    const PRIMES: [u64; 4] =
        [0x9ebd_cae1_0d98_1691, 0x32b9_b9b9_7a27_ac7d, 0x29b5_584d_83d3_5bbd, 0x4b04_e0e6_1401_255f];
    let length = u64::try_from(bytes.len()).unwrap_or_default();
    let mut hash = mum(seed.wrapping_add(length), 0xc42b_5e2e_6480_b23b);
    let mut rest = bytes;
    let mixed = |hash: u64, rest: &[u8]| {
        let words = rest.as_chunks::<8>().0.iter().copied().map(u64::from_le_bytes);
        words.zip(PRIMES).fold(hash, |hash, (word, prime)| hash ^ mum(word, prime))
    };
    while let Some((block, after)) = rest.split_first_chunk::<32>().filter(|(_, after)| !after.is_empty()) {
        hash = mum(mixed(hash, block), 0x7b51_ec3d_22f7_096f);
        rest = after;
    }
    hash = mixed(hash, rest);
    let tail = rest.as_chunks::<8>().1;
    if !tail.is_empty() {
        let number = tail.iter().rev().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        hash ^= mum(number, 0xaf47_d47c_99b1_461b);
    }
    hash ^= mum(hash, 0xa9a7_ae7c_eff7_9f3f);
    hash ^ mum(hash, 0xaf47_d47c_99b1_461b)
}

/// The first eight bytes of the keys that `rspamd_shingles_get_keys_cached` makes.
const SEEDS: [u64; SHINGLES] = [
    0xb4ec_73c0_abdf_aee6,
    0xb940_3f87_e224_b99f,
    0x63ec_ca09_de3b_2814,
    0x6472_ff55_97d7_6434,
    0x0efd_3fde_1c34_fbbe,
    0xfd21_9d5b_ed53_2552,
    0x50ef_6590_8a78_747e,
    0x55dd_8ab9_0922_f896,
    0x210d_ddfc_f4cb_9fee,
    0x9c7b_8454_f39a_b7e9,
    0x6b1e_1257_f3bc_0089,
    0xfb85_a424_06b8_6fc5,
    0xb69a_87f7_f462_69bc,
    0x9ec5_1391_9652_6e24,
    0xfa3c_3a35_7667_7cbb,
    0x575b_f278_cf96_638f,
    0xd77f_78a2_7ed4_1a14,
    0x85f0_618f_2fd6_95bf,
    0x020e_ba2d_eec1_aeb5,
    0xee33_4694_0be7_51e1,
    0x1eab_d84f_a95f_4f81,
    0xd8a4_ef3a_068b_bc49,
    0xf353_31ea_ab7f_e9c9,
    0xc39d_7d67_63b5_4439,
    0x0696_206c_5ae7_0439,
    0x565c_5f83_0776_01ec,
    0x165f_89ba_cdd2_3ea2,
    0xe6e4_e4e6_8201_178e,
    0xe23b_884f_5e84_a1d8,
    0x1398_2a31_3d8d_e96a,
    0xd4e6_18ba_5d39_1e14,
    0xdc57_f9fa_5302_1346,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_are_those_of_snowball() {
        let text = "The departments' payments were generously approved, don't you agree? Running documents";
        let want =
            ["the", "depart", "payment", "were", "generous", "approv", "don't", "you", "agre", "run", "document"];
        assert_eq!(stems(text, 1).unwrap(), want);
        assert_eq!(stems(text, 12), None);
    }

    #[test]
    fn another_word_changes_a_few_shingles_only() {
        let words: Vec<String> = (0..100).map(|n| format!("word{n}")).collect();
        let mut other = words.clone();
        other[50] = "another".to_owned();
        let (ours, theirs) = (shingles(&words), shingles(&other));
        let alike = ours.iter().zip(theirs).filter(|(ours, theirs)| *ours == theirs).count();
        assert!((26..32).contains(&alike), "{alike}");
    }
}
