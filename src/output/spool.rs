//! Where results are kept that could not go where they were meant to.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use palisade_collect::private::private;

use super::metadata::private_folders;

/// A result under the name of its file.
pub(super) type Kept<'a> = (String, &'a dyn Fn(&mut dyn Write) -> io::Result<()>);

/// Keeps results in a new folder that only its owner may enter, and gives the folder.
pub(super) fn keep(results: &[Kept<'_>]) -> Result<PathBuf, String> {
    let mut refusals = Vec::new();
    for state in state_folders(|variable| std::env::var_os(variable)) {
        match keep_in(&state, results) {
            Ok(folder) => return Ok(folder),
            Err(cause) => refusals.push(format!("{}: {cause}", state.display())),
        }
    }
    Err(refusals.join("; "))
}

/// The folders to try: the one for state that outlives a run, and the one for temporary files.
fn state_folders(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let folder = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")));
    let mut folders: Vec<_> = state.map(|state| state.join("palisade")).into_iter().collect();
    folders.push(std::env::temp_dir());
    folders
}

fn keep_in(state: &Path, results: &[Kept<'_>]) -> io::Result<PathBuf> {
    private_folders(state)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    // Unless it is kept, the folder goes when a result does not fit into it.
    let folder = builder.prefix("palisade-unwritten-").tempdir_in(state)?;
    for (name, content) in results {
        let file = private(OpenOptions::new().write(true).create_new(true)).open(folder.path().join(name))?;
        let mut out = BufWriter::new(&file);
        content(&mut out)?;
        out.flush()?;
        drop(out);
        file.sync_all()?;
    }
    Ok(folder.keep())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn state_goes_where_the_environment_says() {
        let first = |pairs: &[(&str, &str)]| {
            let value = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
            state_folders(value).swap_remove(0)
        };
        assert_eq!(first(&[("XDG_STATE_HOME", "/state"), ("HOME", "/home/one")]), Path::new("/state/palisade"));
        assert_eq!(first(&[("HOME", "/home/one")]), Path::new("/home/one/.local/state/palisade"));
        assert_eq!(first(&[("XDG_STATE_HOME", "relative"), ("HOME", "")]), std::env::temp_dir());
    }

    #[test]
    fn what_is_kept_is_private_and_whole() {
        let state = tempfile::tempdir().unwrap();
        let text = |out: &mut dyn Write| out.write_all(b"all of it");
        let folder = keep_in(&state.path().join("a/b"), &[("report.json".to_owned(), &text)]).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let report = folder.join("report.json");
        assert_eq!(std::fs::read(&report).unwrap(), b"all of it");
        assert_eq!([mode(&report), mode(&folder), mode(folder.parent().unwrap())], [0o600, 0o700, 0o700]);
    }

    #[test]
    fn a_folder_that_takes_only_part_keeps_nothing() {
        let state = tempfile::tempdir().unwrap();
        let full = |_: &mut dyn Write| Err(io::ErrorKind::StorageFull.into());
        let text = |out: &mut dyn Write| out.write_all(b"part");
        let results: [Kept<'_>; 2] = [("one".to_owned(), &text), ("two".to_owned(), &full)];
        assert!(keep_in(state.path(), &results).is_err());
        assert_eq!(std::fs::read_dir(state.path()).unwrap().count(), 0);
    }
}
