//! Judges an account with many identities, and prints what that takes: `identities KIND NUMBER`, or with `by-check` behind it
//! what each check takes alone.
//!
//! benches/identities.sh runs it for all kinds and sizes. CPU time and peak memory are the process's, the making of the
//! account included in memory and left out of time.

#![expect(clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used, reason = "a tool for developers")]

use palisade_checks::audit::audit;
use palisade_model::iam::{InlinePolicy, ManagedPolicy, PolicyText, Role};
use palisade_model::lambda::Function;
use palisade_model::{Arn, Listing};
use palisade_scenes::{ACCOUNT, Scene, function};
use serde_json::{Value, json};

/// Services that one statement each of the wide policy is about.
const SERVICES: [&str; 12] =
    ["s3", "ec2", "lambda", "dynamodb", "sqs", "sns", "kms", "logs", "ecs", "glue", "states", "secretsmanager"];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [kind, number, by_check @ ..] = arguments.as_slice() else { panic!("identities KIND NUMBER [by-check]") };
    let number: usize = number.parse().unwrap();
    let scene = match kind.as_str() {
        "wide" => wide(number, false),
        "wide-copies" => wide(number, true),
        "thirds" => thirds(number),
        "sets" => sets(number),
        other => panic!("{other} is none of: wide, wide-copies, thirds, sets"),
    };
    if !by_check.is_empty() {
        return each_check(scene);
    }
    let before = cpu();
    let report = audit(&scene.inventory, &scene.settings);
    let took = cpu() - before;
    println!("{kind} {number}: {took:.2} s of CPU, {} MB at most, {} findings", peak(), report.findings.len());
}

/// What each check takes by itself, the most first.
fn each_check(mut scene: Scene) {
    let mut all: Vec<_> = palisade_checks::all()
        .map(|check| {
            scene.settings.selection.checks = [check.id].into();
            let before = cpu();
            audit(&scene.inventory, &scene.settings);
            (cpu() - before, check.id)
        })
        .collect();
    all.sort_by(|one, other| other.0.total_cmp(&one.0));
    for (took, id) in all.iter().take(12) {
        println!("{took:.2} s {id}");
    }
}

fn parsed(statements: &Value) -> PolicyText {
    PolicyText::parse(&json!({ "Version": "2012-10-17", "Statement": statements }).to_string())
}

/// Roles of functions that attach one policy of 60 statements with wildcards, or each a copy of its own.
fn wide(number: usize, copies: bool) -> Scene {
    let statements: Vec<Value> = (0..60)
        .map(|place| {
            let service = SERVICES[place % SERVICES.len()];
            let verbs = ["Get*", "List*", "Describe*", "Put*", "Update*"];
            let verb = verbs[place / SERVICES.len()];
            json!({ "Effect": "Allow", "Action": format!("{service}:{verb}"), "Resource": format!("arn:aws:{service}:*:*:shop-{place}-*") })
        })
        .collect();
    let document = parsed(&Value::Array(statements));
    let managed = |name: String| ManagedPolicy {
        arn: format!("arn:aws:iam::{ACCOUNT}:policy/{name}").as_str().into(),
        name,
        document: document.clone(),
        attachments: 1,
    };
    let policies: Vec<_> = if copies {
        (0..number).map(|place| managed(format!("wide-{place}"))).collect()
    } else {
        vec![managed("wide".to_owned())]
    };
    let attached: Vec<Arn> = policies.iter().map(|policy| policy.arn.clone()).collect();
    let scene = roles(number, number, |place, role| role.attached = vec![attached[place % attached.len()].clone()]);
    scene.iam(|iam| iam.policies = Listing::whole(policies))
}

/// Roles with one statement each, a third of them administrators, a third that may pass any role to a new function; and two
/// functions for each role.
fn thirds(number: usize) -> Scene {
    roles(number, number * 2, |place, role| {
        let statement = match place % 3 {
            0 => json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }),
            1 => {
                json!({ "Effect": "Allow", "Action": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*" })
            }
            _ => {
                json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::shop-{place}/*") })
            }
        };
        role.inline = vec![InlinePolicy { name: "own".to_owned(), document: parsed(&statement) }];
    })
}

/// Roles over 200 distinct sets of statements, each of a function of its own.
fn sets(number: usize) -> Scene {
    roles(number, number, |place, role| {
        let set = place % 200;
        let service = SERVICES[set % SERVICES.len()];
        let statements = json!([
            { "Effect": "Allow", "Action": format!("{service}:*"), "Resource": format!("arn:aws:{service}:*:*:team-{set}-*") },
            { "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*" },
            { "Effect": "Allow", "Action": "iam:PassRole", "Resource": format!("arn:aws:iam::{ACCOUNT}:role/role-{}", set * 7) },
            { "Effect": "Allow", "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": format!("arn:aws:lambda:*:*:function:team-{set}-*") },
        ]);
        role.inline = vec![InlinePolicy { name: "own".to_owned(), document: parsed(&statements) }];
    })
}

fn roles(roles: usize, functions: usize, change: impl Fn(usize, &mut Role)) -> Scene {
    let scene = function(|_| {});
    let role = scene.inventory.iam.roles.seen()[0].clone();
    let region = scene.inventory.regions.values().next().unwrap();
    let of_role: Function = region.lambda.functions.seen()[0].clone();
    let roles: Vec<Role> = (0..roles)
        .map(|place| {
            let name = format!("role-{place}");
            let mut made =
                Role { arn: role.arn.as_str().replace("orders-role", &name).as_str().into(), name, ..role.clone() };
            change(place, &mut made);
            made
        })
        .collect();
    let functions = (0..functions).map(|place| {
        let mut made = of_role.clone();
        made.arn = of_role.arn.as_str().replace("orders", &format!("function-{place}")).as_str().into();
        made.role = roles[place % roles.len()].arn.clone();
        made
    });
    let functions = functions.collect();
    scene.iam(|iam| iam.roles = Listing::whole(roles)).lambda(|lambda| lambda.functions = Listing::whole(functions))
}

/// Seconds of CPU that the process has had.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let fields: Vec<_> = after_name.split_whitespace().collect();
    let ticks: f64 = fields[11..13].iter().map(|field| field.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

/// The most memory that the process has had, in megabytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
