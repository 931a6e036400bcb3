use palisade_archive::{Entry, Kind, Visitor as _};
use palisade_model::Reason;
use palisade_model::secret::Class;

use super::*;

/// A layer of files with these texts, which anybody may start, and of links.
fn layer(files: &[(&str, &str)], links: &[(&str, &str)]) -> Option<Arc<Scan>> {
    let mut scan = Scan::default();
    for (path, text) in files {
        let mode = if text.is_empty() { 0o755 } else { 0o644 };
        let entry = Entry { path, kind: Kind::File, size: text.len() as u64, mode };
        if scan.entry(&entry) > 0 && !text.is_empty() {
            scan.content(path, text.as_bytes());
        }
    }
    for (path, target) in links {
        scan.entry(&Entry { path, kind: Kind::Symbolic(target), size: 0, mode: 0o777 });
    }
    Some(Arc::new(scan))
}

fn told(layers: Vec<Option<Arc<Scan>>>, user: &str, claimed: Option<Family>) -> Told {
    let unread = layers.iter().filter(|layer| layer.is_none());
    let unread = unread.map(|_| Unread { digest: String::new(), reason: Reason::NotAsked }).collect();
    let digests: Vec<&str> = ["sha256:aa", "sha256:bb", "sha256:cc"].into_iter().take(layers.len()).collect();
    let claimed = claimed.map(|family| Distribution { family, version: None });
    let claims = Claims { user, search_path: "/usr/bin", distribution: claimed.as_ref() };
    System::new(layers).told(&digests, unread, &claims)
}

fn user(layers: Vec<Option<Arc<Scan>>>, user: &str) -> Option<u64> {
    told(layers, user, None).files.user_id
}

const PASSWD: &str = "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:\nboss:x:0:0::/:\n";

#[test]
fn a_user_has_the_number_that_the_last_file_gives() {
    let below = || layer(&[("etc/passwd", "app:x:0:0::/:\n")], &[]);
    let above = || layer(&[("etc/passwd", PASSWD)], &[]);
    assert_eq!(user(vec![below(), above()], "app:staff"), Some(1000));
    assert_eq!(user(vec![below(), above()], "boss"), Some(0));
    assert_eq!(user(vec![below(), above()], "nobody"), None);
    let linked = layer(&[("data/etc/passwd", PASSWD)], &[("etc", "data/etc")]);
    assert_eq!(user(vec![below(), linked], "app"), Some(1000));
}

#[test]
fn a_layer_above_that_was_not_read_may_know_other_users() {
    let passwd = || layer(&[("etc/passwd", PASSWD)], &[]);
    assert_eq!(user(vec![passwd(), None], "app"), None);
    assert_eq!(user(vec![None, passwd()], "app"), Some(1000));
}

#[test]
fn users_behind_a_link_are_looked_up_once_more() {
    let below = layer(&[("usr/share/users", PASSWD)], &[]);
    let mut system = System::new(vec![below, layer(&[], &[("etc/passwd", "../usr/share/users")])]);
    let second = system.second.get_mut(&0).unwrap();
    assert_eq!((second.texts_of.iter().copied().collect::<Vec<_>>(), system.second.len()), (vec![0], 1));
    system.second.get_mut(&0).unwrap().texts.insert(0, PASSWD.to_owned());
    let claims = Claims { user: "app", search_path: "", distribution: None };
    assert_eq!(system.told(&["sha256:aa", "sha256:bb"], vec![], &claims).files.user_id, Some(1000));
}

#[test]
fn a_secret_stays_although_a_later_layer_removes_it() {
    let key = ["-----BEGIN OPENSSH ", "PRIVATE KEY-----\nb3Bl"].concat();
    let removed = layer(&[("root/.ssh/.wh.id_rsa", "")], &[]);
    let found = told(vec![layer(&[("root/.ssh/id_rsa", &key)], &[]), removed], "", None);
    let file = SecretFile { path: "/root/.ssh/id_rsa".into(), class: Class::PrivateKey, layer: "sha256:aa".into() };
    assert_eq!(found.files.secrets, [file]);
}

#[test]
fn a_file_is_looked_into_by_all_its_names() {
    let below = layer(&[("srv/shared/settings", "DB_HOST=db\n")], &[]);
    let system = System::new(vec![below.clone(), layer(&[], &[("app/.env", "/srv/shared/settings")])]);
    assert_eq!(system.second[&0].named, BTreeMap::from([(0, vec!["app/.env".to_owned()])]));
    let folder = layer(&[("opt/cfg/credentials", "[default]\n")], &[("root/.aws", "/opt/cfg")]);
    assert_eq!(System::new(vec![folder]).second[&0].named[&0], ["root/.aws/credentials"]);
    let nowhere = layer(&[], &[("app/.env", "/run/secrets/env")]);
    assert!(System::new(vec![nowhere]).second.is_empty());
    // A link that is gone again led there all the same.
    let gone = vec![below, layer(&[], &[("app/.env", "/srv/shared/settings")]), layer(&[("app/.wh..env", "")], &[])];
    assert_eq!(System::new(gone).second.len(), 1);
}

#[test]
fn the_distribution_is_that_of_the_release_file_or_the_packages() {
    let name = |layers| told(layers, "", None).distribution.map(|found| found.to_string());
    let amazon = layer(&[("usr/lib/os-release", "ID=\"amzn\"\nVERSION_ID=\"2023\"\n")], &[]);
    assert_eq!(name(vec![amazon]).as_deref(), Some("amazonlinux 2023"));
    assert_eq!(name(vec![layer(&[("lib/apk/db/installed", "")], &[])]).as_deref(), Some("alpine"));
    assert_eq!(name(vec![layer(&[("var/lib/dpkg/status", "")], &[])]).as_deref(), Some("distribution with dpkg"));
    assert_eq!(name(vec![]), None);
    let rhel = || layer(&[("etc/os-release", "ID=\"rhel\"\nVERSION_ID=\"9.4\"\n"), ("usr/bin/bash", "")], &[]);
    assert_eq!(name(vec![rhel()]).as_deref(), Some("ubi-micro 9.4"));
    assert_eq!(name(vec![rhel(), layer(&[("usr/bin/microdnf", "")], &[])]).as_deref(), Some("redhat 9.4"));
}

#[test]
fn what_the_files_show_outweighs_what_is_claimed() {
    let alpine = ("etc/os-release", "ID=alpine\nVERSION_ID=3.20\n");
    let apk = ("lib/apk/db/installed", "");
    let name = |files: &[(&str, &str)], claimed| {
        told(vec![layer(files, &[])], "", claimed).distribution.map(|found| found.to_string())
    };
    let debian = [("bin/bash", ""), ("usr/bin/apt-get", ""), ("var/lib/dpkg/status", "")];
    assert_eq!(name(&[&[alpine], &debian[..]].concat(), None).as_deref(), Some("distribution with apt-get"));
    assert_eq!(name(&debian[..2], Some(Family::Wolfi)).as_deref(), Some("distribution with apt-get"));
    assert_eq!(name(&[alpine, apk, ("bin/bash", "")], None).as_deref(), Some("alpine 3.20"));
    assert_eq!(name(&[alpine, ("bin/bash", "")], None), None);
    assert_eq!(name(&[("app/server", "")], Some(Family::Scratch)).as_deref(), Some("scratch"));
    assert_eq!(name(&[("bin/sh", "")], Some(Family::Scratch)), None);
    assert_eq!(name(&[("busybox/busybox", "")], Some(Family::Distroless)).as_deref(), Some("distroless"));
}

#[test]
fn interpreters_alone_say_nothing() {
    let tools = |paths: &[&str]| {
        let files: Vec<(&str, &str)> = paths.iter().map(|path| (*path, "")).collect();
        told(vec![layer(&files, &[])], "", None).tools
    };
    assert_eq!(tools(&["usr/bin/python3.12", "usr/bin/curl"]), [""; 0]);
    assert_eq!(tools(&["usr/bin/python3.12", "usr/bin/bash"]), ["/usr/bin/bash", "/usr/bin/python3.12"]);
}

#[test]
fn what_a_later_layer_removes_is_gone() {
    let below = || layer(&[("bin/sh", ""), ("usr/bin/apt", ""), ("usr/bin/bash", "")], &[]);
    assert_eq!(told(vec![below()], "", None).tools, ["/usr/bin/apt", "/bin/sh", "/usr/bin/bash"]);
    let hides = layer(&[("bin/.wh.sh", ""), ("usr/.wh..wh..opq", "")], &[]);
    assert_eq!(told(vec![below(), hides], "", None).tools, [""; 0]);
    let linked = layer(&[("opt/empty/x", "")], &[("usr/bin", "../opt/empty"), ("bin", "usr/bin")]);
    assert_eq!(told(vec![below(), linked], "", None).tools, [""; 0]);
}
