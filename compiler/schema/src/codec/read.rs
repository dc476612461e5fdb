//! Reads what [`Writer`](super::Writer) wrote.
//!
//! Records stay in memory for good, so names point into them and cost no allocation.

use smol_str::SmolStrBuilder;

use crate::Name;

/// A place in a record.
pub struct Reader {
    rest: &'static [u8],
    strings: Vec<Name>,
    fresh: usize,
}

impl Reader {
    /// Starts at the string table of a record.
    #[must_use]
    pub fn new(bytes: &'static [u8]) -> Option<Self> {
        let mut reader = Reader { rest: bytes, strings: Vec::new(), fresh: 0 };
        let count = reader.length()?;
        reader.strings.reserve_exact(count.min(bytes.len()));
        for _ in 0..count {
            let length = reader.length()?;
            let (text, rest) = reader.rest.split_at_checked(length)?;
            reader.rest = rest;
            reader.strings.push(Name::new_static(std::str::from_utf8(text).ok()?));
        }
        Some(reader)
    }

    /// One byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// A number in groups of seven bits, lowest first.
    pub fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A count of things that follow; each takes at least a byte, so no more than there are.
    pub fn length(&mut self) -> Option<usize> {
        let length = usize::try_from(self.number()?).ok()?;
        (length <= self.rest.len()).then_some(length)
    }

    /// A number of 32 bits.
    pub fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    /// A signed number.
    pub fn signed(&mut self) -> Option<i64> {
        let folded = self.number()?;
        Some((folded >> 1).cast_signed() ^ -((folded & 1).cast_signed()))
    }

    /// A floating-point number.
    pub fn float(&mut self) -> Option<f64> {
        let (bytes, rest) = self.rest.split_first_chunk::<8>()?;
        self.rest = rest;
        Some(f64::from_le_bytes(*bytes))
    }

    /// A string of the table.
    pub fn name(&mut self) -> Option<Name> {
        let index = match usize::try_from(self.number()?).ok()?.checked_sub(1) {
            Some(known) => known,
            None => {
                self.fresh += 1;
                self.fresh - 1
            }
        };
        self.strings.get(index).cloned()
    }

    /// Several strings of the table.
    pub fn names(&mut self) -> Option<Vec<Name>> {
        self.list(Self::name)
    }

    /// A name that was written in two parts.
    pub fn verb_noun(&mut self) -> Option<Name> {
        let (verb, noun) = (self.name()?, self.name()?);
        let mut name = SmolStrBuilder::new();
        name.push_str(&verb);
        name.push_str(&noun);
        Some(name.finish())
    }

    /// Several of anything.
    pub fn list<T>(&mut self, mut each: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = self.length()?;
        let mut items = Vec::with_capacity(length);
        for _ in 0..length {
            items.push(each(self)?);
        }
        Some(items)
    }

    /// Whether everything was read.
    #[must_use]
    pub fn at_end(&self) -> bool {
        self.rest.is_empty()
    }
}
