//! The graph as a drawing: classes instead of styles, so that the page's policy lets it be and dark mode turns it.

use super::layers::{Layers, layers};
use super::links::Kind;
use super::{Edge, Graph};
use crate::html::markup::{Html, cut};

const WIDTH: usize = 188;
const HEIGHT: usize = 44;
/// From one layer to the next.
const ACROSS: usize = 288;
/// From one point of a layer to the next.
const DOWN: usize = 64;
/// How many characters of a name fit.
const LETTERS: usize = 25;

/// Draws the graph.
pub(super) fn draw(html: &mut Html, graph: &Graph) {
    let of_kind =
        |kind: Kind| (0..graph.nodes.len()).filter(|node| graph.nodes[*node].kind == kind).collect::<Vec<_>>();
    let pairs: Vec<_> = graph.edges.iter().map(|edge| (edge.from, edge.to)).collect();
    let placed = layers(graph.nodes.len(), &pairs, &of_kind(Kind::Start), &of_kind(Kind::Administrator));
    let tallest = placed.layers.iter().map(Vec::len).max().unwrap_or(1);
    let (width, height) = ((placed.layers.len() - 1) * ACROSS + WIDTH + 16, tallest * DOWN + 12);
    let spots = spots(&placed, height);
    let described = format!(
        "A drawing of {} places and {} links, from the left to the right. The list below it says the same.",
        graph.nodes.len(),
        graph.edges.len()
    );
    let attributes: [(_, &str); 6] = [
        ("class", "graph"),
        ("viewBox", &format!("0 0 {width} {height}")),
        ("width", &width.to_string()),
        ("height", &height.to_string()),
        ("role", "img"),
        ("aria-labelledby", "graph-name graph-text"),
    ];
    html.element("svg", &attributes, |html| {
        html.leaf("title", &[("id", "graph-name")], "Ways to the account");
        html.leaf("desc", &[("id", "graph-text")], &described);
        for (edge, way) in graph.edges.iter().zip(&placed.ways) {
            line(html, edge, &way.iter().map(|point| spots[*point]).collect::<Vec<_>>(), graph.nodes.len(), way);
        }
        for (node, spot) in graph.nodes.iter().zip(&spots) {
            let class = match node.kind {
                Kind::Start => "node start",
                Kind::Workload => "node workload",
                Kind::Identity => "node identity",
                Kind::Administrator => "node administrator",
                Kind::Gain => "node gain",
            };
            let (kind, name) = match (node.kind, node.name.rsplit_once(['/', ':'])) {
                (Kind::Workload | Kind::Identity, Some((_, name))) => (kind_of(&node.name), name),
                (Kind::Start, _) => ("from", &*node.name),
                (Kind::Administrator | Kind::Gain, _) => ("wins", &*node.name),
                (Kind::Workload | Kind::Identity, None) => ("", &*node.name),
            };
            html.element("g", &[("class", class)], |html| {
                html.leaf("title", &[], &cut(node.arn.as_deref().unwrap_or(&node.name), 300));
                let (x, y) = (spot.0.to_string(), (spot.1 - HEIGHT / 2).to_string());
                let (width, height) = (WIDTH.to_string(), HEIGHT.to_string());
                let attributes: [(_, &str); 5] =
                    [("x", &x), ("y", &y), ("width", &width), ("height", &height), ("rx", "6")];
                html.leaf("rect", &attributes, "");
                let x = (spot.0 + 10).to_string();
                html.leaf("text", &[("class", "kind"), ("x", &x), ("y", &(spot.1 - 5).to_string())], kind);
                html.leaf("text", &[("x", &x), ("y", &(spot.1 + 12).to_string())], &middle(name));
            });
        }
        // Last, so that no line runs over a word.
        for (edge, way) in graph.edges.iter().zip(&placed.ways) {
            words(html, edge, spots[way[way.len() - 2]], spots[way[way.len() - 1]]);
        }
    });
}

/// What a resource is by its name: `function` of `function:web`, `deployments` of what is in a cluster.
fn kind_of(name: &str) -> &str {
    let first = name.split(['/', ':']).next().unwrap_or_default();
    if name.contains("/namespaces/") { name.rsplit('/').nth(1).unwrap_or(first) } else { first }
}

/// A name cut in its middle, for names differ at their ends.
fn middle(name: &str) -> String {
    let letters: Vec<_> = name.chars().collect();
    if letters.len() <= LETTERS {
        return name.to_owned();
    }
    let (start, end) = (&letters[..LETTERS / 2], &letters[letters.len() - LETTERS / 2..]);
    start.iter().chain(&['…']).chain(end).collect()
}

/// The left edge and the middle of each point.
fn spots(placed: &Layers, height: usize) -> Vec<(usize, usize)> {
    let points: usize = placed.layers.iter().map(Vec::len).sum();
    let mut spots = vec![(0, 0); points];
    for (at, layer) in placed.layers.iter().enumerate() {
        let top = (height - layer.len() * DOWN) / 2;
        for (place, point) in layer.iter().enumerate() {
            spots[*point] = (at * ACROSS + 8, top + place * DOWN + DOWN / 2);
        }
    }
    spots
}

/// An edge as a line through its points, with its evidence.
fn line(html: &mut Html, edge: &Edge, points: &[(usize, usize)], nodes: usize, way: &[usize]) {
    let mut path = String::new();
    for (index, pair) in points.windows(2).enumerate() {
        let [(left, from), (right, to)] = [pair[0], pair[1]];
        // One that leads back leaves at the left.
        let (start, end) = if left < right { (left + WIDTH, right) } else { (left, right + WIDTH) };
        let half = start.abs_diff(end) / 2;
        let bend = if left < right { (start + half, end - half) } else { (start.saturating_sub(half), end + half) };
        let begin = if index == 0 { "M" } else { "L" };
        let curve = format!("{begin} {start} {from} C {} {from} {} {to} {end} {to} ", bend.0, bend.1);
        path.push_str(&curve);
        // Through a layer in which it only passes.
        if way[index + 1] >= nodes {
            let through = if left < right { right + WIDTH } else { right };
            path.extend(["L ", &through.to_string(), " ", &to.to_string(), " "]);
        }
    }
    let class = if edge.choke.is_some() { "edge choke" } else { "edge" };
    html.element("g", &[("class", class)], |html| {
        html.leaf("title", &[], &cut(&edge.told.join(" · "), 300));
        html.leaf("path", &[("d", path.trim_end())], "");
        if let Some((right, to)) = points.last() {
            let (at, back) = if points[points.len() - 2].0 < *right {
                (*right, right - 7)
            } else {
                (right + WIDTH, right + WIDTH + 7)
            };
            let tip = format!("M {at} {to} L {back} {} L {back} {} Z", to - 4, to + 4);
            html.leaf("path", &[("class", "tip"), ("d", &tip)], "");
        }
    });
}

/// The words of an edge, in the middle of its last part, where lines that end together are still apart.
fn words(html: &mut Html, edge: &Edge, from: (usize, usize), to: (usize, usize)) {
    let ((left, right), y) = ((from.0.min(to.0), from.0.max(to.0)), usize::midpoint(from.1, to.1));
    let x = usize::midpoint(left + WIDTH, right).to_string();
    let choke = edge.choke.map(|number| format!("choke point {number}"));
    let lines = [Some((y - 5, "word", &edge.label)), choke.as_ref().map(|choke| (y + 13, "word choke", choke))];
    for (y, class, text) in lines.into_iter().flatten() {
        html.leaf("text", &[("class", class), ("x", &x), ("y", &y.to_string())], text);
    }
}
