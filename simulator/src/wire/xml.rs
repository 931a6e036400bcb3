//! A writer for the XML of the query protocols: elements only, escaped text, no attributes.

use std::fmt;

use serde_json::Value;

/// XML text being written.
#[derive(Debug, Default, Clone)]
pub(crate) struct Xml(String);

impl Xml {
    /// An element holding text.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.open(name);
        self.escape(text);
        self.close(name);
    }

    /// An element holding text, left out when there is none.
    pub(crate) fn text_if(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// An element holding a number or a truth value.
    pub(crate) fn value(&mut self, name: &str, value: impl fmt::Display) {
        self.text(name, &value.to_string());
    }

    /// An element holding other elements.
    pub(crate) fn within(&mut self, name: &str, inside: impl FnOnce(&mut Xml)) {
        self.open(name);
        inside(self);
        self.close(name);
    }

    /// A list as IAM and STS write it: one `<member>` an item.
    pub(crate) fn members<T>(&mut self, name: &str, items: impl IntoIterator<Item = T>, write: impl Fn(&mut Xml, T)) {
        self.list(name, "member", items, write);
    }

    /// An element holding a value of JSON: lists as one `<member>` an item.
    pub(crate) fn tree(&mut self, name: &str, value: &Value) {
        match value {
            Value::Null => {}
            Value::Object(members) => {
                self.within(name, |xml| members.iter().for_each(|(name, one)| xml.tree(name, one)));
            }
            Value::Array(values) => self.within(name, |xml| values.iter().for_each(|one| xml.tree("member", one))),
            Value::String(text) => self.text(name, text),
            other => self.value(name, other),
        }
    }

    /// A list as EC2 writes it: one `<item>` an item.
    pub(crate) fn items<T>(&mut self, name: &str, items: impl IntoIterator<Item = T>, write: impl Fn(&mut Xml, T)) {
        self.list(name, "item", items, write);
    }

    fn list<T>(&mut self, name: &str, each: &str, items: impl IntoIterator<Item = T>, write: impl Fn(&mut Xml, T)) {
        self.open(name);
        for item in items {
            self.open(each);
            write(self, item);
            self.close(each);
        }
        self.close(name);
    }

    fn open(&mut self, name: &str) {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
    }

    fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// Adds text to the element being written.
    pub(crate) fn escape(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                other => self.0.push(other),
            }
        }
    }
}

impl fmt::Display for Xml {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let mut xml = Xml::default();
        xml.text("Name", "a<b> & \"c\"");
        assert_eq!(xml.to_string(), "<Name>a&lt;b&gt; &amp; &quot;c&quot;</Name>");
    }

    #[test]
    fn json_is_written_as_it_is_nested() {
        let mut xml = Xml::default();
        xml.tree("Actions", &serde_json::json!([{"Order": 1, "Type": "forward", "Absent": null}]));
        assert_eq!(xml.to_string(), "<Actions><member><Order>1</Order><Type>forward</Type></member></Actions>");
    }

    #[test]
    fn a_list_has_one_member_an_item() {
        let mut xml = Xml::default();
        xml.members("Keys", ["a", "b"], |xml, key| xml.text("Key", key));
        assert_eq!(xml.to_string(), "<Keys><member><Key>a</Key></member><member><Key>b</Key></member></Keys>");
    }
}
