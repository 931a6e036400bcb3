use serde_json::{Value, json};

use super::judgement::judge;
use super::opening::Weakness;
use super::probe::{missing_accounts, probe};
use super::*;
use palisade_scenes::pods::{GONE, by_issuer, by_pod_identity, by_subject, trusting_pods};
use palisade_scenes::{ACCOUNT, ISSUER, Scene};

const ORDERS: &str = "system:serviceaccount:shop:orders";

/// What is wrong with the trust policy of a scene's role.
fn weaknesses(scene: &Scene) -> Vec<Weakness> {
    let account = Account::new(&scene.inventory, &scene.settings);
    let role = account.role(&scene.subject).unwrap().unwrap();
    judge(role, &account).unwrap().openings.into_iter().map(|opening| opening.weakness).collect()
}

/// Whether the role of a scene lets a service account in, named as `NAMESPACE:NAME`.
fn answer(scene: &Scene, issuer: &str, account: &str, audience: &str) -> (bool, bool) {
    let context = Account::new(&scene.inventory, &scene.settings);
    let role = context.role(&scene.subject).unwrap().unwrap();
    let (namespace, name) = account.split_once(':').unwrap();
    let provider = Provider::new("aws", ACCOUNT, issuer);
    let trust = TrustPolicy::of(role, &context).unwrap();
    let decision = trust.can_assume(&provider, &ServiceAccount::new(namespace, name), audience);
    (decision.is_allowed(), decision.may_be_allowed())
}

const YES: (bool, bool) = (true, true);
const NO: (bool, bool) = (false, false);
const PERHAPS: (bool, bool) = (false, true);

#[test]
fn a_token_is_held_against_the_whole_policy() {
    let scene = trusting_pods(&[by_subject("StringEquals", ORDERS)]);
    assert_eq!(answer(&scene, ISSUER, "shop:orders", AUDIENCE), YES);
    for (issuer, account, audience) in [
        (ISSUER, "shop:billing", AUDIENCE),
        (ISSUER, "billing:orders", AUDIENCE),
        (ISSUER, "shop:Orders", AUDIENCE),
        (ISSUER, "shop:orders", "vault"),
        (GONE, "shop:orders", AUDIENCE),
    ] {
        assert_eq!(answer(&scene, issuer, account, audience), NO, "{issuer} {account} {audience}");
    }
    let office = json!({ "IpAddress": { "aws:SourceIp": "192.0.2.0/24" }, "StringEquals": { "ISSUER:sub": ORDERS } });
    let scene = trusting_pods(&[by_issuer(ISSUER, office)]);
    assert_eq!(answer(&scene, ISSUER, "shop:orders", AUDIENCE), PERHAPS);
    assert_eq!(answer(&scene, ISSUER, "shop:billing", AUDIENCE), NO);
}

#[test]
fn what_tokens_never_bring_is_absent() {
    let with = |condition: Value| trusting_pods(&[by_issuer(ISSUER, condition)]);
    for key in ["aws:RequestTag/team", "sts:ExternalId", "token.actions.githubusercontent.com:sub", "aws:PrincipalArn"]
    {
        let asked = with(json!({ "StringLike": { key: "*" } }));
        assert_eq!(answer(&asked, ISSUER, "shop:orders", AUDIENCE), NO, "{key}");
        let vacuous = with(json!({ "StringNotEquals": { key: "x" } }));
        assert_eq!(answer(&vacuous, ISSUER, "shop:orders", AUDIENCE), YES, "{key}");
    }
    let named = with(json!({ "StringEquals": { "sts:RoleSessionName": "orders" } }));
    assert_eq!(answer(&named, ISSUER, "shop:orders", AUDIENCE), PERHAPS);
}

#[test]
fn every_spelling_is_judged_by_what_it_does() {
    use Weakness::{
        AnyNamespace, AnySubject, LiteralWildcard, NeverMet, NoSubject, PartOfNamespace, VacuousSubject, WholeNamespace,
    };
    let cases: [(&str, &str, &[Weakness]); 34] = [
        ("StringEquals", ORDERS, &[]),
        ("stringequals", ORDERS, &[]),
        ("StringLike", ORDERS, &[]),
        ("StringEqualsIgnoreCase", "SYSTEM:ServiceAccount:Shop:Orders", &[]),
        ("ForAnyValue:StringEquals", ORDERS, &[]),
        ("StringEqualsIfExists", ORDERS, &[]),
        ("ForAllValues:StringEquals", ORDERS, &[]),
        ("StringLike", "system:serviceaccount:sh??:*ders", &[AnyNamespace]),
        ("StringLike", "*", &[AnySubject]),
        ("StringLike", "?*", &[AnySubject]),
        ("StringLike", "system:*", &[AnySubject]),
        ("StringLike", "system:serviceaccount:*", &[AnySubject]),
        ("StringLike", "system:serviceaccount:*:*", &[AnySubject]),
        ("StringLike", "system:serviceaccount:*-*:*", &[AnySubject]),
        ("ForAnyValue:StringLike", "system:serviceaccount:*:*", &[AnySubject]),
        ("StringNotEquals", ORDERS, &[VacuousSubject]),
        ("StringNotLike", "system:serviceaccount:kube-*:*", &[VacuousSubject]),
        ("ForAllValues:StringNotEquals", ORDERS, &[VacuousSubject]),
        ("ForAllValues:StringLike", "*", &[VacuousSubject]),
        ("StringLikeIfExists", "*", &[VacuousSubject]),
        ("Null", "false", &[VacuousSubject]),
        ("StringLike", "system:serviceaccount:*:orders", &[AnyNamespace]),
        ("StringLike", "system:serviceaccount:shop*:orders", &[AnyNamespace]),
        ("StringLike", "system:serviceaccount:????:orders", &[AnyNamespace]),
        ("StringLike", "system:serviceaccount:shop*", &[AnyNamespace]),
        ("StringLike", "system:serviceaccount:shop:*", &[WholeNamespace]),
        ("StringLike", "*:shop:*", &[WholeNamespace]),
        ("StringLike", "system:serviceaccount:shop:app-*", &[PartOfNamespace]),
        ("StringLike", "system:serviceaccount:shop:?????s", &[PartOfNamespace]),
        ("StringEquals", "system:serviceaccount:shop:*", &[LiteralWildcard]),
        ("StringEquals", "*", &[LiteralWildcard]),
        ("StringEquals", "shop:orders", &[NeverMet]),
        ("Null", "true", &[NeverMet]),
        ("StringLike", "system:serviceaccount:shop:${aws:PrincipalTag/team}", &[NeverMet]),
    ];
    for (operator, subject, expected) in cases {
        let found = weaknesses(&trusting_pods(&[by_subject(operator, subject)]));
        assert_eq!(found, expected, "{operator} {subject}");
    }
    let without = json!({ "StringEquals": { "ISSUER:aud": AUDIENCE } });
    assert_eq!(weaknesses(&trusting_pods(&[by_issuer(ISSUER, without)])), [NoSubject]);
}

#[test]
fn conditions_of_one_statement_hold_together() {
    let condition = json!({
        "StringLike": { "ISSUER:sub": "system:serviceaccount:shop:*" },
        "StringNotLike": { "ISSUER:sub": "system:serviceaccount:shop:admin*" },
        "StringEquals": { "ISSUER:aud": AUDIENCE },
    });
    let wide = trusting_pods(&[by_issuer(ISSUER, condition)]);
    assert_eq!(weaknesses(&wide), [Weakness::WholeNamespace]);
    let crossed = json!({
        "StringLike": { "ISSUER:sub": "system:serviceaccount:shop:*" },
        "StringLikeIfExists": { "ISSUER:sub": "*:orders" },
        "StringEquals": { "ISSUER:aud": AUDIENCE },
    });
    assert_eq!(weaknesses(&trusting_pods(&[by_issuer(ISSUER, crossed)])), []);
    let spelled = json!({ "StringEquals": { ISSUER.to_uppercase() + ":SUB": ORDERS, "ISSUER:AUD": AUDIENCE } });
    assert_eq!(weaknesses(&trusting_pods(&[by_issuer(ISSUER, spelled)])), []);
}

#[test]
fn statements_add_up_and_denials_win() {
    let deny = |condition: Value| {
        let mut statement = by_issuer(ISSUER, condition);
        statement["Effect"] = json!("Deny");
        statement
    };
    let open = || by_subject("StringLike", "*");
    let both = trusting_pods(&[by_subject("StringEquals", ORDERS), open()]);
    assert_eq!(weaknesses(&both), [Weakness::AnySubject]);
    let others = json!({ "StringNotEquals": { "ISSUER:sub": ORDERS } });
    assert_eq!(weaknesses(&trusting_pods(&[open(), deny(others)])), []);
    let outside = json!({ "StringNotLike": { "ISSUER:sub": "system:serviceaccount:shop:*" } });
    assert_eq!(weaknesses(&trusting_pods(&[open(), deny(outside)])), [Weakness::WholeNamespace]);
    let one = json!({ "StringEquals": { "ISSUER:sub": "system:serviceaccount:kube-system:aws-node" } });
    assert_eq!(weaknesses(&trusting_pods(&[open(), deny(one)])), [Weakness::AnySubject]);
    let canary = json!({ "StringLike": { "ISSUER:sub": "*:zz-canary*" } });
    assert_eq!(weaknesses(&trusting_pods(&[open(), deny(canary)])), [Weakness::AnySubject]);
    assert_eq!(weaknesses(&trusting_pods(&[open(), deny(json!({}))])), [Weakness::NeverMet]);
}

#[test]
fn a_key_of_another_cluster_never_comes() {
    let copied = |operator: &str| {
        let mut condition = json!({ "StringEquals": { format!("{GONE}:aud"): AUDIENCE } });
        condition[operator][format!("{ISSUER}:sub")] = json!(ORDERS);
        weaknesses(&trusting_pods(&[by_issuer(GONE, condition)]))
    };
    assert_eq!(copied("StringEquals"), [Weakness::ForeignKey]);
    assert_eq!(copied("StringEqualsIfExists"), [Weakness::VacuousSubject]);
    assert_eq!(copied("ForAllValues:StringEquals"), [Weakness::VacuousSubject]);
}

#[test]
fn an_audience_has_to_be_fixed() {
    let subject = || json!({ "ISSUER:sub": ORDERS });
    let with = |operator: &str, value: &str| {
        let condition = json!({ "StringEquals": subject(), operator: { "ISSUER:aud": value } });
        weaknesses(&trusting_pods(&[by_issuer(ISSUER, condition)]))
    };
    let none = trusting_pods(&[by_issuer(ISSUER, json!({ "StringEquals": subject() }))]);
    assert_eq!(weaknesses(&none), [Weakness::AnyAudience]);
    for (operator, value) in [("StringLike", "*"), ("StringNotEquals", "vault"), ("StringLikeIfExists", "*")] {
        assert_eq!(with(operator, value), [Weakness::AnyAudience], "{operator} {value}");
    }
    for (operator, value) in [("StringLike", "sts.amazonaws.com"), ("StringLike", "vault-*"), ("StringLike", "vaul?")] {
        assert_eq!(with(operator, value), [], "{operator} {value}");
    }
    assert_eq!(
        weaknesses(&trusting_pods(&[by_issuer(ISSUER, json!({}))])),
        [Weakness::AnyAudience, Weakness::NoSubject]
    );
}

#[test]
fn a_wildcard_in_place_of_the_provider_lets_in_every_cluster() {
    for principal in [json!({ "Federated": "*" }), json!("*"), json!({ "AWS": "*" })] {
        let scene = trusting_pods(&[json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:*" })]);
        assert!(weaknesses(&scene).contains(&Weakness::AnyProvider), "{principal}");
    }
    let named = json!({
        "Effect": "Allow", "Principal": { "Federated": "*" }, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringEquals": { format!("{ISSUER}:sub"): ORDERS, format!("{ISSUER}:aud"): AUDIENCE } },
    });
    assert_eq!(weaknesses(&trusting_pods(&[named])), []);
    let roles_only = json!({ "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" });
    assert_eq!(weaknesses(&trusting_pods(&[roles_only])), []);
}

#[test]
fn providers_of_clusters_are_known_in_every_domain_and_by_their_clusters() {
    const PRIVATE: &str = "tokens.shop.example/cluster-7";
    let scene = trusting_pods(&[by_pod_identity(json!({}))]).and_twin("lab", PRIVATE);
    let issuers = crate::access::issuers::Issuers::new(&scene.inventory);
    for issuer in [
        ISSUER,
        GONE,
        PRIVATE,
        "oidc.eks.cn-north-1.amazonaws.com.cn/id/A1",
        "oidc.eks.eusc-de-east-1.amazonaws.eu/id/A1",
        "oidc-eks.eu-west-1.api.aws/id/A1",
    ] {
        assert!(issuers.is_cluster(issuer), "{issuer}");
    }
    for issuer in
        ["token.actions.githubusercontent.com", "tokens.shop.example/other", "oidc.eks.eu-west-1.amazonaws.com"]
    {
        assert!(!issuers.is_cluster(issuer), "{issuer}");
    }
    let open = trusting_pods(&[by_issuer(PRIVATE, json!({}))]);
    assert_eq!(weaknesses(&open), []);
    assert_eq!(weaknesses(&open.and_twin("lab", PRIVATE)), [Weakness::AnyAudience, Weakness::NoSubject]);
}

#[test]
fn evidence_names_statement_cluster_and_condition() {
    let office = json!({
        "StringLike": { "ISSUER:sub": "system:serviceaccount:shop:*" }, "StringEquals": { "ISSUER:aud": AUDIENCE },
        "IpAddress": { "aws:SourceIp": "192.0.2.0/24" },
    });
    let scene = trusting_pods(&[by_pod_identity(json!({})), by_issuer(ISSUER, office)]);
    let context = Account::new(&scene.inventory, &scene.settings);
    let judgement = judge(context.role(&scene.subject).unwrap().unwrap(), &context).unwrap();
    assert_eq!(
        judgement.openings[0].evidence(&context),
        format!(
            "Statement[1] (Pods): every service account in namespace shop of cluster shop (eu-west-1) can assume the role, \
             under IpAddress aws:SourceIp [192.0.2.0/24]: StringLike {ISSUER}:sub [system:serviceaccount:shop:*]"
        )
    );
}

#[test]
fn a_service_account_is_asked_about_from_inside() {
    let subjects = json!([ORDERS, "system:serviceaccount:*:billing", "system:serviceaccount:shop:gone"]);
    let mut elsewhere = by_subject("StringLike", ORDERS);
    elsewhere = serde_json::from_str(&elsewhere.to_string().replace(ISSUER, GONE)).unwrap();
    let scene = trusting_pods(&[by_subject("StringLike", subjects), elsewhere]).and_twin("lab", GONE);
    let context = Account::new(&scene.inventory, &scene.settings);
    let role = context.role(&scene.subject).unwrap().unwrap();
    let all = ["shop/orders", "billing/billing", "shop/web"]
        .map(|text| text.split_once('/').map(|(namespace, name)| ServiceAccount::new(namespace, name)).unwrap());
    let asked = |account: &ServiceAccount| probe(role, &context, ISSUER, account, AUDIENCE, &all).unwrap();
    let [orders, billing, web] = &all;

    let probes = asked(orders);
    assert!(probes.itself.is_allowed());
    for denied in [&probes.anyone, &probes.same_namespace, &probes.same_name] {
        assert!(!denied.may_be_allowed(), "{denied:?}");
    }
    assert_eq!((probes.others, probes.other_clusters), (vec![billing.clone()], vec![GONE.to_owned()]));

    assert!(asked(billing).same_name.is_allowed());
    assert!(!asked(web).itself.may_be_allowed());
    assert_eq!(missing_accounts(role, &context, ISSUER, &all), Ok(vec![ServiceAccount::new("shop", "gone")]));
    assert_eq!(missing_accounts(role, &context, GONE, &all), Ok(vec![]));
}
