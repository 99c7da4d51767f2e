//! Where the tests find real data.

use std::path::PathBuf;

/// Folder of a data set below `SEQREC_DATA`.
///
/// Without the data the test is skipped with a message, unless `SEQREC_REQUIRE_DATA=1`.
pub fn folder(name: &str) -> Option<PathBuf> {
    let required = std::env::var("SEQREC_REQUIRE_DATA").is_ok_and(|value| value == "1");
    let found =
        std::env::var_os("SEQREC_DATA").map(|root| PathBuf::from(root).join(name)).filter(|dir| dir.is_dir());
    if found.is_none() {
        assert!(!required, "SEQREC_REQUIRE_DATA=1, but SEQREC_DATA holds no {name}");
        eprintln!("skipped: SEQREC_DATA holds no {name}");
    }
    found
}
