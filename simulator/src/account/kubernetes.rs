//! The inside of a cluster in an account file.

use serde::Deserialize;
use serde_json::Value;

/// What a cluster's own API answers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Kubernetes {
    pub(crate) objects: Objects,
    /// Resources that are refused, such as `limitranges` or `deployments.apps`.
    pub(crate) deny: Vec<String>,
    /// No list without what every new cluster holds, unless this is false.
    pub(crate) fresh: Option<bool>,
    /// Workloads have their replica sets and pods, unless this is false.
    pub(crate) controllers: Option<bool>,
    /// Made-up pods besides.
    pub(crate) pods: Option<PodCount>,
}

/// Objects: as text of several YAML documents, or as a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Objects {
    Text(String),
    List(Vec<Value>),
}

impl Default for Objects {
    fn default() -> Self {
        Objects::List(Vec::new())
    }
}

/// How many pods are made up, of how many deployments.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PodCount {
    pub(crate) count: usize,
    #[serde(default = "ten")]
    pub(crate) deployments: usize,
}

fn ten() -> usize {
    10
}

impl Kubernetes {
    /// Reads text to a list; an error says which object is none.
    pub(super) fn read(&mut self) -> Result<(), String> {
        if let Objects::Text(text) = &self.objects {
            self.objects = Objects::List(documents(text)?);
        }
        let nameless = self.objects.list().iter().find(|object| {
            ["/apiVersion", "/kind", "/metadata/name"]
                .iter()
                .any(|path| object.pointer(path).is_none_or(Value::is_null))
        });
        nameless.map_or(Ok(()), |object| {
            let kind = object["kind"].as_str().unwrap_or("object");
            Err(format!("a {kind} lacks its apiVersion, its kind or its name"))
        })
    }
}

impl Objects {
    /// The objects, once they are read.
    pub(crate) fn list(&self) -> &[Value] {
        match self {
            Objects::List(list) => list,
            Objects::Text(_) => &[],
        }
    }
}

/// The objects in a text of YAML documents.
pub(crate) fn documents(text: &str) -> Result<Vec<Value>, String> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|error| error.to_string())?;
    Ok(documents.into_iter().filter(|document| !document.is_null()).collect())
}
