//! Columns that a manifest reads as fields, beside those with a fixed meaning.

use super::table::{Batch, Kind, Request};
use crate::error::Result;
use crate::features::{Field, FieldBuilder};
use crate::manifest::{FieldFormat, FieldLayouts};

/// The fields of a table that have a column, while the table is being read.
pub(super) struct FieldColumns {
    /// Position of the first field among the requested columns.
    first: usize,
    columns: Vec<(FieldFormat, FieldBuilder)>,
}

impl FieldColumns {
    /// Adds the columns of `fields` to `requests`.
    pub(super) fn request<'a>(fields: &'a FieldLayouts, requests: &mut Vec<Request<'a>>) -> Self {
        let first = requests.len();
        let mut columns = Vec::new();
        for (name, layout) in fields {
            if let Some(column) = &layout.column {
                let kind = if layout.kind == FieldFormat::Number { Kind::Real } else { Kind::Text };
                requests.push(Request { column, role: name, kind, required: false });
                columns.push((layout.kind, FieldBuilder::new(name, layout)));
            }
        }
        Self { first, columns }
    }

    /// Appends the rows of a batch that `kept` marks.
    pub(super) fn append(&mut self, batch: &Batch, kept: &[bool]) -> Result<()> {
        for ((format, field), at) in self.columns.iter_mut().zip(self.first..) {
            if *format == FieldFormat::Number {
                let rows = batch.optional_reals(at).zip(kept).filter(|(_, kept)| **kept);
                rows.for_each(|(number, _)| field.push_number(number));
            } else {
                for (text, _) in batch.text(at).zip(kept).filter(|(_, kept)| **kept) {
                    field.push_text(text)?;
                }
            }
        }
        Ok(())
    }

    /// The fields in the order of the manifest's map, which is by name.
    pub(super) fn finish(self) -> Result<Vec<Field>> {
        self.columns.into_iter().map(|(_, field)| field.finish()).collect()
    }
}
