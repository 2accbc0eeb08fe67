//! The few formulas of the ranking, on plain numbers.

/// −log₁₀ of the probability that a Poisson process with mean `mean` shows `count` events or more.
#[must_use]
pub fn surprise(count: u64, mean: f64) -> f64 {
    if count == 0 || mean <= 0.0 {
        return 0.0;
    }
    let count_f = count as f64;
    // First term of the tail, in natural logarithm; the rest of the tail as a sum of ratios to it.
    let log_first = count_f * mean.ln() - mean - log_factorial(count);
    let mut ratio = 1.0;
    let mut sum = 1.0;
    let mut next = count_f + 1.0;
    // Below the mean the terms grow first; they shrink for certain once past it.
    for _ in 0..100_000 {
        ratio *= mean / next;
        sum += ratio;
        next += 1.0;
        if ratio < sum * 1e-12 && next > mean {
            break;
        }
    }
    let log_tail = (log_first + sum.ln()).min(0.0);
    -log_tail / std::f64::consts::LN_10
}

/// ln(n!) by Stirling's series beyond small numbers.
fn log_factorial(number: u64) -> f64 {
    if number < 20 {
        return (2..=number).map(|factor| (factor as f64).ln()).sum();
    }
    let n = number as f64;
    n * n.ln() - n + 0.5 * (2.0 * std::f64::consts::PI * n).ln() + 1.0 / (12.0 * n) - 1.0 / (360.0 * n.powi(3))
}

/// Log-odds ratio with a Dirichlet prior, as a z-score (Monroe, Colaresi and Quinn 2008).
///
/// `inside` of `inside_total` flows go to the host in the window, `outside` of `outside_total` elsewhere; `prior` is the
/// host's share of the prior and `prior_total` the whole of it.
#[must_use]
pub fn log_odds(inside: f64, inside_total: f64, outside: f64, outside_total: f64, prior: f64, prior_total: f64) -> f64 {
    let odds = |count: f64, total: f64| {
        let rest = (total + prior_total - count - prior).max(prior);
        ((count + prior) / rest).ln()
    };
    let difference = odds(inside, inside_total) - odds(outside, outside_total);
    difference / (1.0 / (inside + prior) + 1.0 / (outside + prior)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
    }

    #[test]
    fn surprise_is_the_tail_of_a_poisson_distribution() {
        // P(X ≥ 1 | 0.1) = 1 − e^−0.1
        near(surprise(1, 0.1), -(1.0_f64 - (-0.1_f64).exp()).log10());
        // P(X ≥ 3 | 2) = 1 − 5 e^−2
        near(surprise(3, 2.0), -(1.0 - 5.0 * (-2.0_f64).exp()).log10());
        // P(X ≥ 25 | 30), summed term by term
        let tail: f64 = 1.0
            - (0..25_u32)
                .map(|n| (f64::from(n) * 30.0_f64.ln() - 30.0 - log_factorial(u64::from(n))).exp())
                .sum::<f64>();
        near(surprise(25, 30.0), -tail.log10());
        near(surprise(0, 1.0), 0.0);
    }

    #[test]
    fn surprise_stays_finite() {
        assert!(surprise(1_000_000, 1e-9).is_finite());
        assert!(surprise(10, 1e9).abs() < 1e-6);
    }

    #[test]
    fn log_odds_favours_what_is_new_in_the_window() {
        let new = log_odds(9.0, 100.0, 0.0, 10_000.0, 0.5, 50.0);
        let usual = log_odds(9.0, 100.0, 900.0, 10_000.0, 0.5, 50.0);
        assert!(new > 3.0 && usual < 0.0, "{new} {usual}");
    }
}
