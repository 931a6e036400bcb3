//! Names with values within a text: properties, YAML, INI, TOML, options, connection strings, queries, XML, code.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use regex::{Captures, Regex};

use crate::class::{Class, Hit, shown};
use crate::{header, name, value};

/// Parts of the names that are looked at: without one of them a text holds no such name.
const PARTS: [&str; 22] = [
    "senha", "kennwort", "pword", "encrypt", "pass", "pwd", "secret", "token", "key", "cred", "auth", "salt", "jwt",
    "psk", "sas", "cookie", "pepper", "bearer", "pat", "pw", "psw", "mdp",
];

static MENTION: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(PARTS)
        .expect("a dozen words")
});

/// `name = value`, `name: value`, `"name": "value"`, `name => 'value'`, `name=value;`, `?name=value&`, from the name on.
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    value::pattern(concat!(
        r#"(?i)^([a-z0-9_.-]{1,160})\\?["'`\])]{0,3}[ \t]{0,8}(?:=>|:=|\?=|={1,2}|:)[ \t]{0,8}"#,
        r#"(?:\\?"([^"\n]*?)\\?"|'([^'\n]*)'|`([^`\n]*)`|([^\s;&,"'`<>|]+))"#,
    ))
});

/// `define('NAME', 'value')`, `setProperty("name", "value")`.
static CALL: LazyLock<Regex> = LazyLock::new(|| {
    value::pattern(
        r#"(?i)\b(?:define|put|set\w*|add|append|with\w*|env|setenv|putenv)\s*\(\s*["']([a-z0-9_.-]{2,100})["']\s*,\s*["']([^"'\n]{3,})["']"#,
    )
});

/// `- name: NAME` and then `value: VALUE`, as YAML and JSON have variables of containers.
static NAMED_VALUE: LazyLock<Regex> = LazyLock::new(|| {
    value::pattern(
        r#"(?i)\b(?:name|key)["']?[ \t\r\n]*[:=][ \t\r\n]*["']?([a-z0-9_.-]{2,100})["']?[ \t\r\n]*,?[ \t\r\n]*["']?value["']?[ \t\r\n]*[:=][ \t\r\n]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s;&,"'<>|]+))"#,
    )
});

/// `<name>value</name>`.
static ELEMENT: LazyLock<Regex> = LazyLock::new(|| {
    value::pattern(r"<([A-Za-z_][A-Za-z0-9_.:-]{0,100})(?:\s[^<>]*)?>[ \t\r\n]*(?:<!\[CDATA\[)?([^<\]]{3,})")
});

/// `<element name="NAME" value="VALUE">`, in this order or the other, and `<entry key="NAME">VALUE`.
static ATTRIBUTES: LazyLock<Regex> = LazyLock::new(|| {
    value::pattern(concat!(
        r#"(?i)<[^<>]*\b(?:name|key|id)="([^"<>]+)"[^<>]*\bvalue="([^"<>]{3,})""#,
        r#"|<[^<>]*\bvalue="([^"<>]{3,})"[^<>]*\b(?:name|key|id)="([^"<>]+)""#,
        r#"|<[^<>]*\b(?:name|key|id)="([^"<>]+)"[^<>]*>([^<]{3,})<"#,
    ))
});

/// `machine HOST login USER password PASSWORD`; `default` stands for every host.
static NETRC: LazyLock<Regex> = LazyLock::new(|| {
    value::pattern(
        r#"\b(?:machine\s+\S+|default)\s+(?:login\s+\S+\s+)?(?:account\s+\S+\s+)?password\s+("[^"\n]+"|[^\s"']+)"#,
    )
});

/// `<name>NAME</name><value>VALUE</value>` of Hadoop, web.xml and property lists.
static NAME_ELEMENT: LazyLock<Regex> = LazyLock::new(|| {
    value::pattern(
        r"<(?:name|key|param-name|property-name)>[ \t\r\n]*([A-Za-z0-9_.:-]{2,100})[ \t\r\n]*</[^<>]+>[ \t\r\n]*<(?:value|string|param-value|property-value)[^<>]*>([^<]{3,})<",
    )
});

/// Passwords in SQL: `IDENTIFIED BY 'x'`, `PASSWORD 'x'`.
static SQL: LazyLock<Regex> = LazyLock::new(|| {
    value::pattern(
        r#"(?i)\b(?:identified\s+(?:with\s+[\w'"]+\s+)?(?:by|as)|(?:encrypted\s+|with\s+)?password|password\s*\(|set\s+password[^;'\n]*=)\s*(?:password\s*)?\(?\s*\\?'([^'\n\\]{3,})\\?'"#,
    )
});

/// Whether a text or a name has a part of a name that is looked at.
pub(crate) fn mentions(text: &str) -> bool {
    MENTION.is_match(text)
}

/// The secret among the names and values in a text.
pub(crate) fn find(text: &str, deeper: u8) -> Option<Hit> {
    if !text.contains(['=', ':', ' ', '<']) || !mentions(text) || value::is_store_address(text) {
        return None;
    }
    let deeper = deeper.checked_sub(1)?;
    if text.contains("<!--") {
        return find(&without_comments(text), deeper);
    }
    let text = &without_comment_lines(text);
    lines(text, deeper)
        .or_else(|| pairs(text))
        .or_else(|| header::find(text))
        .or_else(|| sql(text))
        .or_else(|| netrc(text))
        .or_else(|| if text.contains('<') { xml(text, deeper) } else { None })
}

/// Lines of one name and one value: the value is the whole rest of the line.
pub(crate) fn lines(text: &str, deeper: u8) -> Option<Hit> {
    const MOST: usize = 50_000;
    let place = |index: usize| if text.contains('\n') { format!("line {}, ", index + 1) } else { String::new() };
    text.lines().take(MOST).enumerate().filter(|(_, line)| MENTION.is_match(*line)).find_map(|(index, line)| {
        let (name, value) = parted(line)?;
        name::kind(&name)?;
        let class =
            crate::judged(&name, value).or_else(|| crate::setting("", value, deeper.min(1)).map(|hit| hit.class))?;
        Some(Hit::new(class, format!("{}setting {}: its name says so", place(index), shown(&name))))
    })
}

/// A line's name and value. Comments have none.
fn parted(line: &str) -> Option<(String, &str)> {
    let line = line.trim();
    if line.len() > 8000 || is_comment(line) {
        return None;
    }
    let line = [
        "export ",
        "set ",
        "setenv ",
        "ENV ",
        "ARG ",
        "- ",
        "env ",
        "declare -x ",
        "declare ",
        "local ",
        "public ",
        "private ",
        "const ",
        "let ",
        "var ",
    ]
    .iter()
    .fold(line, |line, word| line.strip_prefix(word).unwrap_or(line));
    let Some(end) = line.find(['=', ':']) else { return spaced(line) };
    // The colon may belong to the name, as in `:rubygems_api_key: x` and `//registry/:_authToken=x`.
    let is_of_name = line[..end].trim().is_empty() || line[..end].ends_with('/');
    let end = if is_of_name { end + 1 + line[end + 1..].find(['=', ':'])? } else { end };
    let name = line[..end].trim().trim_matches(['"', '\'', '`', '$', '[', ']', '?', ':', '+']);
    if name.is_empty() || name.len() > 150 || name.contains(char::is_whitespace) {
        return None;
    }
    let value = line[end + 1..].trim_start_matches(['=', '>', ':']).trim();
    Some((name.to_owned(), unquoted(value)))
}

/// `name value`, as Spark's and Redis' settings are.
fn spaced(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.split_once(char::is_whitespace)?;
    let value = value.trim().trim_end_matches(';');
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    (is_name && !value.contains(char::is_whitespace)).then(|| (name.to_owned(), unquoted(value)))
}

/// A value without its quotes, and without what follows it: a comment, the end of a statement or an item.
fn unquoted(value: &str) -> &str {
    for quote in ['"', '\'', '`'] {
        if let Some(rest) = value.strip_prefix(quote) {
            return rest.split(quote).next().unwrap_or(rest);
        }
    }
    let value = if value.starts_with('#') { "" } else { value.split(" #").next().unwrap_or(value) };
    value.trim_end().trim_end_matches([',', ';'])
}

fn is_comment(line: &str) -> bool {
    ["#", ";", "//", "!", "--", "/*", "* ", "<!--", "REM ", "%", "\"\"\""]
        .iter()
        .any(|start| line.starts_with(start) && !line.starts_with("//:") && !is_registry(line))
}

/// `//registry.example/:_authToken=…` of npm is no comment.
fn is_registry(line: &str) -> bool {
    line.starts_with("//") && line.contains("/:_")
}

/// Pairs anywhere in a text.
pub(crate) fn pairs(text: &str) -> Option<Hit> {
    let found = |name: &str, value: &str| of_pair(name, value);
    let pair = |captures: Captures<'_>| {
        let value = (2..=5).find_map(|group| captures.get(group))?;
        let bare = if captures.get(5).is_some() {
            value.as_str().trim_end_matches([')', ']', '}', '\\', '.'])
        } else {
            value.as_str()
        };
        // `name:value` without a blank is no YAML; `pass:word` of OpenSSL looks so.
        let is_glued = captures.get(0).is_some_and(|all| {
            all.as_str()[captures[1].len()..].starts_with(':') && all.len() == captures[1].len() + 1 + value.len()
        });
        // What runs tests says `PASS: name`.
        let is_result = &captures[1] == "PASS" && captures.get(0).is_some_and(|all| all.as_str().starts_with("PASS:"));
        found(&captures[1], bare)
            .filter(|_| !is_result && (!is_glued || value::is_mixed(bare) || !value::is_word_like(bare)))
    };
    let named = |captures: Captures<'_>| {
        let value = (2..=4).find_map(|group| captures.get(group))?;
        found(&captures[1], value.as_str())
    };
    // A value without quotes has no pairs within.
    let mut end = 0;
    let mut captures = names(text).filter_map(|start| {
        let captures = (start >= end).then(|| PAIR.captures(window(text, start)))??;
        end = captures.get(5).map_or(end, |bare| start + bare.end());
        Some(captures)
    });
    captures
        .find_map(pair)
        .or_else(|| NAMED_VALUE.captures_iter(text).find_map(named))
        .or_else(|| CALL.captures_iter(text).find_map(|captures| found(&captures[1], &captures[2])))
}

/// The part of a text in which a name with its value must lie, so that texts of many names take no more than linear time.
fn window(text: &str, start: usize) -> &str {
    const LONGEST: usize = 4500;
    let mut end = text.len().min(start + LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[start..end]
}

/// Where the names begin that mention a secret.
fn names(text: &str) -> impl Iterator<Item = usize> {
    const LONGEST: usize = 80;
    const MOST: usize = 20_000;
    let bytes = text.as_bytes();
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    let starts = MENTION.find_iter(text).map(move |found| {
        let before = &bytes[found.start().saturating_sub(LONGEST)..found.start()];
        found.start() - before.iter().rev().take_while(|byte| is_of_name(byte)).count()
    });
    let mut last = None;
    starts.filter(move |start| last.replace(*start) != Some(*start)).take(MOST)
}

fn of_pair(name: &str, value: &str) -> Option<Hit> {
    let name = name.trim_start_matches(['-', '.']);
    let value = value.trim_end_matches("\\n");
    if value.starts_with([':', '=', '.', '|', '^', '(']) {
        return None;
    }
    let class = crate::judged(name, value)?;
    Some(Hit::new(class, format!("setting {}: its name says so", shown(name))))
}

pub(crate) fn sql(text: &str) -> Option<Hit> {
    let is_there = SQL.captures_iter(text).any(|found| value::is_in_its_place(&found[1]));
    is_there.then(|| Hit::new(Class::CommandPassword, "a statement of SQL sets it"))
}

pub(crate) fn netrc(text: &str) -> Option<Hit> {
    let is_there = NETRC.captures_iter(text).any(|found| value::is_in_its_place(&found[1]));
    is_there.then(|| Hit::new(Class::StoredPassword, "an entry for a machine"))
}

/// Elements and attributes. Comments are left out.
pub(crate) fn xml(text: &str, deeper: u8) -> Option<Hit> {
    let text = without_comments(text);
    let judged = |name: &str, value: &str| {
        let value = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        name::kind(name)?;
        let class = crate::judged(name, value.trim())
            .or_else(|| crate::setting("", &value, deeper.min(1)).map(|hit| hit.class))?;
        Some(Hit::new(class, format!("element {}: its name says so", shown(name))))
    };
    let attributes = |found: Captures<'_>| {
        let group = |index: usize| found.get(index).map(|group| group.as_str());
        let (name, value) = match (group(1), group(4), group(5)) {
            (Some(name), _, _) => (name, group(2)?),
            (_, Some(name), _) => (name, group(3)?),
            (_, _, name) => (name?, group(6)?),
        };
        judged(name, value)
    };
    ELEMENT
        .captures_iter(&text)
        .find_map(|found| judged(&found[1], &found[2]))
        .or_else(|| NAME_ELEMENT.captures_iter(&text).find_map(|found| judged(&found[1], &found[2])))
        .or_else(|| ATTRIBUTES.captures_iter(&text).find_map(attributes))
        .or_else(|| pairs(&text))
}

/// A text without the lines that are comments.
pub(crate) fn without_comment_lines(text: &str) -> Cow<'_, str> {
    let is_comment = |line: &str| line.trim_start().starts_with(['#', ';']);
    if !text.lines().any(is_comment) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.lines().filter(|line| !is_comment(line)).flat_map(|line| [line, "\n"]).collect())
}

/// A text of XML without its comments.
fn without_comments(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("<!--") {
        left.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    left.push_str(rest);
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DEEPEST;

    #[test]
    fn pairs_of_every_kind_are_found() {
        let cases = [
            ("host=db user=shop password=hunter2secret dbname=shop", true),
            ("Server=tcp:db,1433;User ID=sa;Password=hunter2secret;Encrypt=true;", true),
            ("jdbc:postgresql://db/shop?user=shop&password=hunter2secret", true),
            ("-Xmx512m -Dspring.datasource.password=hunter2secret -Dx=y", true),
            ("db:\n  host: db\n  password: hunter2secret\n", true),
            ("- name: DB_PASSWORD\n  value: hunter2secret\n", true),
            ("define( 'DB_PASSWORD', 'hunter2secret' );", true),
            ("'password' => 'hunter2secret',", true),
            ("$wgDBpassword = \"hunter2secret\";", true),
            ("<server><username>bot</username><password>hunter2secret</password></server>", true),
            ("<add key=\"ClearTextPassword\" value=\"hunter2secret\" />", true),
            ("<entry key=\"db.password\">hunter2secret</entry>", true),
            ("//npm.shop.example/:_authToken=9f8a7c6b5d4e3f2a1b0c", true),
            ("machine git.shop.example login bot password hunter2", true),
            ("ALTER USER shop WITH PASSWORD 'hunter2secret'", true),
            ("{\\\"password\\\":\\\"hunter2secret\\\"}", true),
            ("<!-- <user password=\"hunter2secret\"/> -->", false),
            ("# password=hunter2secret", false),
            ("password: <%= ENV[\"DB_PASSWORD\"] %>", false),
            ("SECRET_KEY = os.environ['SECRET_KEY']", false),
            ("s/^password: .*/password: ${DB_PASSWORD}/", false),
            ("password_encryption=scram-sha-256", false),
            ("passwordPolicy: strong-one", false),
            ("define( 'DB_PASSWORD', getenv('DB_PASSWORD') );", false),
        ];
        for (text, is_secret) in cases {
            assert_eq!(find(text, DEEPEST).is_some(), is_secret, "{text}");
        }
    }
}
