//! The page around its sections: head, contents, policy of what may run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_model::Depth;
use sha2::{Digest, Sha256};

use super::markup::Html;
use super::plan::Plan;
use super::words::{count, shortened};
use super::{answer, compliance, findings, graph, overview, resources, rest, trend, unknowns};

/// How the page looks.
pub(super) const STYLE: &str = include_str!("style.css");
/// What filters it. Without scripts everything is there and nothing is hidden.
pub(super) const SCRIPT: &str = include_str!("script.js");

/// A part of the page with a line in its contents.
pub(super) struct Section {
    /// By what it is linked to.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What stands beside the title.
    pub(super) note: String,
    pub(super) body: Html,
}

/// The sections in their order; one that has nothing to say is left out. Another kind of page is another line.
const SECTIONS: &[fn(&Plan) -> Option<Section>] = &[
    answer::section,
    answer::risks,
    overview::counts,
    overview::parts,
    trend::section,
    graph::section,
    overview::choke_points,
    findings::section,
    unknowns::section,
    rest::suppressed,
    compliance::section,
    resources::section,
    rest::passed,
    rest::notices,
    rest::calls,
];

/// The whole page.
pub(super) fn page(plan: &Plan) -> Html {
    let sections: Vec<_> = SECTIONS.iter().filter_map(|section| section(plan)).collect();
    let mut html = Html::default();
    html.ours("<!DOCTYPE html>\n");
    html.element("html", &[("lang", "en")], |html| {
        html.element("head", &[], |html| head(html, plan));
        html.element("body", &[], |html| {
            html.leaf("a", &[("class", "skip"), ("href", "#content")], "Skip to the content");
            header(html, plan);
            html.element("nav", &[("aria-label", "Contents")], |html| {
                html.element("ul", &[], |html| {
                    for section in &sections {
                        html.element("li", &[], |html| {
                            html.leaf("a", &[("href", &format!("#{}", section.id))], section.title);
                        });
                    }
                });
            });
            html.element("main", &[("id", "content")], |html| {
                for section in &sections {
                    write(html, section);
                }
            });
            footer(html, plan);
            html.element("script", &[], |html| _ = html.ours(SCRIPT));
        });
    });
    html.ours("\n");
    html
}

fn write(html: &mut Html, section: &Section) {
    let title = format!("{}-title", section.id);
    html.element("section", &[("id", section.id), ("aria-labelledby", &title)], |html| {
        html.element("div", &[("class", "heading")], |html| {
            html.leaf("h2", &[("id", &title)], section.title);
            if !section.note.is_empty() {
                html.leaf("p", &[], &section.note);
            }
        });
        html.append(&section.body);
    });
}

/// A text as a policy of content names it.
pub(super) fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

fn head(html: &mut Html, plan: &Plan) {
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    html.void("meta", &[("charset", "utf-8")]).ours("\n");
    html.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]).ours("\n");
    html.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]).ours("\n");
    html.void("meta", &[("name", "color-scheme"), ("content", "light dark")]).ours("\n");
    html.void("meta", &[("name", "referrer"), ("content", "no-referrer")]).ours("\n");
    html.void("meta", &[("name", "robots"), ("content", "noindex")]).ours("\n");
    html.leaf("title", &[], &format!("Palisade: account {}", shortened(&plan.view.head.account))).ours("\n");
    html.element("style", &[], |html| _ = html.ours(STYLE));
}

/// What was read, when, how deep, and by whom.
fn header(html: &mut Html, plan: &Plan) {
    let head = &plan.view.head;
    let depth = match head.depth {
        Depth::Standard => "standard",
        Depth::Deep => "deep",
    };
    let regions = match head.regions.as_slice() {
        [] => "none".to_owned(),
        few if few.len() <= 4 => few.join(", "),
        many => format!("{}: {}", many.len(), many.join(", ")),
    };
    html.element("header", &[], |html| {
        html.element("h1", &[], |html| {
            html.leaf("span", &[("class", "tool")], "Palisade").text(" ");
            html.text(&format!("Audit of account {}", shortened(&head.account)));
        });
        html.element("dl", &[], |html| {
            let mut fact = |name: &str, value: &str| {
                html.element("div", &[], |html| {
                    html.leaf("dt", &[], name).leaf("dd", &[], &shortened(value));
                });
            };
            fact("Partition", &head.partition);
            fact(if head.regions.len() == 1 { "Region" } else { "Regions" }, &regions);
            fact("Depth", depth);
            fact("Collected", &head.collected_at.strftime("%Y-%m-%d %H:%M UTC").to_string());
            if let Some(identity) = &head.identity {
                fact("Read as", &format!("{}, by {}", identity.arn, identity.source));
            } else {
                fact("Read as", "not told by the inventory");
            }
            if let Some(scope) = head.scope.as_ref().filter(|scope| scope.selected) {
                let of =
                    if scope.resources.is_empty() { "all resources".to_owned() } else { scope.resources.join(", ") };
                fact("Selection", &format!("{} of {of}", count(scope.checks.len(), "check")));
            }
        });
    });
}

fn footer(html: &mut Html, plan: &Plan) {
    let tool = &plan.view.head.tool;
    html.element("footer", &[], |html| {
        html.element("p", &[], |html| {
            html.text(&shortened(&format!("Written by {} {}. ", tool.name, tool.version)));
            html.leaf("code", &[], "palisade explain CHECK")
                .text(" tells why a check matters and how to fix what it finds. ");
            html.text("The JSON report (").leaf("code", &[], "--format json").text(") holds everything.");
        });
        let text = "On paper, the pages of single resources and the calls are left out; the file has them.";
        html.leaf("p", &[("class", "on-paper")], text);
    });
}
