use palisade_policy::matches;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::PublicRepository;

check! {
    /// Repository of ECR Public is not known to be meant for everybody
    ///
    /// ## Why
    /// Everybody on the internet can find and pull what is in a repository of ECR Public, without an AWS account, and no
    /// policy can prevent it. An image that was pushed there by mistake is out, with its code and whatever was built in.
    ///
    /// Those that are meant to be public are listed under `public_repositories` in the configuration, by name, with `*`
    /// for any text.
    ///
    /// ## Severity
    /// Low: most are public on purpose, which is to be said once.
    ///
    /// ## Fix
    /// Delete the repository, or list it under `public_repositories`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/public/public-repositories.html>
    CHECK {
        id: "ecr-public-repository-unexpected",
        severity: Severity::Low,
        controls: &[Control::checklist("registry-access-known")],
        since: "0.1.0",
        rule: Rule::PublicRepository(evaluate),
    }
}

fn evaluate(repository: &PublicRepository, context: &Context) -> Outcome {
    let is_meant = context.settings.public_repositories.iter().any(|pattern| matches(pattern, &repository.name));
    Ok(Verdict::fail_when(!is_meant, || format!("everybody can pull {}", repository.uri)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::public_repository;

    let meant = |patterns: &[&str]| {
        let patterns = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        public_repository(|_| {}).settings(|settings| settings.public_repositories = patterns)
    };
    Cases::default()
        .fail(public_repository(|_| {}))
        .pass(meant(&["tools"]))
        .pass(meant(&["shop/*", "to*"]))
        .fail(meant(&["tool", "shop/*"]))
}
