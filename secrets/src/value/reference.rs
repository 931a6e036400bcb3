//! Values that are no secret whatever they are called: references, placeholders, what is published.

use std::sync::LazyLock;

use regex::RegexSet;

use super::PASSWORD_HASH;
use super::words::{is_of_one_character, is_word_like};

/// Values that point to where a secret is kept, or that something else fills in.
const REFERENCES: &[&str] = &[
    // Schemes of stores, and of what reads them.
    r"(?i)^(?:arn|ssm|awsssm|aws-ssm|aws-sm|awssm|secretsmanager|secret-manager|vault|kms|op|gcp|gcpsm|gsm|sm|gs|s3|env|file|azurekeyvault|akv|keyvault|keychain|keyring|doppler|infisical|bws|bitwarden|pass|sops|secretref|keyvaultref|akeyless|secret|secrets|hcp|ejson|ref\+[a-z]+|configmap|k8s|kubernetes|conjur|parameter|param|parameterstore|ssmparameter|sts)(?::|://)",
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

fn set(patterns: &[&str]) -> RegexSet {
    RegexSet::new(patterns).expect("patterns that a test compiles")
}

/// Whether a value is no secret whatever it is called.
pub(super) fn is_none(value: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for set in [&REFERENCE, &PLACEHOLDER, &PUBLIC] {
            assert!(!set.is_match("\u{0}"));
        }
    }
}
