//! Values of environment variables appear nowhere: not in a report, not in a file, not in the most talkative log.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use palisade_simulator::Faults;
use serde_json::Value;

use crate::support::{Palisade, World};

/// The values that the simulated account has under names of secrets, read as a client would.
fn planted(world: &World) -> BTreeSet<String> {
    let address = world.simulator.endpoint().replace("http://", "");
    let mut values = BTreeSet::new();
    for region in ["us-east-1", "eu-west-1"] {
        let mut stream = TcpStream::connect(&address).unwrap();
        write!(
            stream,
            "GET /2015-03-31/functions?MaxItems=50 HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nauthorization: \
             AWS4-HMAC-SHA256 Credential=AKIATESTTESTTESTTEST/20261122/{region}/lambda/aws4_request, \
             SignedHeaders=host, Signature=0\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let body: Value =
            serde_json::from_str(&answer[answer.find('{').unwrap()..=answer.rfind('}').unwrap()]).unwrap();
        for function in body["Functions"].as_array().unwrap() {
            let variables = function["Environment"]["Variables"].as_object();
            let secret =
                |name: &str| ["KEY", "TOKEN", "SECRET", "PASSWORD", "URL"].iter().any(|word| name.contains(word));
            let variables = variables.into_iter().flatten().filter(|(name, _)| secret(name));
            values.extend(variables.map(|(_, value)| value.as_str().unwrap().to_owned()));
        }
    }
    // Short settings such as `info` or a port are words that a report may well hold, and ARNs stand in policies too.
    // What a pod of the simulated account holds, written so that no scanner takes this file for a leak.
    values.extend([["AKIA", "FAKEHARBORPINE33"].concat(), ["F4keSecretHarborPine", "/Bridge+0123456789A4"].concat()]);
    values.retain(|value| value.len() >= 16 && !value.starts_with("arn:"));
    values
}

#[test]
fn no_output_holds_a_planted_value() {
    let world = World::demo(Faults::default());
    let planted = planted(&world);
    assert!(planted.len() >= 7, "{planted:?}");
    let palisade = world.palisade();
    let mut texts = Vec::new();
    for format in ["table", "json", "ocsf", "sarif"] {
        let run = palisade.run(&["audit", "-vv", "--all", "--include", "pass", "--format", format]);
        texts.extend([run.stdout, run.stderr]);
    }
    let run = palisade.run(&["collect", "-vv", "--output", "inventory.json"]);
    texts.extend([run.stdout, run.stderr, palisade.read("inventory.json"), journal(&palisade)]);
    for text in &texts {
        for value in &planted {
            assert!(!text.contains(value.as_str()), "{value} appears");
        }
    }
}

/// The journal of a run that is killed once its functions are listed.
fn journal(palisade: &Palisade) -> String {
    let mut child = palisade.command(&["audit", "-vv", "--resume", "journal"]).spawn().unwrap();
    let text = loop {
        let text = std::fs::read_to_string(palisade.path("journal")).unwrap_or_default();
        if text.contains("lambda:ListFunctions us-east-1") {
            break text;
        }
        assert!(child.try_wait().unwrap().is_none(), "the run ended before its journal was seen");
        std::thread::yield_now();
    };
    child.kill().unwrap();
    child.wait().unwrap();
    text
}
