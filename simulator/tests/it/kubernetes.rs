//! The API of a cluster, as a client meets it: TLS with the cluster's own authority, and a token.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use palisade_simulator::{Account, Denial, Failure, FailureKind, Faults, Outcome, Simulator};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::client::{Answer, demo, rest};

const KEY: &str = "AKIATESTTESTTESTTEST";

const SMALL: &str = r#"
account: "123456789012"
caller: user/auditor
regions:
  us-east-1:
    eks:
      clusters:
        - name: shop
          access_entries: [{ principal: "arn:aws:iam::123456789012:user/auditor" }]
          kubernetes:
            fresh: false
            deny: [limitranges, daemonsets.apps]
            objects: |
              { apiVersion: v1, kind: Namespace, metadata: { name: one } }
              ---
              { apiVersion: v1, kind: Namespace, metadata: { name: two } }
              ---
              { apiVersion: v1, kind: Namespace, metadata: { name: three } }
              ---
              { apiVersion: v1, kind: ConfigMap, metadata: { name: aws-auth, namespace: kube-system }, data: { mapRoles: "[]" } }
              ---
              { apiVersion: v1, kind: Secret, metadata: { name: password, namespace: one }, data: { value: c2VjcmV0 } }
              ---
              { apiVersion: v1, kind: Node, metadata: { name: node-a } }
              ---
              apiVersion: apps/v1
              kind: Deployment
              metadata: { name: web, namespace: one }
              spec:
                replicas: 3
                template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: "web:1" }] } }
              ---
              { apiVersion: constraints.gatekeeper.sh/v1beta1, kind: K8sRequiredLabels, metadata: { name: owners } }
        - name: other
          access_entries: [{ principal: "arn:aws:iam::123456789012:user/auditor" }]
          kubernetes: {}
        - name: unknown
          kubernetes: {}
        - name: old
          authentication: CONFIG_MAP
          access_entries: [{ principal: "arn:aws:iam::123456789012:user/auditor" }]
          kubernetes: {}
        - name: mapped
          authentication: CONFIG_MAP
          kubernetes:
            objects:
              - apiVersion: v1
                kind: ConfigMap
                metadata: { name: aws-auth, namespace: kube-system }
                data: { mapUsers: "- userarn: arn:aws:iam::123456789012:user/auditor\n  groups: [viewers]\n" }
"#;

/// What a token is made of.
struct Made<'a> {
    cluster: &'a str,
    age: SignedDuration,
    key: &'a str,
    secret: &'a str,
    more: &'a str,
}

impl Default for Made<'_> {
    fn default() -> Self {
        Made { cluster: "shop", age: SignedDuration::ZERO, key: KEY, secret: "test", more: "" }
    }
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn token(made: &Made<'_>) -> String {
    let at = (Timestamp::now() - made.age).strftime("%Y%m%dT%H%M%SZ").to_string();
    let scope = format!("{}/us-east-1/sts/aws4_request", &at[..8]);
    let credential = format!("{}%2F{}", made.key, scope.replace('/', "%2F"));
    let query = format!(
        "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}\
         &X-Amz-Date={at}&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id"
    );
    let canonical = format!(
        "GET\n/\n{query}\nhost:sts.us-east-1.amazonaws.com\nx-k8s-aws-id:{}\n\nhost;x-k8s-aws-id\n{}",
        made.cluster,
        hexadecimal(&Sha256::digest(b"")),
    );
    let digest = hexadecimal(&Sha256::digest(canonical.as_bytes()));
    let text = format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}");
    let key = scope.split('/').fold(format!("AWS4{}", made.secret).into_bytes(), |key, part| sign(&key, part));
    let signature = hexadecimal(&sign(&key, &text));
    let url = format!("https://sts.us-east-1.amazonaws.com/?{query}{}&X-Amz-Signature={signature}", made.more);
    format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(url))
}

async fn described(simulator: &Simulator, cluster: &str) -> Value {
    rest(simulator, "eks", &format!("GET /clusters/{cluster}"), "").await.json()["cluster"].clone()
}

fn connector(cluster: &Value) -> TlsConnector {
    let pem = STANDARD.decode(cluster["certificateAuthority"]["data"].as_str().unwrap()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&pem).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

async fn get_with(simulator: &Simulator, cluster: &str, path: &str, header: &str) -> Option<Answer> {
    let cluster = described(simulator, cluster).await;
    let address = cluster["endpoint"].as_str().unwrap().strip_prefix("https://").unwrap().to_owned();
    let stream = TcpStream::connect(address).await.unwrap();
    let mut stream = connector(&cluster).connect(ServerName::try_from("127.0.0.1").unwrap(), stream).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{header}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes)).await.expect("no answer");
    Answer::read(&bytes)
}

async fn get(simulator: &Simulator, cluster: &str, path: &str) -> Answer {
    let header = format!("authorization: Bearer {}\r\n", token(&Made { cluster, ..Made::default() }));
    get_with(simulator, cluster, path, &header).await.expect("the connection closed without an answer")
}

async fn small(faults: Faults) -> Simulator {
    Simulator::start(Account::from_yaml(SMALL).unwrap_or_else(|error| panic!("{error}")), faults).await.unwrap()
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|object| object["metadata"]["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn objects_are_listed_without_their_type_and_completed() {
    let simulator = small(Faults::default()).await;
    assert_eq!(get(&simulator, "shop", "/version").await.json()["minor"], "35");
    let namespaces = get(&simulator, "shop", "/api/v1/namespaces?limit=500").await.json();
    assert_eq!((&namespaces["kind"], &namespaces["apiVersion"]), (&"NamespaceList".into(), &"v1".into()));
    assert_eq!(names(&namespaces), ["one", "three", "two"]);
    assert!(namespaces["items"][0].get("kind").is_none());
    assert_eq!(namespaces["items"][0]["metadata"]["labels"]["kubernetes.io/metadata.name"], "one");
    let accounts = get(&simulator, "shop", "/api/v1/namespaces/two/serviceaccounts").await.json();
    assert_eq!(names(&accounts), ["default"]);
    let constraints = get(&simulator, "shop", "/apis/constraints.gatekeeper.sh/v1beta1/k8srequiredlabels").await;
    assert_eq!(constraints.json()["items"][0]["kind"], "K8sRequiredLabels");
    let actions: Vec<String> = simulator.calls().into_iter().map(|call| call.action).collect();
    assert!(actions.contains(&"k8s:list/*.constraints.gatekeeper.sh".to_owned()), "{actions:?}");
}

#[tokio::test]
async fn controllers_make_replica_sets_and_pods() {
    let simulator = small(Faults::default()).await;
    let pods = get(&simulator, "shop", "/api/v1/pods").await.json();
    assert_eq!(pods["items"].as_array().unwrap().len(), 3);
    let pod = &pods["items"][0];
    assert_eq!((&pod["spec"]["nodeName"], &pod["spec"]["serviceAccountName"]), (&"node-a".into(), &"default".into()));
    assert_eq!(pod["status"]["phase"], "Running");
    let sets = get(&simulator, "shop", "/apis/apps/v1/replicasets").await.json();
    let owner = &pod["metadata"]["ownerReferences"][0];
    assert_eq!((&owner["kind"], &owner["name"]), (&"ReplicaSet".into(), &sets["items"][0]["metadata"]["name"]));
    assert_eq!(owner["uid"], sets["items"][0]["metadata"]["uid"]);
    assert_eq!(sets["items"][0]["metadata"]["ownerReferences"][0]["name"], "web");
}

#[tokio::test]
async fn lists_page_with_tokens_of_their_own() {
    let simulator = small(Faults::default()).await;
    let first = get(&simulator, "shop", "/api/v1/namespaces?limit=2").await.json();
    assert_eq!((names(&first), &first["metadata"]["remainingItemCount"]), (vec!["one", "three"], &1.into()));
    let token = first["metadata"]["continue"].as_str().unwrap();
    let second = get(&simulator, "shop", &format!("/api/v1/namespaces?limit=2&continue={token}")).await.json();
    assert_eq!((names(&second), second["metadata"].get("continue")), (vec!["two"], None));
    let wrong = get(&simulator, "shop", &format!("/api/v1/pods?limit=2&continue={token}")).await;
    assert_eq!((wrong.status, &wrong.json()["reason"]), (400, &"BadRequest".into()));
}

#[tokio::test]
async fn a_list_may_grow_too_old_to_go_on() {
    let failure = Failure { skip: 1, times: Some(1), ..Failure::of("k8s:list/namespaces", FailureKind::Gone) };
    let simulator = small(Faults { failures: vec![failure], ..Faults::default() }).await;
    let first = get(&simulator, "shop", "/api/v1/namespaces?limit=2").await.json();
    let path = format!("/api/v1/namespaces?limit=2&continue={}", first["metadata"]["continue"].as_str().unwrap());
    let gone = get(&simulator, "shop", &path).await;
    let status = gone.json();
    assert_eq!((gone.status, &status["kind"], &status["reason"]), (410, &"Status".into(), &"Expired".into()));
    assert_eq!(get(&simulator, "shop", &path).await.status, 200);
}

#[tokio::test]
async fn tokens_that_break_a_rule_are_refused() {
    let simulator = small(Faults::default()).await;
    let status = async |token: String| {
        let header = format!("authorization: Bearer {token}\r\n");
        get_with(&simulator, "shop", "/api/v1/pods", &header).await.unwrap().status
    };
    let minutes = SignedDuration::from_mins;
    assert_eq!(status(token(&Made::default())).await, 200);
    assert_eq!(status(token(&Made { age: minutes(14), ..Made::default() })).await, 200);
    assert_eq!(status(token(&Made { age: minutes(16), ..Made::default() })).await, 401, "expired");
    assert_eq!(status(token(&Made { cluster: "other", ..Made::default() })).await, 401, "of another cluster");
    assert_eq!(status(token(&Made { secret: "guessed", ..Made::default() })).await, 401, "wrongly signed");
    assert_eq!(status(token(&Made { more: "&x-id=GetCallerIdentity", ..Made::default() })).await, 401, "parameter");
    assert_eq!(status(format!("{}=", token(&Made::default()))).await, 401, "padded");
    assert_eq!(status("eyJhbGciOiJSUzI1NiJ9".to_owned()).await, 401, "none of EKS");
    let unverified = Made { key: "AKIAOFSOMEBODYELSE", secret: "whatever", ..Made::default() };
    assert_eq!(status(token(&unverified)).await, 200, "a secret that is not known cannot be checked");
    let anonymous = get_with(&simulator, "shop", "/api/v1/pods", "").await.unwrap();
    assert_eq!(anonymous.status, 403);
    assert!(anonymous.json()["message"].as_str().unwrap().contains("system:anonymous"));
}

#[tokio::test]
async fn nobody_enters_without_an_entry() {
    let simulator = small(Faults::default()).await;
    for (cluster, status) in [("other", 200), ("unknown", 401), ("old", 401), ("mapped", 200)] {
        assert_eq!(get(&simulator, cluster, "/api/v1/nodes").await.status, status, "{cluster}");
    }
    let refused = simulator.calls().into_iter().find(|call| call.status == 401).unwrap();
    assert_eq!((refused.action.as_str(), refused.outcome), ("k8s:list/nodes", Outcome::Denied));
    assert_eq!(refused.resource.as_deref(), Some("arn:aws:eks:us-east-1:123456789012:cluster/unknown"));
}

#[tokio::test]
async fn secrets_are_never_served_and_the_asking_is_seen() {
    let simulator = small(Faults::default()).await;
    for path in [
        "/api/v1/secrets",
        "/api/v1/namespaces/one/secrets",
        "/api/v1/namespaces/one/secrets/password",
        "/api/v1/configmaps",
        "/api/v1/namespaces/kube-system/configmaps",
        "/api/v1/namespaces/kube-system/configmaps/others",
        "/api/v1/namespaces/one/configmaps/aws-auth",
        "/api/v1/nodes/node-a/proxy/configz",
    ] {
        let answer = get(&simulator, "shop", path).await;
        assert_eq!((answer.status, &answer.json()["reason"]), (403, &"Forbidden".into()), "{path}");
        assert!(!answer.body.contains("c2VjcmV0"));
    }
    let asked = simulator.calls().into_iter().filter(|call| call.action.ends_with("/secrets")).count();
    assert_eq!(asked, 3);
    let map = get(&simulator, "shop", "/api/v1/namespaces/kube-system/configmaps/aws-auth").await.json();
    assert_eq!((&map["kind"], &map["data"]["mapRoles"]), (&"ConfigMap".into(), &"[]".into()));
    let missing = get(&simulator, "shop", "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni").await;
    assert_eq!((missing.status, &missing.json()["reason"]), (404, &"NotFound".into()));
}

#[tokio::test]
async fn what_the_file_denies_is_denied_and_unknown_kinds_are_unknown() {
    let simulator = small(Faults::default()).await;
    let denied = get(&simulator, "shop", "/apis/apps/v1/daemonsets?limit=500").await;
    assert_eq!(denied.status, 403);
    assert_eq!(
        denied.json()["message"],
        "daemonsets.apps is forbidden: User \"arn:aws:iam::123456789012:user/auditor\" cannot list resource \
         \"daemonsets\" in API group \"apps\" at the cluster scope"
    );
    assert_eq!(get(&simulator, "shop", "/api/v1/limitranges").await.status, 403);
    let unknown = get(&simulator, "shop", "/apis/kyverno.io/v1/clusterpolicies?limit=500").await;
    assert_eq!((unknown.status, unknown.body.as_str()), (404, "404 page not found\n"));
}

#[tokio::test]
async fn faults_reach_into_clusters() {
    let denial = Denial { resource: Some("cluster/shop".to_owned()), ..Denial::of("k8s:list/pods") };
    let failures = vec![
        Failure::of("k8s:list/nodes", FailureKind::Throttle { retry_after: Some(1) }),
        Failure::of("k8s:list/services", FailureKind::ServerError),
        Failure::of("k8s:list/jobs.batch", FailureKind::Reset),
        Failure::of("k8s:list/roles*", FailureKind::ExpiredToken),
    ];
    let simulator = small(Faults { deny: vec![denial], failures, ..Faults::default() }).await;
    assert_eq!(get(&simulator, "shop", "/api/v1/pods").await.status, 403);
    assert_eq!(get(&simulator, "other", "/api/v1/pods").await.status, 200);
    let throttled = get(&simulator, "shop", "/api/v1/nodes").await;
    assert_eq!((throttled.status, throttled.header("retry-after")), (429, Some("1")));
    assert_eq!(throttled.json()["details"]["retryAfterSeconds"], 1);
    assert_eq!(get(&simulator, "shop", "/api/v1/services").await.json()["reason"], "InternalError");
    assert_eq!(get(&simulator, "shop", "/apis/rbac.authorization.k8s.io/v1/roles").await.status, 401);
    let header = format!("authorization: Bearer {}\r\n", token(&Made::default()));
    assert!(get_with(&simulator, "shop", "/apis/batch/v1/jobs", &header).await.is_none());
}

#[tokio::test]
async fn the_authority_of_one_cluster_does_not_vouch_for_another() {
    let simulator = small(Faults::default()).await;
    let (shop, other) = (described(&simulator, "shop").await, described(&simulator, "other").await);
    let address = shop["endpoint"].as_str().unwrap().strip_prefix("https://").unwrap().to_owned();
    let stream = TcpStream::connect(address).await.unwrap();
    let refused = connector(&other).connect(ServerName::try_from("127.0.0.1").unwrap(), stream).await;
    assert!(refused.unwrap_err().to_string().contains("certificate"));
}

#[tokio::test]
async fn the_demo_cluster_is_good_and_bad() {
    let simulator = demo().await;
    let pods = get(&simulator, "shop", "/api/v1/pods?limit=500").await.json();
    let pods = pods["items"].as_array().unwrap();
    let of = |namespace: &str, start: &str| {
        let mut found = pods.iter().filter(|pod| pod["metadata"]["namespace"] == namespace);
        found.find(|pod| pod["metadata"]["name"].as_str().unwrap().starts_with(start)).unwrap()
    };
    let image = of("storefront", "web-")["spec"]["containers"][0]["image"].as_str().unwrap();
    let ask = serde_json::json!({"repositoryName": "shop/storefront", "imageIds": [{"imageTag": "3.15.0"}]});
    let target = "AmazonEC2ContainerRegistry_V20150921.DescribeImages";
    let known = crate::client::json(&simulator, "ecr", target, &ask).await.json();
    assert!(image.ends_with(known["imageDetails"][0]["imageDigest"].as_str().unwrap()), "{image}");
    let running = &of("legacy", "image-cleaner-")["status"]["containerStatuses"][0]["imageID"];
    let ask = serde_json::json!({"repositoryName": "tools/build-base", "imageIds": [{"imageTag": "ubuntu-22"}]});
    let known = crate::client::json(&simulator, "ecr", target, &ask).await.json();
    let digest = known["imageDetails"][0]["imageDigest"].as_str().unwrap();
    assert!(running.as_str().unwrap().ends_with(digest), "{running}");
    let catalog = of("storefront", "catalog-").to_string();
    assert!(catalog.contains("AWS_WEB_IDENTITY_TOKEN_FILE") && !catalog.contains("kube-api-access"), "{catalog}");
    assert!(of("tools", "deploy-board-").to_string().contains("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
    let key = &of("legacy", "erp-bridge-")["spec"]["containers"][0]["env"][0]["value"];
    assert_eq!(key, &format!("AKIA{}", "FAKEHARBORPINE33"));
    let daemons = get(&simulator, "shop", "/apis/apps/v1/daemonsets").await.json();
    assert!(daemons["items"].as_array().unwrap().iter().all(|daemon| daemon["status"]["numberReady"] == 2));
    let policies = get(&simulator, "shop", "/apis/kyverno.io/v1/clusterpolicies").await.json();
    assert_eq!(names(&policies), ["disallow-latest-tag"]);
}
