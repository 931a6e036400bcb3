use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::facts::lambda::{Function, UrlAuth, Urls};

check! {
    /// Function URL does not authenticate its callers
    ///
    /// ## Why
    /// With `AuthType` `NONE` Lambda checks no signature. As soon as the resource policy lets everybody call the URL,
    /// anyone on the internet runs the function, at the account's cost and with its role.
    ///
    /// At the standard depth only URLs are read that the function's resource policy opens to somebody; those of an alias,
    /// and those that answer 403 to everybody, are read with `--depth deep`.
    ///
    /// ## Severity
    /// High: one statement in the resource policy is all that stands between the internet and the function.
    ///
    /// ## Fix
    /// Set `AuthType` to `AWS_IAM`, or delete the URL and put an authorising front (API Gateway, CloudFront with origin
    /// access control) before the function.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    CHECK {
        id: "lambda-function-url-public",
        severity: Severity::High,
        controls: &[
            Control::security_hub("Lambda.1"),
            Control::prowler("awslambda_function_url_public"),
            Control::checklist("no-public-endpoint"),
        ],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, _: &Context) -> Outcome {
    let urls = match function.urls.known()? {
        Urls::Closed => return Ok(Verdict::Pass),
        Urls::Read(urls) if urls.is_empty() => return Ok(Verdict::NotApplicable),
        Urls::Read(urls) => urls,
    };
    Ok(Verdict::fail_if_any(urls.iter().filter_map(|url| match &url.auth {
        UrlAuth::Iam => None,
        UrlAuth::None => Some(format!("AuthType of the URL of {} is NONE", url.function.resource())),
        UrlAuth::Other(kind) => Some(format!("AuthType of the URL of {} is {kind}", url.function.resource())),
    })))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::facts::Fact;
    use crate::facts::lambda::FunctionUrl;
    use crate::testing::{Cases, function};

    let with = |auths: &[UrlAuth]| {
        let urls = |function: &Function| {
            auths
                .iter()
                .map(|auth| FunctionUrl { function: function.arn.clone(), auth: auth.clone(), cors: None })
                .collect()
        };
        function(|function| function.urls = Fact::Known(Urls::Read(urls(function))))
    };
    Cases::default()
        .pass(with(&[UrlAuth::Iam]))
        .pass(function(|function| function.urls = Fact::Known(Urls::Closed)))
        .fail(with(&[UrlAuth::None]))
        .fail(with(&[UrlAuth::Iam, UrlAuth::None]))
        .not_applicable(with(&[]))
}
