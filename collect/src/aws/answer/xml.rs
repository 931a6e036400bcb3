//! XML of the query protocols as values: an element with elements is an object, one whose elements are all `member` or
//! `item` is a list, and one without any is a text.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// An element that is open.
#[derive(Default)]
struct Open {
    name: String,
    text: String,
    children: Vec<(String, Value)>,
}

impl Open {
    fn closed(self) -> (String, Value) {
        let Self { name, text, children } = self;
        let is_list =
            |children: &[(String, Value)]| children.iter().all(|(name, _)| name == "member" || name == "item");
        let value = if children.is_empty() {
            Value::String(text)
        } else if is_list(&children) {
            children.into_iter().map(|(_, value)| value).collect()
        } else {
            Value::Object(children.into_iter().collect::<Map<_, _>>())
        };
        (name, value)
    }
}

/// The members of an answer: what stands in `<XResult>`, or in the outermost element. None for what is cut or no XML.
pub(super) fn parsed(text: &str) -> Option<Value> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Open::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_owned();
                open.push(Open { name, ..Open::default() });
            }
            Event::Empty(empty) => {
                let name = empty.local_name().as_ref().to_owned();
                open.last_mut()?.children.push((name, Value::String(String::new())));
            }
            Event::End(_) => {
                let closed = open.pop()?.closed();
                open.last_mut()?.children.push(closed);
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text),
            // What they stand for does not matter here: only whether there is something.
            Event::GeneralRef(_) | Event::CData(_) => open.last_mut()?.text.push('&'),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    // Whatever is still open was cut off.
    let (Some(document), true) = (open.pop(), open.is_empty()) else { return None };
    let (_, outermost) = document.children.into_iter().next()?;
    Some(inside(outermost))
}

fn inside(outermost: Value) -> Value {
    let Value::Object(mut members) = outermost else { return outermost };
    let result = members.keys().find(|name| name.ends_with("Result")).cloned();
    match result.and_then(|name| members.remove(&name)) {
        Some(result) => result,
        None => Value::Object(members),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_of_xml_are_read() {
        let iam = "<GetThingResponse xmlns=\"x\"><GetThingResult><IsTruncated>false</IsTruncated><Roles><member>\
            <Arn>a&amp;b</Arn><Policies/></member></Roles></GetThingResult><ResponseMetadata/></GetThingResponse>";
        let expected = json!({ "IsTruncated": "false", "Roles": [{ "Arn": "a&b", "Policies": "" }] });
        assert_eq!(parsed(iam), Some(expected));
        let ec2 = "<?xml version=\"1.0\"?>\n<DescribeResponse><requestId>1</requestId><set><item><id>s</id></item></set>\
            </DescribeResponse>";
        assert_eq!(parsed(ec2), Some(json!({ "requestId": "1", "set": [{ "id": "s" }] })));
    }

    #[test]
    fn what_is_cut_anywhere_is_not_read() {
        let whole = "<R><Result><A>text</A><B/></Result></R>";
        assert!(parsed(whole).is_some());
        for end in 0..whole.len() {
            assert_eq!(parsed(&whole[..end]), None, "{}", &whole[..end]);
        }
        assert_eq!(parsed("<R></S>"), None);
    }
}
