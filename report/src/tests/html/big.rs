//! Pages of large accounts, and pages for a look with one's own eyes.

use std::collections::BTreeSet;

use palisade_checks::audit::{Finding, Report};
use palisade_model::verdict::{Evidence, Verdict};
use palisade_model::{Action, Arn, By, Gap, Place, Reason};

use super::super::sample;
use super::{held, page, text_of};

/// A report of so many findings under all checks there are, of each with evidence of so many characters.
fn report(findings: usize, characters: usize) -> Report {
    let checks: Vec<_> = palisade_checks::all().collect();
    let place = |number: usize| {
        let region = ["eu-west-1", "eu-central-1", "us-east-1"][number % 3];
        Arn::from(format!("arn:aws:lambda:{region}:111122223333:function:team-{:02}-service-{number:05}", number % 40))
    };
    let one = |number: usize| {
        let check = checks[number * 7 % checks.len()];
        let resource = place(number / 4);
        let evidence = format!("{} {number} {}", check.title(), "x <y> & ".repeat(characters / 8));
        let gap = |reason| Gap { action: Action::LambdaGetPolicy, place: Place::resource(&resource), reason };
        let outcome = match number % 20 {
            0 | 1 => Err(gap(Reason::Denied(By::Identity))),
            2 => Err(gap(Reason::Failed(format!("ServiceException: {number}")))),
            3..=6 => Ok(Verdict::Pass),
            7 => Ok(Verdict::NotApplicable),
            _ => Ok(Verdict::Fail((0..=number % 3).map(|line| Evidence(format!("{evidence} {line}"))).collect())),
        };
        let suppressed = (number % 20 == 8).then(|| sample::suppression("lambda-tracing-off", "arn:*", "known").into());
        Finding { check, resource, severity: check.severity, outcome, suppressed }
    };
    let mut all: Vec<_> = (0..findings).map(one).collect();
    all.dedup_by(|one, other| one.uid() == other.uid());
    let exposed: BTreeSet<_> = (0..findings / 4).step_by(9).map(place).collect();
    Report { exposed, ..sample::with(sample::rich(), all) }
}

/// All numbers that say how many are left out of a thing.
fn left_out(texts: &[String], thing: &str) -> usize {
    let numbers = texts.iter().filter_map(|text| text.split_once(thing));
    numbers.filter_map(|(number, _)| number.trim().replace(',', "").parse::<usize>().ok()).sum()
}

#[test]
fn ten_thousand_findings_make_at_most_five_megabytes() {
    for characters in [40, 4_000] {
        let report = report(10_000, characters);
        let text = page(&report);
        assert!(text.len() <= 5_000_000, "{} bytes", text.len());
        let elements = held(&text);
        let rows =
            elements.iter().filter(|element| element.has_class("row") && element.attribute("data-severity").is_none());
        let failed = report.findings.iter().filter(|one| one.status() == palisade_checks::audit::Status::Fail).count();
        // What is not shown is counted to the last one.
        assert_eq!(
            rows.count() + left_out(&text_of(&elements, "left-out"), " resource"),
            failed + left_out_pages(&text)
        );
    }
}

/// How many resources have no page.
fn left_out_pages(page: &str) -> usize {
    let (_, section) = page.split_once("id=\"resources\"").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    let texts: Vec<_> = section.rsplit("class=\"left-out\">").next().map(str::to_owned).into_iter().collect();
    left_out(&texts, " resource")
}

#[test]
#[ignore = "writes pages for a look with one's own eyes into the folder that PALISADE_PAGES names"]
#[expect(clippy::disallowed_methods, reason = "a tool of the tests, not a writer")]
fn pages() {
    let folder = std::env::var("PALISADE_PAGES").unwrap();
    let mut pages = vec![
        ("rich", page(&sample::rich())),
        ("empty", page(&sample::empty())),
        ("clean", page(&sample::clean())),
        ("big", page(&report(10_000, 40))),
    ];
    if let Ok(demo) = std::env::var("PALISADE_REPORT") {
        let document = crate::document::read(std::fs::File::open(demo).unwrap()).unwrap();
        let mut out = Vec::new();
        crate::write_view(&crate::view::View::read(document), super::HTML, &super::plain(80), &mut out).unwrap();
        pages.push(("demo", String::from_utf8(out).unwrap()));
    }
    for (name, page) in pages {
        println!("{name}: {} bytes", page.len());
        std::fs::write(format!("{folder}/{name}.html"), page).unwrap();
    }
}
