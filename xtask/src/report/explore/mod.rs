//! Shows what a data set looks like: in the terminal, and as one page with plots.
//!
//! | module | answers |
//! |---|---|
//! | [`model`] | what was found, as it is stored in `explore.json` |
//! | [`sections`] | what is shown, one statistic a file, laid out once for both renderings |
//! | [`mod@terminal`], [`mod@page`] | one rendering each |
//! | [`text_chart`] | charts out of letters |
//! | [`time`] | dates and spans of time as text |

mod model;
mod page;
mod sections;
mod terminal;
mod text_chart;
mod time;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use model::{Exploration, Origin};
pub use terminal::terminal;

use crate::files;

/// Writes `explore.json` and `explore.html` below `dir`, which is created if need be, and returns
/// the place of the page. Every file is complete or absent.
///
/// # Errors
///
/// What the file system says.
pub fn write_files(found: &Exploration, dir: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    files::write(&dir.join("explore.json"), serde_json::to_string_pretty(found)?)?;
    let page = dir.join("explore.html");
    files::write(&page, page::page(found))?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_hold_what_was_found_and_are_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let found = model::fixture::full();
        let place = dir.path().join("new/folder");
        for _ in 0..2 {
            let page = write_files(&found, &place).unwrap();
            assert_eq!(fs::read_to_string(page).unwrap(), page::page(&found));
        }
        let json = fs::read_to_string(place.join("explore.json")).unwrap();
        let stored: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(stored["profile"]["size"]["events"], found.profile.size.events);
        assert_eq!(fs::read_dir(place).unwrap().count(), 2, "nothing is left over");
    }
}
