//! Fields of objects that are newer than what this version knows: they are noted, not lost without a word.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_ignored::Path;

/// The fields that were met, by the plural of the kind.
#[derive(Debug, Default)]
pub(super) struct Newer(RefCell<BTreeMap<String, BTreeSet<String>>>);

/// How many fields of one kind are kept.
const MOST: usize = 20;

impl Newer {
    /// Reads an answer to a request with this path. What is noted of a list stands in its first page; reading the rest in
    /// the same way would take longer and tell no more.
    pub(super) fn read<O: DeserializeOwned>(&self, path: &str, text: impl AsRef<[u8]>) -> Result<O, serde_json::Error> {
        if path.contains("continue=") {
            return serde_json::from_slice(text.as_ref());
        }
        let kind = path.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let mut reader = serde_json::Deserializer::from_slice(text.as_ref());
        let answer = serde_ignored::deserialize(&mut reader, |path| self.note(kind, &path))?;
        reader.end()?;
        Ok(answer)
    }

    /// Only what stands inside an object's parts counts: the frame of an answer has members of its own.
    fn note(&self, kind: &str, path: &Path<'_>) {
        let path = path.to_string();
        let steps: Vec<&str> = path.split('.').filter(|step| *step != "?").collect();
        let ["items", _, part @ ("spec" | "status"), rest @ ..] = steps.as_slice() else { return };
        let named: Vec<_> = rest.iter().copied().filter(|step| step.parse::<usize>().is_err()).collect();
        if named.is_empty() {
            return;
        }
        let mut all = self.0.borrow_mut();
        let fields = all.entry(kind.to_owned()).or_default();
        if fields.len() < MOST {
            fields.insert(format!("{part}.{}", named.join(".")));
        }
    }

    /// What was met.
    pub(super) fn told(&self) -> BTreeMap<String, Vec<String>> {
        let all = self.0.borrow();
        all.iter().map(|(kind, fields)| (kind.clone(), fields.iter().cloned().collect())).collect()
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Pod;
    use serde_json::json;

    use super::*;

    #[derive(serde::Deserialize)]
    struct Page {
        items: Vec<Pod>,
    }

    #[test]
    fn fields_that_are_not_known_are_noted_once() {
        let pod = |novelty: &str| {
            json!({ "metadata": { "name": "one" }, "spec": {
                "containers": [{ "name": "web", novelty: { "deep": true } }], "nodeName": "n",
            } })
        };
        let page =
            json!({ "kind": "PodList", "metadata": {}, "items": [pod("novelty"), pod("novelty"), pod("image")] });
        let newer = Newer::default();
        let text = page.to_string().replace(r#"{"deep":true}"#, r#""x""#);
        let read: Page = newer.read("/api/v1/pods?limit=500", &text).unwrap();
        assert_eq!(read.items.len(), 3);
        assert_eq!(newer.told(), BTreeMap::from([("pods".to_owned(), vec!["spec.containers.novelty".to_owned()])]));
    }
}
