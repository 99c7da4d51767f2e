//! `docs/datasets.md`: every built-in data set, as its manifest describes it.

mod files;
mod known;
mod overview;
mod section;

use seqrec_data::Manifest;

/// The page below the workspace's root.
pub const PATH: &str = "docs/datasets.md";

const INTRODUCTION: &str = "\
# Data sets

`cargo xtask data docs` writes this page from the manifests in [`datasets/`](../datasets). Change those, not this.

No data is part of this repository. `cargo xtask data fetch NAME` looks for a set's files in the folder that
`--data-dir` or `SEQREC_DATA` names and in the cache, and downloads them where that is allowed. All others are got by
hand. A file may be packed with gzip or zstd, or unpacked, whatever its name here says. For files in another form, copy
a manifest and change it: [`seqrec-data`](../crates/seqrec-data/README.md) shows how.

Published figures are quoted as their sources print them (R recall, P precision, HR hit rate; with one target, R, P
and HR all ask whether it is in the list), beside the preparation that they rest on. Figures of different preparations
do not compare.
";

/// The whole page, in Markdown.
pub fn page(manifests: &[Manifest]) -> String {
    let mut page = format!("{INTRODUCTION}\n{}", overview::table(manifests));
    for manifest in manifests {
        page.push('\n');
        page.push_str(&section::section(manifest));
    }
    page
}

/// A row of a table.
fn row<S: AsRef<str>>(cells: impl IntoIterator<Item = S>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| cell.as_ref().replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// The head of a table.
fn head<const N: usize>(names: [&str; N]) -> String {
    format!("{}|{}\n", row(names), "---|".repeat(N))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::workspace_root;

    #[test]
    fn the_page_in_the_tree_is_up_to_date() {
        let manifests: Vec<_> =
            Manifest::builtin_names().map(|name| Manifest::builtin(name).unwrap()).collect();
        let found = std::fs::read_to_string(workspace_root().join(PATH)).unwrap();
        assert!(found == page(&manifests), "{PATH} is old: run `cargo xtask data docs`");
    }

    #[test]
    fn a_bar_in_a_cell_does_not_end_it() {
        assert_eq!(row(["a|b", "c"]), "| a\\|b | c |\n");
        assert_eq!(head(["a", "b"]), "| a | b |\n|---|---|\n");
    }
}
