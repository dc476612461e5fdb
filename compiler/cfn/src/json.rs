//! A writer of canonical JSON: two spaces, `"key": value`, one trailing newline.
//!
//! Invariant: the caller gives keys in order; nothing is allocated but the text itself.

/// Text under construction.
pub(crate) struct Writer {
    text: String,
    depth: usize,
    /// Whether the container being written has nothing in it yet.
    empty: bool,
}

impl Writer {
    /// Room for about `capacity` bytes.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { text: String::with_capacity(capacity), depth: 0, empty: true }
    }

    /// The document, with its newline.
    pub(crate) fn finish(mut self) -> String {
        self.text.push('\n');
        self.text
    }

    fn line(&mut self) {
        const SPACES: &str = "                                                                ";
        self.text.push('\n');
        let mut rest = self.depth * 2;
        while rest > 0 {
            let n = rest.min(SPACES.len());
            self.text.push_str(SPACES.get(..n).unwrap_or_default());
            rest -= n;
        }
    }

    fn next(&mut self) {
        if !self.empty {
            self.text.push(',');
        }
        self.empty = false;
        self.line();
    }

    fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.depth += 1;
        self.empty = true;
    }

    fn close(&mut self, bracket: char) {
        self.depth = self.depth.saturating_sub(1);
        if !self.empty {
            self.line();
        }
        self.text.push(bracket);
        self.empty = false;
    }

    /// An object; `entries` calls [`Writer::key`] and writes a value, over and over.
    pub(crate) fn object(&mut self, entries: impl FnOnce(&mut Self)) {
        self.open('{');
        entries(self);
        self.close('}');
    }

    /// A list; `items` calls [`Writer::item`] and writes a value, over and over.
    pub(crate) fn list(&mut self, items: impl FnOnce(&mut Self)) {
        self.open('[');
        items(self);
        self.close(']');
    }

    /// The key of the next entry.
    pub(crate) fn key(&mut self, key: &str) {
        self.next();
        self.string(key);
        self.text.push_str(": ");
    }

    /// The next item of a list follows.
    pub(crate) fn item(&mut self) {
        self.next();
    }

    /// A text.
    pub(crate) fn string(&mut self, text: &str) {
        self.text.push('"');
        let mut start = 0;
        for (at, byte) in text.bytes().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.text.push_str(text.get(start..at).unwrap_or_default());
            start = at + 1;
            match byte {
                b'"' => self.text.push_str("\\\""),
                b'\\' => self.text.push_str("\\\\"),
                b'\n' => self.text.push_str("\\n"),
                b'\r' => self.text.push_str("\\r"),
                b'\t' => self.text.push_str("\\t"),
                _ => {
                    self.text.push_str("\\u00");
                    for digit in [byte >> 4, byte & 15] {
                        self.text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
                    }
                }
            }
        }
        self.text.push_str(text.get(start..).unwrap_or_default());
        self.text.push('"');
    }

    /// A key with a text.
    pub(crate) fn entry(&mut self, key: &str, text: &str) {
        self.key(key);
        self.string(text);
    }

    /// `true` or `false`.
    pub(crate) fn bool(&mut self, value: bool) {
        self.text.push_str(if value { "true" } else { "false" });
    }

    /// A whole number.
    pub(crate) fn int(&mut self, value: i64) {
        let mut digits = [0_u8; 20];
        let mut at = digits.len();
        let mut rest = value.unsigned_abs();
        loop {
            at -= 1;
            if let Some(slot) = digits.get_mut(at) {
                *slot = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            }
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            self.text.push('-');
        }
        let written = digits.get(at..).unwrap_or_default();
        self.text.push_str(std::str::from_utf8(written).unwrap_or_default());
    }

    /// A number; JSON has none that is not finite.
    pub(crate) fn number(&mut self, value: f64) {
        if !value.is_finite() {
            self.text.push_str("null");
        } else if value.fract() == 0.0 && value.abs() < 1e15 {
            self.text.push_str(&format!("{value:.0}"));
        } else {
            self.text.push_str(&value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Writer;

    fn check(write: impl FnOnce(&mut Writer), expect: &str) {
        let mut writer = Writer::new(0);
        write(&mut writer);
        assert_eq!(writer.finish(), expect);
    }

    #[test]
    fn containers_are_indented_and_empty_ones_closed_at_once() {
        check(
            |w| {
                w.object(|w| {
                    w.key("a");
                    w.list(|w| {
                        w.item();
                        w.int(1);
                        w.item();
                        w.object(|_| {});
                    });
                    w.entry("b", "c");
                });
            },
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"c\"\n}\n",
        );
        check(|w| w.list(|_| {}), "[]\n");
    }

    #[test]
    fn texts_are_escaped() {
        check(|w| w.string("a\"b\\c\nd\u{1}é"), "\"a\\\"b\\\\c\\nd\\u0001é\"\n");
    }

    #[test]
    fn numbers_are_exact() {
        for (n, text) in [
            (0, "0\n"),
            (-7, "-7\n"),
            (i64::MIN, "-9223372036854775808\n"),
            (i64::MAX, "9223372036854775807\n"),
        ] {
            check(|w| w.int(n), text);
        }
        check(|w| w.number(0.5), "0.5\n");
        check(|w| w.number(3.0), "3\n");
    }
}
