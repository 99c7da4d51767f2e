//! How often users return to an item.

use seqrec_data::profile::Profile;

use super::{Section, fact, with_share};
use crate::report::format::fine_percent;

/// Repeats and what follows from them.
pub fn section(profile: &Profile) -> Section {
    let found = &profile.repetition;
    let mut facts = vec![
        fact("Events on an item met before", with_share(found.repeats, found.of_events)),
        fact("Same item as the event before", with_share(found.consecutive, found.of_pairs)),
    ];
    facts.extend(found.of_users.map(|share| fact("Users who repeat an item", fine_percent(share))));
    Section {
        title: "Repeats",
        about: "An event repeats if its item occurs earlier in the same user's sequence; the second share is one \
                of all pairs of neighbouring events. Where repeats are many, it matters whether a protocol ranks \
                items that the user has seen."
            .into(),
        facts,
        plots: Vec::new(),
        table: None,
        text_charts: Vec::new(),
    }
}
