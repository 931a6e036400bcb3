//! Laws every evaluator must keep, held against generated policies and requests.

use palisade_policy::{
    Attached, Caller, Decision, Document, Grade, Identity, Policies, Request, RequestContext, batch, covers, evaluate,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::ask::{FUNCTION, ROLE, attached, document};
use crate::generated::{COMPARING, Case, KEYS, LIMITS, STRANGE, WORDS, case, door_statement, policy, statement};
use crate::public::{invoke, reached};

/// What an evaluation comes to, from the surest denial to the surest permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Denied,
    Depends,
    Allowed,
}

impl Case {
    /// Everything known.
    fn full_context(&self) -> RequestContext {
        let context = RequestContext::complete();
        KEYS.iter()
            .zip(&self.keys)
            .fold(context, |context, (key, (_, values))| context.known(key, values.iter().copied()))
    }

    /// Only the keys marked so known.
    pub(crate) fn partial_context(&self) -> RequestContext {
        let known = KEYS.iter().zip(&self.keys).filter(|(_, (is_known, _))| *is_known);
        known.fold(RequestContext::partial(), |context, (key, (_, values))| context.known(key, values.iter().copied()))
    }

    pub(crate) fn level(&self, context: &RequestContext) -> Level {
        let caller = Caller::parse(self.caller).unwrap();
        let request =
            Request { caller: &caller, action: self.action, resource: self.resource, resource_account: None, context };
        let policies = Policies {
            identity: Identity::Known(attached("identity", &self.identity)),
            boundary: self.boundary.as_ref().map(|boundary| vec![named(boundary)]),
            service_control: self.service_control.iter().map(|level| vec![named(level)]).collect(),
            resource: self.resource_policy.iter().map(named).collect(),
            ..Policies::default()
        };
        match evaluate(&request, &policies) {
            Decision::Allowed { .. } => Level::Allowed,
            Decision::AllowedIf { .. } => Level::Depends,
            Decision::DeniedExplicitly { .. } | Decision::DeniedImplicitly { .. } => Level::Denied,
        }
    }
}

fn named(document: &Document) -> Attached<'_> {
    Attached { name: "p", document }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_known_context_never_contradicts_the_open_answer(case in case()) {
        let (open, settled) = (case.level(&case.partial_context()), case.level(&case.full_context()));
        let is_strange = format!("{case:?}").contains(STRANGE);
        prop_assert!(settled != Level::Depends || is_strange);
        if open != Level::Depends {
            prop_assert_eq!(open, settled);
        }
    }

    #[test]
    fn a_further_deny_never_allows_more(case in case(), denial in statement(false)) {
        let context = case.partial_context();
        let mut denial = denial;
        denial["Effect"] = json!("Deny");
        let mut stricter = case.clone();
        stricter.identity.push(document(&json!({"Version": "2012-10-17", "Statement": denial})));
        prop_assert!(stricter.level(&context) <= case.level(&context));
        let mut stricter = case.clone();
        let denying = policy_with(case.resource_policy.as_ref(), &denial);
        stricter.resource_policy = Some(denying);
        prop_assert!(stricter.level(&context) <= case.level(&context));
    }

    #[test]
    fn a_boundary_or_a_control_level_never_allows_more(case in case(), limit in policy(false)) {
        // Without resource policies, of which boundaries do not limit every grant, and which may
        // deny by `NotPrincipal` whoever has a boundary.
        let context = case.partial_context();
        let mut stricter = case.clone();
        stricter.service_control.push(limit.clone());
        prop_assert!(stricter.level(&context) <= case.level(&context));
        let free = Case { boundary: None, ..case };
        let limited = Case { boundary: Some(limit), ..free.clone() };
        prop_assert!(limited.level(&context) <= free.level(&context));
    }

    #[test]
    fn a_covered_policy_never_allows_more(case in case(), wider in policy(false), narrower in policy(false)) {
        check_covered(&case, &wider, &narrower);
    }

    #[test]
    fn fewer_statements_are_covered_and_allow_no_more(case in case(), wider in policy(false), kept in any::<u8>()) {
        let mut narrower = wider.clone();
        let mut index = 0;
        narrower.statements.retain(|statement| {
            index += 1;
            statement.effect == palisade_policy::Effect::Deny || kept & (1 << index) != 0
        });
        let both = ([wider.clone()], [narrower.clone()]);
        prop_assert!(covers(&attached("w", &both.0), &attached("n", &both.1)).is_ok());
        check_covered(&case, &wider, &narrower);
    }

    #[test]
    fn a_stranger_who_gets_in_is_told_of(
        statements in prop::collection::vec(door_statement(), 1..4),
        organisation in prop::option::of(Just("o-evil000000")),
        from_internet in any::<bool>(),
        tag in select(&LIMITS[..]),
    ) {
        let policy = document(&json!({"Version": "2012-10-17", "Statement": statements}));
        let stranger = "arn:aws:iam::999988887777:user/eve";
        let context = RequestContext::complete()
            .known("aws:PrincipalArn", [stranger])
            .known("aws:PrincipalAccount", ["999988887777"])
            .known("aws:PrincipalOrgID", organisation)
            .known("aws:PrincipalOrgPaths", organisation.map(|id| format!("{id}/r-1/")))
            .known("aws:PrincipalTag/team", [tag])
            .known(if from_internet { "aws:SourceIp" } else { "aws:SourceVpc" }, [if from_internet { "198.51.100.7" } else { "vpc-evil" }]);
        let everything = document(&json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}));
        let caller = Caller::parse(stranger).unwrap();
        let request = Request {
            caller: &caller, action: "lambda:InvokeFunction", resource: FUNCTION, resource_account: None, context: &context,
        };
        let policies = Policies {
            identity: Identity::Known(vec![named(&everything)]),
            resource: vec![named(&policy)],
            ..Policies::default()
        };
        let gets_in = evaluate(&request, &policies).is_allowed();
        let found = reached(&invoke(), &[policy]);
        prop_assert!(!gets_in || found[0].0 >= Grade::AnyAwsAccount, "{:?}", found);
    }

    #[test]
    fn the_order_of_statements_and_policies_changes_nothing(case in case()) {
        let mut turned = case.clone();
        turned.identity.reverse();
        for document in turned.identity.iter_mut().chain(&mut turned.boundary).chain(&mut turned.resource_policy) {
            document.statements.reverse();
            document.statements.iter_mut().for_each(|statement| statement.conditions.reverse());
        }
        let context = case.partial_context();
        prop_assert_eq!(turned.level(&context), case.level(&context));
    }

    #[test]
    fn a_document_survives_being_written(document in policy(true)) {
        let text = serde_json::to_string(&document).unwrap();
        prop_assert_eq!(Document::parse(&text).unwrap(), document);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), bytes in any::<Vec<u8>>()) {
        let _ = Document::parse(&text);
        let _ = Document::parse_percent_encoded(&text);
        let _ = Document::parse_percent_encoded(&String::from_utf8_lossy(&bytes));
        let _ = batch::answer(&text);
    }

    #[test]
    fn no_json_makes_the_reader_panic(text in "[{}\\[\\]\":,a-zA-Z*$0-9.]{0,200}", words in prop::collection::vec(select(&WORDS[..]), 0..40)) {
        let _ = Document::parse(&text);
        let words = words.concat();
        let _ = Document::parse(&words);
        let _ = batch::answer(&words);
    }

    #[test]
    fn no_value_makes_an_operator_panic(operator in select(&COMPARING[..]), wanted in any::<String>(), value in any::<String>()) {
        let statement = json!({"Effect": "Allow", "Action": "*", "Resource": wanted, "Condition": {operator: {"x:key": wanted}}});
        let document = document(&json!({"Version": "2012-10-17", "Statement": statement}));
        let case = Case {
            caller: ROLE,
            action: "s3:GetObject",
            resource: "*",
            identity: vec![document],
            boundary: None,
            service_control: vec![],
            resource_policy: None,
            keys: vec![],
        };
        case.level(&RequestContext::complete().known("x:key", [value]));
    }

    #[test]
    fn a_pattern_matches_itself_and_its_own_texts(parts in prop::collection::vec("[a-c]{0,3}", 1..5), filling in "[a-c]{0,4}") {
        let pattern = parts.join("*");
        prop_assert!(palisade_policy::matches(&pattern, &parts.join(&filling)));
        prop_assert!(palisade_policy::matches(&pattern, &pattern));
        let plain = parts.concat();
        prop_assert_eq!(palisade_policy::matches(&plain, &pattern), plain == pattern);
    }

    #[test]
    fn matching_agrees_with_the_definition(pattern in "[ab*?:]{0,8}", text in "[ab:]{0,8}") {
        prop_assert_eq!(palisade_policy::matches(&pattern, &text), matches_slowly(pattern.as_bytes(), text.as_bytes()));
    }
}

fn matches_slowly(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=text.len()).any(|skipped| matches_slowly(rest, &text[skipped..])),
        ([b'?', rest @ ..], [_, others @ ..]) => matches_slowly(rest, others),
        ([first, rest @ ..], [other, others @ ..]) => first == other && matches_slowly(rest, others),
        _ => false,
    }
}

/// The policy with a denial of everybody added.
fn policy_with(policy: Option<&Document>, denial: &Value) -> Document {
    let mut denial = denial.clone();
    denial["Principal"] = json!("*");
    let added = document(&json!({"Version": "2012-10-17", "Statement": denial}));
    let mut all = policy.cloned().unwrap_or_else(|| document(&json!({"Version": "2012-10-17", "Statement": []})));
    all.statements.extend(added.statements);
    all
}

fn check_covered(case: &Case, wider: &Document, narrower: &Document) {
    let both = ([wider.clone()], [narrower.clone()]);
    if covers(&attached("w", &both.0), &attached("n", &both.1)).is_err() {
        return;
    }
    let alone = |document: &Document| Case {
        identity: vec![document.clone()],
        boundary: None,
        resource_policy: None,
        caller: ROLE,
        ..case.clone()
    };
    let context = case.full_context();
    assert!(alone(narrower).level(&context) <= alone(wider).level(&context));
}
