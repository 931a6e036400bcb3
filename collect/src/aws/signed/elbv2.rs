//! Elastic Load Balancing: target groups, load balancers, where these listen, and what they do with requests.

use palisade_model::load_balancing::{Listener, ListenerAction, LoadBalancer, TargetGroup};
use palisade_model::{Action, Arn, Fact, Place};
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::client::{Answer, ELB, Paged, RESERVED, Signed, read};

impl Signed {
    /// Up to 20 target groups by ARN. One that is not there makes it an error.
    ///
    /// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html>
    pub(crate) async fn describe_target_groups(&self, arns: &[Arn], token: Option<&str>) -> Answer<Paged<TargetGroup>> {
        let form = members("TargetGroupArns", arns);
        let answer: DescribeTargetGroups = self.elb("DescribeTargetGroups", &form, token).await?;
        let groups = answer.result.target_groups.items.into_iter().map(|group| TargetGroup {
            arn: group.target_group_arn.into(),
            protocol: group.protocol,
            load_balancers: group.load_balancer_arns.items.into_iter().map(Arn::from).collect(),
        });
        Ok((groups.collect(), more(answer.result.next_marker)))
    }

    /// Up to 20 load balancers by ARN, without what stands around them. One that is not there makes it an error.
    ///
    /// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html>
    pub(crate) async fn describe_load_balancers(
        &self,
        arns: &[Arn],
        token: Option<&str>,
    ) -> Answer<Paged<LoadBalancer>> {
        let form = members("LoadBalancerArns", arns);
        let answer: DescribeLoadBalancers = self.elb("DescribeLoadBalancers", &form, token).await?;
        let balancers = answer.result.load_balancers.items.into_iter().map(BalancerItem::balancer);
        Ok((balancers.collect(), more(answer.result.next_marker)))
    }

    /// Where a load balancer listens, without the rules.
    ///
    /// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html>
    pub(crate) async fn describe_listeners(&self, balancer: &Arn, token: Option<&str>) -> Answer<Paged<Listener>> {
        let form = format!("&PageSize=400&LoadBalancerArn={}", encoded(balancer.as_str()));
        let answer: DescribeListeners = self.elb("DescribeListeners", &form, token).await?;
        let listeners = answer.result.listeners.items.into_iter().map(ListenerItem::listener);
        Ok((listeners.collect(), more(answer.result.next_marker)))
    }

    /// What the rules of a listener do, each with its ARN; the one that holds where no other does is left out.
    ///
    /// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html>
    pub(crate) async fn describe_rules(
        &self,
        listener: &Arn,
        token: Option<&str>,
    ) -> Answer<Paged<(Arn, Vec<ListenerAction>)>> {
        let form = format!("&PageSize=400&ListenerArn={}", encoded(listener.as_str()));
        let answer: DescribeRules = self.elb("DescribeRules", &form, token).await?;
        let rules = answer.result.rules.items.into_iter().filter(|rule| !rule.is_default);
        let rules = rules.map(|rule| (rule.rule_arn.into(), actions(rule.actions)));
        Ok((rules.collect(), more(answer.result.next_marker)))
    }

    async fn elb<T: DeserializeOwned>(&self, operation: &str, more: &str, token: Option<&str>) -> Answer<T> {
        let token = token.map(|token| format!("&Marker={}", encoded(token))).unwrap_or_default();
        let form = format!("Action={operation}&Version=2015-12-01{more}{token}");
        let body = self.post(&ELB, &[], form).await?;
        read(&body, |text| quick_xml::de::from_str(text).ok())
    }
}

fn members(list: &str, arns: &[Arn]) -> String {
    let each = arns.iter().enumerate();
    let each = each.map(|(index, arn)| format!("&{list}.member.{}={}", index + 1, encoded(arn.as_str())));
    each.collect::<Vec<_>>().concat()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn more(marker: Option<String>) -> Option<String> {
    marker.filter(|marker| !marker.is_empty())
}

/// A list of the query protocol's XML.
#[derive(Deserialize)]
struct Members<T> {
    #[serde(default = "Vec::new", rename = "member")]
    items: Vec<T>,
}

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

#[derive(Deserialize)]
struct DescribeTargetGroups {
    #[serde(rename = "DescribeTargetGroupsResult")]
    result: TargetGroups,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TargetGroups {
    target_groups: Members<GroupItem>,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GroupItem {
    target_group_arn: String,
    protocol: Option<String>,
    #[serde(default)]
    load_balancer_arns: Members<String>,
}

#[derive(Deserialize)]
struct DescribeLoadBalancers {
    #[serde(rename = "DescribeLoadBalancersResult")]
    result: LoadBalancers,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LoadBalancers {
    load_balancers: Members<BalancerItem>,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BalancerItem {
    load_balancer_arn: String,
    load_balancer_name: String,
    #[serde(rename = "Type")]
    kind: String,
    /// Load balancers before virtual appliances have none.
    scheme: Option<String>,
    #[serde(default)]
    security_groups: Members<String>,
}

impl BalancerItem {
    fn balancer(self) -> LoadBalancer {
        let arn = Arn::from(self.load_balancer_arn);
        let place = Place::resource(&arn);
        LoadBalancer {
            name: self.load_balancer_name,
            kind: self.kind,
            // A word that is not known here may mean the internet.
            is_internet_facing: self.scheme.is_some_and(|scheme| scheme != "internal"),
            security_groups: self.security_groups.items,
            listeners: Fact::not_asked(Action::ElbDescribeListeners, &place),
            web_acl: Fact::not_asked(Action::Wafv2GetWebAclForResource, &place),
            arn,
        }
    }
}

#[derive(Deserialize)]
struct DescribeListeners {
    #[serde(rename = "DescribeListenersResult")]
    result: Listeners,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listeners {
    listeners: Members<ListenerItem>,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListenerItem {
    listener_arn: String,
    protocol: String,
    port: u16,
    ssl_policy: Option<String>,
    #[serde(default)]
    default_actions: Members<ActionItem>,
}

impl ListenerItem {
    fn listener(self) -> Listener {
        let arn = Arn::from(self.listener_arn);
        Listener {
            protocol: self.protocol,
            port: self.port,
            tls_policy: self.ssl_policy.filter(|policy| !policy.is_empty()),
            default_actions: actions(self.default_actions),
            rules: Fact::not_asked(Action::ElbDescribeRules, &Place::resource(&arn)),
            arn,
        }
    }
}

#[derive(Deserialize)]
struct DescribeRules {
    #[serde(rename = "DescribeRulesResult")]
    result: Rules,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rules {
    rules: Members<RuleItem>,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RuleItem {
    rule_arn: String,
    is_default: bool,
    #[serde(default)]
    actions: Members<ActionItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ActionItem {
    #[serde(rename = "Type")]
    kind: String,
    target_group_arn: Option<String>,
    forward_config: Option<ForwardConfig>,
    redirect_config: Option<RedirectConfig>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ForwardConfig {
    #[serde(default)]
    target_groups: Members<TargetGroupTuple>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TargetGroupTuple {
    target_group_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RedirectConfig {
    protocol: Option<String>,
}

fn actions(items: Members<ActionItem>) -> Vec<ListenerAction> {
    items.items.into_iter().map(ActionItem::action).collect()
}

impl ActionItem {
    /// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html>
    fn action(self) -> ListenerAction {
        match self.kind.as_str() {
            "forward" => {
                let listed = self.forward_config.into_iter().flat_map(|config| config.target_groups.items);
                let mut groups: Vec<Arn> = listed.map(|group| group.target_group_arn.into()).collect();
                groups.extend(self.target_group_arn.map(Arn::from));
                groups.sort();
                groups.dedup();
                ListenerAction::Forward(groups)
            }
            "redirect" => {
                let protocol = self.redirect_config.and_then(|config| config.protocol);
                ListenerAction::Redirect(protocol.unwrap_or_else(|| "#{protocol}".to_owned()))
            }
            "fixed-response" => ListenerAction::Answer,
            "authenticate-oidc" | "authenticate-cognito" | "jwt-validation" => ListenerAction::Authenticate,
            _ => ListenerAction::Other(self.kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_groups_and_load_balancers_are_read_from_xml() {
        let text = "<DescribeTargetGroupsResponse xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\">\
            <DescribeTargetGroupsResult><TargetGroups><member><TargetGroupArn>arn:tg/1</TargetGroupArn>\
            <Protocol>HTTP</Protocol><LoadBalancerArns><member>arn:lb/1</member></LoadBalancerArns></member><member>\
            <TargetGroupArn>arn:tg/2</TargetGroupArn><LoadBalancerArns/></member></TargetGroups>\
            </DescribeTargetGroupsResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>\
            </DescribeTargetGroupsResponse>";
        let answer: DescribeTargetGroups = quick_xml::de::from_str(text).unwrap();
        let groups = answer.result.target_groups.items;
        assert_eq!((groups[0].load_balancer_arns.items.len(), groups[1].load_balancer_arns.items.len()), (1, 0));
        let balancer = |scheme: &str| {
            let text = format!(
                "<R><DescribeLoadBalancersResult><LoadBalancers><member><LoadBalancerArn>arn:lb/1</LoadBalancerArn>\
                 <LoadBalancerName>shop</LoadBalancerName>{scheme}<Type>network</Type></member></LoadBalancers>\
                 <NextMarker>more</NextMarker></DescribeLoadBalancersResult></R>"
            );
            let mut answer: DescribeLoadBalancers = quick_xml::de::from_str(&text).unwrap();
            assert_eq!(more(answer.result.next_marker).as_deref(), Some("more"));
            answer.result.load_balancers.items.remove(0).balancer()
        };
        assert!(balancer("<Scheme>internet-facing</Scheme>").is_internet_facing);
        assert!(!balancer("<Scheme>internal</Scheme>").is_internet_facing);
        assert!(balancer("").security_groups.is_empty());
    }

    #[test]
    fn what_listeners_and_rules_do_is_read_from_xml() {
        let text = "<R><DescribeListenersResult><Listeners><member><ListenerArn>arn:li/1</ListenerArn><Port>80</Port>\
            <Protocol>HTTP</Protocol><DefaultActions><member><Type>authenticate-oidc</Type></member><member>\
            <Type>forward</Type><TargetGroupArn>arn:tg/1</TargetGroupArn><ForwardConfig><TargetGroups><member>\
            <TargetGroupArn>arn:tg/1</TargetGroupArn><Weight>1</Weight></member><member>\
            <TargetGroupArn>arn:tg/2</TargetGroupArn></member></TargetGroups></ForwardConfig></member></DefaultActions>\
            </member></Listeners></DescribeListenersResult></R>";
        let mut answer: DescribeListeners = quick_xml::de::from_str(text).unwrap();
        let listener = answer.result.listeners.items.remove(0).listener();
        let both = ListenerAction::Forward(vec!["arn:tg/1".into(), "arn:tg/2".into()]);
        assert_eq!(listener.default_actions, [ListenerAction::Authenticate, both]);
        assert_eq!((listener.port, &listener.tls_policy), (80, &None));
        let text = "<R><DescribeRulesResult><Rules><member><RuleArn>arn:ru/1</RuleArn><IsDefault>false</IsDefault>\
            <Conditions/><Actions><member><Type>redirect</Type><RedirectConfig><Protocol>HTTPS</Protocol>\
            <StatusCode>HTTP_301</StatusCode></RedirectConfig></member><member><Type>fixed-response</Type></member>\
            <member><Type>new</Type></member></Actions></member></Rules></DescribeRulesResult></R>";
        let mut answer: DescribeRules = quick_xml::de::from_str(text).unwrap();
        let rule = answer.result.rules.items.remove(0);
        let redirect = ListenerAction::Redirect("HTTPS".to_owned());
        let other = ListenerAction::Other("new".to_owned());
        assert_eq!(actions(rule.actions), [redirect, ListenerAction::Answer, other]);
        assert!(!rule.is_default);
    }
}
