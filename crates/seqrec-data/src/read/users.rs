//! Users files.

use std::path::Path;

use super::bad_rows::BadRows;
use super::fields::FieldColumns;
use super::input::locate;
use super::table::{Kind, Request, read_table};
use crate::error::{Error, Result};
use crate::features::Field;
use crate::manifest::UsersLayout;
use crate::vocabulary::Vocabulary;

/// What a users file says, row by row in file order.
#[derive(Debug, Clone)]
pub(crate) struct UserTable {
    /// Raw ids; the code is the row.
    pub(crate) ids: Vocabulary,
    pub(crate) fields: Vec<Field>,
}

/// Reads the users file of a layout.
pub(crate) fn read_users(dir: &Path, layout: &UsersLayout, bad: &mut BadRows) -> Result<UserTable> {
    let path = locate(dir, &layout.file);
    let mut requests = vec![Request { column: &layout.user, role: "user", kind: Kind::Text, required: true }];
    let mut fields = FieldColumns::request(&layout.fields, &mut requests);
    let mut ids = Vocabulary::starting_at(0);
    read_table(&path, &layout.format, &requests, bad, |batch| {
        for id in batch.required_text(0) {
            let rows = ids.len();
            ids.intern(id)?;
            if ids.len() == rows {
                return Err(Error::DuplicateId { path: path.clone(), id: id.to_owned() });
            }
        }
        fields.append(batch, &vec![true; batch.len()])
    })?;
    Ok(UserTable { ids, fields: fields.finish()? })
}
