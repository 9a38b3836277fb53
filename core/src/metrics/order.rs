//! The messages of a stream in another order, the same one each time and on each machine.

/// Draws numbers from a seed: SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
struct Lots(u64);

impl Lots {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = self.0;
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// Puts `items` into the order that belongs to `seed`, from the last to the second each changing places with one that is
/// drawn from it and those before it (Fisher and Yates). The drawing is by remainder: with fewer than 2^32 items no
/// place is likelier than another by more than one in 2^32.
pub fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut lots = Lots(seed);
    for last in (1..items.len()).rev() {
        let drawn = lots.next() % (last as u64 + 1);
        #[expect(clippy::cast_possible_truncation, reason = "no larger than `last`")]
        items.swap(last, drawn as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_generator() {
        let mut lots = Lots(1_234_567);
        let drawn: Vec<u64> = std::iter::repeat_with(|| lots.next()).take(5).collect();
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(drawn, published);
    }

    #[test]
    fn an_order_belongs_to_its_seed_and_loses_nothing() {
        let order = |seed| {
            let mut items: Vec<u32> = (0..100).collect();
            shuffle(&mut items, seed);
            items
        };
        let mut ten: Vec<u32> = (0..10).collect();
        shuffle(&mut ten, 1);
        assert_eq!(ten, [4, 2, 8, 1, 9, 3, 0, 6, 7, 5]);
        assert_eq!(order(7), order(7));
        assert_ne!(order(7), order(8));
        let mut sorted = order(7);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<u32>>());
    }

    #[test]
    fn nothing_and_one_thing_stay_as_they_are() {
        shuffle::<u8>(&mut [], 1);
        let mut one = [5];
        shuffle(&mut one, 1);
        assert_eq!(one, [5]);
    }
}
