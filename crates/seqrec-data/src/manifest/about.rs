//! What is known of a data set that no program acts on: its size, and what is published on it.

use serde::Deserialize;

/// Size of the official files, before any choice of events and any preparation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Events of all kinds.
    pub events: u64,
    /// Users, or sessions, with an event.
    pub users: u64,
    /// Items with an event.
    pub items: u64,
}

/// A way to prepare the data set that published figures rest on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// Publication or benchmark.
    pub used_by: String,
    /// Rows that are kept, how they are split, what is ranked, and the counts that come out.
    pub preparation: String,
    /// Figures with their metric.
    pub figures: String,
}

impl Protocol {
    /// Rules that the types cannot express.
    pub(super) fn check(&self) -> Result<(), String> {
        let texts =
            [("used_by", &self.used_by), ("preparation", &self.preparation), ("figures", &self.figures)];
        match texts.iter().find(|(_, text)| text.trim().is_empty()) {
            Some((key, _)) => Err(format!("a protocol has no text under `{key}`")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Manifest;

    const MANIFEST: &str = r#"name = "x"
size = { events = 9, users = 2, items = 4 }

[[protocol]]
used_by = "A (2020)"
preparation = "all events, leave-one-out"
figures = "R@10 .1"

[[protocol]]
used_by = "B (2021)"
preparation = "5-core"
figures = "R@10 .2"

[layout.events]
file = "x.csv"
columns = { user = 0, item = 1 }
"#;

    #[test]
    fn protocols_say_who_how_and_what() {
        let manifest = Manifest::parse(MANIFEST, "x.toml").unwrap();
        assert_eq!(manifest.protocols[1].used_by, "B (2021)");
        assert_eq!(manifest.size.unwrap().items, 4);
        for (from, to, line) in
            [("\"5-core\"", "\" \"", 9), ("figures = \"R@10 .2\"\n", "", 9), ("used_by = \"A", "by = \"A", 5)]
        {
            let error = Manifest::parse(&MANIFEST.replace(from, to), "x.toml").unwrap_err().to_string();
            assert!(error.starts_with(&format!("x.toml:{line}: ")), "{error}");
        }
    }
}
