//! Answers as XML.
//!
//! Invariant: whatever a text holds, the document is well-formed.

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

/// An element.
#[derive(Clone, Debug)]
pub(super) struct Node {
    name: String,
    text: Option<String>,
    namespace: Option<String>,
    children: Vec<Node>,
}

impl Node {
    /// An element that holds a text.
    pub(super) fn text(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: Some(text.to_owned()), namespace: None, children: Vec::new() }
    }

    /// An element that holds others.
    pub(super) fn list(name: &str, children: Vec<Self>) -> Self {
        Self { name: name.to_owned(), text: None, namespace: None, children }
    }

    /// A list as the query protocol writes it: each element a `member`.
    pub(super) fn members(name: &str, members: impl IntoIterator<Item = Vec<Self>>) -> Self {
        Self::list(name, members.into_iter().map(|children| Self::list("member", children)).collect())
    }

    /// A list of texts.
    pub(super) fn texts(name: &str, texts: impl IntoIterator<Item = String>) -> Self {
        Self::list(name, texts.into_iter().map(|text| Self::text("member", &text)).collect())
    }

    /// The element under a namespace.
    pub(super) fn with_namespace(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// The document whose root this is.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new());
        self.put(&mut writer);
        writer.into_inner()
    }

    fn put(&self, writer: &mut Writer<Vec<u8>>) {
        let mut start = BytesStart::new(self.name.as_str());
        if let Some(namespace) = &self.namespace {
            start.push_attribute(("xmlns", namespace.as_str()));
        }
        // Writing to memory does not fail.
        let _ = writer.write_event(Event::Start(start));
        if let Some(text) = &self.text {
            // XML 1.0 has no way to write most control characters.
            let text: String =
                text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\r')).collect();
            let _ = writer.write_event(Event::Text(BytesText::new(&text)));
        }
        for child in &self.children {
            child.put(writer);
        }
        let _ = writer.write_event(Event::End(BytesEnd::new(self.name.as_str())));
    }
}
