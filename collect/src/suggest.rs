//! "Did you mean": the known name nearest to a misspelt one.

/// The nearest of the known names, unless none is near.
pub fn nearest<'a>(misspelt: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LEAST_LIKENESS: f64 = 0.7;
    let likeness =
        |name: &str| strsim::jaro_winkler(misspelt, name).max(strsim::normalized_levenshtein(misspelt, name));
    let scored = known.into_iter().map(|name| (likeness(name), name));
    scored
        .filter(|(score, _)| *score >= LEAST_LIKENESS)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name)
}

/// The sentence that names the nearest, empty when none is near.
pub fn did_you_mean<'a>(misspelt: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(misspelt, known).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_found_and_a_far_one_is_not() {
        let known = ["lambda-tracing-off", "lambda-runtime-deprecated"];
        assert_eq!(nearest("lambda-tracing-of", known), Some("lambda-tracing-off"));
        assert_eq!(nearest("zebra", known), None);
        assert_eq!(did_you_mean("zebra", known), "");
    }
}
