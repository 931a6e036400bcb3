//! What takes a call for each function, and when that call is worth making.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_lambda::operation::list_function_event_invoke_configs::ListFunctionEventInvokeConfigsOutput;
use aws_sdk_lambda::types::{FunctionUrlAuthType, FunctionUrlConfig};
use palisade_model::iam::PolicyText;
use palisade_model::invokers::invokes_asynchronously;
use palisade_model::lambda::{Cors, Function, FunctionUrl, Image, Package, Qualifier, UrlAuth, Urls};
use palisade_model::{Action, Arn, Depth, Fact, Place, RegionName};

use crate::ask::{Ask, Page};
use crate::aws::signed::Signed;
use crate::plan::Plan;

/// What Lambda answers when there is no such policy, configuration or function (any more).
const MISSING: &[&str] = &["ResourceNotFoundException"];

/// The tags of all functions of a Region, by ARN.
pub(super) type Tags = BTreeMap<Arn, BTreeMap<String, String>>;

/// What is needed to read a function's details.
pub(super) struct Details<'a> {
    pub(super) client: &'a aws_sdk_lambda::Client,
    pub(super) signed: &'a Signed,
    pub(super) region: &'a RegionName,
    pub(super) plan: &'a Plan,
    /// Unreserved concurrency of the Region, if known.
    pub(super) pool: Option<u32>,
    pub(super) ask: &'a Ask,
    /// Whether the second lane of policy reads is open.
    pub(super) second_lane: AtomicBool,
}

impl Details<'_> {
    /// Reads what `ListFunctions` does not give.
    pub(super) async fn complete(&self, mut function: Function, tags: &Fact<Tags>) -> Function {
        let place = Place::resource(&function.arn);
        let name = function.name.clone();
        function.policy = self.policy(&name, None, &place).await;
        let (urls, destinations, reserved, image, qualifiers) = tokio::join!(
            self.urls(&function, &name, &place),
            self.failure_destinations(&function, &name, &place),
            self.reserved_concurrency(&name, &place),
            self.image(&function, &name, &place),
            self.qualifiers(&name, &place),
        );
        function.urls = urls;
        function.failure_destinations = destinations;
        function.reserved_concurrency = reserved;
        function.image = image;
        function.qualifiers = qualifiers;
        function.tags = match tags {
            Fact::Known(tags) => Fact::Known(tags.get(&function.arn).cloned().unwrap_or_default()),
            Fact::Unknown(gap) => Fact::Unknown(gap.clone()),
        };
        function
    }

    fn is_deep(&self) -> bool {
        self.plan.depth == Depth::Deep
    }

    /// Reads a policy over the lane that is free first. A second lane that does not answer is closed for good, and the
    /// read goes the common way.
    async fn policy(&self, name: &str, qualifier: Option<&str>, place: &Arc<Place>) -> Fact<Option<PolicyText>> {
        if self.second_lane.load(Ordering::Relaxed) && self.second_is_free_first() {
            match self.policy_over_second_lane(place).await {
                Fact::Known(policy) => return Fact::Known(policy),
                Fact::Unknown(_) => self.second_lane.store(false, Ordering::Relaxed),
            }
        }
        let call = || self.client.get_policy().function_name(name).set_qualifier(qualifier.map(str::to_owned)).send();
        let read =
            |output: aws_sdk_lambda::operation::get_policy::GetPolicyOutput| output.policy().map(PolicyText::parse);
        self.ask.ask_optional(Action::LambdaGetPolicy, place, MISSING, call, read).await
    }

    fn second_is_free_first(&self) -> bool {
        let turn = |action| self.ask.pacer.bucket(action, Some(self.region)).next_turn();
        turn(Action::LambdaGetResourcePolicy) < turn(Action::LambdaGetPolicy)
    }

    async fn policy_over_second_lane(&self, place: &Arc<Place>) -> Fact<Option<PolicyText>> {
        let arn = place.resource.as_ref().map_or("", Arn::as_str);
        let call = || self.client.get_resource_policy().resource_arn(arn).send();
        let read = |output: aws_sdk_lambda::operation::get_resource_policy::GetResourcePolicyOutput| {
            output.policy().map(PolicyText::parse)
        };
        self.ask.ask_optional(Action::LambdaGetResourcePolicy, place, MISSING, call, read).await
    }

    /// A URL can be called from outside only where the resource policy lets somebody: elsewhere the read is saved.
    /// A policy that could not be read saves nothing.
    async fn urls(&self, function: &Function, name: &str, place: &Arc<Place>) -> Fact<Urls> {
        let closed = matches!(&function.policy, Fact::Known(policy) if !policy.as_ref().is_some_and(opens_a_url));
        if closed && !self.is_deep() {
            return Fact::Known(Urls::Closed);
        }
        let action = Action::LambdaListFunctionUrlConfigs;
        let page = |marker| {
            self.client.list_function_url_configs().function_name(name).max_items(50).set_marker(marker).send()
        };
        let read = |output: aws_sdk_lambda::operation::list_function_url_configs::ListFunctionUrlConfigsOutput| {
            let items = output.function_url_configs().iter().map(url).collect();
            Some(Page { items, next: output.next_marker })
        };
        let listing = self.ask.list(action, place, "", page, read).await;
        match listing.complete() {
            Ok(urls) => Fact::Known(Urls::Read(urls.to_vec())),
            Err(gap) => Fact::Unknown(gap),
        }
    }

    /// Asked where a service invokes the function asynchronously and no dead letter target answers the question.
    async fn failure_destinations(&self, function: &Function, name: &str, place: &Arc<Place>) -> Fact<Vec<Arn>> {
        let action = Action::LambdaListFunctionEventInvokeConfigs;
        let asynchronous = matches!(&function.policy, Fact::Known(Some(policy)) if is_invoked_asynchronously(policy));
        if !self.is_deep() && (!asynchronous || function.dead_letter_target.is_some()) {
            return Fact::not_asked(action, place);
        }
        let page = |marker| {
            self.client.list_function_event_invoke_configs().function_name(name).max_items(50).set_marker(marker).send()
        };
        let read = |output: ListFunctionEventInvokeConfigsOutput| {
            let configs = output.function_event_invoke_configs.as_ref()?.iter();
            let destination = configs.filter_map(|config| config.destination_config()?.on_failure()?.destination());
            Some(Page { items: destination.map(Arn::from).collect(), next: output.next_marker })
        };
        let listing = self.ask.list(action, place, "", page, read).await;
        match listing.complete() {
            Ok(destinations) => Fact::Known(destinations.to_vec()),
            Err(gap) => Fact::Unknown(gap),
        }
    }

    /// Asked where the unreserved pool runs low, or is not known.
    async fn reserved_concurrency(&self, name: &str, place: &Arc<Place>) -> Fact<Option<u32>> {
        let action = Action::LambdaGetFunctionConcurrency;
        let ample = self.pool.is_some_and(|pool| pool >= self.plan.unreserved_concurrency);
        if ample && !self.is_deep() {
            return Fact::not_asked(action, place);
        }
        let call = || self.client.get_function_concurrency().function_name(name).send();
        let read = |output: aws_sdk_lambda::operation::get_function_concurrency::GetFunctionConcurrencyOutput| {
            Some(output.reserved_concurrent_executions().and_then(|reserved| reserved.try_into().ok()))
        };
        self.ask.ask(action, place, call, read).await
    }

    /// Asked of container images only, and only when deep: the call hands out an address for the code.
    async fn image(&self, function: &Function, name: &str, place: &Arc<Place>) -> Fact<Option<Image>> {
        let action = Action::LambdaGetFunction;
        match function.package {
            Package::Zip => return Fact::Known(None),
            Package::Image | Package::Other(_) if !self.is_deep() => return Fact::not_asked(action, place),
            Package::Image | Package::Other(_) => {}
        }
        let call = || self.client.get_function().function_name(name).send();
        let read = |output: aws_sdk_lambda::operation::get_function::GetFunctionOutput| {
            let code = output.code()?;
            Some(Some(Image {
                uri: code.image_uri()?.to_owned(),
                resolved_uri: code.resolved_image_uri().map(str::to_owned),
            }))
        };
        self.ask.ask(action, place, call, read).await
    }

    /// Versions and aliases with their own policies, when deep.
    async fn qualifiers(&self, name: &str, place: &Arc<Place>) -> Fact<Vec<Qualifier>> {
        if !self.is_deep() {
            return Fact::not_asked(Action::LambdaListAliases, place);
        }
        let (aliases, versions) = tokio::join!(self.aliases(name, place), self.versions(name, place));
        let mut qualifiers = Vec::new();
        for listing in [&aliases, &versions] {
            match listing.complete() {
                Ok(found) => qualifiers.extend(found.iter().cloned()),
                Err(gap) => return Fact::Unknown(gap),
            }
        }
        let mut read = Vec::with_capacity(qualifiers.len());
        for (arn, weights) in qualifiers {
            let qualifier = arn.as_str().rsplit(':').next().unwrap_or_default();
            let policy = self.policy(name, Some(qualifier), &Place::resource(&arn)).await;
            read.push(Qualifier { arn: arn.clone(), weights, policy });
        }
        Fact::Known(read)
    }

    async fn aliases(&self, name: &str, place: &Arc<Place>) -> Named {
        let page = |marker| self.client.list_aliases().function_name(name).set_marker(marker).send();
        let read = |output: aws_sdk_lambda::operation::list_aliases::ListAliasesOutput| {
            let aliases = output.aliases.as_ref()?.iter().map(|alias| {
                let routing = alias.routing_config().and_then(|routing| routing.additional_version_weights());
                let weights = routing.into_iter().flatten().map(|(version, share)| (version.clone(), *share)).collect();
                Some((Arn::from(alias.alias_arn()?), weights))
            });
            Some(Page { items: aliases.collect::<Option<_>>()?, next: output.next_marker })
        };
        self.ask.list(Action::LambdaListAliases, place, "", page, read).await
    }

    async fn versions(&self, name: &str, place: &Arc<Place>) -> Named {
        let page = |marker| self.client.list_versions_by_function().function_name(name).set_marker(marker).send();
        let read = |output: aws_sdk_lambda::operation::list_versions_by_function::ListVersionsByFunctionOutput| {
            // The version `$LATEST` is the function itself.
            let published = output.versions.as_ref()?.iter().filter(|version| version.version() != Some("$LATEST"));
            let versions = published.map(|version| Some((Arn::from(version.function_arn()?), BTreeMap::new())));
            Some(Page { items: versions.collect::<Option<_>>()?, next: output.next_marker })
        };
        self.ask.list(Action::LambdaListVersionsByFunction, place, "", page, read).await
    }

    /// Tags of all functions, when they are wanted.
    pub(super) async fn tags(&self) -> Fact<Tags> {
        let place = Place::region(self.region);
        if !self.plan.tags {
            return Fact::not_asked(Action::TagGetResources, &place);
        }
        let page = |token: Option<String>| async move { self.signed.get_function_tags(token.as_deref()).await };
        let read = |(items, next)| Some(Page { items, next });
        let listing = self.ask.list(Action::TagGetResources, &place, "", page, read).await;
        match listing.complete() {
            Ok(tags) => Fact::Known(tags.iter().cloned().collect()),
            Err(gap) => Fact::Unknown(gap),
        }
    }
}

/// Qualified ARNs, with the weights of an alias.
type Named = palisade_model::Listing<(Arn, BTreeMap<String, f64>)>;

/// Whether a policy lets anybody call a URL. One that cannot be parsed may.
fn opens_a_url(policy: &PolicyText) -> bool {
    match policy {
        PolicyText::Parsed(document) => {
            document.statements.iter().any(|statement| statement.allows_action("lambda:InvokeFunctionUrl"))
        }
        PolicyText::Malformed(_) => true,
    }
}

fn is_invoked_asynchronously(policy: &PolicyText) -> bool {
    match policy {
        PolicyText::Parsed(document) => document.statements.iter().any(|statement| {
            statement.allows_action("lambda:InvokeFunction")
                && statement.service_principals().any(invokes_asynchronously)
        }),
        PolicyText::Malformed(_) => true,
    }
}

fn url(config: &FunctionUrlConfig) -> FunctionUrl {
    let auth = match config.auth_type() {
        FunctionUrlAuthType::AwsIam => UrlAuth::Iam,
        FunctionUrlAuthType::None => UrlAuth::None,
        other => UrlAuth::Other(other.as_str().to_owned()),
    };
    let cors = config.cors().map(|cors| Cors {
        origins: cors.allow_origins().to_vec(),
        methods: cors.allow_methods().to_vec(),
        headers: cors.allow_headers().to_vec(),
        credentials: cors.allow_credentials().unwrap_or_default(),
    });
    FunctionUrl { function: Arn::from(config.function_arn()), auth, cors }
}
