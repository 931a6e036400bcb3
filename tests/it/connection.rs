//! Connections that are not the plain one, and work: proxies, authorities, kinds of hosts, wrong clocks, credentials that
//! change on the way, endpoints elsewhere.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use palisade_simulator::{Account, Call, Faults, Outcome};
use serde_json::Value;

use crate::loopback::{Answer, Loopback};
use crate::proxy::{PASSWORD, Proxy};
use crate::support::{Palisade, Report, Run, World};

/// Something for every kind of call: the SDK's, those signed by hand, downloads, and a cluster's own API.
const ACCOUNT: &str = r#"
account: "123456789012"
caller: user/auditor
downloads: https://layers.s3.us-east-1.amazonaws.com
iam:
  roles: [{ name: audit }]
regions:
  us-east-1:
    route_tables: [{ id: rtb-1, vpc: vpc-1, main: true }]
    security_groups: [{ id: sg-1, name: shop, vpc: vpc-1 }]
    queues: [{ name: orders, visibility_timeout: 120 }]
    lambda:
      functions: [{ name: one }, { name: two }]
      event_source_mappings: [{ function: one, source: "sqs:orders" }]
    ecr:
      repositories: [{ name: app, images: [{ tags: [v1], pushed: 3 days ago, config: { user: "10001" }, scan: { at: 1 days ago } }] }]
    eks:
      clusters:
        - name: shop
          vpc: vpc-1
          cluster_security_group: sg-1
          host: shop.gr7.us-east-1.eks.amazonaws.com
          access_entries:
            - { principal: "arn:aws:iam::123456789012:user/auditor" }
            - { principal: audit }
          kubernetes: {}
"#;

const WHOLE: [&str; 7] = ["audit", "--format", "json", "--include", "pass,not-applicable", "--depth", "deep"];

/// The same without the names that only a proxy leads to.
fn at_home() -> Account {
    let lines = ACCOUNT.lines().filter(|line| !line.contains("host:") && !line.contains("downloads:"));
    Account::from_yaml(&lines.collect::<Vec<_>>().join("\n")).unwrap()
}

fn report(run: &Run) -> Report {
    Report(serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stderr)))
}

/// The gaps of a run, in words.
fn gaps(report: &Report) -> Vec<String> {
    let word = |gap: &Value| format!("{} {} {}", gap["action"], gap["resource"], gap["reason"]);
    report.gaps().iter().map(word).collect()
}

#[test]
fn a_proxy_with_a_password_and_an_authority_of_its_own_carry_every_kind_of_call() {
    let world = World::of(Account::from_yaml(ACCOUNT).unwrap(), Faults::default());
    let proxy = Proxy::before(&world.simulator.endpoint());
    let behind = proxy.palisade();
    let run = Run::of(behind.command(&[&WHOLE[..], &["-vv"]].concat()).output().unwrap());
    let report = report(&run);
    assert_eq!(gaps(&report), Vec::<String>::new(), "{}", run.stderr);
    let hosts = proxy.hosts();
    for host in [
        "sts.us-east-1.amazonaws.com",
        "iam.amazonaws.com",
        "lambda.us-east-1.amazonaws.com",
        "api.ecr.us-east-1.amazonaws.com",
        "eks.us-east-1.amazonaws.com",
        "sqs.us-east-1.amazonaws.com",
        "organizations.us-east-1.amazonaws.com",
        "api.ecr-public.us-east-1.amazonaws.com",
        "layers.s3.us-east-1.amazonaws.com",
        "shop.gr7.us-east-1.eks.amazonaws.com",
    ] {
        assert!(hosts.contains(host), "{host} is not among {hosts:?}");
    }
    assert_eq!(proxy.refused(), 0, "a call came without the password");
    for secret in [PASSWORD, "correct@horse"] {
        assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "the password shows");
    }
}

#[test]
fn an_authority_that_only_the_profile_names_is_trusted() {
    let world = World::of(at_home(), Faults::default());
    let proxy = Proxy::before(&world.simulator.endpoint());
    let behind = proxy.palisade();
    let run = |bundle: &str| {
        behind.palisade.write("config", &format!("[profile audit]\nregion = us-east-1\n{bundle}"));
        let mut command = behind.command(&["audit", "--expect-account", "000000000000"]);
        command.env("AWS_CONFIG_FILE", behind.palisade.path("config")).env("AWS_PROFILE", "audit");
        Run::of(command.env_remove("AWS_CA_BUNDLE").output().unwrap())
    };
    let path = behind.palisade.path("authority.pem");
    let trusting = run(&format!("ca_bundle = {}\n", path.display()));
    assert!(trusting.stderr.contains("user/auditor"), "{}", trusting.stderr);
    let strange = run("");
    assert_eq!(strange.code, Some(2));
    assert!(!strange.stderr.contains("user/auditor"), "a strange authority was trusted: {}", strange.stderr);
    let missing = run("ca_bundle = nowhere.pem\n");
    assert!(missing.stderr.contains("ca_bundle of the profile"), "{}", missing.stderr);
}

#[test]
fn a_proxy_that_refuses_the_password_is_no_audit_and_shows_none() {
    let world = World::of(at_home(), Faults::default());
    let proxy = Proxy::before(&world.simulator.endpoint());
    let behind = proxy.palisade();
    let mut command = behind.command(&["audit", "-vv"]);
    let url = format!("http://somebody:{PASSWORD}@127.0.0.1:{}", proxy.port());
    let run = Run::of(command.env("HTTPS_PROXY", url).output().unwrap());
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(proxy.refused() > 0 && proxy.hosts().is_empty());
    assert!(!run.stderr.contains("horse"), "{}", run.stderr);
    assert!(world.simulator.calls().is_empty());
}

/// The hosts that a run asks for with these settings.
fn hosts(variables: &[(&str, &str)], profile: &str) -> BTreeSet<String> {
    let world = World::of(Account::from_yaml(ACCOUNT).unwrap(), Faults::default());
    let proxy = Proxy::before(&world.simulator.endpoint());
    let behind = proxy.palisade();
    behind.palisade.write("config", &format!("[default]\n{profile}"));
    let mut command = behind.command(&["audit", "--format", "json", "--clusters", "none"]);
    command.env("AWS_CONFIG_FILE", behind.palisade.path("config")).envs(variables.iter().copied());
    let run = Run::of(command.output().unwrap());
    assert_eq!(gaps(&report(&run)), Vec::<String>::new(), "{}", run.stderr);
    proxy.hosts()
}

#[test]
fn fips_hosts_are_asked_by_all_calls_and_no_others() {
    let by_variable = hosts(&[("AWS_USE_FIPS_ENDPOINT", "true")], "");
    for host in ["lambda-fips.us-east-1.amazonaws.com", "sqs-fips.us-east-1.amazonaws.com"] {
        assert!(by_variable.contains(host), "{by_variable:?}");
    }
    let others: Vec<_> =
        by_variable.iter().filter(|host| !host.contains("-fips.") && !host.starts_with("fips.")).collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(hosts(&[], "use_fips_endpoint = true\n"), by_variable);
}

#[test]
fn hosts_with_both_kinds_of_addresses_are_asked_by_all_calls_and_no_others() {
    let by_variable = hosts(&[("AWS_USE_DUALSTACK_ENDPOINT", "true")], "");
    for host in ["lambda.us-east-1.api.aws", "sqs.us-east-1.api.aws", "ecr-public.us-east-1.api.aws"] {
        assert!(by_variable.contains(host), "{by_variable:?}");
    }
    let others: Vec<_> = by_variable.iter().filter(|host| !host.ends_with(".api.aws")).collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(hosts(&[], "use_dualstack_endpoint = true\n"), by_variable);
}

#[test]
fn an_address_in_place_of_aws_is_not_mixed_with_fips() {
    let world = World::of(at_home(), Faults::default());
    let palisade = world.palisade();
    let run = Run::of(palisade.command(&["audit"]).env("AWS_USE_FIPS_ENDPOINT", "true").output().unwrap());
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("FIPS"), "{}", run.stderr);
    // Only one call that is signed by hand has an address of its own: it becomes a gap, not a call without FIPS.
    let proxy = Proxy::before(&world.simulator.endpoint());
    let behind = proxy.palisade();
    let mut command = behind.command(&["audit", "--format", "json", "--clusters", "none"]);
    command.env("AWS_USE_FIPS_ENDPOINT", "true").env("AWS_ENDPOINT_URL_SQS", world.simulator.endpoint());
    let run = Run::of(command.output().unwrap());
    let report = report(&run);
    let gaps = gaps(&report);
    assert!(gaps.len() == 1 && gaps[0].contains("sqs:") && gaps[0].contains("FIPS"), "{gaps:?}");
}

#[test]
fn addresses_of_single_services_hold_for_calls_signed_by_hand_too() {
    let (usual, special) = (World::of(at_home(), Faults::default()), World::of(at_home(), Faults::default()));
    let palisade = usual.palisade();
    let address = special.simulator.endpoint();
    palisade.write(
        "config",
        &format!("[default]\nservices = local\n[services local]\nsqs =\n  endpoint_url = {address}\nlambda =\n  endpoint_url = {address}\n"),
    );
    let mut command = palisade.command(&["audit", "--format", "json"]);
    // A general address of the environment comes before those of the profile, as in the AWS CLI.
    command.env_remove("AWS_ENDPOINT_URL").env("AWS_CONFIG_FILE", palisade.path("config"));
    for service in [
        "STS",
        "IAM",
        "ACCOUNT",
        "ECR",
        "ECR_PUBLIC",
        "ECS",
        "EKS",
        "EC2",
        "ORGANIZATIONS",
        "INSPECTOR2",
        "GUARDDUTY",
        "CLOUDWATCH_LOGS",
        "RESOURCE_GROUPS_TAGGING_API",
    ] {
        command.env(format!("AWS_ENDPOINT_URL_{service}"), usual.simulator.endpoint());
    }
    let run = Run::of(command.output().unwrap());
    assert_eq!(gaps(&report(&run)), Vec::<String>::new(), "{}", run.stderr);
    let services =
        |world: &World| world.simulator.calls().into_iter().map(|call| call.service).collect::<BTreeSet<_>>();
    assert_eq!(services(&special), BTreeSet::from(["lambda".to_owned(), "sqs".to_owned()]));
    assert!(!services(&usual).contains("sqs") && services(&usual).contains("organizations"));
}

#[test]
fn addresses_that_shall_be_ignored_are_ignored_by_all_calls() {
    let (usual, special) = (World::of(at_home(), Faults::default()), World::of(at_home(), Faults::default()));
    let proxy = Proxy::before(&usual.simulator.endpoint());
    let behind = proxy.palisade();
    let mut command = behind.command(&["audit", "--format", "json", "--clusters", "none"]);
    command.env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true").env("AWS_ENDPOINT_URL", special.simulator.endpoint());
    command.env("AWS_ENDPOINT_URL_SQS", special.simulator.endpoint());
    let run = Run::of(command.output().unwrap());
    assert_eq!(gaps(&report(&run)), Vec::<String>::new(), "{}", run.stderr);
    assert!(special.simulator.calls().is_empty(), "an address was used that was to be ignored");
}

#[test]
fn a_clock_that_is_off_by_hours_is_corrected() {
    for hours in [5, -5] {
        let faults = Faults { clock_ahead: SignedDuration::from_hours(hours), ..Faults::default() };
        let world = World::of(at_home(), faults);
        let palisade = world.palisade();
        let run = palisade.run(&["audit", "--format", "json"]);
        assert_eq!(gaps(&report(&run)), Vec::<String>::new(), "{}", run.stderr);
        let side = if hours > 0 { "behind" } else { "ahead of" };
        assert!(run.stderr.contains(&format!("clock is 5 h 00 min {side} AWS's")), "{}", run.stderr);
        assert!(run.stderr.trim_start().starts_with("INFO as arn:"), "{}", run.stderr);
        let refused = world.simulator.calls().into_iter().filter(|call| call.outcome != Outcome::Answered);
        let refused: Vec<_> = refused.map(|call| (call.action, call.outcome)).collect();
        let missing = |(_, outcome): &&(String, Outcome)| *outcome == Outcome::NotFound;
        assert_eq!(refused.iter().filter(|one| !missing(one)).count(), 1, "more than the first call: {refused:?}");
    }
}

#[test]
fn a_session_that_ends_in_the_middle_is_opened_anew_for_all_calls() {
    let world = World::of(at_home(), Faults { expire_after: Some(12), ..Faults::default() });
    let arguments = ["--role-arn", "arn:aws:iam::123456789012:role/audit"];
    let (report, run) = world.palisade().audit(&arguments);
    assert_eq!(gaps(&report), Vec::<String>::new(), "{}", run.stderr);
    let calls = world.simulator.calls();
    let keys: BTreeSet<_> =
        calls.iter().map(|call| call.access_key.clone()).filter(|key| key.starts_with("ASIA")).collect();
    assert!(keys.len() > 2, "{keys:?}");
    // By the SDK, signed by hand, and in the cluster: with the first session and with later ones.
    for prefix in ["lambda:", "sqs:", "ecr-public:", "k8s:"] {
        let of = |call: &&Call| call.action.starts_with(prefix) && call.outcome == Outcome::Answered;
        assert!(calls.iter().any(|call| of(&call)), "{prefix}");
    }
    let inside = calls.iter().filter(|call| call.action.starts_with("k8s:")).map(|call| &call.access_key);
    assert!(inside.collect::<BTreeSet<_>>().len() > 1, "the cluster's token was not made anew");
}

/// A process that hands out another access key each time.
#[cfg(unix)]
fn rotating(palisade: &Palisade, expiration: &str) {
    let script = format!(
        "n=$(cat count 2>/dev/null || echo 0); n=$((n+1)); echo $n > count\n\
         printf '{{\"Version\":1,\"AccessKeyId\":\"KEY-%s\",\"SecretAccessKey\":\"secret\",\"SessionToken\":\"token\"{expiration}}}' $n\n"
    );
    palisade.write("process.sh", &script);
    let path = palisade.path("process.sh");
    palisade.write(
        "config",
        &format!("[profile audit]\nregion = us-east-1\ncredential_process = /bin/sh {}\n", path.display()),
    );
}

#[cfg(unix)]
#[test]
fn a_process_is_asked_again_when_what_it_gave_has_ended() {
    let world = World::of(at_home(), Faults { expire_after: Some(15), ..Faults::default() });
    let soon = (jiff::Timestamp::now() + SignedDuration::from_secs(30)).to_string();
    let ends = format!(",\"Expiration\":\"{soon}\"");
    // One says when its keys end, and they do so any moment; the other does not, and AWS refuses them one day.
    for (expiration, least) in [(ends.as_str(), 15), ("", 2)] {
        let palisade = world.palisade();
        rotating(&palisade, expiration);
        let mut command = palisade.command(&["audit", "--format", "json", "--profile", "audit"]);
        command.env("AWS_CONFIG_FILE", palisade.path("config")).env("PATH", "/usr/bin:/bin");
        let run = Run::of(command.output().unwrap());
        assert_eq!(gaps(&report(&run)), Vec::<String>::new(), "{}", run.stderr);
        let count: u32 = palisade.read("count").trim().parse().unwrap();
        assert!(count >= least, "{count} keys");
    }
}

#[test]
fn a_container_hands_out_the_next_credentials_past_any_proxy() {
    let world = World::of(at_home(), Faults::default());
    let agent = Loopback::start(|request| {
        assert_eq!(request.path, "/container");
        let soon = jiff::Timestamp::now() + SignedDuration::from_secs(30);
        Answer::ok(format!(
            "{{\"AccessKeyId\":\"KEY-CONTAINER\",\"SecretAccessKey\":\"secret\",\"Token\":\"token\",\"Expiration\":\"{soon}\"}}"
        ))
    });
    let proxy = Proxy::before(&world.simulator.endpoint());
    let behind = proxy.palisade();
    let mut command = behind.command(&["audit", "--format", "json", "--clusters", "none"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    // A proxy that nobody is at: whoever asks the agent through it gets nothing.
    command.env("HTTP_PROXY", "http://127.0.0.1:9");
    command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/container", agent.url()));
    let run = Run::of(command.output().unwrap());
    assert_eq!(gaps(&report(&run)), Vec::<String>::new(), "{}", run.stderr);
    assert!(agent.seen().len() > 2, "asked {} times", agent.seen().len());
}

#[test]
fn an_endpoint_that_leads_elsewhere_is_a_gap_and_not_followed() {
    for status in ["301 Moved Permanently", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let elsewhere = Loopback::start(|_| Answer::ok("{\"Functions\":[]}"));
        let location = format!("location: {}/here\r\n", elsewhere.url());
        let redirecting = Loopback::start(move |_| Answer { headers: location.clone(), ..Answer::of(status) });
        let world = World::of(at_home(), Faults::default());
        let palisade = world.palisade();
        let mut command = palisade.command(&["audit", "--format", "json"]);
        command.env("AWS_ENDPOINT_URL_LAMBDA", redirecting.url()).env("AWS_ENDPOINT_URL_ECR_PUBLIC", redirecting.url());
        let run = Run::of(command.output().unwrap());
        let report = report(&run);
        assert_eq!(run.code, Some(3), "{status}");
        for action in ["lambda:ListFunctions", "ecr-public:DescribeRepositories"] {
            let gaps = report.gaps_of(action);
            let gap = gaps.first().unwrap_or_else(|| panic!("{status}, {action}: {:?}", report.gaps()));
            let message = gap["reason"]["message"].as_str().unwrap();
            assert!(message.contains("leads on to another address (127.0.0.1)"), "{status}: {gap}");
        }
        assert!(elsewhere.seen().is_empty(), "{status} was followed");
    }
}
