//! An item's text while it is being written: its lists and maps, whose entries come in any order; knows no type.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{self, Error as _};

use super::encode::{Kind, Set, Unwritable, Writer};
use super::map_key::KeyWriter;
use crate::aws::wire::{Attributes, push_string};

type Result<T> = std::result::Result<T, Unwritable>;

/// What is written so far.
pub(super) struct Out {
    pub(super) text: String,
    /// The names in maps that are not yet closed, as they are.
    names: String,
    /// The entries of maps that are not yet closed; those of the item itself stay.
    entries: Vec<Entry>,
}

struct Entry {
    name: Name,
    /// Where its text is: the name with it, but in the item itself, the value alone.
    start: usize,
    end: usize,
}

#[derive(Clone, Copy)]
pub(super) enum Name {
    /// A field's.
    Known(&'static str),
    /// Where it is among the names.
    Kept { start: usize, end: usize },
}

impl Name {
    fn of(self, names: &str) -> &str {
        match self {
            Self::Known(name) => name,
            Self::Kept { start, end } => &names[start..end],
        }
    }
}

/// Where a map begins.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    top: bool,
    text: usize,
    names: usize,
    entries: usize,
}

impl Out {
    /// With room for an item of common size.
    pub(super) fn new() -> Self {
        Self { text: String::with_capacity(512), names: String::new(), entries: Vec::with_capacity(16) }
    }

    /// Begins a map; `top` is the item itself.
    pub(super) fn open(&mut self, top: bool) -> Frame {
        if !top {
            self.text.push_str(r#"{"M":{"#);
        }
        self.here(top)
    }

    fn here(&self, top: bool) -> Frame {
        Frame { top, text: self.text.len(), names: self.names.len(), entries: self.entries.len() }
    }

    /// Forgets what was written since.
    fn back(&mut self, here: Frame) {
        self.text.truncate(here.text);
        self.names.truncate(here.names);
        self.entries.truncate(here.entries);
    }

    /// A variant with content is a map of one entry.
    pub(super) fn variant(&mut self, top: bool, name: &'static str) -> Variant {
        let frame = self.open(top);
        let name = Name::Known(name);
        Variant { frame, name, start: self.begin(frame, name) }
    }

    fn begin(&mut self, frame: Frame, name: Name) -> usize {
        if frame.top {
            return self.text.len();
        }
        if self.entries.len() > frame.entries {
            self.text.push(',');
        }
        let start = self.text.len();
        push_string(name.of(&self.names), &mut self.text);
        self.text.push(':');
        start
    }

    fn end(&mut self, name: Name, start: usize) {
        self.entries.push(Entry { name, start, end: self.text.len() });
    }

    fn entry<T: Serialize + ?Sized>(&mut self, frame: Frame, name: Name, value: &T) -> Result<()> {
        let here = self.here(false);
        let start = self.begin(frame, name);
        match value.serialize(Writer::inner(self)) {
            Ok(_) => self.end(name, start),
            // A `Serialize` may go on after an error: then this one was not written.
            Err(error) => {
                self.back(here);
                return Err(error);
            }
        }
        Ok(())
    }

    fn close(&mut self, frame: Frame) {
        if frame.top {
            return;
        }
        self.sort(frame);
        self.text.push_str("}}");
        self.names.truncate(frame.names);
        self.entries.truncate(frame.entries);
    }

    /// In the order of names, and of two with one name the last: the same map is the same text.
    fn sort(&mut self, frame: Frame) {
        let Self { text, names, entries } = self;
        let entries = &mut entries[frame.entries..];
        if entries.is_sorted_by(|a, b| a.name.of(names) < b.name.of(names)) {
            return;
        }
        entries.sort_by(|a, b| a.name.of(names).cmp(b.name.of(names)));
        let written = text.split_off(frame.text);
        for (index, entry) in entries.iter().enumerate() {
            if entries.get(index + 1).is_some_and(|next| next.name.of(names) == entry.name.of(names)) {
                continue;
            }
            if text.len() > frame.text {
                text.push(',');
            }
            text.push_str(&written[entry.start - frame.text..entry.end - frame.text]);
        }
    }

    /// The item itself, after its map was closed.
    pub(super) fn into_attributes(self) -> Attributes<'static> {
        let entry = |entry: &Entry| {
            let name = match entry.name {
                Name::Known(name) => Cow::Borrowed(name),
                Name::Kept { start, end } => Cow::Owned(self.names[start..end].to_owned()),
            };
            (name, Cow::Owned(self.text[entry.start..entry.end].to_owned()))
        };
        Attributes::new(self.entries.iter().map(entry).collect())
    }
}

/// A variant whose content is being written.
pub(super) struct Variant {
    frame: Frame,
    name: Name,
    start: usize,
}

impl Variant {
    pub(super) fn close(self, out: &mut Out) -> Kind {
        out.end(self.name, self.start);
        out.close(self.frame);
        Kind::M
    }
}

/// A list or a set.
pub(super) struct Elements<'o> {
    out: &'o mut Out,
    set: Option<Set>,
    first: bool,
    /// Whether a set holds what it cannot hold.
    foreign: bool,
    variant: Option<Variant>,
}

impl<'o> Elements<'o> {
    pub(super) fn open(out: &'o mut Out, set: Option<Set>, variant: Option<Variant>) -> Self {
        out.text.push_str(set.map_or(r#"{"L":["#, Set::opening));
        Self { out, set, first: true, foreign: false, variant }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let here = self.out.here(false);
        if !self.first {
            self.out.text.push(',');
        }
        let start = self.out.text.len();
        let kind = value.serialize(Writer::inner(self.out)).inspect_err(|_| self.out.back(here))?;
        self.first = false;
        if let Some(set) = self.set {
            if kind == set.element() {
                // In a set stands `"x"` for `{"S":"x"}`.
                self.out.text.pop();
                self.out.text.replace_range(start..start + r#"{"S":"#.len(), "");
            } else {
                self.foreign = true;
            }
        }
        Ok(())
    }

    fn close(self) -> Result<Kind> {
        self.out.text.push_str("]}");
        match (self.set, self.variant) {
            (Some(set), _) if self.foreign => Err(set.misfit()),
            (_, Some(variant)) => Ok(variant.close(self.out)),
            (_, None) => Ok(Kind::L),
        }
    }
}

macro_rules! elements {
    ($($trait:ident $method:ident,)*) => { $(
        impl ser::$trait for Elements<'_> {
            type Ok = Kind;
            type Error = Unwritable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.element(value)
            }

            fn end(self) -> Result<Kind> {
                self.close()
            }
        }
    )* };
}

elements! {
    SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
}

/// A map or a struct.
pub(super) struct Entries<'o> {
    out: &'o mut Out,
    frame: Frame,
    key: Option<Name>,
    variant: Option<Variant>,
}

impl<'o> Entries<'o> {
    pub(super) fn open(out: &'o mut Out, top: bool, variant: Option<Variant>) -> Self {
        let frame = out.open(top);
        Self { out, frame, key: None, variant }
    }

    fn name<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<Name> {
        let start = self.out.names.len();
        key.serialize(KeyWriter(&mut self.out.names)).inspect_err(|_| self.out.names.truncate(start))?;
        Ok(Name::Kept { start, end: self.out.names.len() })
    }

    fn close(self) -> Kind {
        self.out.close(self.frame);
        self.variant.map_or(Kind::M, |variant| variant.close(self.out))
    }
}

impl ser::SerializeMap for Entries<'_> {
    type Ok = Kind;
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        if self.key.is_some() {
            return Err(Unwritable::custom("a key after a key"));
        }
        self.key = Some(self.name(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let name = self.key.take().ok_or_else(|| Unwritable::custom("a value without its key"))?;
        self.out.entry(self.frame, name, value)
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(&mut self, key: &K, value: &V) -> Result<()> {
        let name = self.name(key)?;
        self.out.entry(self.frame, name, value)
    }

    fn end(self) -> Result<Kind> {
        Ok(self.close())
    }
}

macro_rules! fields {
    ($($trait:ident,)*) => { $(
        impl ser::$trait for Entries<'_> {
            type Ok = Kind;
            type Error = Unwritable;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
                self.out.entry(self.frame, Name::Known(name), value)
            }

            fn end(self) -> Result<Kind> {
                Ok(self.close())
            }
        }
    )* };
}

fields! { SerializeStruct, SerializeStructVariant, }
