//! The slow second look at a block that the fast path refused.

use super::rows::{fields, rows};
use super::table::{Kind, Wanted};

/// Bad rows of a file: the first one, and how many more.
#[derive(Debug, Default)]
pub(super) struct Diagnosis {
    pub(super) first: Option<(u64, String)>,
    pub(super) more: u64,
}

impl Diagnosis {
    fn add(&mut self, line: u64, reason: String) {
        if self.first.is_none() {
            self.first = Some((line, reason));
        } else {
            self.more += 1;
        }
    }

    /// Reads `text`, whose first line is line `first_line` of the file, row by row.
    pub(super) fn scan(
        &mut self,
        text: &str,
        first_line: u64,
        (separator, quoted): (u8, bool),
        width: usize,
        wanted: &[Wanted<'_>],
    ) {
        for row in rows(text, quoted) {
            let reason = match fields(row.text, separator, quoted) {
                Ok(record) => fault(&record, width, wanted),
                Err(error) => Some(error.to_string()),
            };
            if let Some(reason) = reason {
                self.add(first_line + row.lines_before, reason);
            }
        }
    }
}

fn fault(record: &csv::StringRecord, width: usize, wanted: &[Wanted<'_>]) -> Option<String> {
    if record.len() > width {
        return Some(format!("{} fields, expected {width}", record.len()));
    }
    wanted.iter().find_map(|column| {
        let value = record.get(column.index).unwrap_or("");
        if value.is_empty() {
            return column.required.then(|| {
                if record.len() < width {
                    format!("{} fields, expected {width}: no {}", record.len(), column.role)
                } else {
                    format!("the {} is empty", column.role)
                }
            });
        }
        let good = match column.kind {
            Kind::Text => true,
            Kind::Integer => value.parse::<i64>().is_ok(),
            Kind::Real => value.parse::<f32>().is_ok_and(f32::is_finite),
        };
        (!good).then(|| format!("the {} {value:?} is not {}", column.role, column.kind.describe()))
    })
}
