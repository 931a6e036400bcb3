//! The attack graph: ways from outside, and from identities, to what they win.

mod draw;
mod layers;
mod links;

use std::collections::BTreeMap;

use self::links::{Kind, Route, Stop, routes, tells};
use super::findings::resource;
use super::markup::{Html, cut, size};
use super::page::Section;
use super::plan::Plan;
use super::rest::scroll;
use super::room::Room;
use super::words::{count, left_out, severity, shortened};
use crate::document::{ChokePoint, Status, resource_name};

/// How many ways are drawn.
const DRAWN: usize = 24;
/// How many pieces of evidence of a link are shown here, and how many characters of each; the finding has more.
const EVIDENCE: usize = 6;
const EVIDENCE_LENGTH: usize = 600;

/// Places and the links between them, each once.
struct Graph {
    nodes: Vec<Stop>,
    edges: Vec<Edge>,
}

/// A link.
struct Edge {
    from: usize,
    to: usize,
    label: String,
    told: Vec<String>,
    /// The choke point that cuts it, from 1.
    choke: Option<usize>,
}

/// A way with the finding that tells it.
struct Way {
    route: Route,
    finding: usize,
}

impl Way {
    /// What it takes in words.
    fn size(&self) -> usize {
        let names: usize = self.route.stops.iter().map(|stop| 3 * size(&shortened(&stop.name))).sum();
        let told = self.route.hops.iter().flat_map(|hop| hop.told.iter().take(EVIDENCE));
        600 + names + told.map(|line| 40 + size(&cut(line, EVIDENCE_LENGTH))).sum::<usize>()
    }
}

/// The graph and its ways in words.
pub(super) fn section(plan: &Plan) -> Option<Section> {
    let mut ways = ways(plan);
    if ways.is_empty() {
        return None;
    }
    let all = ways.len();
    let mut room = Room::new(DRAWN, 300_000);
    let shown = ways.iter().take_while(|way| room.take(way.size())).count();
    ways.truncate(shown.max(1));
    let empty = Vec::new();
    let points = plan.view.head.choke_points.as_ref().unwrap_or(&empty);
    let graph = Graph::of(&ways, points);
    let mut body = Html::default();
    let text = "From what can begin an attack, on the left, to what it wins. Each link is a finding of its own, and without \
                any one of the links a way ends.";
    body.leaf("p", &[], text);
    scroll(&mut body, "Drawing of the attack graph", |html| draw::draw(html, &graph));
    left_out(&mut body, all - ways.len(), "way");
    body.leaf("h3", &[], "The same in words");
    body.element("ol", &[("class", "ways")], |html| {
        for way in &ways {
            html.element("li", &[], |html| in_words(html, plan, way, points));
        }
    });
    let note =
        if all > ways.len() { format!("the worst {} of {}", ways.len(), count(all, "way")) } else { count(all, "way") };
    Some(Section { id: "graph", title: "Attack graph", note, body })
}

/// All ways, the worst first: from the internet, then by severity, then those that win everything.
fn ways(plan: &Plan) -> Vec<Way> {
    let mut ways = Vec::new();
    for (index, finding) in plan.findings().iter().enumerate() {
        if finding.status == Status::Fail && tells(&finding.check) {
            let mut own: Vec<Route> = Vec::new();
            for route in routes(finding) {
                if !own.iter_mut().any(|known| known.join(&route)) {
                    own.push(route);
                }
            }
            ways.extend(own.into_iter().map(|route| Way { route, finding: index }));
        }
    }
    ways.sort_by_cached_key(|way| {
        let finding = plan.finding(way.finding);
        let is_public = finding.check.starts_with("path-public-");
        let worst = (is_public, finding.exposed == Some(true), finding.severity, way.route.takes_all());
        (std::cmp::Reverse(worst), way.route.stops.len(), way.finding)
    });
    ways
}

impl Graph {
    fn of(ways: &[Way], points: &[ChokePoint]) -> Self {
        let mut graph = Self { nodes: Vec::new(), edges: Vec::new() };
        let (mut nodes, mut edges) = (BTreeMap::new(), BTreeMap::new());
        for Way { route, .. } in ways {
            let places: Vec<_> = route.stops.iter().map(|stop| graph.node(stop, &mut nodes)).collect();
            for ((hop, stops), pair) in route.hops.iter().zip(route.stops.windows(2)).zip(places.windows(2)) {
                let at = *edges.entry((pair[0], pair[1])).or_insert_with(|| {
                    let label = in_short(&hop.label);
                    graph.edges.push(Edge { from: pair[0], to: pair[1], label, told: Vec::new(), choke: None });
                    graph.edges.len() - 1
                });
                let edge = &mut graph.edges[at];
                if edge.label != in_short(&hop.label) && !edge.label.ends_with('…') {
                    edge.label.push_str(", …");
                }
                edge.told.extend(hop.told.iter().filter(|line| !edge.told.contains(line)).cloned().collect::<Vec<_>>());
                edge.choke = edge.choke.or_else(|| choke(&hop.told, stops, points));
            }
        }
        graph
    }

    fn node(&mut self, stop: &Stop, known: &mut BTreeMap<(Kind, String), usize>) -> usize {
        // Identities are named with or without their ARN; workloads of one name may be in two Regions.
        let name = match (stop.kind, &stop.arn) {
            (Kind::Workload, Some(arn)) => arn,
            (Kind::Start | Kind::Workload | Kind::Identity | Kind::Administrator | Kind::Gain, _) => &stop.name,
        };
        let at = *known.entry((stop.kind, name.clone())).or_insert_with(|| {
            self.nodes.push(stop.clone());
            self.nodes.len() - 1
        });
        if self.nodes[at].arn.is_none() {
            self.nodes[at].arn.clone_from(&stop.arn);
        }
        at
    }
}

/// A label where there is little room: the first of several.
fn in_short(label: &str) -> String {
    label.split_once(", ").map_or_else(|| label.to_owned(), |(first, _)| format!("{first}, …"))
}

/// Which choke point cuts a link: the first whose statement its evidence names.
fn choke(told: &[String], stops: &[Stop], points: &[ChokePoint]) -> Option<usize> {
    let cuts = |point: &ChokePoint| {
        let owner = resource_name(&point.owner);
        let is_theirs = point.policy == point.owner || stops.iter().any(|stop| stop.name == owner);
        let named = format!("policy {}, statement {}", point.policy, point.statement);
        let is_in = |line: &String| {
            line.split(&named).skip(1).any(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
        };
        is_theirs && told.iter().any(is_in)
    };
    points.iter().position(cuts).map(|place| place + 1)
}

fn in_words(html: &mut Html, plan: &Plan, way: &Way, points: &[ChokePoint]) {
    let finding = plan.finding(way.finding);
    html.element("details", &[("class", "way")], |html| {
        html.element("summary", &[], |html| {
            severity(html, finding.severity);
            let names: Vec<_> = way.route.stops.iter().map(|stop| shortened(&stop.name)).collect();
            html.text(" ").leaf("span", &[("class", "chain")], &names.join(" → "));
        });
        html.element("div", &[("class", "inside")], |html| {
            html.element("p", &[], |html| {
                match plan.anchor(way.finding) {
                    Some(anchor) => html.leaf("a", &[("href", &format!("#{anchor}"))], &finding.title),
                    None => html.text(&finding.title),
                };
                html.text(": ");
                resource(html, plan, &finding.resource);
            });
            html.element("ol", &[("class", "hops")], |html| {
                for (hop, stops) in way.route.hops.iter().zip(way.route.stops.windows(2)) {
                    html.element("li", &[], |html| {
                        html.leaf("b", &[], &shortened(&format!("{} → {}", stops[0].name, stops[1].name)));
                        html.text(&format!(" ({})", hop.label));
                        if let Some(number) = choke(&hop.told, stops, points) {
                            html.text(" ").leaf("span", &[("class", "choke")], &format!("choke point {number}"));
                        }
                        html.element("ul", &[("class", "evidence")], |html| {
                            for line in hop.told.iter().take(EVIDENCE) {
                                html.leaf("li", &[], &cut(line, EVIDENCE_LENGTH));
                            }
                            if hop.told.len() > EVIDENCE {
                                let more = count(hop.told.len() - EVIDENCE, "piece");
                                let text = format!("{more} of evidence more at the finding");
                                html.leaf("li", &[("class", "left-out")], &text);
                            }
                            if hop.told.is_empty() {
                                html.leaf("li", &[], "The evidence has no line of its own for it.");
                            }
                        });
                    });
                }
            });
        });
    });
}
