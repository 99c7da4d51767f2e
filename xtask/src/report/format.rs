//! Numbers and names as text, the same in every rendering.

/// Four decimals; never a negative zero.
pub fn decimal(value: f64) -> String {
    let text = format!("{value:.4}");
    if text == "-0.0000" { "0.0000".to_owned() } else { text }
}

/// Columns of equal width, set in, a line each; as many cells in each line as in the first.
pub fn columns(lines: &[Vec<String>]) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines.first().map_or(0, Vec::len)).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        text.push_str(&format!("    {}\n", cells.collect::<Vec<_>>().join("  ").trim_end()));
    }
    text
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

/// A whole number in little room: `900`, `25k`, `1.5M`.
pub fn abridged(value: u64) -> String {
    let full = count(value);
    let units = [(1e9, "G"), (1e6, "M"), (1e3, "k")];
    let unit = units.into_iter().find(|(size, _)| value as f64 >= *size);
    let brief = unit.map(|(size, sign)| format!("{}{sign}", value as f64 / size));
    brief.filter(|brief| brief.len() < full.len()).unwrap_or(full)
}

/// A mean or quantile of counts: whole if it is, else with one decimal.
pub fn quantity(value: f64) -> String {
    let tenths = (10.0 * value).round() as u64;
    match tenths % 10 {
        0 => count(tenths / 10),
        tenth => format!("{}.{tenth}", count(tenths / 10)),
    }
}

/// A share as a percentage with three digits that matter: `6.30 %`, `0.00240 %`.
pub fn fine_percent(share: f64) -> String {
    let value = 100.0 * share;
    if value == 0.0 {
        return "0 %".to_owned();
    }
    let decimals = (2.0 - value.abs().log10().floor()).max(0.0) as usize;
    format!("{value:.decimals$} %")
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

/// The text, cut to at most `room` letters.
pub fn shortened(text: &str, room: usize) -> String {
    match text.chars().count() > room {
        true => text.chars().take(room.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_owned(),
    }
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
    fn columns_stand_below_their_titles() {
        let line = |first: &str, second: &str| vec![first.to_owned(), second.to_owned()];
        let text = columns(&[line("data", "figure"), line("a-long-name", "recall"), line("b", "")]);
        let starts: Vec<_> = text.lines().map(|line| line.find("recall").or(line.find("figure"))).collect();
        assert_eq!(starts, [Some(17), Some(17), None], "{text}");
        assert!(text.ends_with("    b\n"));
    }

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
    fn large_numbers_are_abridged_where_that_helps() {
        for (value, text) in
            [(900, "900"), (25_000, "25k"), (1_500_000, "1.5M"), (2_000_000_000, "2G"), (123_456, "123,456")]
        {
            assert_eq!(abridged(value), text);
        }
    }

    #[test]
    fn digits_follow_the_size() {
        assert_eq!([65.0, 147.5, 1_234.04, 0.96].map(quantity), ["65", "147.5", "1,234", "1"]);
        assert_eq!([0.0630, 0.000024, 1.0, 0.0].map(fine_percent), ["6.30 %", "0.00240 %", "100 %", "0 %"]);
    }

    #[test]
    fn durations_take_the_unit_that_fits() {
        assert_eq!(duration(41.26), "41.3 s");
        assert_eq!(duration(59.96), "1 min 00 s");
        assert_eq!(duration(724.0), "12 min 04 s");
        assert_eq!(duration(11_220.0), "3 h 07 min");
    }

    #[test]
    fn long_texts_are_cut_between_letters() {
        assert_eq!(shortened("Érotique", 8), "Érotique");
        assert_eq!(shortened("Érotique", 4), "Éro…");
    }

    #[test]
    fn weights_are_short() {
        assert_eq!([0.0, 0.05, 1.0].map(short), ["0", "0.05", "1"]);
    }
}
