//! The picture: the score as a band above, open failures by severity as lines below.

use std::fmt::Write as _;
use std::io::{self, Write};

use palisade_model::verdict::Severity;

use super::{bounds, second};
use crate::store::Point;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 600.0;
/// Top and bottom of the score, and of the counts.
const SCORE: (f64, f64) = (36.0, 156.0);
const COUNTS: (f64, f64) = (196.0, 316.0);
/// Colours that can be told from white and from black alike; lines differ by their dashes as well.
const GREY: &str = "#6b7280";
const BLUE: &str = "#3b82f6";
const LINES: [(&str, &str); 5] =
    [("#dc2626", "none"), ("#ea580c", "8 3"), ("#a16207", "4 3"), ("#0d9488", "2 3"), (GREY, "1 4")];

/// Writes the runs of an account as a picture that needs nothing else. Runs that judged a selection are left out of it, for
/// they cannot be compared with others.
pub fn write(account: &str, points: &[Point], mut out: impl Write) -> io::Result<()> {
    out.write_all(picture(account, points).as_bytes())
}

fn picture(account: &str, points: &[Point]) -> String {
    let whole: Vec<_> = points.iter().filter(|point| !point.selected).collect();
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} 352\" role=\"img\" aria-labelledby=\"t d\" \
         font-family=\"sans-serif\" font-size=\"12\" fill=\"{GREY}\">\n<title id=\"t\">Score and open findings of account \
         {}</title>\n<desc id=\"d\">{}</desc>",
        escaped(account),
        escaped(&described(&whole, points.len() - whole.len()))
    );
    let most = whole.iter().flat_map(|point| point.open).max().unwrap_or_default().max(1);
    axis(&mut svg, SCORE, "Score", 100);
    axis(&mut svg, COUNTS, "Open findings", most);
    let places = places(&whole);
    band(&mut svg, &whole, &places);
    for (index, severity) in Severity::ALL.into_iter().enumerate().rev() {
        line(&mut svg, &whole, &places, index, severity, most);
    }
    if let (Some(first), Some(last)) = (whole.first(), whole.last()) {
        let day = |point: &Point| second(point.time).chars().take(10).collect::<String>();
        let _ = writeln!(svg, "<text class=\"from\" x=\"{LEFT}\" y=\"340\">{}</text>", day(first));
        let _ = writeln!(svg, "<text class=\"to\" x=\"{RIGHT}\" y=\"340\" text-anchor=\"end\">{}</text>", day(last));
    } else {
        let _ = writeln!(svg, "<text class=\"none\" x=\"{LEFT}\" y=\"340\">No runs yet</text>");
    }
    svg + "</svg>\n"
}

/// The picture in words.
fn described(whole: &[&Point], left_out: usize) -> String {
    let (Some(first), Some(last)) = (whole.first(), whole.last()) else {
        return "There are no runs yet.".to_owned();
    };
    let score = |point: &Point| match point.score.as_ref().map(bounds) {
        None => "no score".to_owned(),
        Some((low, high)) if low == high => format!("a score of {low}"),
        Some((low, high)) => format!("a score of {low} to {high}"),
    };
    let told = |point: &Point| {
        let open = Severity::ALL.iter().zip(point.open).map(|(severity, count)| format!("{count} {severity}"));
        format!("{}: {} and open {}", second(point.time), score(point), open.collect::<Vec<_>>().join(", "))
    };
    let mut words = format!("{} runs. First {}.", whole.len(), told(first));
    if whole.len() > 1 {
        let _ = write!(words, " Last {}.", told(last));
    }
    if left_out > 0 {
        let _ = write!(words, " {left_out} runs of a selection are not shown.");
    }
    words
}

fn axis(svg: &mut String, (top, bottom): (f64, f64), name: &str, most: u64) {
    let _ = writeln!(
        svg,
        "<path class=\"axis\" d=\"M{LEFT} {top}V{bottom}H{RIGHT}\" fill=\"none\" stroke=\"{GREY}\"/>\n\
         <text x=\"{LEFT}\" y=\"{}\">{name}</text>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{most}</text>\n\
         <text x=\"{}\" y=\"{bottom}\" text-anchor=\"end\">0</text>",
        top - 12.0,
        LEFT - 6.0,
        top + 10.0,
        LEFT - 6.0,
    );
}

/// Where each run stands from left to right.
fn places(points: &[&Point]) -> Vec<f64> {
    let seconds = |point: &Point| point.time.as_second();
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let (first, last) = (seconds(first), seconds(last));
    if first == last {
        return vec![f64::midpoint(LEFT, RIGHT); points.len()];
    }
    points.iter().map(|point| LEFT + (RIGHT - LEFT) * share(seconds(point) - first, last - first)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a picture has fewer points than a double has digits")]
fn share(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

fn height((top, bottom): (f64, f64), value: u64, most: u64) -> f64 {
    let share = share(i64::try_from(value).unwrap_or(i64::MAX), i64::try_from(most).unwrap_or(i64::MAX));
    bottom - (bottom - top) * share
}

/// The score from low to high. Where nothing was due it breaks off.
fn band(svg: &mut String, points: &[&Point], places: &[f64]) {
    let scored = points.iter().zip(places).map(|(point, x)| point.score.as_ref().map(|score| (*x, bounds(score))));
    let scored: Vec<_> = scored.collect();
    for part in scored.split(Option::is_none).filter(|part| !part.is_empty()) {
        let at = |(x, score): (f64, u8)| (x, height(SCORE, score.into(), 100));
        let low: Vec<_> = part.iter().flatten().map(|(x, (low, _))| at((*x, *low))).collect();
        let high: Vec<_> = part.iter().flatten().map(|(x, (_, high))| at((*x, *high))).collect();
        let around: Vec<_> = high.iter().chain(low.iter().rev()).copied().collect();
        let _ = writeln!(
            svg,
            "<path class=\"score\" d=\"{}Z\" fill=\"{BLUE}\" fill-opacity=\"0.3\" stroke=\"{BLUE}\" stroke-width=\"1.5\" \
             stroke-linejoin=\"round\" stroke-linecap=\"round\"/>",
            path(&around)
        );
        if let [(x, low)] = low[..] {
            let high = high.first().map_or(low, |(_, high)| *high);
            let _ = writeln!(
                svg,
                "<circle class=\"score\" cx=\"{x:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{BLUE}\"/>",
                f64::midpoint(low, high)
            );
        }
    }
}

fn line(svg: &mut String, points: &[&Point], places: &[f64], index: usize, severity: Severity, most: u64) {
    let (Some((color, dashes)), Some(last)) = (LINES.get(index), points.last()) else { return };
    let counts = points.iter().map(|point| point.open.get(index).copied().unwrap_or_default());
    let run: Vec<_> = places.iter().zip(counts).map(|(x, count)| (*x, height(COUNTS, count, most))).collect();
    let _ = writeln!(
        svg,
        "<path class=\"{severity}\" d=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" \
         stroke-dasharray=\"{dashes}\" stroke-linejoin=\"round\"/>",
        path(&run)
    );
    if let [(x, y)] = run[..] {
        let _ = writeln!(svg, "<circle class=\"{severity}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{color}\"/>");
    }
    // The names stand in order beside the lines, whose ends may lie on each other.
    let row = COUNTS.0 + 12.0 + 22.0 * f64::from(u8::try_from(index).unwrap_or_default());
    let count = last.open.get(index).copied().unwrap_or_default();
    let _ = writeln!(
        svg,
        "<path d=\"M{} {}h18\" stroke=\"{color}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>\n\
         <text x=\"{}\" y=\"{row}\">{count} {severity}</text>",
        RIGHT + 8.0,
        row - 4.0,
        RIGHT + 30.0,
    );
}

fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' });
    }
    path
}

/// Text that is only text in XML.
fn escaped(text: &str) -> String {
    let text = palisade_report::safe::visible(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
