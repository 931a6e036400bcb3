//! Generated files: held to what they should be, and written with `UPDATE_DOCS=1`. tests/it/docs.rs has it from here.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// Texts by the path of their file, below the root of the workspace.
pub(crate) type Files = BTreeMap<String, String>;

/// Holds files to what they should be, and a folder to these files and no others. With `UPDATE_DOCS=1` writes them first;
/// otherwise a file that is out of date fails with the command that writes it.
pub(crate) fn hold(root: &Path, folder: &str, files: &Files, command: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        write(root, folder, files);
    }
    let mut wrong: Vec<_> = files.iter().filter_map(|(path, text)| difference(root, path, text)).collect();
    wrong.extend(strays(root, folder, files).iter().map(|path| format!("{path}: nothing generates it any more")));
    assert!(wrong.is_empty(), "\n{}\n\nTo write what is generated:\n{command}\n", wrong.join("\n"));
}

/// Says something beside the results of tests, also when the test passes.
pub(crate) fn tell(text: &str) {
    // The harness keeps what `println!` prints of tests that pass, and this is for whoever updates.
    let mut out = std::io::stdout();
    writeln!(out, "{text}").unwrap();
}

/// Writes what has changed, each file whole or not at all, and removes what is left over only when all else is there.
fn write(root: &Path, folder: &str, files: &Files) {
    fs::create_dir_all(root.join(folder)).unwrap();
    for (path, text) in files {
        let target = root.join(path);
        if fs::read_to_string(&target).is_ok_and(|before| before == *text) {
            continue;
        }
        let unfinished = target.with_extension("unfinished");
        fs::write(&unfinished, text).unwrap();
        fs::rename(&unfinished, &target).unwrap();
        tell(&format!("wrote {path}"));
    }
    for path in strays(root, folder, files) {
        fs::remove_file(root.join(&path)).unwrap();
        tell(&format!("removed {path}"));
    }
}

/// Files of the folder that are none of these.
fn strays(root: &Path, folder: &str, files: &Files) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return vec![] };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut strays: Vec<_> = names.map(|name| format!("{folder}/{name}")).collect();
    strays.retain(|path| !files.contains_key(path));
    strays.sort();
    strays
}

/// Where a file is first other than it should be.
fn difference(root: &Path, path: &str, text: &str) -> Option<String> {
    let Ok(found) = fs::read_to_string(root.join(path)) else { return Some(format!("{path}: is not there")) };
    if found == text {
        return None;
    }
    let same = found.lines().zip(text.lines()).take_while(|(found, wanted)| found == wanted).count();
    let wanted =
        text.lines().nth(same).map_or("should end here".to_owned(), |line| format!("should say: {}", short(line)));
    Some(format!("{path}:{}: {wanted}", same + 1))
}

/// The beginning of a long line.
fn short(line: &str) -> String {
    let mut letters = line.chars();
    let beginning: String = letters.by_ref().take(100).collect();
    if letters.next().is_some() { beginning + " …" } else { beginning }
}
