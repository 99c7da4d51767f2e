//! Keys of objects, as a manifest names them.

use serde_json::Value;

use crate::manifest::Column;

/// A key, or a member of the list that stands under it: `categories[0]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key<'a> {
    pub(super) name: &'a str,
    member: Option<usize>,
}

impl<'a> Key<'a> {
    pub(super) fn new(column: &'a Column) -> Self {
        let Column::Name(text) = column else {
            unreachable!("the manifest was checked: objects have no positions");
        };
        let member = text.strip_suffix(']').and_then(|text| text.rsplit_once('['));
        let member = member.and_then(|(name, at)| Some((name, at.parse().ok()?)));
        match member {
            Some((name, at)) => Self { name, member: Some(at) },
            None => Self { name: text, member: None },
        }
    }

    /// The value that is meant, of the value under the key. A list that is too short has none.
    pub(super) fn pick<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        match self.member {
            None => Some(value),
            Some(at) => value.as_array()?.get(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_of_lists() {
        let value = json!([["a", "b"], ["c"]]);
        for (text, name, picked) in [
            ("categories", "categories", Some(value.clone())),
            ("categories[0]", "categories", Some(json!(["a", "b"]))),
            ("a[b][1]", "a[b]", Some(json!(["c"]))),
            ("categories[2]", "categories", None),
            ("Format[x]", "Format[x]", Some(value.clone())),
        ] {
            let column = Column::Name(text.to_owned());
            let key = Key::new(&column);
            assert_eq!((key.name, key.pick(&value).cloned()), (name, picked), "{text}");
        }
        let column = Column::Name("a[0]".to_owned());
        assert_eq!(Key::new(&column).pick(&json!("a text")), None);
    }
}
