//! The files of the checks: registered, in order, and formatted.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use palisade_checks::all;
use palisade_checks::check::Check;
use palisade_checks::page::source;

use crate::{lacks, root};

/// The name of a check's module.
fn module(check: &Check) -> &'static str {
    check.module.rsplit("::").next().unwrap_or(check.module)
}

/// The modules below `checks/src` that are files in a folder, as the folder, the name, and the text.
fn modules() -> Vec<(String, String, String)> {
    let source = root().join("checks/src");
    let names = |folder: &Path| {
        let names = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect::<BTreeSet<_>>()
    };
    let mut modules = Vec::new();
    for folder in names(&source).into_iter().filter(|name| source.join(name).is_dir()) {
        for name in names(&source.join(&folder)) {
            if let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "mod") {
                let text = fs::read_to_string(source.join(&folder).join(&name)).unwrap();
                modules.push((folder.clone(), module.to_owned(), text));
            }
        }
    }
    modules
}

#[test]
fn every_file_is_registered() {
    let registered: BTreeSet<_> = all().map(source).collect();
    let services: BTreeSet<_> = all().map(Check::service).collect();
    for (folder, module, text) in modules() {
        if text.contains("\ncheck! {\n") {
            if !services.contains(folder.as_str()) {
                lacks("checks/src/lib.rs, where the compiler then says what else,", &format!("pub mod {folder};"));
            }
            if !registered.contains(format!("{folder}/{module}.rs").as_str()) {
                lacks(&format!("checks/src/{folder}/mod.rs, in `checks!`,"), &format!("    {module},"));
            }
            continue;
        }
        let parent = fs::read_to_string(root().join(format!("checks/src/{folder}/mod.rs"))).unwrap();
        if !parent.lines().any(|line| line.ends_with(&format!("mod {module};"))) {
            lacks(&format!("checks/src/{folder}/mod.rs"), &format!("mod {module};"));
        }
    }
}

#[test]
fn checks_stand_by_alphabet_within_their_service() {
    let checks: Vec<_> = all().collect();
    for pair in checks.windows(2).filter(|pair| pair[0].service() == pair[1].service()) {
        let [before, after] = [pair[0], pair[1]].map(module);
        let service = pair[0].service();
        assert!(before < after, "checks/src/{service}/mod.rs: move `{after}` above `{before}`");
    }
}

#[test]
fn an_id_is_the_service_and_the_name_of_the_file() {
    for check in all() {
        let file = source(check);
        let wanted = file.trim_end_matches(".rs").replace(['/', '_'], "-");
        if check.id != wanted {
            lacks(
                &format!("checks/src/{file}, in place of `id: \"{}\",`,", check.id),
                &format!("        id: \"{wanted}\","),
            );
        }
    }
}

/// `cargo fmt` follows `mod` lines and sees none in `checks!`, so that these files are formatted here.
#[test]
fn checks_are_formatted() {
    // Whoever only builds palisade need not have rustfmt; the pipeline has.
    if !Command::new("rustfmt").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return;
    }
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024"]).current_dir(root());
    if std::env::var_os("UPDATE_DOCS").is_none() {
        rustfmt.args(["--check", "-l"]);
    }
    rustfmt.args(all().map(|check| format!("checks/src/{}", source(check))));
    let output = rustfmt.output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "\nnot formatted:\n{said}\nTo format them:\n{}\n", crate::pages::COMMAND);
}
