use crate::{in_file, is_looked_at};

fn b64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn files_of_credentials_are_read_in_their_forms() {
    let secret = "k9XmQ2vLp7Rt";
    let token = "9f8a7c6b5d4e3f2a1b0c9f8a7c6b5d4e";
    let auth = b64(&format!("bot:{secret}"));
    let key =
        format!("-----BEGIN {}-----\n{}\n{0}-----END", "PRIVATE KEY", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(4));
    let cases: Vec<(&str, String)> = vec![
        ("root/.netrc", format!("machine git.shop.example\n  login bot\n  password {secret}\n")),
        ("root/.npmrc", format!("registry=https://npm.shop.example/\n_auth={auth}\n")),
        ("root/.npmrc", format!("//npm.shop.example/:_authToken={token}\n")),
        ("etc/pip.conf", format!("[global]\nindex-url = https://bot:{secret}@pypi.shop.example/simple\n")),
        (
            "root/.m2/settings.xml",
            format!("<settings><servers><server><password>{secret}</password></server></servers></settings>"),
        ),
        ("root/.kube/config", format!("users:\n- name: a\n  user:\n    token: {token}{token}\n")),
        ("home/app/.ssh/deploy", key.clone()),
        ("etc/ssl/private/server.pem", key.clone()),
        ("opt/blob/0001", key),
        ("app/.env", format!("DB_HOST=db\nDB_PASSWORD={secret}\n")),
        ("app/.env.production", format!("export DB_PASSWORD=\"{secret}\"\n")),
        (
            "app/terraform.tfstate",
            format!(r#"{{"resources":[{{"instances":[{{"attributes":{{"password":"{secret}"}}}}]}}]}}"#),
        ),
        ("root/.vault-token", format!("hvs.{}", token.repeat(3))),
        ("var/www/html/wp-config.php", format!("<?php\ndefine( 'DB_PASSWORD', '{secret}' );\n")),
        ("etc/nginx/.htpasswd", format!("admin:$apr1${}${}\n", "Ab3dE6gH", "kX93mQz8LpRt6vYw2sBn1c")),
        ("etc/shadow", "root:$6$saltsalt$kX93mQz8LpRt6vYw2sBn1ckX93mQz8LpRt6vYw2sBn1c:19000:0:99999:7:::\n".into()),
        ("root/.config/rclone/rclone.conf", format!("[store]\ntype = sftp\npass = {secret}\n")),
        (
            "root/.composer/auth.json",
            format!(r#"{{"http-basic":{{"repo.shop.example":{{"username":"bot","password":"{secret}"}}}}}}"#),
        ),
        ("root/.composer/auth.json", format!(r#"{{"github-oauth":{{"github.com":"{token}"}}}}"#)),
        ("root/.bundle/config", format!("---\nBUNDLE_GEMS__SHOP__EXAMPLE: \"bot:{secret}\"\n")),
        ("root/.docker/config.json", format!(r#"{{"auths":{{"r.shop.example":{{"auth":"{auth}"}}}}}}"#)),
        ("root/.config/containers/auth.json", format!(r#"{{"auths":{{"r.shop.example":{{"auth":"{token}"}}}}}}"#)),
        ("app/config/application.properties", format!("spring.datasource.password={secret}\n")),
        (
            "opt/tomcat/conf/tomcat-users.xml",
            format!(r#"<tomcat-users><user username="admin" password="{secret}"/></tomcat-users>"#),
        ),
        ("app/shop/settings.py", format!("SECRET_KEY = '{token}'\nDEBUG = False\n")),
        (
            "etc/wireguard/wg0.conf",
            format!("[Interface]\nPrivateKey = {}=\n", "kX93mQz8LpRt6vYw2sBn1ckX93mQz8LpRt6vYw2sBn1"),
        ),
        (
            "root/.config/pypoetry/auth.toml",
            format!("[http-basic.shop]\nusername = \"bot\"\npassword = \"{secret}\"\n"),
        ),
        ("root/.bash_history", format!("ls\nmysql -p{secret}\nexit\n")),
        ("root/.kaggle/kaggle.json", format!(r#"{{"username":"bot","key":"{token}"}}"#)),
        ("app/config/database.yml", format!("production:\n  password: {secret}\n")),
        ("app/config/master.key", token.into()),
        ("root/.pgpass", format!("db:5432:shop:shop:{secret}\n")),
        ("root/.git-credentials", format!("https://bot:{secret}@git.shop.example\n")),
        ("etc/redis/redis.conf", format!("port 6379\nrequirepass {secret}\n")),
        ("root/.msmtprc", format!("account a\nhost smtp\npassword {secret}\n")),
        ("etc/postfix/sasl_passwd", format!("[smtp.shop.example]:587 bot:{secret}\n")),
        ("etc/ppp/chap-secrets", format!("bot * {secret} *\n")),
        ("etc/ipsec.secrets", format!(": PSK \"{secret}\"\n")),
        ("etc/wpa_supplicant/wpa_supplicant.conf", format!("network={{\n ssid=\"x\"\n psk=\"{secret}\"\n}}\n")),
        ("root/.passwd-s3fs", format!("AKEY:{token}\n")),
        (
            "root/.config/filezilla/sitemanager.xml",
            format!(r#"<Server><Pass encoding="base64">{auth}</Pass></Server>"#),
        ),
        ("root/.subversion/auth/svn.simple/0a", format!("K 8\npassword\nV 12\n{secret}\nEND\n")),
        ("etc/pgbouncer/userlist.txt", format!("\"shop\" \"{secret}\"\n")),
        ("root/.gem/credentials", format!("---\n:rubygems_api_key: rubygems_{}\n", "9f8a7c6b5d4e3f2a".repeat(3))),
        (
            "app/appsettings.Production.json",
            format!(r#"{{"ConnectionStrings":{{"Shop":"Server=db;User Id=sa;Password={secret};"}}}}"#),
        ),
        ("app/web.config", format!(r#"<add key="ApiPassword" value="{secret}" />"#)),
        ("app/deploy/secret.yaml", format!("apiVersion: v1\nkind: Secret\ndata:\n  password: {}\n", b64(secret))),
        ("app/main.tf", format!("resource \"x\" \"y\" {{\n  password = \"{secret}\"\n}}\n")),
        ("etc/davfs2/secrets", format!("https://dav.shop.example bot {secret}\n")),
        ("var/lib/rabbitmq/.erlang.cookie", token[..20].to_uppercase() + "QX"),
        (
            "home/app/.config/gh/hosts.yml",
            format!("github.com:\n    oauth_token: gho_{}\n", "a1B2c3D4e5F6g7H8i9".repeat(2)),
        ),
    ];
    for (path, text) in cases {
        assert!(is_looked_at(path), "{path}");
        let hit = in_file(path, text.as_bytes()).unwrap_or_else(|| panic!("{path}: {text}"));
        assert!(!hit.why.contains(secret) && !hit.why.contains(token), "{path}: {}", hit.why);
    }
}

#[test]
fn files_that_point_to_their_secrets_hold_none() {
    let cases = [
        ("root/.netrc", "machine git.shop.example\n  login bot\n  password ${GIT_TOKEN}\n"),
        ("root/.netrc", "machine git.shop.example login bot password <token>\n"),
        ("root/.npmrc", "//npm.shop.example/:_authToken=${NPM_TOKEN}\n_auth=${NPM_AUTH}\n"),
        ("etc/pip.conf", "[global]\nindex-url = https://pypi.shop.example/simple\n"),
        (
            "root/.m2/settings.xml",
            "<settings><server><username>${env.U}</username><password>${env.P}</password></server></settings>",
        ),
        ("root/.kube/config", "users:\n- name: a\n  user:\n    exec: {command: aws, args: [eks, get-token]}\n"),
        ("app/.env", "DB_PASSWORD=${DB_PASSWORD}\n# API_TOKEN=9f8a7c6b5d4e3f2a1b0c\n"),
        ("app/.env.example", "DB_PASSWORD=changeme\nAPI_TOKEN=your-token-here\n"),
        (
            "root/.aws/credentials",
            "[default]\nrole_arn = arn:aws:iam::111122223333:role/r\ncredential_source = EcsContainer\n",
        ),
        ("root/.pgpass", "hostname:port:database:username:password\n"),
        ("root/.bundle/config", "---\nBUNDLE_WITHOUT: \"development\"\nBUNDLE_PATH: vendor/bundle\n"),
        ("root/.docker/config.json", r#"{"credsStore":"ecr-login","auths":{"r.example":{"auth":""},"q.example":{}}}"#),
        ("root/.config/containers/auth.json", r#"{"auths":{}}"#),
        (
            "opt/tomcat/conf/tomcat-users.xml",
            "<tomcat-users>\n<!--\n  <user username=\"admin\" password=\"&lt;must-be-changed&gt;\"/>\n-->\n</tomcat-users>",
        ),
        ("var/www/html/wp-config.php", "<?php\ndefine( 'DB_PASSWORD', getenv('DB_PASSWORD') );\n"),
        ("app/shop/settings.py", "SECRET_KEY = os.environ['SECRET_KEY']\nAUTH_PASSWORD_VALIDATORS = []\n"),
        ("app/config/secrets.yml", "production:\n  secret_key_base: <%= ENV[\"SECRET_KEY_BASE\"] %>\n"),
        ("etc/shadow", "root:*:19000:0:99999:7:::\napp:!:19000::::::\nx:!!:1::::::\n"),
        ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
        ("root/.bash_history", "ls\nexport AWS_REGION=eu-west-1\n"),
        ("app/config/credentials.yml.enc", "kX93mQz8LpRt6vYw2sBn1c--9f8a7c6b5d4e3f2a--x"),
        ("etc/ssl/cert.pem", "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n"),
        ("etc/redis/redis.conf", "# requirepass foobared\nport 6379\n"),
        (
            "etc/nginx/nginx.conf",
            "ssl_certificate_key /run/secrets/tls.key;\nauth_basic_user_file /etc/nginx/.htpasswd;\n",
        ),
        (
            "app/app.yaml",
            "secretName: shop-tls\nimagePullSecrets:\n- name: registry\npasswordSecretRef:\n  key: password\n",
        ),
        (
            "app/node_modules/agent-base/test/ssl.key",
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n",
        ),
        (
            "app/package.json",
            r#"{"name":"shop","scripts":{"auth":"node auth.js"},"dependencies":{"jsonwebtoken":"^9.0.2"}}"#,
        ),
    ];
    for (path, text) in cases {
        assert_eq!(in_file(path, text.as_bytes()), None, "{path}: {text}");
    }
}

#[test]
fn key_stores_are_known_by_their_first_bytes() {
    let jks = [
        &0xfeed_feed_u32.to_be_bytes()[..],
        &2_u32.to_be_bytes(),
        &1_u32.to_be_bytes(),
        &1_u32.to_be_bytes(),
        b"\0\x05alias",
    ]
    .concat();
    assert!(in_file("opt/app/keystore.jks", &jks).is_some());
    let trusted = [
        &0xfeed_feed_u32.to_be_bytes()[..],
        &2_u32.to_be_bytes(),
        &1_u32.to_be_bytes(),
        &2_u32.to_be_bytes(),
        b"\0\x05alias",
    ]
    .concat();
    assert!(in_file("opt/app/truststore.jks", &trusted).is_none());
    assert!(in_file("opt/app/x.bin", b"\x7fELF\0\0-----BEGIN PRIVATE KEY-----").is_none());
}

#[test]
fn whatever_is_no_text_is_passed_over() {
    for path in ["usr/lib/libssl.so.3", "app/logo.png", "usr/share/doc/x/README", "usr/lib/python3.11/test/keycert.pem"]
    {
        assert!(!is_looked_at(path), "{path}");
    }
    for path in ["app/server.key", "opt/blob/0001", "root/.ssh/deploy", "app/main.py"] {
        assert!(is_looked_at(path), "{path}");
    }
}
