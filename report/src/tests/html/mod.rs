//! What the page for a browser holds, and what it never does.

mod big;
mod reader;

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use palisade_checks::audit::Report;
use palisade_model::verdict::{Evidence, Verdict};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use self::reader::{Element, read};
use super::hostile::{names, report_of};
use super::{HTML, plain, sample, written};
use crate::safe::visible;
use crate::view::View;
use crate::{Include, document, write_view};

fn page(report: &Report) -> String {
    written(report, HTML, &plain(80))
}

/// The elements of a page about which everything was held that holds for all pages.
fn held(page: &str) -> Vec<Element> {
    let elements = read(page);
    let ids: Vec<_> = elements.iter().filter_map(|element| element.attribute("id")).collect();
    let unique: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an id stands twice");
    for element in &elements {
        for (name, value) in &element.attributes {
            assert!(!name.starts_with("on") && name != "style" && name != "src", "{element:?}");
            let is_link = element.tag == "a" && name == "href";
            match (is_link, value.strip_prefix('#')) {
                (true, Some(target)) => assert!(unique.contains(target), "a link to nothing: {value}"),
                (true, None) => {
                    assert!(value.starts_with("https://") || value.starts_with("http://"), "{value}");
                    assert_eq!(element.attribute("rel"), Some("noreferrer"));
                }
                (false, _) => assert!(name != "href", "{element:?}"),
            }
            if matches!(name.as_str(), "aria-labelledby" | "for") {
                assert!(value.split(' ').all(|target| unique.contains(target)), "{element:?}");
            }
        }
    }
    let count = |tag: &str| elements.iter().filter(|element| element.tag == tag).count();
    assert_eq!((count("style"), count("script"), count("h1"), count("main"), count("link")), (1, 1, 1, 1, 0));
    elements
}

/// How many elements there are of each kind.
fn shape(elements: &[Element]) -> BTreeMap<(String, Option<String>), usize> {
    let mut shape = BTreeMap::new();
    for element in elements {
        *shape.entry((element.tag.clone(), element.attribute("class").map(str::to_owned))).or_default() += 1;
    }
    shape
}

fn text_of(elements: &[Element], class: &str) -> Vec<String> {
    elements.iter().filter(|element| element.has_class(class)).map(|element| element.text.clone()).collect()
}

#[test]
fn pages_are_well_formed_and_their_links_lead_somewhere() {
    for report in [sample::rich(), sample::empty(), sample::clean()] {
        held(&page(&report));
    }
}

#[test]
fn only_the_style_and_the_script_of_the_program_may_run() {
    let elements = held(&page(&sample::rich()));
    let policy = elements.iter().find(|element| element.attribute("http-equiv") == Some("Content-Security-Policy"));
    let policy = policy.unwrap().attribute("content").unwrap();
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    for (tag, rule) in [("style", "style-src"), ("script", "script-src")] {
        let text = &elements.iter().find(|element| element.tag == tag).unwrap().text;
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()));
        assert!(policy.contains(&format!("{rule} 'sha256-{hash}'")), "{tag}");
        // Nothing is fetched by either.
        for word in ["url(", "@import", "http", "fetch(", "innerHTML", "eval(", "import("] {
            assert!(!text.contains(word), "{tag} has {word}");
        }
    }
}

#[test]
fn the_answer_comes_first_and_unknown_is_said() {
    let text = page(&sample::rich());
    let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}"));
    let order = [
        "<h1>",
        "INTERRUPTED",
        "Held down by",
        "id=\"risks\"",
        "id=\"counts\"",
        "id=\"parts\"",
        "id=\"choke-points\"",
        "id=\"findings\"",
        "id=\"unknown\"",
        "id=\"suppressed\"",
        "id=\"resources\"",
        "id=\"passed\"",
        "id=\"notices\"",
        "id=\"calls\"",
    ];
    assert!(order.windows(2).all(|pair| place(pair[0]) < place(pair[1])), "{order:?}");
    assert!(text.contains("&quot;lambda:GetPolicy&quot;"), "the policy to copy");
    let complete = page(&sample::clean());
    assert!(complete.contains("Nothing failed.") && !complete.contains("INCOMPLETE"));
    assert!(page(&sample::empty()).contains("None: nothing was due."));
}

#[test]
fn every_finding_that_is_open_can_be_linked_to_and_every_resource_tells_all() {
    let report = sample::rich();
    let view = View::of(&report);
    let elements = held(&page(&report));
    let ids: BTreeSet<_> = elements.iter().filter_map(|element| element.attribute("id")).collect();
    for finding in view.findings(Include::default()) {
        assert!(ids.contains(&*format!("f-{}", finding.uid)), "{}", finding.resource);
    }
    let pages = elements.iter().filter(|element| element.tag == "details" && element.has_class("resource")).count();
    let resources: BTreeSet<_> =
        report.findings.iter().map(|one| one.resource.as_str()).filter(|arn| !arn.ends_with('*')).collect();
    assert_eq!(pages, resources.len());
    assert!(
        elements
            .iter()
            .any(|element| element.has_class("checks") && element.text.contains("(1): lambda-environment-secret"))
    );
}

#[test]
fn evidence_that_resources_share_is_said_once() {
    let text = page(&sample::rich());
    let (_, check) = text.split_once("id=\"c-lambda-tracing-off-low\"").unwrap();
    let (check, _) = check.split_once("</details>").unwrap();
    assert_eq!(check.matches("TracingConfig.Mode is PassThrough").count(), 1);
    assert_eq!(check.matches("class=\"row\"").count(), 13);
}

#[test]
fn a_report_that_was_read_again_gives_the_same_page() {
    let report = sample::rich();
    let include = Include { passes: true, not_applicable: true };
    let written_again = document::Document::from_report(&report, include);
    let mut out = Vec::new();
    write_view(&View::read(written_again), HTML, &plain(80), &mut out).unwrap();
    let again = String::from_utf8(out).unwrap();
    // Why a check of this test matters is in no catalogue.
    let without = |text: &str| {
        shape(&held(text))
            .into_iter()
            .filter(|((tag, _), _)| !matches!(tag.as_str(), "p" | "div" | "h4" | "code"))
            .collect::<BTreeMap<_, _>>()
    };
    assert_eq!(without(&again), without(&page(&report)));
    let short = document::Document::from_report(&report, Include::default());
    let mut out = Vec::new();
    write_view(&View::read(short), HTML, &plain(80), &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("does not say of 4 which they are"));
}

/// A failure whose check tells a way, with this name wherever the account may put one.
fn way(check: &str, name: &str) -> palisade_checks::audit::Finding {
    let check = palisade_checks::all().find(|one| one.id == check).unwrap();
    let arn = format!("arn:aws:lambda:eu-west-1:111122223333:function:{name}");
    let told = [
        format!(
            "anyone on the internet may invoke function:{name} through its URL by policy {name} [lambda-policy-public of {arn}]"
        ),
        format!("function:{name} runs as role/web"),
        format!(
            "in 2 steps to role/core, an administrator: sts-001 to role/b, to go on from: {name}; then lambda-001 to role/core, an administrator: {name} [iam-role-privilege-escalation of arn:aws:iam::111122223333:role/web]"
        ),
    ];
    sample::finding(check, arn.into(), Ok(Verdict::Fail(told.map(Evidence).to_vec())))
}

#[test]
fn the_graph_leads_from_the_internet_to_everything() {
    let report = sample::with(sample::rich(), vec![way("path-public-function-escalation", "web")]);
    let elements = held(&page(&report));
    let chain = "the internet → function:web → role/web → role/b → role/core → everything in the account";
    assert_eq!(text_of(&elements, "chain"), [chain]);
    let nodes = elements.iter().filter(|element| element.tag == "g" && element.has_class("node")).count();
    let edges = elements.iter().filter(|element| element.tag == "g" && element.has_class("edge")).count();
    assert_eq!((nodes, edges), (6, 5));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_becomes_markup(name in names()) {
        let report = |name: &str| {
            let report = report_of(name);
            let findings = report.findings.iter().cloned().chain([way("path-public-function-escalation", name)]).collect();
            Report { findings, ..report }
        };
        let (real, spelt) = (held(&page(&report(&name))), held(&page(&report(&visible(&name)))));
        prop_assert_eq!(shape(&real), shape(&spelt));
        for element in &real {
            prop_assert!(!matches!(element.tag.as_str(), "img" | "iframe" | "object" | "form"));
        }
        let chains = text_of(&real, "chain");
        prop_assert!(chains.iter().all(|chain| chain.starts_with("the internet → ") && chain.ends_with("role/core → everything in the account")));
    }
}
