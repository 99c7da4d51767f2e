//! Users files.

use std::path::Path;

use super::table::{Kind, Request, read_table};
use crate::error::{Error, Result};
use crate::manifest::UsersLayout;
use crate::vocabulary::Vocabulary;

/// What a users file says, row by row in file order.
#[derive(Debug, Clone)]
pub(crate) struct UserTable {
    /// Raw ids; the code is the row.
    pub(crate) ids: Vocabulary,
    pub(crate) fields: Vec<FieldColumn>,
}

/// One column of a users file.
#[derive(Debug, Clone)]
pub(crate) struct FieldColumn {
    pub(crate) name: String,
    pub(crate) values: Vec<Option<String>>,
}

/// Reads the users file of a layout.
pub(crate) fn read_users(dir: &Path, layout: &UsersLayout) -> Result<UserTable> {
    let path = dir.join(&layout.file);
    let request = |column, role, required| Request { column, role, kind: Kind::Text, required };
    let requests: Vec<_> = std::iter::once(request(&layout.user, "user", true))
        .chain(layout.fields.iter().map(|(name, column)| request(column, name, false)))
        .collect();
    let mut table = UserTable {
        ids: Vocabulary::starting_at(0),
        fields: layout
            .fields
            .keys()
            .map(|name| FieldColumn { name: name.clone(), values: Vec::new() })
            .collect(),
    };
    read_table(&path, &layout.format, &requests, |batch| {
        for id in batch.required_text(0) {
            let rows = table.ids.len();
            table.ids.intern(id)?;
            if table.ids.len() == rows {
                return Err(Error::DuplicateId { path: path.clone(), id: id.to_owned() });
            }
        }
        for (field, at) in table.fields.iter_mut().zip(1..) {
            field.values.extend(batch.text(at).map(|value| value.map(str::to_owned)));
        }
        Ok(())
    })?;
    Ok(table)
}
