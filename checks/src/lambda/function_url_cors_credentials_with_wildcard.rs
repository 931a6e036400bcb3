use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{Function, Urls};

check! {
    /// Function URL takes credentials from scripts of any site
    ///
    /// ## Why
    /// `Cors.AllowCredentials` with an origin that stands for every site says that a page of any site may call the URL
    /// with the visitor's cookies and read the answer: it acts as the person who opened it. Browsers refuse a literal
    /// `*` beside credentials, but not an answer that repeats the origin of the caller.
    ///
    /// Only URLs that were read are judged: at the standard depth those that the resource policy opens to somebody,
    /// with `--depth deep` all.
    ///
    /// ## Severity
    /// High: all that is missing is a signed-in person who opens a page of the attacker's.
    ///
    /// ## Fix
    /// List the sites that need the URL in `Cors.AllowOrigins`, or set `Cors.AllowCredentials` to `false`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors>
    /// - <https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html>
    CHECK {
        id: "lambda-function-url-cors-credentials-with-wildcard",
        severity: Severity::High,
        controls: &[
            Control::prowler("awslambda_function_url_cors_policy"),
            Control::checklist("no-public-endpoint"),
        ],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

fn evaluate(function: &Function, _: &Context) -> Outcome {
    let urls = match function.urls.known()? {
        Urls::Closed => return Ok(Verdict::NotApplicable),
        Urls::Read(urls) if urls.is_empty() => return Ok(Verdict::NotApplicable),
        Urls::Read(urls) => urls,
    };
    Ok(Verdict::fail_if_any(urls.iter().filter_map(|url| {
        let cors = url.cors.as_ref().filter(|cors| cors.credentials)?;
        let origin = cors.open_origins().next()?;
        let url = url.function.resource();
        Some(format!("Cors of the URL of {url} has AllowCredentials true, and AllowOrigins holds {origin}"))
    })))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::lambda::Cors;
    use palisade_scenes::{function, function_url};

    let with = |origin: &str, credentials| {
        let cors = Cors { origins: vec![origin.to_owned()], credentials, ..Cors::default() };
        function(|function| function.urls = Fact::Known(Urls::Read(vec![function_url(None), function_url(Some(cors))])))
    };
    Cases::default()
        .pass(with("*", false))
        .pass(with("https://shop.example", true))
        .fail(with("*", true))
        .fail(with("https://*", true))
        .not_applicable(function(|function| function.urls = Fact::Known(Urls::Read(vec![]))))
        .not_applicable(function(|function| function.urls = Fact::Known(Urls::Closed)))
}
