//! Answers in XML as trees, for the services that are asked without a client of the SDK's.
//!
//! Invariant: what is no well-formed document is an error, never half an answer.

use aws_smithy_runtime_api::box_error::BoxError;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// How deep an answer may be; those that are asked for have six levels.
const DEEPEST: usize = 32;

/// An element: its name without a prefix, its own text, and the elements in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// The first element of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element of this name; empty where there is none.
    pub(super) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    /// The elements of the list of this name; none where there is no list.
    pub(super) fn list(&self, name: &str) -> &[Self] {
        self.child(name).map(|child| child.children.as_slice()).unwrap_or_default()
    }

    /// The first element of this name, at whatever depth.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

/// The root of a document.
pub(super) fn parse(bytes: &[u8]) -> Result<Element, BoxError> {
    let mut reader = Reader::from_str(std::str::from_utf8(bytes)?);
    // What is open, the outermost first; the document itself holds the root.
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event()? {
            Event::Start(start) => {
                if open.len() > DEEPEST {
                    return Err("the answer is too deep".into());
                }
                open.push(named(start.local_name().as_ref()));
            }
            Event::Empty(empty) => within(&mut open, named(empty.local_name().as_ref())),
            Event::End(_) => {
                if let Some(closed) = open.pop() {
                    within(&mut open, closed);
                }
            }
            Event::Text(text) => write(&mut open, &text.decode()?),
            Event::CData(text) => write(&mut open, &text.decode()?),
            Event::GeneralRef(reference) => {
                let name = reference.decode()?;
                match (reference.resolve_char_ref()?, resolve_predefined_entity(&name)) {
                    (Some(character), _) => write(&mut open, character.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => write(&mut open, text),
                    (None, None) => return Err(format!("the answer has an unknown entity `{name}`").into()),
                }
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    match (open.len(), open.pop().and_then(|document| document.children.into_iter().next())) {
        (1, Some(root)) => Ok(root),
        (_, Some(_) | None) => Err("the answer is no whole document".into()),
    }
}

fn named(name: &[u8]) -> Element {
    Element { name: String::from_utf8_lossy(name).into_owned(), ..Element::default() }
}

fn within(open: &mut [Element], child: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(child);
    }
}

fn write(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}
