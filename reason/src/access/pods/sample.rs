//! Service accounts that a pattern of a condition covers, made up to be tried.

use super::{Canary, ServiceAccount};

/// How subjects of service accounts begin.
pub(super) const PREFIX: &str = "system:serviceaccount:";

/// Enough samples of one pattern: one with a single wildcard has at most four.
const MOST: usize = 64;

/// Enough steps along one pattern, for patterns of many wildcards.
const STEPS: usize = 20_000;

/// A service account that a pattern covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sample {
    pub(super) account: ServiceAccount,
    /// Whether the pattern leaves the namespace, or a part of it, open.
    pub(super) any_namespace: bool,
    /// Whether it leaves the name, or a part of it, open.
    pub(super) any_name: bool,
}

/// How far a pattern has been followed, and what was made up on the way.
#[derive(Clone, Default)]
struct Walk {
    position: usize,
    prefix: usize,
    namespace: String,
    name: Option<String>,
    any_namespace: bool,
    any_name: bool,
    /// Whether the wildcard at hand has given a word already.
    has_word: bool,
}

/// Service accounts whose subjects a pattern with `*` and `?` covers, with a canary's names where it is open.
/// Kubernetes has names in lower case only.
pub(super) fn samples(pattern: &str, canary: Canary) -> Vec<Sample> {
    let pattern: Vec<char> = without_variables(&pattern.to_ascii_lowercase()).chars().collect();
    let (mut walks, mut samples) = (vec![Walk::default()], Vec::new());
    for _ in 0..STEPS {
        let Some(walk) = walks.pop().filter(|_| samples.len() < MOST) else { break };
        match pattern.get(walk.position) {
            None => samples.extend(walk.sample()),
            Some('*') => walk.through_star(canary, &mut walks),
            Some('?') => walk.through_letter(canary, &mut walks),
            Some(&letter) => walks.extend(walk.onward().with(letter)),
        }
    }
    samples.sort();
    samples.dedup();
    samples
}

/// The text with `*` for each policy variable.
fn without_variables(text: &str) -> String {
    let mut pieces = text.split("${");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| format!("{text}*{}", piece.split_once('}').map_or("", |(_, rest)| rest)))
}

impl Walk {
    fn onward(&self) -> Self {
        Self { position: self.position + 1, has_word: false, ..self.clone() }
    }

    /// Adds a letter of the subject, if one may stand here.
    fn with(mut self, letter: char) -> Option<Self> {
        if let Some(&expected) = PREFIX.as_bytes().get(self.prefix) {
            self.prefix += 1;
            return (letter == char::from(expected)).then_some(self);
        }
        match &mut self.name {
            None if letter == ':' => {
                self.name = Some(String::new());
                self.has_word = false;
                (!self.namespace.is_empty()).then_some(self)
            }
            None => {
                self.namespace.push(letter);
                Some(self)
            }
            Some(name) => {
                name.push(letter);
                Some(self)
            }
        }
    }

    /// Notes that a wildcard decides what stands here.
    fn opened(mut self) -> Self {
        if self.prefix == PREFIX.len() {
            self.any_namespace |= self.name.is_none();
            self.any_name |= self.name.is_some();
        }
        self
    }

    fn through_letter(&self, canary: Canary, walks: &mut Vec<Self>) {
        let onward = self.onward().opened();
        match PREFIX.as_bytes().get(self.prefix) {
            Some(&expected) => walks.extend(onward.with(char::from(expected))),
            None => walks.extend([onward.clone().with(canary.letter), onward.with(':')].into_iter().flatten()),
        }
    }

    /// A star stands for nothing more, or for one thing and then again a star.
    fn through_star(&self, canary: Canary, walks: &mut Vec<Self>) {
        let stay = self.clone().opened();
        walks.push(stay.onward());
        if let Some(&expected) = PREFIX.as_bytes().get(self.prefix) {
            walks.extend(stay.with(char::from(expected)));
            return;
        }
        if !stay.has_word {
            let word = if stay.name.is_none() { canary.namespace } else { canary.name };
            let given = word.chars().try_fold(stay.clone(), Self::with);
            walks.extend(given.map(|given| Self { has_word: true, ..given }));
        }
        if stay.name.is_none() {
            walks.extend(stay.with(':').map(Self::opened));
        }
    }

    fn sample(self) -> Option<Sample> {
        let name = self.name.filter(|name| is_name(name, true))?;
        is_name(&self.namespace, false).then(|| Sample {
            account: ServiceAccount::new(self.namespace, name),
            any_namespace: self.any_namespace,
            any_name: self.any_name,
        })
    }
}

/// Whether Kubernetes accepts a name: of a namespace at most 63 letters, digits and hyphens, of a service account at most
/// 253 with dots.
///
/// Source: <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/>
fn is_name(text: &str, with_dots: bool) -> bool {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let is_allowed = |letter: char| is_plain(letter) || letter == '-' || (with_dots && letter == '.');
    let longest = if with_dots { 253 } else { 63 };
    text.len() <= longest && text.chars().all(is_allowed) && text.starts_with(is_plain) && text.ends_with(is_plain)
}

#[cfg(test)]
mod tests {
    use super::super::CANARIES;
    use super::*;

    /// The samples as `NAMESPACE/NAME`, with `~` after a part that is open.
    fn shown(pattern: &str) -> Vec<String> {
        let [canary, _] = CANARIES;
        let show = |sample: Sample| {
            let mark = |text: &str, open: bool| if open { format!("{text}~") } else { text.to_owned() };
            let Sample { account, any_namespace, any_name } = sample;
            format!("{}/{}", mark(&account.namespace, any_namespace), mark(&account.name, any_name))
        };
        samples(pattern, canary).into_iter().map(show).collect()
    }

    #[test]
    fn wildcards_are_filled_where_they_stand() {
        let (namespace, name) = ("zz-canary-ns-7f3a", "zz-canary-sa-91bc");
        for (pattern, expected) in [
            ("system:serviceaccount:shop:orders", "shop/orders".to_owned()),
            ("system:serviceaccount:Shop:ORDERS", "shop/orders".to_owned()),
            ("system:serviceaccount:shop:*", format!("shop/{name}~")),
            ("system:serviceaccount:shop:app-*", format!("shop/app-{name}~")),
            ("system:serviceaccount:shop:app-?", "shop/app-z~".to_owned()),
            ("system:serviceaccount:*:orders", format!("{namespace}~/orders")),
            ("system:serviceaccount:????:orders", "zzzz~/orders".to_owned()),
            ("system:serviceaccount:*", format!("{namespace}~/{name}~")),
            ("*", format!("{namespace}~/{name}~")),
            ("system:*:orders", format!("{namespace}~/orders")),
            ("system:service*:shop:orders", "shop/orders".to_owned()),
            ("?ystem:serviceaccount?shop:orders", "shop/orders".to_owned()),
            ("system:serviceaccount:shop:${sts:RoleSessionName}", format!("shop/{name}~")),
        ] {
            let shown = shown(pattern);
            assert!(shown.contains(&expected), "{pattern}: {shown:?}");
        }
        assert!(shown("system:serviceaccount:shop*app").contains(&format!("shop{namespace}~/{name}app~")));
    }

    #[test]
    fn what_is_no_subject_of_kubernetes_has_no_samples() {
        for pattern in ["", "repo:shop/orders", "system:serviceaccount:shop", "system:serviceaccount:shop:a:b", "a*"] {
            assert_eq!(shown(pattern), [] as [&str; 0], "{pattern}");
        }
        assert_eq!(shown("system:serviceaccount:shop:or_ders"), [] as [&str; 0]);
    }

    #[test]
    fn many_wildcards_take_no_long() {
        assert!(samples(&"*a?".repeat(80), CANARIES[0]).len() <= MOST);
    }
}
