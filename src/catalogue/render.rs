//! A check's page for a terminal: its Markdown without the marks, wrapped to the terminal's width.

use std::fmt::Write as _;

/// The widest lines that read well.
const WIDEST: usize = 100;

/// What a line of a page is.
enum Block {
    Title(String),
    Heading(String),
    Item(String),
    Paragraph(String),
}

/// The page of a check for a terminal that is so many columns wide.
pub(super) fn page(markdown: &str, width: usize, color: bool) -> String {
    let width = width.clamp(40, WIDEST);
    let strong = |text: &str| if color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() };
    let mut text = String::new();
    for block in blocks(markdown) {
        // Writing to a string cannot fail.
        let _ = match block {
            Block::Title(title) => writeln!(text, "{}", strong(wrapped(&title, width, "", "").trim_end())),
            Block::Heading(heading) => writeln!(text, "\n{}", strong(&heading.to_uppercase())),
            Block::Item(item) => write!(text, "{}", wrapped(&item, width, "  - ", "    ")),
            Block::Paragraph(paragraph) => write!(text, "\n{}", wrapped(&paragraph, width, "  ", "  ")),
        };
    }
    text
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut is_open = false;
    for line in markdown.lines().map(str::trim) {
        let text = plain(line);
        match blocks.last_mut() {
            _ if line.is_empty() => is_open = false,
            _ if line.starts_with("## ") => blocks.push(Block::Heading(text[3..].to_owned())),
            _ if line.starts_with("# ") => blocks.push(Block::Title(text[2..].to_owned())),
            _ if line.starts_with("- ") => {
                blocks.push(Block::Item(text[2..].to_owned()));
                is_open = true;
            }
            Some(Block::Item(last) | Block::Paragraph(last)) if is_open => {
                last.push(' ');
                last.push_str(&text);
            }
            _ => {
                blocks.push(Block::Paragraph(text));
                is_open = true;
            }
        }
    }
    blocks
}

/// A line without the marks of code, weight and addresses.
fn plain(line: &str) -> String {
    line.replace("**", "").replace('`', "").replace("<http", "http").replace('>', "")
}

/// A text in lines of at most this width; a word that is longer stays whole, so that an address can be copied.
fn wrapped(text: &str, width: usize, first: &str, then: &str) -> String {
    let (mut lines, mut line) = (String::new(), first.to_owned());
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            lines.push_str(&line);
            lines.push('\n');
            then.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Function is open\n\n`lambda-open` · severity **high**\n\n## Why\n\nOne long\nparagraph of `code`.\n\n\
         ## References\n\n- <https://docs.aws.amazon.com/lambda/latest/dg/a-very-long-address-that-cannot-be-wrapped.html>\n- two\n";

    #[test]
    fn the_page_of_a_check_has_no_marks_and_keeps_to_the_width() {
        let text = page(PAGE, 40, false);
        assert_eq!(
            text,
            "Function is open\n\n  lambda-open · severity high\n\nWHY\n\n  One long paragraph of code.\n\nREFERENCES\n  - \
             https://docs.aws.amazon.com/lambda/latest/dg/a-very-long-address-that-cannot-be-wrapped.html\n  - two\n"
        );
        assert!(page(PAGE, 80, true).starts_with("\u{1b}[1mFunction is open\u{1b}[0m\n"));
    }

    #[test]
    fn no_page_of_a_check_is_wider_than_the_terminal_but_for_addresses() {
        for check in palisade_checks::all() {
            let text = page(&palisade_checks::page::page(check), 72, false);
            let wide = |line: &&str| line.chars().count() > 72 && !line.contains("http") && !line.contains('/');
            assert_eq!(text.lines().find(wide), None, "{}", check.id);
        }
    }
}
