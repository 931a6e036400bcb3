//! The names of actions, and patterns that name several.

/// Whether a pattern such as `lambda:GetPolicy`, `lambda:*` or `*` names `action`.
pub(crate) fn matches(pattern: &str, action: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => action.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start)),
        None => pattern.eq_ignore_ascii_case(action),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_actions() {
        assert!(matches("lambda:GetPolicy", "lambda:GetPolicy"));
        assert!(matches("lambda:*", "lambda:GetPolicy"));
        assert!(matches("lambda:get*", "lambda:GetPolicy"));
        assert!(matches("*", "iam:ListRoles"));
        assert!(!matches("lambda:GetPolicy", "lambda:GetPolicyX"));
        assert!(!matches("lambda:List*", "lambda:GetPolicy"));
    }
}
