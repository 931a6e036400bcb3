//! The names of actions, compared without regard to case.

/// An action in lower case, cut at its colon, ready to be compared with many patterns.
#[derive(Debug, Clone)]
pub(crate) struct FoldedAction {
    text: String,
    colon: usize,
}

impl FoldedAction {
    /// An action without a colon has an empty name.
    pub(crate) fn new(action: &str) -> FoldedAction {
        let text = action.to_ascii_lowercase();
        let colon = text.find(':').unwrap_or(text.len());
        FoldedAction { text, colon }
    }

    pub(crate) fn service(&self) -> &str {
        &self.text[..self.colon]
    }

    pub(crate) fn name(&self) -> &str {
        self.text.get(self.colon + 1..).unwrap_or("")
    }
}
