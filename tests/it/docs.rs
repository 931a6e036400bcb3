//! Generated pages equal what the program says. `UPDATE_DOCS=1 cargo test --test it -- docs` writes those of the policies;
//! checks/tests/registry holds those of the checks.

#[path = "../../checks/tests/registry/generated.rs"]
mod generated;

use crate::support::{Palisade, root};

const COMMAND: &str = "UPDATE_DOCS=1 cargo test --test it -- docs";

fn says(arguments: &[&str]) -> String {
    let run = Palisade::alone().run(arguments);
    assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
    run.stdout
}

#[test]
fn a_check_is_explained_by_its_page() {
    let page = "docs/checks/lambda-tracing-off.md";
    let text = std::fs::read_to_string(root().join(page)).unwrap();
    assert!(says(&["explain", "lambda-tracing-off"]) == text, "`palisade explain` prints another page than {page}");
}

#[test]
fn the_policies_are_true() {
    let mut pages = generated::Files::new();
    for (name, arguments) in [("standard", &[][..]), ("deep", &["--depth", "deep", "--tags", "--policy-lanes", "2"])] {
        for (format, ending) in [("json", "json"), ("terraform", "tf"), ("cloudformation", "cloudformation.json")] {
            let text = says(&[&["permissions", "--format", format], arguments].concat());
            pages.insert(format!("docs/permissions/{name}.{ending}"), text);
        }
    }
    pages.insert("docs/permissions/gate.json".to_owned(), says(&["permissions", "--gate"]));
    pages.insert("docs/permissions/kubernetes.yaml".to_owned(), says(&["permissions", "--kubernetes"]));
    generated::hold(root(), "docs/permissions", &pages, COMMAND);
}

#[test]
fn the_readme_shows_the_help() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    for command in ["audit", "collect", "checks", "explain", "permissions", "schema", "completions"] {
        assert!(readme.contains(&format!("palisade {command}")), "README.md does not show `palisade {command}`");
    }
}
