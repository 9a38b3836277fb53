//! Fisher's method of combining probabilities, in logarithms, and what its answer is really worth.

/// The calibrated probability of spam that `tokens` make together.
pub(super) fn probability(tokens: impl Iterator<Item = f64>) -> f64 {
    calibrated(log_odds(tokens))
}

/// The logarithm of how much less likely so spammy tokens are in ham than so hammy ones in spam. Zero: undecided.
///
/// In logarithms throughout: a plain product of a hundred small numbers is zero, and zeros cannot be compared.
pub(super) fn log_odds(tokens: impl Iterator<Item = f64>) -> f64 {
    let (mut count, mut spammy, mut hammy) = (0_u32, 0.0, 0.0);
    for probability in tokens {
        let probability = probability.clamp(1e-9, 1.0 - 1e-9);
        count += 1;
        spammy -= (1.0 - probability).ln();
        hammy -= probability.ln();
    }
    log_tail(hammy, count) - log_tail(spammy, count)
}

/// ln of the chance that chi-square with `2 × pairs` degrees of freedom exceeds `2 × half`:
/// e^(-half) · Σ half^i / i! for i < pairs, summed relative to its largest term.
fn log_tail(half: f64, pairs: u32) -> f64 {
    if pairs == 0 || half <= 0.0 {
        return 0.0;
    }
    let (mut log_term, mut largest, mut sum) = (0.0_f64, 0.0_f64, 1.0_f64);
    for i in 1..pairs {
        log_term += half.ln() - f64::from(i).ln();
        if largest < log_term {
            sum = sum * (largest - log_term).exp() + 1.0;
            largest = log_term;
        } else {
            sum += (log_term - largest).exp();
        }
    }
    (largest + sum.ln() - half).min(0.0)
}

/// Tokens are not independent, so their odds are far too sure of themselves: this logistic brings them down to what they
/// turned out to be worth.
fn calibrated(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-SLOPE * log_odds).exp())
}

/// The slopes with the least log loss over three online streams were 0.2, 0.35 and 0.4. With this one, of the messages
/// given 0.95 to 0.99 97 in 100 or more were spam, of those given 0.99 and more 99.6 in 100, of those given less than
/// 0.01 two in a thousand.
const SLOPE: f64 = 0.4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_that_of_the_tables() {
        // Upper tail of chi-square: x, degrees of freedom, probability.
        for (x, degrees, want) in [(3.841_f64, 2, 0.146_5), (9.488, 4, 0.05), (18.307, 10, 0.05), (23.209, 10, 0.01)] {
            let got = log_tail(x / 2.0, degrees / 2).exp();
            assert!((got - want).abs() < 1e-4, "{x} with {degrees}: {got}");
        }
    }

    #[test]
    fn a_thousand_strong_tokens_neither_underflow_nor_tie() {
        let odds = |count: usize, probability: f64| log_odds(std::iter::repeat_n(probability, count));
        assert!(odds(1000, 0.999).is_finite() && odds(999, 0.999) < odds(1000, 0.999));
        assert!(odds(1000, 1e-12).is_finite() && odds(1000, 1e-12) < -1000.0);
    }

    #[test]
    fn contradiction_and_silence_are_in_the_middle() {
        assert!((probability([].into_iter()) - 0.5).abs() < 1e-12);
        let both = std::iter::repeat_n(0.99, 40).chain(std::iter::repeat_n(0.01, 40));
        assert!((probability(both) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn spammier_tokens_never_lower_the_probability() {
        let mut before = 0.0;
        for step in 1..100_u32 {
            let now = probability(std::iter::repeat_n(f64::from(step) / 100.0, 10));
            assert!(before <= now && (0.0..=1.0).contains(&now), "{step}");
            before = now;
        }
    }
}
