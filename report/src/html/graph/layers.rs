//! Where the places of a graph stand: in layers from left to right, ordered so that few lines cross. The same graph always
//! comes out the same.

use std::collections::BTreeSet;

/// How often the layers are ordered by their neighbours, there and back.
const SWEEPS: usize = 4;

/// A graph in layers: its nodes first, then a point wherever an edge passes a layer.
pub(super) struct Layers {
    /// The points of each layer, from the top.
    pub(super) layers: Vec<Vec<usize>>,
    /// For each edge the points that it goes through, both ends included.
    pub(super) ways: Vec<Vec<usize>>,
}

/// Puts nodes into layers. Edges are pairs of nodes; `first` and `last` hold those that stand at the left and right end.
pub(super) fn layers(nodes: usize, edges: &[(usize, usize)], first: &[usize], last: &[usize]) -> Layers {
    let forward = without_cycles(nodes, edges);
    let lowest = |node: usize| usize::from(!first.is_empty() && !first.contains(&node));
    let mut layer = longest((0..nodes).map(lowest).collect(), &forward);
    // What nothing leads to stands right before what it leads to, unless everything begins there.
    for node in 0..nodes {
        if !first.contains(&node) && forward.iter().all(|(_, to)| *to != node) {
            let next = forward.iter().filter(|(from, _)| *from == node).map(|(_, to)| layer[*to]).min();
            layer[node] = next.map_or(layer[node], |next| next - 1);
        }
    }
    let end = layer.iter().copied().max().unwrap_or_default();
    for node in last {
        layer[*node] = end.max(1);
    }
    let mut points = nodes;
    let mut layers = vec![Vec::new(); end.max(1) + 1];
    for (node, at) in layer.iter().enumerate() {
        layers[*at].push(node);
    }
    let mut ways = Vec::with_capacity(edges.len());
    for (from, to) in edges {
        let mut way = vec![*from];
        let (low, high) = (layer[*from].min(layer[*to]), layer[*from].max(layer[*to]));
        let mut between: Vec<_> = (low + 1..high).collect();
        if layer[*from] > layer[*to] {
            between.reverse();
        }
        for at in between {
            layers[at].push(points);
            way.push(points);
            points += 1;
        }
        way.push(*to);
        ways.push(way);
    }
    order(&mut layers, &ways, points);
    Layers { layers, ways }
}

/// The edges that do not lead back to where a way came from.
fn without_cycles(nodes: usize, edges: &[(usize, usize)]) -> BTreeSet<(usize, usize)> {
    let mut kept = BTreeSet::new();
    for &(from, to) in edges {
        if from != to && !leads(&kept, nodes, to, from) {
            kept.insert((from, to));
        }
    }
    kept
}

fn leads(edges: &BTreeSet<(usize, usize)>, nodes: usize, start: usize, goal: usize) -> bool {
    let mut seen = vec![false; nodes];
    let mut open = vec![start];
    while let Some(node) = open.pop() {
        if node == goal {
            return true;
        }
        if !std::mem::replace(&mut seen[node], true) {
            open.extend(edges.range((node, 0)..(node + 1, 0)).map(|(_, to)| *to));
        }
    }
    false
}

/// For each node the length of the longest way to it, when each begins in a layer of its own.
fn longest(mut layer: Vec<usize>, edges: &BTreeSet<(usize, usize)>) -> Vec<usize> {
    for _ in 0..layer.len() {
        let mut changed = false;
        for &(from, to) in edges {
            if layer[to] < layer[from] + 1 {
                layer[to] = layer[from] + 1;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    layer
}

/// Orders every layer by the mean place of the neighbours in the layer before, then after.
fn order(layers: &mut [Vec<usize>], ways: &[Vec<usize>], points: usize) {
    let mut neighbours = vec![Vec::new(); points];
    for pair in ways.iter().flat_map(|way| way.windows(2)) {
        neighbours[pair[0]].push(pair[1]);
        neighbours[pair[1]].push(pair[0]);
    }
    let count = layers.len();
    for sweep in 0..SWEEPS {
        for step in 1..count {
            let (fixed, moved) = if sweep % 2 == 0 { (step - 1, step) } else { (count - step, count - step - 1) };
            let place = |point: usize| layers[fixed].iter().position(|other| *other == point);
            let mean = |point: &usize| {
                let places: Vec<_> = neighbours[*point].iter().filter_map(|other| place(*other)).collect();
                // In thousandths, so that no rounding of fractions decides.
                (!places.is_empty()).then(|| places.iter().sum::<usize>() * 1_000 / places.len())
            };
            let mut keyed: Vec<_> = layers[moved]
                .iter()
                .enumerate()
                .map(|(at, point)| (mean(point).unwrap_or(at * 1_000), at, *point))
                .collect();
            keyed.sort_unstable();
            layers[moved] = keyed.into_iter().map(|(_, _, point)| point).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_stand_after_all_that_leads_to_them() {
        let Layers { layers, ways } = layers(4, &[(0, 1), (1, 2), (0, 2), (2, 3)], &[0], &[3]);
        assert_eq!(layers.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 1, 1]);
        // The edge from 0 to 2 passes a layer.
        assert_eq!(ways[2].len(), 3);
    }

    #[test]
    fn a_cycle_ends_and_a_source_stands_before_what_it_leads_to() {
        let Layers { layers, .. } = layers(5, &[(0, 1), (1, 2), (2, 1), (2, 3), (4, 3)], &[0], &[3]);
        assert!(layers[3].contains(&3) && layers[2].contains(&4), "{layers:?}");
    }

    #[test]
    fn no_link_stays_in_its_layer() {
        let Layers { layers, .. } = layers(5, &[(0, 1), (2, 3), (3, 4)], &[0], &[]);
        assert_eq!(layers, [vec![0], vec![1, 2], vec![3], vec![4]]);
        let Layers { layers, .. } = super::layers(2, &[(0, 1)], &[], &[]);
        assert_eq!(layers, [[0], [1]]);
    }

    #[test]
    fn lines_that_need_not_cross_do_not() {
        let Layers { layers, .. } = layers(4, &[(0, 3), (1, 2)], &[0, 1], &[]);
        let place = |at: usize, node| layers[at].iter().position(|other| *other == node);
        assert_eq!(place(0, 0) < place(0, 1), place(1, 3) < place(1, 2));
    }

    #[test]
    fn nothing_is_no_trouble() {
        assert_eq!(layers(0, &[], &[], &[]).ways.len(), 0);
    }
}
