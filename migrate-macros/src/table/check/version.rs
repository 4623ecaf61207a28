//! The field that counts an item's writes; never knows another field.

use super::{CheckedVersion, Checker};
use crate::table::ast::Field;

impl<'a> Checker<'a, '_> {
    /// The one field that is marked `version`.
    pub(super) fn version(&mut self) -> Option<CheckedVersion<'a>> {
        let mut found = None;
        let fields = self.parsed.fields.iter().filter_map(|field| Some((field, field.options.version?)));
        for (nth, (field, span)) in fields.enumerate() {
            if nth > 0 {
                self.errors.at(span, "an item has one version, and there is one already");
            } else if field.options.partition_key.is_some() || field.options.sort_key.is_some() {
                self.errors.at(span, "a key never changes, and a version does with each write: keep it in a field of its own");
            } else {
                found = self.version_field(field);
            }
        }
        found
    }

    fn version_field(&mut self, field: &'a Field) -> Option<CheckedVersion<'a>> {
        let ident = &field.ident;
        if let Some(span) = field.serde.skip.or(field.serde.flatten) {
            self.errors.at(span, format_args!("`{ident}` is the version, and is not stored as an attribute of its own"));
            return None;
        }
        let name = field.stored.as_str();
        match (&field.options.stated, field.serde.with) {
            (Some(kind), _) if kind == "N" => Some(CheckedVersion { name, judged: None }),
            (Some(kind), _) => {
                self.errors.on(kind, format_args!("`{ident}` is the version: a whole number (N)"));
                None
            }
            (None, Some(with)) => {
                self.errors.at(with, format_args!("`{ident}` is the version, and this hides how it is stored: if it is a whole number, say so with `#[table(version, type = N)]`"));
                None
            }
            (None, None) => Some(CheckedVersion { name, judged: Some(&field.ty) }),
        }
    }
}
