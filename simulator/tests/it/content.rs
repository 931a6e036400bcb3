//! The content of images: digests, downloads without credentials, and what can be wrong with both.

use std::collections::BTreeSet;
use std::io::Read as _;

use palisade_simulator::Simulator;
use serde_json::{Value, json as value};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{lambda, simulator};
use crate::ecr::{ACCOUNT, api, ecr, refused};

fn digest(bytes: &[u8]) -> String {
    let digits: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    format!("sha256:{digits}")
}

/// Status, head and bytes of a GET of `url` with these headers.
async fn download(url: &str, headers: &str) -> (u16, String, Vec<u8>) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, bytes[end + 4..].to_vec())
}

/// The manifest of a tag, and its digest.
async fn manifest(simulator: &Simulator, repository: &str, tag: &str) -> (String, String) {
    let body = value!({"repositoryName": repository, "imageIds": [{"imageTag": tag}]});
    let answer = ecr(simulator, "BatchGetImage", body).await;
    let image = &answer["images"][0];
    (image["imageManifest"].as_str().unwrap().to_owned(), image["imageId"]["imageDigest"].as_str().unwrap().to_owned())
}

async fn address(simulator: &Simulator, repository: &str, digest: &str) -> String {
    let body = value!({"repositoryName": repository, "layerDigest": digest});
    ecr(simulator, "GetDownloadUrlForLayer", body).await["downloadUrl"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn digests_are_those_of_the_content() {
    let simulator = simulator(ACCOUNT).await;
    let (text, named) = manifest(&simulator, "shop/api", "1.0").await;
    assert_eq!(digest(text.as_bytes()), named);
    let manifest_of_image: Value = serde_json::from_str(&text).unwrap();
    let config = &manifest_of_image["config"];
    let (status, _, blob) =
        download(&address(&simulator, "shop/api", config["digest"].as_str().unwrap()).await, "").await;
    assert_eq!((status, &value!(digest(&blob)), &value!(blob.len())), (200, &config["digest"], &config["size"]));
    let told: Value = serde_json::from_slice(&blob).unwrap();
    assert_eq!((&told["config"]["User"], &told["config"]["Env"][0]), (&"app".into(), &"A=b".into()));
    assert_eq!(told["config"]["ExposedPorts"], value!({"80/tcp": {}}));
    assert_eq!(told["history"][1], value!({"created_by": "USER app", "empty_layer": true}));
    let layer = &manifest_of_image["layers"][0];
    let (_, _, blob) = download(&address(&simulator, "shop/api", layer["digest"].as_str().unwrap()).await, "").await;
    assert_eq!((&value!(digest(&blob)), &value!(blob.len())), (&layer["digest"], &layer["size"]));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&blob[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(value!(digest(&unpacked)), told["rootfs"]["diff_ids"][0]);
    let mut archive = tar::Archive::new(&unpacked[..]);
    let mut file = archive.entries().unwrap().next().unwrap().unwrap();
    let mut words = String::new();
    file.read_to_string(&mut words).unwrap();
    assert_eq!((file.path().unwrap().to_str(), words.as_str()), (Some("etc/passwd"), "app:x:7:7::/:/bin/sh\n"));
    let absent = value!({"repositoryName": "shop/api", "layerDigest": manifest_of_image["layers"][1]["digest"]});
    assert_eq!(refused(&simulator, "GetDownloadUrlForLayer", absent).await, "LayerInaccessibleException");
    let unknown = value!({"repositoryName": "plain", "layerDigest": config["digest"]});
    assert_eq!(refused(&simulator, "GetDownloadUrlForLayer", unknown).await, "LayersNotFoundException");
}

#[tokio::test]
async fn an_index_lists_its_platforms() {
    let simulator = simulator(ACCOUNT).await;
    let (text, named) = manifest(&simulator, "shop/api", "many").await;
    assert_eq!(digest(text.as_bytes()), named);
    let index: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(index["manifests"][1]["platform"], value!({"architecture": "arm64", "os": "linux", "variant": "v8"}));
    let ids: Vec<Value> =
        index["manifests"].as_array().unwrap().iter().map(|one| value!({"imageDigest": one["digest"]})).collect();
    let images = api(&simulator, "BatchGetImage", value!({"imageIds": ids})).await["images"].clone();
    for (image, listed) in images.as_array().unwrap().iter().zip(index["manifests"].as_array().unwrap()) {
        let body = image["imageManifest"].as_str().unwrap();
        assert_eq!((&value!(digest(body.as_bytes())), &value!(body.len())), (&listed["digest"], &listed["size"]));
    }
}

#[tokio::test]
async fn images_that_cannot_be_given_are_named_with_the_reason() {
    let simulator = simulator(ACCOUNT).await;
    let ids = value!([{"imageTag": "none"}, {"imageTag": "old"}, {"imageDigest": "sha256:1"}, {}, {"imageTag": "1.0"}]);
    let answer = api(&simulator, "BatchGetImage", value!({"imageIds": ids})).await;
    let codes: Vec<&str> =
        answer["failures"].as_array().unwrap().iter().map(|failure| failure["failureCode"].as_str().unwrap()).collect();
    assert_eq!(codes, ["ImageNotFound", "ImageInaccessible", "InvalidImageDigest", "MissingDigestAndTag"]);
    assert_eq!(answer["images"].as_array().unwrap().len(), 1);
    assert_eq!(answer["images"][0]["imageId"]["imageTag"], "1.0");
}

#[tokio::test]
async fn downloads_refuse_credentials_and_wrong_signatures() {
    let simulator = simulator(ACCOUNT).await;
    let (text, _) = manifest(&simulator, "shop/api", "1.0").await;
    let config = serde_json::from_str::<Value>(&text).unwrap()["config"]["digest"].clone();
    let url = address(&simulator, "shop/api", config.as_str().unwrap()).await;
    for header in
        ["authorization: AWS4-HMAC-SHA256 Credential=A/1/us-east-1/ecr/aws4_request\r\n", "x-amz-security-token: t\r\n"]
    {
        assert_eq!(download(&url, header).await.0, 403, "{header}");
    }
    assert_eq!(download(&url, "").await.0, 200);
    let signature = url.split("X-Amz-Signature=").nth(1).unwrap();
    assert_eq!(download(&url.replace(signature, "0"), "").await.0, 403);
    assert_eq!(download(&url.replace("repository=shop/api", "repository=plain"), "").await.0, 403);
    // Downloads are none of AWS's calls.
    assert!(simulator.calls().iter().all(|call| call.action.starts_with("ecr:")));
}

#[tokio::test]
async fn downloads_may_be_sent_on() {
    let simulator = simulator(&ACCOUNT.replace("policy_scope: V1", "redirect_downloads: true")).await;
    let (text, _) = manifest(&simulator, "shop/api", "1.0").await;
    let config = serde_json::from_str::<Value>(&text).unwrap()["config"]["digest"].as_str().unwrap().to_owned();
    let (status, head, _) = download(&address(&simulator, "shop/api", &config).await, "").await;
    let location = head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    assert_eq!(status, 307);
    assert_eq!(download(location, "authorization: x\r\n").await.0, 403);
    let (status, _, blob) = download(location, "").await;
    assert_eq!((status, digest(&blob)), (200, config));
}

#[tokio::test]
async fn content_can_be_wrong_in_every_way() {
    let kinds = [
        "huge_config",
        "wrong_config",
        "garbage_config",
        "long_config",
        "wrong_manifest",
        "garbage_manifest",
        "cycle_of_one",
        "cycle_of_two",
    ];
    let images: String = kinds.map(|kind| format!("        - {{ tags: [{kind}], fault: {kind} }}\n")).concat();
    let yaml = format!(
        "account: \"111122223333\"\nregions:\n  us-east-1:\n    ecr:\n      repositories:\n      - name: bad\n        images:\n{images}"
    );
    let simulator = simulator(&yaml).await;
    for kind in kinds {
        let (text, named) = manifest(&simulator, "bad", kind).await;
        let is_true = digest(text.as_bytes()) == named;
        assert_eq!(is_true, !matches!(kind, "wrong_manifest" | "cycle_of_one" | "cycle_of_two"), "{kind}");
        let Ok(manifest) = serde_json::from_str::<Value>(&text) else {
            assert_eq!(kind, "garbage_manifest");
            continue;
        };
        if let Some(listed) = manifest["manifests"][0]["digest"].as_str() {
            assert_eq!(listed == named, kind == "cycle_of_one");
            continue;
        }
        let (claimed, size) = (manifest["config"]["digest"].as_str().unwrap(), &manifest["config"]["size"]);
        let (_, _, blob) = download(&address(&simulator, "bad", claimed).await, "").await;
        assert_eq!(digest(&blob) == claimed, !matches!(kind, "wrong_config" | "long_config"), "{kind}");
        assert_eq!(*size == value!(10_737_418_240_u64), kind == "huge_config");
        assert_eq!(blob.len() as u64 > size.as_u64().unwrap() + 60_000, kind == "long_config");
        assert_eq!(serde_json::from_slice::<Value>(&blob).is_err(), kind == "garbage_config");
    }
    let (text, named) = manifest(&simulator, "bad", "cycle_of_two").await;
    let second = serde_json::from_str::<Value>(&text).unwrap()["manifests"][0].clone();
    let body = value!({"repositoryName": "bad", "imageIds": [{"imageDigest": second["digest"]}]});
    let back = ecr(&simulator, "BatchGetImage", body).await;
    assert!(back["images"][0]["imageManifest"].as_str().unwrap().contains(&named));
}

#[tokio::test]
async fn layers_hold_traps_where_the_file_says_so() {
    let yaml = r#"
account: "111122223333"
regions:
  us-east-1:
    ecr:
      repositories:
        - name: traps
          images:
            - tags: [t]
              layers: [{ files: { ../../etc/cron.d/x: "x" }, links: { etc/passwd: /etc/shadow } }, { zeros: 2000000 }]
"#;
    let simulator = simulator(yaml).await;
    let (text, _) = manifest(&simulator, "traps", "t").await;
    let layers = serde_json::from_str::<Value>(&text).unwrap()["layers"].clone();
    let unpack = async |number: usize| {
        let named = layers[number]["digest"].as_str().unwrap();
        let (_, _, blob) = download(&address(&simulator, "traps", named).await, "").await;
        assert_eq!(digest(&blob), named);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&blob[..]).read_to_end(&mut unpacked).unwrap();
        (blob.len(), unpacked)
    };
    let (_, unpacked) = unpack(0).await;
    let mut archive = tar::Archive::new(&unpacked[..]);
    let paths: Vec<_> = archive.entries().unwrap().map(|entry| entry.unwrap().path_bytes().into_owned()).collect();
    assert_eq!(paths, [b"../../etc/cron.d/x".to_vec(), b"etc/passwd".to_vec()]);
    let (packed, unpacked) = unpack(1).await;
    assert!(packed < 20_000 && unpacked.len() > 2_000_000, "{packed}");
}

#[tokio::test]
async fn the_same_file_makes_the_same_digests() {
    let list = async || {
        let simulator = simulator(ACCOUNT).await;
        let all = api(&simulator, "DescribeImages", value!({"filter": {"imageStatus": "ANY"}})).await;
        let all = all["imageDetails"].as_array().unwrap().clone();
        all.iter().map(|image| image["imageDigest"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (first, second) = (list().await, list().await);
    assert_eq!(first, second);
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 8);
}

#[tokio::test]
async fn a_function_runs_the_digest_of_its_tag() {
    let simulator = simulator(ACCOUNT).await;
    let (_, named) = manifest(&simulator, "shop/api", "1.0").await;
    let function = lambda(&simulator, "us-east-1", "/2015-03-31/functions/tagger").await.json();
    let expected = format!("111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api@{named}");
    assert_eq!(function["Code"]["ResolvedImageUri"], expected);
}
