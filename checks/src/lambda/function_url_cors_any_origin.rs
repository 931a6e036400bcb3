use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::{Function, Urls};

check! {
    /// Function URL lets scripts of any site read its answers
    ///
    /// ## Why
    /// With the origin `*` a browser hands the function's answers to the scripts of every site that a person visits.
    /// What the function tells callers of an inner network or an allowed address, it then tells any page they open.
    ///
    /// An origin of a scheme without a host (`https://*`) counts as `*`. Only URLs that were read are judged: at the
    /// standard depth those that the resource policy opens to somebody, with `--depth deep` all.
    ///
    /// ## Severity
    /// Medium: it takes a person who opens the attacker's page, and an answer worth reading.
    ///
    /// ## Fix
    /// List the sites that need the URL in `Cors.AllowOrigins`, or remove `Cors` when no browser calls it.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors>
    /// - <https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html>
    CHECK {
        id: "lambda-function-url-cors-any-origin",
        severity: Severity::Medium,
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
        let origin = url.cors.as_ref()?.open_origins().next()?;
        Some(format!("Cors.AllowOrigins of the URL of {} holds {origin}", url.function.resource()))
    })))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::lambda::Cors;
    use palisade_scenes::{function, function_url};

    let with = |cors: Option<&[&str]>| {
        let cors = cors.map(|origins| Cors {
            origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
            ..Cors::default()
        });
        function(|function| function.urls = Fact::Known(Urls::Read(vec![function_url(cors)])))
    };
    Cases::default()
        .pass(with(None))
        .pass(with(Some(&[])))
        .pass(with(Some(&["https://shop.example", "https://*.shop.example"])))
        .fail(with(Some(&["*"])))
        .fail(with(Some(&["https://shop.example", "https://*"])))
        .fail(with(Some(&["http://*"])))
        .not_applicable(function(|function| function.urls = Fact::Known(Urls::Read(vec![]))))
        .not_applicable(function(|function| function.urls = Fact::Known(Urls::Closed)))
}
