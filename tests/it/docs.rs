//! Generated pages equal what the program says. `UPDATE_DOCS=1 cargo test --test it docs` writes them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::support::{Palisade, root};

fn says(arguments: &[&str]) -> String {
    let run = Palisade::alone().run(arguments);
    assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
    run.stdout
}

/// Holds a folder of generated pages to what they should be, or writes them.
fn hold(folder: &Path, pages: &BTreeMap<String, String>) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder).unwrap();
        for (name, text) in pages {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    for (name, text) in pages {
        let found = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            found == *text,
            "{} is out of date: run UPDATE_DOCS=1 cargo test --test it docs",
            folder.join(name).display()
        );
    }
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let stray: Vec<_> = files.filter(|name| !pages.contains_key(name)).collect();
    assert!(stray.is_empty(), "{} holds pages of nothing: {stray:?}", folder.display());
}

#[test]
fn the_pages_of_the_checks_are_true() {
    let checks: Vec<Value> = serde_json::from_str(&says(&["checks", "--format", "json"])).unwrap();
    let mut pages = BTreeMap::new();
    let mut index = String::from(
        "# Checks\n\nGenerated from the checks themselves.\n\n| Severity | Check | What it finds |\n| --- | --- | --- |\n",
    );
    let mut controls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for check in &checks {
        let [id, title, severity] = ["id", "title", "severity"].map(|member| check[member].as_str().unwrap());
        pages.insert(format!("{id}.md"), says(&["explain", id]));
        writeln!(index, "| {severity} | [`{id}`]({id}.md) | {title} |").unwrap();
        for control in check["controls"].as_array().unwrap() {
            controls.entry(control.as_str().unwrap().to_owned()).or_default().push(format!("[`{id}`]({id}.md)"));
        }
    }
    index.push_str("\n## By control\n\n| Control | Checks |\n| --- | --- |\n");
    for (control, checks) in controls {
        writeln!(index, "| {control} | {} |", checks.join(", ")).unwrap();
    }
    pages.insert("README.md".to_owned(), index);
    hold(&root().join("docs/checks"), &pages);
}

#[test]
fn the_policies_are_true() {
    let mut pages = BTreeMap::new();
    for (name, arguments) in [("standard", &[][..]), ("deep", &["--depth", "deep", "--tags", "--policy-lanes", "2"])] {
        for (format, ending) in [("json", "json"), ("terraform", "tf"), ("cloudformation", "cloudformation.json")] {
            let text = says(&[&["permissions", "--format", format], arguments].concat());
            pages.insert(format!("{name}.{ending}"), text);
        }
    }
    pages.insert("gate.json".to_owned(), says(&["permissions", "--gate"]));
    pages.insert("kubernetes.yaml".to_owned(), says(&["permissions", "--kubernetes"]));
    hold(&root().join("docs/permissions"), &pages);
}

#[test]
fn the_readme_shows_the_help() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    for command in ["audit", "collect", "checks", "explain", "permissions", "schema", "completions"] {
        assert!(readme.contains(&format!("palisade {command}")), "README.md does not show `palisade {command}`");
    }
}
