//! Who can invoke a function, and through which door.

use palisade_policy::{Attached, Door as Asked, Grade, LetIn, MatchedStatement, RequestContext, Residual, who_can};

use crate::account::Account;
use palisade_model::iam::PolicyText;
use palisade_model::lambda::{Function, FunctionUrl, UrlAuth, Urls, qualified};
use palisade_model::{Action, Arn, Fact, Gap};

/// A way to invoke a function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Door<'a> {
    /// The Invoke API, which takes signed requests only.
    Api,
    /// A function URL.
    Url(&'a FunctionUrl),
}

/// One kind of caller that the resource policies of a function let in through one door.
#[derive(Clone, Debug, PartialEq)]
pub struct Invoker<'a> {
    /// What is invoked: the function, or a version or an alias of it.
    pub resource: &'a Arn,
    /// The way in.
    pub door: Door<'a>,
    /// How many are let in.
    pub grade: Grade,
    /// The organisation, account, service or provider; empty for a grade that speaks for itself.
    pub who: String,
    /// The statements that let them in.
    pub by: Vec<MatchedStatement<'a>>,
    /// What depends on the single request.
    pub conditions: Vec<Residual<'a>>,
    /// Of a URL: whether the policy allows them `lambda:InvokeFunction` too, which Lambda wants since October 2025.
    /// Accounts that had URLs before were exempt, to November 2026 as announced; which are is not known here. Always
    /// true for the Invoke API.
    ///
    /// Sources: <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>,
    /// <https://github.com/serverless/serverless/issues/13147>
    pub may_invoke: bool,
}

impl Invoker<'_> {
    /// Whether nobody has to prove who they are: a URL without authentication whose policy lets everybody call it.
    pub fn is_anonymous(&self) -> bool {
        self.door.is_unauthenticated() && self.grade == Grade::AnonymousInternet
    }

    /// Whether everybody who has, or makes, an AWS account is let in; the anonymous are more than that.
    pub fn is_public(&self) -> bool {
        self.grade >= Grade::AnyAwsAccount
    }
}

impl Door<'_> {
    /// Whether requests without a signature are let through to the resource policy.
    pub fn is_unauthenticated(self) -> bool {
        match self {
            Self::Api => false,
            Self::Url(url) => match &url.auth {
                UrlAuth::Iam => false,
                UrlAuth::None | UrlAuth::Other(_) => true,
            },
        }
    }
}

/// Who can invoke a function through which door: the function itself and, where they were read, its versions and
/// aliases. A gap when a policy or the URLs could not be read, and where versions and aliases were left out.
pub fn invokers<'a>(function: &'a Function, account: &'a Account<'_>) -> Result<Vec<Invoker<'a>>, Gap> {
    match invokers_seen(function, account) {
        (invokers, None) => Ok(invokers),
        (_, Some(gap)) => Err(gap),
    }
}

/// As [`invokers`]: those seen, and the gap when there may be more, first of all when it is not known how a URL asks who
/// calls.
pub fn invokers_seen<'a>(function: &'a Function, account: &'a Account<'_>) -> (Vec<Invoker<'a>>, Option<Gap>) {
    let mut seen = Seen { account, invokers: Vec::new(), gap: None };
    let urls = match &function.urls {
        Fact::Known(Urls::Read(urls)) => urls.as_slice(),
        Fact::Known(Urls::Closed) => &[],
        Fact::Unknown(gap) => {
            seen.gap = Some(gap.clone());
            &[]
        }
    };
    seen.resource(&function.arn, &function.policy, urls);
    match &function.qualifiers {
        Fact::Known(qualifiers) => {
            for qualifier in qualifiers {
                seen.resource(&qualifier.arn, &qualifier.policy, urls);
            }
        }
        Fact::Unknown(gap) => {
            let qualified_url = urls.iter().find(|url| url.function != function.arn);
            seen.gap.get_or_insert_with(|| match qualified_url {
                Some(url) => qualified(gap.clone(), &url.function),
                None => gap.clone(),
            });
        }
    }
    (seen.invokers, seen.gap)
}

/// Whether a gap is about what a URL is, and not about the policies behind it.
pub fn is_about_urls(gap: &Gap) -> bool {
    gap.action == Action::LambdaListFunctionUrlConfigs
}

struct Seen<'a, 'c> {
    account: &'a Account<'c>,
    invokers: Vec<Invoker<'a>>,
    gap: Option<Gap>,
}

impl<'a> Seen<'a, '_> {
    /// Adds those whom the policy of one function, version or alias lets in.
    fn resource(&mut self, resource: &'a Arn, policy: &'a Fact<Option<PolicyText>>, urls: &'a [FunctionUrl]) {
        let document = policy.known().and_then(|policy| {
            policy.as_ref().map(|text| text.document(Action::LambdaGetPolicy, resource)).transpose()
        });
        let policy = match document {
            Ok(None) => return,
            Ok(Some(document)) => Attached { name: resource.resource(), document },
            Err(gap) => {
                self.gap.get_or_insert(gap);
                return;
            }
        };
        let through = |door, found: Vec<LetIn<'a>>| found.into_iter().map(move |found| invoker(resource, door, found));
        self.invokers.extend(through(Door::Api, self.ask(resource, policy, Door::Api, "lambda:InvokeFunction")));
        for url in urls.iter().filter(|url| url.function == *resource) {
            let door = Door::Url(url);
            let callers = self.ask(resource, policy, door, "lambda:InvokeFunctionUrl");
            if let Err(gap) = url.is_signed() {
                // Whom the policy lets in depends on how the URL asks who calls.
                if !callers.is_empty() {
                    self.gap = Some(gap);
                }
                continue;
            }
            let invoking = self.ask(resource, policy, door, "lambda:InvokeFunction");
            self.invokers.extend(through(door, callers).map(|invoker| Invoker {
                may_invoke: invoking.iter().any(|other| lets_in(other, &invoker)),
                ..invoker
            }));
        }
    }

    fn ask(&self, resource: &'a Arn, policy: Attached<'a>, door: Door<'a>, action: &str) -> Vec<LetIn<'a>> {
        who_can(&Asked {
            action,
            resource: resource.as_str(),
            account: resource.account(),
            organisation: self.account.organization(),
            accepts_anonymous: door.is_unauthenticated(),
            known: self.account.access.at_this_time(known(door)),
            policies: vec![policy],
            resource_control: self.account.access.resource_control(),
        })
    }
}

/// What is known of every request through a door.
fn known(door: Door<'_>) -> RequestContext {
    let (via_url, auth) = ("lambda:InvokedViaFunctionUrl", "lambda:FunctionUrlAuthType");
    match door {
        Door::Api => RequestContext::partial().known(via_url, ["false"]).absent(auth),
        Door::Url(url) => {
            let context = RequestContext::partial().known(via_url, ["true"]);
            match &url.auth {
                UrlAuth::Iam => context.known(auth, ["AWS_IAM"]),
                UrlAuth::None => context.known(auth, ["NONE"]),
                UrlAuth::Other(_) => context,
            }
        }
    }
}

/// Whether those who are let in include all of an invoker's kind.
fn lets_in(other: &LetIn<'_>, invoker: &Invoker<'_>) -> bool {
    other.grade >= Grade::AnyAwsAccount && other.grade >= invoker.grade
        || other.grade == invoker.grade && other.who == invoker.who
}

fn invoker<'a>(resource: &'a Arn, door: Door<'a>, found: LetIn<'a>) -> Invoker<'a> {
    let LetIn { grade, who, by, conditions } = found;
    Invoker { resource, door, grade, who, by, conditions, may_invoke: true }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use palisade_scenes::shares::{alias, allows, policies};
    use palisade_scenes::{Scene, policy};

    /// Grade, whether by URL, and whether `lambda:InvokeFunction` is allowed too; of each invoker.
    fn doors(scene: &Scene) -> Result<Vec<(Grade, bool, bool)>, Gap> {
        let account = Account::new(&scene.inventory, &scene.settings);
        let function = account.function(&scene.subject).unwrap().unwrap();
        let told = |invoker: Invoker<'_>| (invoker.grade, invoker.door != Door::Api, invoker.may_invoke);
        invokers(function, &account).map(|invokers| invokers.into_iter().map(told).collect())
    }

    fn via_url(auth: &str) -> Value {
        allows(
            json!("*"),
            "lambda:InvokeFunctionUrl",
            json!({ "StringEquals": { "lambda:FunctionUrlAuthType": auth } }),
        )
    }

    fn both() -> [Value; 2] {
        let condition = json!({ "Bool": { "lambda:InvokedViaFunctionUrl": "true" } });
        [via_url("NONE"), allows(json!("*"), "lambda:InvokeFunction", condition)]
    }

    #[test]
    fn a_url_without_authentication_needs_a_policy_to_be_open() {
        let url = |statements: &[Value]| policies(statements).with_urls(&[UrlAuth::None], None);
        assert_eq!(doors(&url(&both())).unwrap()[0], (Grade::AnonymousInternet, true, true));
        assert_eq!(doors(&url(&[via_url("NONE")])).unwrap()[0], (Grade::AnonymousInternet, true, false));
        assert_eq!(doors(&url(&[via_url("AWS_IAM")])).unwrap(), []);
        assert_eq!(doors(&url(&[])).unwrap(), []);
    }

    #[test]
    fn a_url_of_a_kind_that_is_not_known_opens_no_door_for_certain() {
        let url = |statements: &[Value]| policies(statements).with_urls(&[UrlAuth::Other("NEW".to_owned())], None);
        assert!(doors(&url(&both())).unwrap_err().to_string().contains("AuthType is a value that is not known: NEW"));
        assert_eq!(doors(&url(&[])).unwrap(), []);
    }

    #[test]
    fn a_policy_without_a_url_opens_no_door() {
        assert_eq!(doors(&policies(&both())).unwrap(), []);
    }

    #[test]
    fn signed_requests_are_those_of_accounts() {
        let url = policies(&[via_url("AWS_IAM")]).with_urls(&[UrlAuth::Iam], None);
        assert_eq!(doors(&url).unwrap()[0], (Grade::AnyAwsAccount, true, false));
        let api = policies(&[allows(json!("*"), "lambda:InvokeFunction", json!({}))]);
        assert_eq!(doors(&api).unwrap()[0], (Grade::AnyAwsAccount, false, true));
    }

    #[test]
    fn an_alias_has_doors_of_its_own() {
        let scene = policies(&[]).with_urls(&[UrlAuth::None], Some("live"));
        let open = |function: &mut Function| {
            function.qualifiers = Fact::Known(vec![alias("live", Some(policy(via_url("NONE"))))]);
        };
        assert_eq!(doors(&scene.clone().and_orders(open)).unwrap()[0].0, Grade::AnonymousInternet);
        let not_asked = |function: &mut Function| {
            let place = palisade_model::Place::resource(&function.arn);
            function.qualifiers = Fact::not_asked(Action::LambdaListAliases, &place);
        };
        assert!(doors(&scene.and_orders(not_asked)).is_err(), "the URL's policy is not known");
        assert!(doors(&policies(&[]).and_orders(not_asked)).unwrap_err().reason.is_choice());
    }
}
