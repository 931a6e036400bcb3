//! The words of a shell's script, as far as it takes to tell options from values.
//!
//! <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html>

/// A simple command: its words without quotes.
#[derive(Debug, Default)]
pub(super) struct Simple {
    pub(super) words: Vec<String>,
    /// The file that its output goes to.
    pub(super) writes_to: Option<String>,
    /// The text of a document or string that stands in the script for its input.
    pub(super) input: Option<String>,
    /// Whether its input is the output of the command before.
    pub(super) is_piped: bool,
}

impl Simple {
    /// What it writes, as far as its own words tell: the document it gets, or what it is to echo.
    pub(super) fn text_to_write(&self) -> String {
        if let Some(text) = &self.input {
            return text.clone();
        }
        let start = self
            .words
            .iter()
            .position(|word| ["echo", "printf"].contains(&word.rsplit('/').next().unwrap_or_default()));
        let Some(start) = start else { return String::new() };
        let words =
            self.words[start + 1..].iter().skip_while(|word| ["-e", "-n", "-ne", "-en"].contains(&word.as_str()));
        let words: Vec<&str> = words.map(String::as_str).collect();
        let text = match words.as_slice() {
            // `printf '%s\n' a b`.
            [format, rest @ ..] if format.contains("%s") && !rest.is_empty() => {
                rest.iter().fold((*format).to_owned(), |text, word| text.replacen("%s", word, 1))
            }
            words => words.join(" "),
        };
        text.replace("\\n", "\n").replace("\\t", "\t")
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.input.is_none()
    }
}

struct Reader<'a> {
    characters: std::iter::Peekable<std::str::CharIndices<'a>>,
    text: &'a str,
    done: Vec<Simple>,
    command: Simple,
    word: Option<String>,
    /// Where the next word goes.
    next: Next,
    /// Ends of documents that begin after this line.
    documents: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Word,
    Target,
    Source,
    Document,
    Here,
}

/// The simple commands of a script, in order.
pub(super) fn commands(text: &str) -> Vec<Simple> {
    let mut reader = Reader {
        characters: text.char_indices().peekable(),
        text,
        done: Vec::new(),
        command: Simple::default(),
        word: None,
        next: Next::Word,
        documents: Vec::new(),
    };
    reader.read();
    reader.done
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some((index, character)) = self.characters.next() {
            match character {
                '\\' => self.escaped(),
                '\'' => self.quoted('\''),
                '"' => self.quoted('"'),
                '\n' => self.end_line(index + 1),
                '#' if self.word.is_none() && !self.text[index..].starts_with("#(nop)") => self.skip_line(),
                ';' | '&' | '|' => self.operator(character),
                '>' | '<' => self.redirect(character),
                '(' | ')' if self.word.as_deref().is_none_or(|word| !word.ends_with('$')) => self.end_command(false),
                '$' if self.text[index..].starts_with("$(") || self.text[index..].starts_with("${") => {
                    self.expansion(index);
                }
                character if character.is_whitespace() => self.end_word(),
                character => self.word.get_or_insert_default().push(character),
            }
        }
        self.end_command(false);
    }

    /// A variable or a command within a word, up to the bracket that closes it.
    fn expansion(&mut self, start: usize) {
        let (mut depth, mut end) = (0_usize, self.text.len());
        for (index, character) in self.text[start..].char_indices() {
            match character {
                '(' | '{' => depth += 1,
                ')' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && index > 0 {
                end = start + index + 1;
                break;
            }
        }
        self.word.get_or_insert_default().push_str(&self.text[start..end]);
        while self.characters.next_if(|(index, _)| *index < end).is_some() {}
    }

    fn escaped(&mut self) {
        match self.characters.next() {
            Some((_, '\n')) | None => {}
            Some((_, character)) => {
                let word = self.word.get_or_insert_default();
                if character.is_ascii_alphanumeric() {
                    word.push('\\');
                }
                word.push(character);
            }
        }
    }

    fn quoted(&mut self, quote: char) {
        let word = self.word.get_or_insert_default();
        while let Some((_, character)) = self.characters.next() {
            if character == quote {
                break;
            }
            let escapes = quote == '"' && character == '\\';
            match self.characters.next_if(|(_, next)| escapes && ['"', '\\', '$', '`', '\n'].contains(next)) {
                Some((_, next)) => word.push(next),
                None => word.push(character),
            }
        }
    }

    fn operator(&mut self, character: char) {
        let doubled = self.characters.next_if(|(_, next)| *next == character).is_some();
        // `|1 NAME=value` of a build's step is no pipe; `|&` is one.
        self.end_command(character == '|' && !doubled);
    }

    fn redirect(&mut self, character: char) {
        // A number before it says which stream.
        if self.word.as_deref().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit())) {
            self.word = None;
        }
        self.end_word();
        let mut count = 1;
        while count < 3 && self.characters.next_if(|(_, next)| *next == character).is_some() {
            count += 1;
        }
        _ = self.characters.next_if(|(_, next)| *next == '&' || *next == '|' || count == 2 && *next == '-');
        self.next = match (character, count) {
            ('>', _) => Next::Target,
            (_, 1) => Next::Source,
            (_, 2) => Next::Document,
            _ => Next::Here,
        };
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        match self.next {
            Next::Word => self.command.words.push(word),
            Next::Target => self.command.writes_to = Some(word),
            Next::Source => {}
            Next::Document => self.documents.push(word),
            Next::Here => self.command.input = Some(word),
        }
        self.next = Next::Word;
    }

    fn end_line(&mut self, mut start: usize) {
        const MOST_DOCUMENTS: usize = 10;
        self.end_word();
        for end in std::mem::take(&mut self.documents).into_iter().take(MOST_DOCUMENTS) {
            let rest = self.text.get(start..).unwrap_or_default();
            let mut length = 0;
            let mut body = String::new();
            for line in rest.split_inclusive('\n') {
                length += line.len();
                if line.trim() == end {
                    break;
                }
                body.push_str(line);
            }
            start += length;
            while self.characters.next_if(|(index, _)| *index < start).is_some() {}
            self.command.input = Some(body);
        }
        self.end_command(false);
    }

    fn end_command(&mut self, is_pipe: bool) {
        self.end_word();
        let command = std::mem::take(&mut self.command);
        self.command.is_piped = is_pipe;
        if !command.is_empty() {
            self.done.push(command);
        }
    }

    fn skip_line(&mut self) {
        while self.characters.next_if(|(_, next)| *next != '\n').is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        commands(text).into_iter().map(|command| command.words).collect()
    }

    #[test]
    fn words_are_parted_as_a_shell_does() {
        assert_eq!(
            words(r#"a 'b c' "d \" e"; f\ g && h|i # no"#),
            [vec!["a", "b c", "d \" e"], vec!["f g"], vec!["h"], vec!["i"]]
        );
        assert_eq!(words("X=\"$(cat /run/x)\" run ${Y:-a b}"), [["X=$(cat /run/x)", "run", "${Y:-a b}"]]);
    }

    #[test]
    fn documents_and_targets_are_kept() {
        let found = commands("cat > /a <<EOF\none\ntwo\nEOF\necho x >> b; echo 'u:p' | chpasswd; t <<< word");
        assert_eq!(found[0].writes_to.as_deref(), Some("/a"));
        assert_eq!(found[0].input.as_deref(), Some("one\ntwo\n"));
        assert_eq!((found[1].writes_to.as_deref(), found[1].text_to_write()), (Some("b"), "x".to_owned()));
        assert!(found[3].is_piped && found[3].words == ["chpasswd"]);
        assert_eq!(found[4].input.as_deref(), Some("word"));
    }

    #[test]
    fn what_is_never_closed_ends_with_the_text() {
        for text in ["'a", "\"a", "$(a", "a <<EOF", "a \\", "((((", "a >", "cat <<E\nx"] {
            _ = commands(text);
        }
    }
}
