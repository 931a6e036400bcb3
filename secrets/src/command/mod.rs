//! Command lines: words of a shell, options with their values, and the tools whose short options take a password.

mod shell;
mod tools;

use crate::class::{Class, Hit, shown};
use crate::{address, encoded, file, form, header, settings, value};
use shell::Simple;

/// The programs that take a script after `-c`.
const SHELLS: [&str; 9] = ["sh", "bash", "ash", "dash", "zsh", "ksh", "busybox", "su", "cmd"];

/// The secret in a script or a step of a build.
pub(crate) fn in_script(text: &str, deeper: u8) -> Option<Hit> {
    let deeper = deeper.checked_sub(1)?;
    form::find("", text, form::Scope::Setting)
        .or_else(|| address::find(text))
        .or_else(|| header::find(text))
        .or_else(|| settings::sql(text))
        .or_else(|| settings::netrc(text))
        .or_else(|| {
            let commands = shell::commands(text);
            let piped = std::iter::once(None).chain(commands.iter().map(Some));
            commands.iter().zip(piped).find_map(|(command, before)| in_command(command, before, deeper))
        })
        .or_else(|| settings::pairs(text))
}

/// The secret in words that no shell parts.
pub(crate) fn in_words(words: &[String], deeper: u8) -> Option<Hit> {
    let deeper = deeper.checked_sub(1)?;
    let whole =
        || words.iter().find_map(|word| form::find("", word, form::Scope::Setting).or_else(|| address::find(word)));
    whole().or_else(|| of_words(words, deeper))
}

/// Options in a value that is one line of them: `--host db --password x`.
pub(crate) fn options(value: &str, deeper: u8) -> Option<Hit> {
    let bytes = value.as_bytes();
    let is_option =
        |pair: &[u8]| pair[0] == b' ' && pair[1] == b'-' && (pair[2] == b'-' || pair[2].is_ascii_alphabetic());
    let has_options = value.starts_with('-') || bytes.windows(3).any(is_option);
    let joins = ["&& ", "; ", "| "].iter().any(|sign| value.contains(sign)) && value.contains(['=', '$', '-']);
    let is_script = value.starts_with("#!") || value.contains("export ") || joins;
    (has_options || is_script).then(|| in_script(value, deeper))?
}

/// One simple command, and the one before it, whose output may be its input.
fn in_command(command: &Simple, before: Option<&Simple>, deeper: u8) -> Option<Hit> {
    let written = || {
        let path = command.writes_to.as_deref()?;
        file::in_text(path, &command.text_to_write()).map(|hit| hit.within(&format!("written to {}", shown(path))))
    };
    let piped = || {
        let before = before.filter(|_| command.is_piped)?;
        let text = command.input.clone().unwrap_or_else(|| before.text_to_write());
        tools::in_input(&command.words, &text)
    };
    let given = || tools::in_input(&command.words, command.input.as_deref()?);
    let document = || {
        let text = command.input.as_deref()?;
        text.contains('\n').then(|| settings::find(text, deeper).or_else(|| in_script(text, deeper)))?
    };
    written().or_else(piped).or_else(given).or_else(document).or_else(|| of_words(&command.words, deeper))
}

fn of_words(words: &[String], deeper: u8) -> Option<Hit> {
    /// More words than anybody gives a command; of longer ones the first are looked at.
    const MOST: usize = 2000;
    let words = &words[..words.len().min(MOST)];
    tools::in_arguments(words)
        .or_else(|| words.iter().find_map(|word| assigned(word, deeper)))
        .or_else(|| (0..words.len()).find_map(|index| announced(words, index)))
        .or_else(|| words.iter().filter(|word| word.len() >= 60).find_map(|word| encoded::find("", word, deeper)))
        .or_else(|| script_word(words, deeper))
}

/// `NAME=value`, `--name=value`, `-Dname=value`, `Name: value`.
fn assigned(word: &str, deeper: u8) -> Option<Hit> {
    if let Some((name, value)) = word.split_once(": ")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
        && !value.trim().is_empty()
    {
        return crate::in_header(name, value).map(|hit| hit.within(&shown(name)));
    }
    let (name, value) = word.split_once('=')?;
    let name = property(name);
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-:@[]$\"/".contains(&byte))
        && !name.contains("://");
    if !is_name || value.trim().is_empty() {
        return None;
    }
    let value = value.trim_end_matches([',', ']', '"', '\'']);
    let hit = crate::setting(name, value, deeper)?;
    Some(hit.within(&shown(name)))
}

/// The name of `-Dname` of Java, `-Pname` of Gradle, `-ename` of Docker and Ansible.
fn property(name: &str) -> &str {
    let stripped = ["-D", "-P", "-e", "-E", "/p:", "/P:"].iter().find_map(|start| name.strip_prefix(start));
    let stripped = stripped.filter(|rest| rest.len() > 1 && !rest.starts_with('-'));
    stripped.unwrap_or(name).trim_start_matches('-')
}

/// A word that the word before it announces: `--password value`, `-H 'X-Api-Key: value'`, `config set NAME value`.
fn announced(words: &[String], index: usize) -> Option<Hit> {
    let (before, word) = (words[index].as_str(), words.get(index + 1)?.as_str());
    let is_option =
        before.starts_with('-') || before.starts_with('/') && before.len() > 2 && !before[1..].contains('/');
    let word = word.trim_matches(['"', '\'', ',', '[', ']']);
    if is_option && !before.contains('=') {
        let name = before.trim_matches(['-', '/', ',', '"']);
        if word.starts_with("--") || word.starts_with('-') && word.len() < 6 {
            return None;
        }
        let class = crate::judged(name, word)?;
        return Some(Hit::new(class, format!("option {}: its name says so", shown(name))));
    }
    let sets = |word: &String| {
        ["set", "config", "configure", "setx", "env", "--set", "--add", "variable", "var", "secret"]
            .contains(&word.to_ascii_lowercase().as_str())
    };
    if words[..index].iter().rev().take(5).any(sets) && !before.contains('=') {
        let class = crate::judged(before, word)?;
        return Some(Hit::new(class, "a command sets a setting whose name says so"));
    }
    // `password: value` in words, as in a header that the shell has parted.
    let name = before.strip_suffix(':')?;
    let class = crate::judged(name, word)?;
    Some(Hit::new(class, format!("setting {}: its name says so", shown(name))))
}

/// A word that is a script of its own: after `-c` of a shell, after `CMD-SHELL` of a health check, or one with blanks.
fn script_word(words: &[String], deeper: u8) -> Option<Hit> {
    words.iter().enumerate().find_map(|(index, word)| {
        let base = |word: &String| word.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let before = index.checked_sub(1).map(|index| words[index].as_str()).unwrap_or_default();
        let is_script = before == "CMD-SHELL"
            || (before.starts_with('-') && before.ends_with('c') || before == "/c")
                && words[..index].iter().rev().take(6).any(|word| SHELLS.contains(&base(word).as_str()));
        let has_parts = word.contains(char::is_whitespace) && (word.contains(['=', '-', '|']) || word.contains(": "));
        (is_script || has_parts).then(|| in_script(word, deeper))?
    })
}

/// A password that only its place in a command tells.
fn in_place(text: &str, what: &str) -> Option<Hit> {
    value::is_in_its_place(text).then(|| Hit::new(Class::CommandPassword, what))
}

#[cfg(test)]
mod tests;
