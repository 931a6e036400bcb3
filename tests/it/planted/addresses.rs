//! Addresses and proxies with passwords.

use palisade_simulator::{Account, Faults};

use super::{CLUSTER, Garden, PLANT};
use crate::support::World;

/// With keys that the simulated account takes.
fn with_keys() -> Garden {
    Garden::alone().variable("AWS_ACCESS_KEY_ID", "AKIATESTTESTTESTTEST").variable("AWS_SECRET_ACCESS_KEY", "test")
}

/// Addresses with a password, most of which are none.
const ADDRESSES: [&str; 5] = [
    "http://user:PLANT@no host",
    "PLANT",
    "http://user:PLANT@[",
    "ftp://user:PLANT@127.0.0.1:9",
    "http://user:PLANT@127.0.0.1:9",
];

const AUDIT: [&str; 3] = ["audit", "--region", "us-east-1"];

#[test]
fn the_address_of_all_services_with_a_password() {
    for url in ADDRESSES.map(|url| url.replace("PLANT", PLANT)) {
        let garden = with_keys().variable("AWS_ENDPOINT_URL", &*url);
        garden.fails(&url, &AUDIT, &["does not accept the credentials"]);
    }
    let world = World::of(Account::from_yaml(CLUSTER).unwrap(), Faults::default());
    let url = world.simulator.endpoint().replace("http://", &format!("http://user:{PLANT}@"));
    with_keys().run(&url, &[&AUDIT[..], &["--endpoint-url", &url]].concat());
}

#[test]
fn the_address_of_one_service_with_a_password() {
    let world = World::of(Account::from_yaml(CLUSTER).unwrap(), Faults::default());
    for url in ADDRESSES.map(|url| url.replace("PLANT", PLANT)) {
        let garden = with_keys().variable("AWS_ENDPOINT_URL", world.simulator.endpoint());
        let garden = garden.variable("AWS_ENDPOINT_URL_EC2", &*url).variable("AWS_ENDPOINT_URL_EKS", &*url);
        let soon = [&AUDIT[..], &["--deadline", "3s"]].concat();
        assert_eq!(garden.run(&url, &soon).code, Some(3));
    }
}

#[test]
fn proxies_with_passwords() {
    for proxy in ["http://user:PLANT@127.0.0.1:9", "user:PLANT@no host", "socks9://user:PLANT@127.0.0.1:9"] {
        let proxy = proxy.replace("PLANT", PLANT);
        let names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"];
        let garden = with_keys().variable("AWS_ENDPOINT_URL", "http://aws.invalid");
        let garden = names.into_iter().fold(garden, |garden, name| garden.variable(name, &*proxy));
        garden.fails(&proxy, &AUDIT, &["does not accept the credentials"]);
    }
}
