//! One checksum for everything in sequences.

use crate::fingerprint::Arrays;
use crate::sequences::Sequences;

/// SHA-256 in lower-case hex over all that `sequences` hold: ids, histories, times, ratings, titles,
/// fields, published parts, order of the item file and raw counts.
///
/// It depends neither on the machine nor on how the rows are spread over files. Every array is preceded
/// by its label and length and taken in little-endian order.
#[must_use]
pub fn contents(sequences: &Sequences) -> String {
    let Sequences {
        offsets,
        items,
        times,
        time_unit,
        ratings,
        user_ids,
        item_ids,
        catalogue,
        titles,
        item_fields,
        user_fields,
        event_fields,
        parts,
        raw,
    } = sequences;
    let mut hash = Arrays::default();
    hash.vocabulary("users", user_ids);
    hash.vocabulary("items", item_ids);
    hash.numbers("offsets", offsets.iter().map(|&n| (n as u64).to_le_bytes()));
    hash.numbers("events", items.iter().map(|n| n.to_le_bytes()));
    if let Some(times) = times {
        hash.numbers("times", times.iter().map(|n| n.to_le_bytes()));
    }
    hash.text("time unit", &format!("{time_unit:?}"));
    if let Some(ratings) = ratings {
        hash.numbers("ratings", ratings.iter().map(|n| n.to_le_bytes()));
    }
    hash.numbers("catalogue", catalogue.iter().map(|n| n.to_le_bytes()));
    if let Some(titles) = titles {
        hash.names("titles", titles.len(), titles.iter().map(String::as_str));
    }
    for (of, fields) in
        [("event field", event_fields), ("item field", item_fields), ("user field", user_fields)]
    {
        for field in fields {
            hash.text(of, field.name());
            hash.field(field);
        }
    }
    if let Some(parts) = parts {
        hash.numbers("parts", parts.iter().map(|&part| [part as u8]));
    }
    let raw = [raw.users, raw.items, raw.events];
    hash.numbers("raw", raw.iter().map(|&n| (n as u64).to_le_bytes()));
    hash.finish()
}
