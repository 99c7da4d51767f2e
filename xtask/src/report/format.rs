//! Numbers and names as text, the same in every rendering.

/// Four decimals; never a negative zero.
pub fn decimal(value: f64) -> String {
    let text = format!("{value:.4}");
    if text == "-0.0000" { "0.0000".to_owned() } else { text }
}

/// `mean ± spread`, or the mean alone where there is no spread.
pub fn with_spread(mean: f64, spread: Option<f64>) -> String {
    match spread {
        Some(spread) => format!("{} ± {}", decimal(mean), decimal(spread)),
        None => decimal(mean),
    }
}

/// `[lower, upper]`.
pub fn interval((lower, upper): (f64, f64)) -> String {
    format!("[{}, {}]", decimal(lower), decimal(upper))
}

/// A share as a percentage with one decimal.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// A coverage or level as a percentage, without decimals that say nothing: `95 %`, `99.5 %`.
pub fn level(level: f64) -> String {
    let text = format!("{:.2}", 100.0 * level);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A whole number with its thousands set apart.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A span of time: `41.3 s`, `12 min 04 s`, `3 h 07 min`.
pub fn duration(seconds: f64) -> String {
    if seconds < 59.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match whole {
        0..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

/// `1 seed`, `3 seeds`.
pub fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A weight as short as it can be: `0`, `0.05`, `1`.
pub fn short(value: f32) -> String {
    value.to_string()
}

/// The same text with its first letter in upper case.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_four_and_zero_has_no_sign() {
        assert_eq!(decimal(0.22784), "0.2278");
        assert_eq!(decimal(-0.00001), "0.0000");
        assert_eq!(decimal(-0.5), "-0.5000");
        assert_eq!(with_spread(0.2278, Some(0.006)), "0.2278 ± 0.0060");
        assert_eq!(with_spread(0.2278, None), "0.2278");
    }

    #[test]
    fn percentages_say_so() {
        assert_eq!(percent(0.2534), "25.3 %");
        assert_eq!(level(0.95), "95 %");
        assert_eq!(level(0.995), "99.5 %");
        assert_eq!(level(0.9), "90 %");
        assert_eq!(level(1.0), "100 %");
    }

    #[test]
    fn thousands_are_set_apart() {
        for (value, text) in [(7, "7"), (999, "999"), (1000, "1,000"), (1_000_209, "1,000,209")] {
            assert_eq!(count(value), text);
        }
    }

    #[test]
    fn durations_take_the_unit_that_fits() {
        assert_eq!(duration(41.26), "41.3 s");
        assert_eq!(duration(59.96), "1 min 00 s");
        assert_eq!(duration(724.0), "12 min 04 s");
        assert_eq!(duration(11_220.0), "3 h 07 min");
    }

    #[test]
    fn weights_are_short() {
        assert_eq!([0.0, 0.05, 1.0].map(short), ["0", "0.05", "1"]);
    }
}
