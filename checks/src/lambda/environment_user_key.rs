use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;

check! {
    /// Function works with a user's access key
    ///
    /// ## Why
    /// An access key stays valid until somebody deletes it, wherever it is copied to, and what is done with it shows in
    /// the logs as the user's doing. A function has credentials of its own, which change by themselves: those of its
    /// execution role.
    ///
    /// The key in the function's environment is compared with those of the account's users by a hash of its id; the id
    /// itself is not kept. A key of another account cannot be told here.
    ///
    /// ## Severity
    /// High: anybody with read access to the account's configuration has the user's key.
    ///
    /// ## Fix
    /// Give the execution role the permissions that the function needs, remove the key from the environment, and delete
    /// the key: it has to be taken for known.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-workloads-use-roles>
    CHECK {
        id: "lambda-environment-user-key",
        severity: Severity::High,
        controls: &[Control::checklist("no-secrets-in-environment")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let (mut evidence, mut gap) = (Vec::new(), None);
    for variable in function.environment.known()? {
        let Some(hash) = &variable.key_id_hash else { continue };
        match context.owner_of_key(hash) {
            Ok(Some(user)) => evidence.push(format!("{} is an access key of {}", variable.name, user.arn)),
            Ok(None) => {}
            Err(unread) => gap = Some(unread),
        }
    }
    match gap {
        Some(gap) if evidence.is_empty() => Err(gap),
        Some(_) | None => Ok(Verdict::fail_if_any(evidence)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::environment::{Variable, hash_key_id};
    use palisade_model::iam::User;
    use palisade_model::{Fact, Listing};
    use palisade_scenes::function;

    // Assembled, so that no scanner takes this file for a leak.
    let key = |end: &str| ["AKIA", "QWERTYUIOPASDF", end].concat();
    let with = |end: &str| {
        let user = |name: &str, end: &str| User {
            arn: format!("arn:aws:iam::111122223333:user/{name}").into(),
            name: name.to_owned(),
            id: format!("AIDA{}", name.to_uppercase()),
            groups: vec![],
            inline: vec![],
            attached: vec![],
            boundary: None,
            access_keys: Fact::Known(vec![hash_key_id(&key(end))]),
        };
        let users = vec![user("ada", "GH"), user("grace", "IJ")];
        function(|function| {
            function.environment = Fact::Known(vec![
                Variable::classify("TABLE", "orders"),
                Variable::classify("AWS_KEY", &if end.is_empty() { String::new() } else { key(end) }),
            ]);
        })
        .iam(|iam| iam.users = Listing::whole(users))
    };
    Cases::default().pass(with("")).pass(with("ZZ")).fail(with("GH")).fail(with("IJ"))
}
