//! Writes a record: a string table, then the numbers that point into it.

use rustc_hash::FxHashMap;

use crate::Name;

/// A record that grows.
#[derive(Default)]
pub struct Writer {
    body: Vec<u8>,
    strings: Vec<Name>,
    known: FxHashMap<Name, u64>,
}

impl Writer {
    /// The record: strings, then the body.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let mut table = Writer::default();
        table.length(self.strings.len());
        for string in &self.strings {
            table.length(string.len());
            table.body.extend_from_slice(string.as_bytes());
        }
        table.body.extend_from_slice(&self.body);
        table.body
    }

    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.body.push(byte);
    }

    /// A number in groups of seven bits, lowest first.
    pub fn number(&mut self, mut value: u64) {
        while value > 0x7f {
            self.body.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.body.push(value as u8);
    }

    /// A count.
    pub fn length(&mut self, length: usize) {
        self.number(length as u64);
    }

    /// A signed number.
    pub fn signed(&mut self, value: i64) {
        self.number(((value << 1) ^ (value >> 63)).cast_unsigned());
    }

    /// A floating-point number.
    pub fn float(&mut self, value: f64) {
        self.body.extend_from_slice(&value.to_le_bytes());
    }

    /// A string: 0 for one that was not there before, else its place and one.
    pub fn name(&mut self, name: &Name) {
        if let Some(known) = self.known.get(name) {
            self.number(known + 1);
        } else {
            self.known.insert(name.clone(), self.strings.len() as u64);
            self.strings.push(name.clone());
            self.byte(0);
        }
    }

    /// Several strings.
    pub fn names(&mut self, names: &[Name]) {
        self.list(names, Self::name);
    }

    /// Several of anything.
    pub fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.length(items.len());
        for item in items {
            each(self, item);
        }
    }

    /// A name of the form `GetObject` in two parts: verbs and nouns repeat.
    pub fn verb_noun(&mut self, name: &Name) {
        let noun = name
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_ascii_uppercase())
            .map_or(name.len(), |(at, _)| at);
        let (verb, noun) = name.split_at_checked(noun).unwrap_or((name, ""));
        self.name(&Name::new(verb));
        self.name(&Name::new(noun));
    }
}
