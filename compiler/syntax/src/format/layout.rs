//! The tree becomes lines.

use super::WIDTH;
use super::marks::EntryKind;
use super::tree::{Above, Breaks, Entry, Group, Leaf, Line, Node};

const INDENT: usize = 2;

/// A file's entries, each on lines of its own.
pub(super) fn file(group: &Group<'_>) -> String {
    let mut out = entries(group, 0, "");
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Entries one a line, indented, joined by newlines; `separator` ends each.
fn entries(group: &Group<'_>, indent: usize, separator: &str) -> String {
    let mut lines: Vec<Laid> = group.entries.iter().map(|entry| laid(entry, indent)).collect();
    align(&group.entries, &mut lines);
    let mut out = String::new();
    for (index, (entry, line)) in group.entries.iter().zip(&lines).enumerate() {
        above(&mut out, &entry.above, indent, index == 0);
        new_line(&mut out, indent);
        out.push_str(&line.text);
        out.push_str(separator);
        if let Some(comment) = entry.trailing {
            out.push(' ');
            out.push_str(comment);
        }
    }
    above(&mut out, &group.dangling, indent, group.entries.is_empty());
    out
}

fn above(out: &mut String, above: &[Above<'_>], indent: usize, first: bool) {
    for (index, line) in above.iter().enumerate() {
        match line {
            Above::Blank if first && index == 0 => {}
            Above::Blank => out.push('\n'),
            Above::Comment(comment) => {
                new_line(out, indent);
                out.push_str(comment);
            }
        }
    }
}

/// Begins a line, unless nothing has been written.
fn new_line(out: &mut String, indent: usize) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.extend(std::iter::repeat_n(' ', indent));
}

/// An entry as text, its first line without indentation.
struct Laid {
    text: String,
    /// Where cells begin that may be moved to a common column; none where it takes several lines.
    cells: Vec<usize>,
}

fn laid(entry: &Entry<'_>, indent: usize) -> Laid {
    let mut writing = Writing { out: String::new(), indent, line_indent: indent, column: indent };
    let breaks = breaking(entry, indent);
    writing.nodes(&entry.nodes, breaks, 0);
    let cells = if writing.out.contains('\n') { Vec::new() } else { cells(entry) };
    Laid { text: writing.out, cells }
}

/// Where an entry that does not fit is broken.
fn breaking(entry: &Entry<'_>, indent: usize) -> Breaks {
    let leaves = || {
        entry.nodes.iter().filter_map(|node| match node {
            Node::Leaf(leaf) => Some(leaf),
            Node::Group(_) | Node::Comment(..) => None,
        })
    };
    let fits = flat(&entry.nodes).is_some_and(|text| indent + width(&text) <= WIDTH);
    if fits || leaves().any(|leaf| leaf.broken) {
        return Breaks::Never;
    }
    // A body at its end takes several lines instead, where what stands before it fits.
    if let Some((Node::Group(body), head)) = entry.nodes.split_last()
        && body.open == "{"
        && !body.entries.is_empty()
        && flat(head).is_some_and(|text| indent + width(&text) + 2 <= WIDTH)
    {
        return Breaks::Never;
    }
    let grouped = entry.nodes.iter().any(|node| matches!(node, Node::Group(_)));
    let has = |breaks: Breaks| leaves().any(|leaf| leaf.breaks == breaks);
    // Only what is too long because of itself: a body on several lines is no reason.
    if flat(&entry.nodes).is_none() {
        return Breaks::Never;
    }
    if has(Breaks::Clause) {
        Breaks::Clause
    } else if has(Breaks::Branch) {
        Breaks::Branch
    } else if has(Breaks::Operator) && !grouped {
        Breaks::Operator
    } else {
        Breaks::Never
    }
}

struct Writing {
    out: String,
    /// Where the entry stands.
    indent: usize,
    /// Where the current line stands.
    line_indent: usize,
    column: usize,
}

impl Writing {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, line)) => self.column = width(line),
            None => self.column += width(text),
        }
    }

    fn line(&mut self, indent: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.line_indent = indent;
        self.column = indent;
    }

    /// Writes nodes in a row; `tail` is what must still fit the line after them.
    fn nodes(&mut self, nodes: &[Node<'_>], breaks: Breaks, tail: usize) {
        let mut after_comment = false;
        for (index, node) in nodes.iter().enumerate() {
            let fresh = after_comment;
            after_comment = false;
            match node {
                Node::Leaf(leaf) => {
                    let broken =
                        leaf.broken || (breaks != Breaks::Never && leaf.breaks == breaks && index > 0);
                    if fresh || broken {
                        self.line(self.indent + INDENT);
                    } else if leaf.space {
                        self.push(" ");
                    }
                    self.push(leaf.text);
                }
                Node::Comment(text, line) => {
                    if *line == Line::Own || fresh {
                        self.line(self.indent + INDENT);
                    } else {
                        self.push(" ");
                    }
                    self.push(text);
                    after_comment = true;
                }
                Node::Group(group) => {
                    if fresh {
                        self.line(self.indent + INDENT);
                    } else if group.space {
                        self.push(" ");
                    }
                    let rest = nodes.get(index + 1..).unwrap_or_default();
                    self.group(group, upcoming(rest, breaks) + if rest.is_empty() { tail } else { 0 });
                }
            }
        }
    }

    /// Writes a group on this line if it may and fits, otherwise on several.
    fn group(&mut self, group: &Group<'_>, tail: usize) {
        let flat = flat_group(group);
        if !group.broken
            && let Some(text) = flat.as_deref().filter(|t| self.column + width(t) + tail <= WIDTH)
        {
            return self.push(text);
        }
        let own_lines = group.broken || flat.is_some() || group.open == "{";
        if own_lines && !group.entries.is_empty() || group.broken {
            return self.broken_group(group);
        }
        // Something inside takes several lines of its own: it stays where it is.
        self.push(group.open);
        for (index, entry) in group.entries.iter().enumerate() {
            if index > 0 {
                self.push(if ends_in_order(group, index - 1) { " " } else { ", " });
            }
            self.nodes(&entry.nodes, Breaks::Never, 1);
        }
        self.push(group.close);
    }

    fn broken_group(&mut self, group: &Group<'_>) {
        let indent = self.line_indent;
        self.push(group.open);
        if let Some(comment) = group.comment {
            self.push(" ");
            self.push(comment);
        }
        let separator = if group.open == "(" && !group.grouping { "," } else { "" };
        self.out.push('\n');
        self.out.push_str(&entries(group, indent + INDENT, separator));
        self.line(indent);
        self.push(group.close);
    }
}

/// The width of what follows on the same line, up to the next place where it may break.
fn upcoming(rest: &[Node<'_>], breaks: Breaks) -> usize {
    let mut total = 0;
    for node in rest {
        match node {
            Node::Leaf(leaf) if leaf.broken || (breaks != Breaks::Never && leaf.breaks == breaks) => {
                return total;
            }
            Node::Leaf(leaf) => {
                total += usize::from(leaf.space) + width(leaf.text.lines().next().unwrap_or_default());
            }
            Node::Comment(..) => return total,
            Node::Group(group) => {
                if group.entries.is_empty() {
                    total += usize::from(group.space) + 2;
                } else {
                    return total + usize::from(group.space) + 1;
                }
            }
        }
    }
    total
}

/// Nodes on one line; nothing where one of them needs several.
fn flat(nodes: &[Node<'_>]) -> Option<String> {
    let mut out = String::new();
    for node in nodes {
        match node {
            Node::Leaf(Leaf { broken: true, .. }) | Node::Comment(..) => return None,
            Node::Leaf(leaf) => {
                if leaf.text.contains('\n') {
                    return None;
                }
                if leaf.space {
                    out.push(' ');
                }
                out.push_str(leaf.text);
            }
            Node::Group(group) => {
                if group.broken {
                    return None;
                }
                if group.space {
                    out.push(' ');
                }
                out.push_str(&flat_group(group)?);
            }
        }
    }
    Some(out)
}

fn flat_group(group: &Group<'_>) -> Option<String> {
    if group.comment.is_some() || !group.dangling.is_empty() {
        return None;
    }
    let mut out = String::from(group.open);
    let padded = group.open == "{" && !group.tight && !group.entries.is_empty();
    if padded {
        out.push(' ');
    }
    for (index, entry) in group.entries.iter().enumerate() {
        if index > 0 {
            out.push_str(if ends_in_order(group, index - 1) { " " } else { ", " });
        }
        if entry.trailing.is_some() || entry.above.iter().any(|a| matches!(a, Above::Comment(_))) {
            return None;
        }
        out.push_str(&flat(&entry.nodes)?);
    }
    if padded {
        out.push(' ');
    }
    out.push_str(group.close);
    Some(out)
}

/// `a <` in an ordered enum: no comma follows.
fn ends_in_order(group: &Group<'_>, index: usize) -> bool {
    let last = group.entries.get(index).and_then(|entry| entry.nodes.last());
    matches!(last, Some(Node::Leaf(leaf)) if leaf.text == "<")
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// Where the cells of a one-line entry begin.
fn cells(entry: &Entry<'_>) -> Vec<usize> {
    let position = |wanted: &dyn Fn(&Node<'_>) -> bool| entry.nodes.iter().position(wanted);
    let leaf =
        |text: &'static str| move |node: &Node<'_>| matches!(node, Node::Leaf(leaf) if leaf.text == text);
    let brace = |node: &Node<'_>| matches!(node, Node::Group(group) if group.open == "{");
    let starts = match entry.kind {
        EntryKind::Field => vec![position(&leaf("="))],
        EntryKind::Instance => vec![position(&leaf(":")).map(|i| i + 1), position(&brace)],
        EntryKind::Profile => vec![position(&brace)],
        EntryKind::Other => Vec::new(),
    };
    let widths = starts.into_iter().flatten().filter_map(|index| flat(entry.nodes.get(..index)?));
    widths.map(|text| width(&text)).collect()
}

/// Moves the cells of neighbouring entries of one kind to common columns.
fn align(entries: &[Entry<'_>], lines: &mut [Laid]) {
    let mut start = 0;
    while start < entries.len() {
        let mut end = start + 1;
        while end < entries.len() && continues(entries, lines, end) {
            end += 1;
        }
        if let Some(run) = lines.get_mut(start..end).filter(|run| run.len() > 1) {
            align_run(run);
        }
        start = end;
    }
}

/// Whether the entry at `index` and the one before it stand in one table.
fn continues(entries: &[Entry<'_>], lines: &[Laid], index: usize) -> bool {
    let (Some(entry), Some(line)) = (entries.get(index), lines.get(index)) else { return false };
    let (Some(before), Some(line_before)) = (entries.get(index - 1), lines.get(index - 1)) else {
        return false;
    };
    entry.above.is_empty()
        && entry.kind == before.kind
        && !line.cells.is_empty()
        && !line_before.cells.is_empty()
}

fn align_run(run: &mut [Laid]) {
    let columns = run.iter().map(|line| line.cells.len()).max().unwrap_or(0);
    for column in 0..columns {
        // An entry without this cell has nothing to move, and nothing to make room for.
        let target = run.iter().filter_map(|line| line.cells.get(column)).max().copied().unwrap_or(0);
        for line in run.iter_mut() {
            let Some(at) = line.cells.get(column).copied() else { continue };
            let pad = target - at;
            let byte = line.text.char_indices().nth(at).map_or(line.text.len(), |(i, _)| i);
            line.text.insert_str(byte, &" ".repeat(pad));
            for cell in line.cells.iter_mut().skip(column) {
                *cell += pad;
            }
        }
    }
}
