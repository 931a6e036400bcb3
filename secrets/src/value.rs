//! What a value looks like: a reference to a secret, a placeholder, words that people write, or something generated.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::class::Class;
use crate::name::Kind;

/// Values that point to where a secret is kept, or that something else fills in.
const REFERENCES: &[&str] = &[
    // Schemes of stores, and of what reads them.
    r"(?i)^(?:arn|ssm|awsssm|aws-ssm|aws-sm|awssm|secretsmanager|secret-manager|vault|kms|op|gcp|gcpsm|gsm|sm|gs|s3|env|file|azurekeyvault|akv|keyvault|keychain|keyring|doppler|infisical|bws|bitwarden|pass|sops|secretref|ref\+[a-z]+|configmap|k8s|kubernetes|conjur|parameter|param|parameterstore|ssmparameter|sts)(?::|://)",
    r"(?i)^@Microsoft\.KeyVault\(",
    r"^projects/[^/]+/secrets/",
    // A variable, an expression or a command that a shell, a template or a build fills in.
    r"^\$(?:\{|\(|\[|[A-Za-z_]\w*(?:$|[./:]\S*$|[^\w$./:])|\d$|[@*?]$)",
    r"\$\{|\$\(|\{\{|\}\}|<%|%>|<\?|\{%|#\{|%\(\w+\)s",
    r"^%[A-Za-z_]\w*%$|^@[A-Za-z_]\w*@$|^__\w+__$|^\{[A-Za-z_][\w.]*\}$|^%\{.*\}$|^\[[A-Za-z_ -]+\]$|^%[sdv]$|^:[a-z_]+$|^\?$",
    r"^!(?:Ref|Sub|GetAtt|Join|ImportValue|If|vault|secret|env|env_var|file|reference|tagged|include)\b",
    r"^`.*`$",
    // Code that fetches it.
    r"^(?:process\.env|os\.environ|os\.getenv|getenv|ENV|env|config|System\.getenv|Deno\.env|import\.meta|secrets?|vars?|var|local|data|module|github|inputs?|params?|self|this|settings|app|args|options|opts|options|request|req|ctx|context|props|state|user|None|new)(?:\.|\[|\()",
    r"^[A-Za-z_$][\w$]*(?:(?:\.|::|->)[\w$]+)*[(\[]",
    // A KMS key. <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id>
    r"^mrk-[0-9a-f]{32}$|^alias/",
    // Encrypted by SOPS, Jasypt, Spring Cloud Config, Vault's transit engine, KMS, Ansible, Jenkins, age, PGP, eyaml.
    r"^ENC\[|^ENC\(|^\{cipher\}|^vault:v\d+:|^AQICAH|^\$ANSIBLE_VAULT|^\{AQ[A-Za-z0-9+/=]+\}$|^-----BEGIN (?:AGE|PGP MESSAGE)|^\{[A-Za-z0-9+/]{30,}={0,2}\}$|^CiQA|^!!binary|^Ag[A-D][A-Za-z0-9+/]{100,}|^\*[A-Za-z_]\w*$",
];

/// Values that stand for a secret that whoever reads them is to put in, and words that say that there is none.
const PLACEHOLDERS: &[&str] = &[
    r"(?i)change[-_ .]?(?:me|it|this|that|here)|re?place[-_ .]?(?:me|it|this|with|here)|(?:^|[-_ ./<])(?:your|my|the|some|any)[-_ .]|^your|^my(?:secret|super|pass|token|key|sql_?pass)|insert[-_ ]|enter[-_ ]|[-_ ]here$|goes[-_ ]?here|fill[-_ ]?(?:me|in)|put[-_ ](?:your|it|me|the)|set[-_ ](?:me|this|in|via|by)|to[-_ ]?be[-_ ]|must[-_ ]?be",
    r"(?i)example|place-?holder|dummy|sample|redacted|removed|censored|masked|obfuscated|unspecified|undefined|not[-_ ]?(?:set|used|needed|required|a[-_ ]|real|the)|no[-_ ]?(?:password|secret|token|key)|fake|bogus|todo|fixme|invalid|insecure|unsafe[-_]|don'?t[-_ ]?use|lorem",
    r"(?i)^(?:test(?:ing)?|demo|foo|bar|foobar|baz|abc|abcd|xyz|none|null|nil|n/?a|na|unset|empty|default|blank|missing|unknown|secret|secrets|password|passwort|passwd|passw0rd|password1?|pass|pwd|token|key|api[-_]?key|hidden|value|string|str|text|bool|boolean|int|integer|number|object|optional|required|true|false|yes|no|on|off|enabled?|disabled?|prompt|ask|auto|automatic|generated?|random|inherit|internal|external|local|manual|basic|bearer|digest|plain|strict|never|always|only|if|else|and|or|not|the|this|that|is|are|was|for|with|from|unchanged|locked|in-?memory|memory|system|environment|provided|stored|managed|dynamic|static|const|let|var|type|self|undefined|any|void|public|private|protected|readonly)$",
    r"(?i)^(?:test|demo|dev|fake|mock)[-_ ](?:password|passwd|secret|token|key|api[-_]?key|value)|^(?:password|secret|token|api[-_]?key|key)[-_ ](?:test|demo|value|placeholder|here|123)$",
    r"^<.*>$|^<[^>]*$|^\[.*\]$|^\(.*\)$|^\.{3}|\.{4}|…|^\*+$|\*{4}|^[xX]+$|[xX]{5}|^#+$|^-+$|^_+$|^\?+$|^=+$|^0+$|^1+$|^~$|^!+\*?$|^\*$|^•+",
    r"(?i)^(?:0?1234567890?|0123456789(?:abcdef)*|abcdefg[a-z0-9]*|deadbeef(?:deadbeef)*|abc123|qwerty)$|0123456789abcdef|1234567890abcdef|abcdefghijklmnop|0{8}|(?:deadbeef){2}|(?:123456){3}",
];

static REFERENCE: LazyLock<RegexSet> = LazyLock::new(|| set(REFERENCES));
static PLACEHOLDER: LazyLock<RegexSet> = LazyLock::new(|| set(PLACEHOLDERS));
static PUBLIC: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"^(?:sha(?:1|224|256|384|512)|md5)[:-][A-Za-z0-9+/=]+$",
        r"^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-(?:ssh|ecdsa)[\w.@-]+) AAAA",
        r"^pk_(?:live|test)_|^pk\.ey|^phc_|^sb_publishable_|^rzp_(?:live|test)_|^BB[A-Za-z0-9_-]{85,}$",
        r"^[\^~<>=v ]{0,3}\d+(?:\.(?:\d+|x|\*)){1,4}(?:[-+][\w.+-]+)?(?:\s.*)?$",
        r"^[a-z][a-z0-9.+_-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,7}$",
    ])
});
static UUID: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"));
static AWS_SECRET_KEY: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Za-z0-9/+]{40}$"));
static PASSWORD_HASH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|md5|sha1|argon2(?:i|d|id)|scrypt|pbkdf2[\w-]*)\$[^\s$]+\$?[^\s]{8,}$|^\{S?SHA(?:256|512)?\}[A-Za-z0-9+/]{20,}={0,2}$|^pbkdf2_sha256\$\d+\$",
    )
});
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:[a-z][a-z0-9-]*\.)+(?:com|net|org|io|dev|local|internal|svc|example|cloud|app|aws|test|lan|corp)(?::\d+)?(?:/.*)?$",
    )
});

/// A pattern of ours: a test compiles them all.
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern that a test compiles")
}

fn set(patterns: &[&str]) -> RegexSet {
    RegexSet::new(patterns).expect("patterns that a test compiles")
}

/// The class of a value that a name of this kind calls a secret; none if it is a reference, a placeholder, or words.
pub(crate) fn is_credential(kind: Kind, value: &str) -> Option<Class> {
    let value = value.trim().trim_matches(['"', '\'']);
    if PASSWORD_HASH.is_match(value) {
        return Some(Class::PasswordHash);
    }
    let is_aws =
        kind != Kind::Password && AWS_SECRET_KEY.is_match(value) && is_generated(value, 3.8) && !is_documented(value);
    if is_aws && !is_hexadecimal(value) {
        return Some(if kind == Kind::Hint { Class::Named } else { Class::AwsSecretKey });
    }
    if is_none(value) {
        return None;
    }
    let fits = match kind {
        Kind::Password => is_password(value),
        Kind::Secret => is_token(value, 8),
        Kind::Token => is_token(value, 10),
        Kind::Key => is_token(value, 16) && !UUID.is_match(value),
        Kind::Hint => is_token(value, 20) && has_mixture(value) && !UUID.is_match(value) && !is_digest(value),
    };
    fits.then_some(Class::Named)
}

/// Whether a value that stands where only a password can stand is one: after `-p` of a tool, in a file of passwords.
pub(crate) fn is_in_its_place(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    value.len() >= 3 && !is_none(value)
}

/// Whether a value is no secret whatever it is called.
fn is_none(value: &str) -> bool {
    value.is_empty()
        || is_reference(value)
        || is_placeholder(value)
        || is_public(value)
        || is_path(value)
        || is_pattern(value)
}

/// Whether a value is a regular expression, as `sed` and `grep` get them.
fn is_pattern(value: &str) -> bool {
    [".*", ".+", "[^", "\\(", "\\s", "\\w", "\\d", "(?", "[a-z", "[A-Z", "[0-9"].iter().any(|sign| value.contains(sign))
}

/// Whether a value points to where something is kept.
pub(crate) fn is_reference(value: &str) -> bool {
    REFERENCE.is_match(value)
        || value.starts_with('$')
            && !PASSWORD_HASH.is_match(value)
            && value[1..].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:/".contains(&byte))
            && value[1..].starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

/// Whether a value is nothing but the address of a secret in a store.
pub(crate) fn is_store_address(value: &str) -> bool {
    const STORES: usize = 3;
    !value.contains(char::is_whitespace) && REFERENCE.matches(value).iter().any(|index| index < STORES)
}

/// Whether a value stands for one that is to be put in.
pub(crate) fn is_placeholder(value: &str) -> bool {
    value.len() < 200 && PLACEHOLDER.is_match(value)
        || is_documented(value)
        || value.len() >= 4 && is_of_one_character(value)
}

/// Values that documentation uses, which many copy.
///
/// Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>, <https://jwt.io>
pub(crate) fn is_documented(value: &str) -> bool {
    const DOCUMENTED: [&str; 4] = [
        "EXAMPLE",
        "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq",
        "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw",
    ];
    DOCUMENTED.iter().any(|part| value.contains(part))
}

/// Whether a value is made to be shown: digests, public keys, versions, addresses of people.
pub(crate) fn is_public(value: &str) -> bool {
    PUBLIC.is_match(value) || value.starts_with("-----BEGIN PUBLIC KEY") || value.starts_with("-----BEGIN CERTIFICATE")
}

fn is_of_one_character(value: &str) -> bool {
    let mut characters = value.chars();
    characters.next().is_some_and(|first| characters.all(|character| character == first))
}

/// Whether a value is the path of a file or folder.
fn is_path(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_of_windows = bytes.len() > 3 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && bytes[2] == b'\\';
    if is_of_windows || value.starts_with("//") {
        return true;
    }
    let Some(rest) = ["/", "./", "../", "~/"].iter().find_map(|start| value.strip_prefix(start)) else { return false };
    rest.trim_end_matches('/').split('/').all(|part| {
        let part = part.trim_start_matches('.');
        part.is_empty() || part.starts_with(['$', '{', '*']) || part.split(['.', '@', ':', '+']).all(is_word_like)
    })
}

fn is_password(value: &str) -> bool {
    let length = value.chars().count();
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    if length < 5 || digits && length < 6 || length > 512 {
        return false;
    }
    if value.split_whitespace().count() > 1 && value.split_whitespace().all(is_word_like)
        || value.starts_with("http://")
        || value.starts_with("https://")
    {
        return false;
    }
    !is_name_of_something(value) && !HOST.is_match(value)
}

/// Words that the names of parameters and secrets are made of, and passwords that people choose are not.
const PARTS_OF_NAMES: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "secret",
    "secrets",
    "token",
    "key",
    "keys",
    "credential",
    "credentials",
    "creds",
    "prod",
    "production",
    "prd",
    "staging",
    "stage",
    "stg",
    "dev",
    "development",
    "test",
    "qa",
    "uat",
    "db",
    "database",
    "rds",
    "aurora",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "redis",
    "mongo",
    "api",
    "app",
    "service",
    "svc",
    "auth",
    "admin",
    "user",
    "users",
    "config",
    "param",
    "parameter",
    "ssm",
    "payment",
    "payments",
    "billing",
    "orders",
    "shop",
    "master",
    "main",
    "internal",
    "external",
    "public",
    "private",
    "shared",
    "common",
    "global",
    "smtp",
    "mail",
    "webhook",
    "name",
    "column",
    "field",
    "header",
    "id",
];

/// Whether a value is the name of a parameter, a secret, a column, a header: words with marks between.
fn is_name_of_something(value: &str) -> bool {
    let has_slash = value.contains('/');
    let parts: Vec<&str> = value.split(['-', '_', '/', '.', ':']).collect();
    if parts.len() < 2
        || !parts.iter().all(|part| is_word_like(part))
        || value.contains(char::is_uppercase) && !value.contains(['-', '_', '/'])
    {
        return false;
    }
    has_slash
        || parts.len() >= 2 && parts.iter().any(|part| PARTS_OF_NAMES.contains(&part.to_ascii_lowercase().as_str()))
}

/// Whether a value looks generated, or is at least no word, and has this length.
fn is_token(value: &str, least: usize) -> bool {
    let length = value.chars().count();
    if length < least || value.contains(char::is_whitespace) || length > 8192 {
        return false;
    }
    if value.bytes().all(|byte| byte.is_ascii_digit()) || HOST.is_match(value) || value.contains("://") {
        return false;
    }
    if value.split(['-', '_', '/', '.', ':', '@', ',', '+', '=', ' ', '|', ';']).all(is_word_like) {
        return false;
    }
    match length {
        0..=15 => has_mixture(value),
        _ => bits_per_character(value) >= 2.8,
    }
}

/// Whether a value has letters and digits.
pub(crate) fn is_mixed(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether it has letters and digits, or letters of both cases, and no few of them.
fn has_mixture(value: &str) -> bool {
    let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
    let classes = [
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
        value.bytes().any(|byte| !byte.is_ascii_alphanumeric()),
    ];
    classes.into_iter().filter(|class| *class).count() >= 2 && bits_per_character(value) >= 2.5
}

fn is_generated(value: &str, bits: f64) -> bool {
    bits_per_character(value) >= bits && !value.split(['-', '_', '/', '.', '+']).all(is_word_like)
}

fn is_hexadecimal(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a value has the length and the digits of a digest.
fn is_digest(value: &str) -> bool {
    is_hexadecimal(value) && [32, 40, 56, 64, 96, 128].contains(&value.len())
}

/// Whether a find of a published form is one that somebody made up: too few characters that differ, or an example.
pub(crate) fn is_made_up(found: &str, bits: f64) -> bool {
    let lower = found.to_ascii_lowercase();
    const WORDS: [&str; 14] = [
        "example",
        "xxxxx",
        "00000000",
        "placeholder",
        "1234567890abcdef",
        "0123456789abcdef",
        "abcdefghijkl",
        "your_",
        "your-",
        "changeme",
        "redacted",
        "dummy",
        "insert",
        "*****",
    ];
    is_documented(found)
        || WORDS.iter().any(|word| lower.contains(word))
        || bits_per_character(found) < bits
        || lower.contains("1234567890") && found.len() < 60
        || longest_run(found) >= 7
}

fn longest_run(value: &str) -> usize {
    let (mut longest, mut run, mut before) = (0, 0, None);
    for byte in value.bytes() {
        run = if before == Some(byte) { run + 1 } else { 1 };
        before = Some(byte);
        longest = longest.max(run);
    }
    longest
}

/// Whether a part of a value is a word, a number, or a word with a number at its end.
pub(crate) fn is_word_like(part: &str) -> bool {
    let letters = part.trim_end_matches(|character: char| character.is_ascii_digit());
    let digits = part.len() - letters.len();
    if letters.is_empty() {
        return digits <= 12;
    }
    if digits > 4 || !letters.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    let words = camel_words(letters);
    let is_long_enough = words.len() == 1 || letters.len() >= 3 * words.len();
    is_long_enough && words.iter().all(|word| is_word(word))
}

/// `customerAccount` as two words; a word of capitals is one.
fn camel_words(letters: &str) -> Vec<&str> {
    let bytes = letters.as_bytes();
    let mut words = Vec::new();
    let mut start = 0;
    for index in 1..bytes.len() {
        let rises = bytes[index].is_ascii_uppercase() && bytes[index - 1].is_ascii_lowercase();
        let falls = index + 1 < bytes.len()
            && bytes[index].is_ascii_uppercase()
            && bytes[index - 1].is_ascii_uppercase()
            && bytes[index + 1].is_ascii_lowercase();
        if rises || falls {
            words.push(&letters[start..index]);
            start = index;
        }
    }
    words.push(&letters[start..]);
    words
}

/// For each letter, those that often follow it: 230 pairs, which make up 87 of 100 in English words and names of programs,
/// and 34 of 100 in random letters. Counted over 40,800 words of Python's and Perl's libraries.
const PAIRS: [&str; 26] = [
    "abcdgiklmnprstu",
    "aceilosu",
    "acehiklortu",
    "acdeilorstu",
    "abcdefgilmnopqrstvwx",
    "aefiloru",
    "aehilrs",
    "aeiot",
    "abcdefglmnoprstvxz",
    "aeou",
    "ei",
    "adeilostuy",
    "aeimopsy",
    "acdefginostuv",
    "abcdgklmnoprstuw",
    "aeiloprsty",
    "u",
    "acdegilmnorstuy",
    "acehilopstuy",
    "acdefhilmoprstuy",
    "abceilmnprst",
    "aei",
    "air",
    "ct",
    "pst",
    "e",
];

/// Whether letters could be a word of English or of programs.
fn is_word(word: &str) -> bool {
    const LONGEST: usize = 24;
    let lower = word.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    if bytes.len() > LONGEST {
        return false;
    }
    if bytes.len() <= 4 {
        return true;
    }
    let pairs = bytes.len() - 1;
    let usual =
        bytes.windows(2).filter(|pair| PAIRS[usize::from(pair[0] - b'a')].as_bytes().contains(&pair[1])).count();
    // Two of three; of long words three of four.
    if pairs < 8 { usual * 3 >= pairs * 2 } else { usual * 4 >= pairs * 3 }
}

/// Shannon entropy, in bits a character.
pub(crate) fn bits_per_character(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts
        .into_iter()
        .filter(|count| *count > 0)
        .map(|count| {
            let share = f64::from(count) / total;
            -share * share.log2()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for set in [&REFERENCE, &PLACEHOLDER, &PUBLIC] {
            assert!(!set.is_match("\u{0}"));
        }
        for one in [&UUID, &AWS_SECRET_KEY, &PASSWORD_HASH, &HOST] {
            assert!(!one.is_match("\u{0}"));
        }
    }

    #[test]
    fn words_are_told_from_generated_letters() {
        for word in [
            "customer",
            "customerAccount",
            "identifier",
            "v2",
            "orders2024",
            "TENANT",
            "authorization",
            "us",
            "kubernetes",
            "payment",
        ] {
            assert!(is_word_like(word), "{word}");
        }
        for random in ["kX93mQz8Lp", "qzvxkwpt", "aB3xKq9LmZ", "hjkqwzxv", "9f8a7c6b5d4e", "xKqJzWvPqLmN"] {
            assert!(!is_word_like(random), "{random}");
        }
    }

    #[test]
    fn references_and_placeholders_are_none() {
        let none = [
            "shop-prod-db-password",
            "prod/shop/payment-api",
            "${DB}",
            "$DB_PASSWORD",
            "$(DB_PASSWORD)",
            "changeme",
            "<your-key>",
            "/run/secrets/db",
            "INSERT_PASSWORD_HERE",
            "os.environ['X']",
            "{{ password }}",
            "********",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x",
            "vault:secret/data/x#y",
            "ENC[AES256_GCM,data:x]",
            "true",
            "none",
            "!Ref Password",
            "op://vault/item/field",
        ];
        for value in none {
            assert_eq!(is_credential(Kind::Password, value), None, "{value}");
        }
        for value in ["correct-horse", "hunter2", "/kX93mQz8Lp!x", "12345678", "Tr0ub4dor&3", "p$ssw0rdX!"] {
            assert_eq!(is_credential(Kind::Password, value), Some(Class::Named), "{value}");
        }
    }

    #[test]
    fn tokens_are_generated() {
        for value in [
            "customer-account-identifier",
            "tenant_api_key_column_name",
            "x-shop-authorization-token",
            "min-length-12-with-digits",
            "3600",
            "v1.2.3",
            "public",
        ] {
            assert_eq!(is_credential(Kind::Token, value), None, "{value}");
        }
        assert_eq!(is_credential(Kind::Token, "9f8a7c6b5d4e3f2a1b0c"), Some(Class::Named));
        assert_eq!(is_credential(Kind::Key, "1234abcd-12ab-34cd-56ef-1234567890ab"), None);
    }
}
