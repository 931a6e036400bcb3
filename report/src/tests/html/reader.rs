//! A strict reader of HTML: what a browser would have to mend is an error here.

use std::collections::BTreeMap;

/// Elements that hold nothing.
const VOID: [&str; 4] = ["br", "input", "link", "meta"];
/// Elements whose inside is no markup.
const RAW: [&str; 2] = ["script", "style"];
/// Elements in which no block may stand.
const PHRASING: [&str; 16] = [
    "p", "span", "b", "a", "code", "h1", "h2", "h3", "h4", "caption", "label", "button", "output", "option", "dt",
    "pre",
];
/// Elements that are blocks.
const BLOCKS: [&str; 21] = [
    "p", "ul", "ol", "li", "div", "dl", "dt", "dd", "table", "details", "summary", "section", "header", "footer",
    "nav", "main", "pre", "h1", "h2", "h3", "h4",
];

/// An element with its attributes.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    pub(super) tag: String,
    pub(super) attributes: BTreeMap<String, String>,
    /// The tags around it, the outermost first.
    pub(super) within: Vec<String>,
    /// What stands in it, when that is no markup or text alone.
    pub(super) text: String,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    pub(super) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|classes| classes.split(' ').any(|one| one == class))
    }
}

/// The elements of a page, in order.
pub(super) fn read(page: &str) -> Vec<Element> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>\n").expect("a doctype");
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    while !rest.is_empty() {
        let start = rest.find('<').unwrap_or(rest.len());
        let text = unescaped(&rest[..start]);
        match open.last() {
            Some(inside) => elements[*inside].text.push_str(&text),
            None => assert_eq!(text.trim(), ""),
        }
        rest = &rest[start..];
        if let Some(tail) = rest.strip_prefix("</") {
            let (tag, tail) = tail.split_once('>').expect("an end tag that ends");
            let inside = open.pop().expect("nothing is closed that is not open");
            assert_eq!(elements[inside].tag, tag, "closed before what stands in it");
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix('<') {
            let (mut element, tail) = begin(tail);
            element.within = open.iter().map(|index| elements[*index].tag.clone()).collect();
            nests(&element);
            rest = tail;
            let tag = element.tag.clone();
            elements.push(element);
            let at = elements.len() - 1;
            if RAW.contains(&tag.as_str()) {
                let end = format!("</{tag}>");
                let (inner, tail) = rest.split_once(&end).expect("an end");
                elements[at].text = inner.to_owned();
                rest = tail;
            } else if !VOID.contains(&tag.as_str()) {
                open.push(at);
            }
        }
    }
    assert!(open.is_empty(), "what is opened is closed");
    elements
}

/// A start tag and what follows it.
fn begin(text: &str) -> (Element, &str) {
    let end = text.find(|one: char| !one.is_ascii_alphanumeric()).expect("a tag that ends");
    assert!(end > 0, "no tag: {}", text.chars().take(40).collect::<String>());
    let mut element = Element { tag: text[..end].to_owned(), ..Element::default() };
    let mut rest = &text[end..];
    loop {
        if let Some(tail) = rest.strip_prefix('>') {
            return (element, tail);
        }
        rest = rest.strip_prefix(' ').expect("a space before an attribute");
        let end = rest.find(|one: char| !(one.is_ascii_alphanumeric() || one == '-')).expect("a name that ends");
        assert!(end > 0, "no attribute");
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(tail) = rest.strip_prefix("=\"") {
            let (inner, tail) = tail.split_once('"').expect("a value that ends");
            assert!(!inner.contains(['<', '>']), "{inner}");
            value = unescaped(inner);
            rest = tail;
        }
        assert!(element.attributes.insert(name, value).is_none(), "an attribute stands twice");
    }
}

/// Text without escapes, of which only ours are known.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut read = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').expect("an ampersand is an escape");
        read.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => panic!("no escape of ours: {other}"),
        });
        read.push_str(rest);
    }
    read
}

/// Holds where elements may stand.
fn nests(element: &Element) {
    let parent = element.within.last().map_or("", String::as_str);
    let is_in = |tag: &str| element.within.iter().any(|one| one == tag);
    let tag = element.tag.as_str();
    let fits = match tag {
        "li" => matches!(parent, "ul" | "ol"),
        "tr" => matches!(parent, "thead" | "tbody"),
        "td" | "th" => parent == "tr",
        "thead" | "tbody" | "caption" => parent == "table",
        "summary" => parent == "details",
        "option" => parent == "select",
        "dt" | "dd" => parent == "div" && is_in("dl"),
        "path" | "rect" | "text" | "g" | "desc" => is_in("svg"),
        "h3" if parent == "summary" => true,
        "a" => !is_in("a") && !is_in("summary"),
        other => !BLOCKS.contains(&other) || !element.within.iter().any(|one| PHRASING.contains(&one.as_str())),
    };
    let holds = match parent {
        "ul" | "ol" => tag == "li",
        "dl" => tag == "div",
        "table" => matches!(tag, "caption" | "thead" | "tbody"),
        "tr" => matches!(tag, "td" | "th"),
        "select" => tag == "option",
        _ => true,
    };
    assert!(fits && holds, "{tag} in {:?}", element.within);
}
