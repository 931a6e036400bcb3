//! Which files hold credentials or settings, by their paths, and how each is read.

use super::file_name;

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Settings of a program: a secret may be among them.
    Settings,
    /// Settings of a file that is made for credentials.
    Credentials,
    /// A command a line, as a shell's history has them.
    Commands,
    /// A script of a shell.
    Script,
    /// Code that sets settings to texts in quotes.
    Code,
    /// Nothing but a token.
    Token,
    /// Registries with user and password in Base64.
    DockerAuths,
    /// `auth.json` of Composer.
    Composer,
    /// `BUNDLE_HOST: user:password`.
    Bundle,
    /// `machine … password …`.
    Netrc,
    /// `host:port:database:user:password`.
    Pgpass,
    /// `user:hash` lines.
    Hashes,
    /// Lines of a user and a password, parted by this sign or by blanks.
    UserPassword(char),
    /// Lines of a name and a value parted by blanks, for these names.
    Words(&'static [&'static str]),
    /// JSON in which the member `key` holds it.
    KeyMember,
    /// Passwords in Base64 in elements.
    FileZilla,
    /// Names and values in lines of their own.
    Subversion,
    /// Keys that both sides share.
    Psk,
    /// The word of a line at this place, of lines with at least so many words.
    Column(usize, usize),
    /// `PrivateKey = …`, `PresharedKey = …`.
    WireGuard,
    /// `_auth`, `_authToken`, `_password`.
    Npm,
    /// Elements and attributes.
    Xml,
    /// Statements, of which those count that set passwords.
    Sql,
}

impl Kind {
    /// Whether the file is made for credentials, wherever it lies.
    pub(super) fn is_credential(self) -> bool {
        !matches!(self, Self::Settings | Self::Script | Self::Code | Self::Xml | Self::Commands | Self::Sql)
    }
}

use Kind::{
    Bundle, Code, Column, Commands, Composer, Credentials, DockerAuths, FileZilla, Hashes, KeyMember, Netrc, Npm,
    Pgpass, Psk, Script, Settings, Sql, Subversion, Token, UserPassword, WireGuard, Words, Xml,
};

/// Files by name.
const NAMES: &[(&str, Kind)] = &[
    (".netrc", Netrc),
    ("_netrc", Netrc),
    (".pgpass", Pgpass),
    ("pgpass.conf", Pgpass),
    (".git-credentials", Credentials),
    (".npmrc", Npm),
    (".pypirc", Credentials),
    (".yarnrc", Npm),
    (".yarnrc.yml", Credentials),
    (".dockercfg", DockerAuths),
    (".dockerconfigjson", DockerAuths),
    (".boto", Credentials),
    (".s3cfg", Credentials),
    (".passwd-s3fs", UserPassword(':')),
    ("passwd-s3fs", UserPassword(':')),
    (".my.cnf", Credentials),
    ("my.cnf", Settings),
    (".mylogin.cnf", Credentials),
    (".databrickscfg", Credentials),
    ("kaggle.json", KeyMember),
    (".vault-token", Token),
    (".terraformrc", Credentials),
    ("terraform.rc", Credentials),
    ("credentials.tfrc.json", Credentials),
    (".sentryclirc", Credentials),
    (".arcrc", Credentials),
    (".htpasswd", Hashes),
    ("htpasswd", Hashes),
    ("passwd", Hashes),
    ("shadow", Hashes),
    ("shadow-", Hashes),
    ("gshadow", Hashes),
    ("pw_file", Hashes),
    ("userlist.txt", Hashes),
    ("mgmt-users.properties", Hashes),
    ("application-users.properties", Hashes),
    ("rclone.conf", Words(&["pass"])),
    ("pip.conf", Credentials),
    ("pip.ini", Credentials),
    ("uv.toml", Credentials),
    (".condarc", Credentials),
    (".Renviron", Credentials),
    ("settings-security.xml", Xml),
    ("nuget.config", Xml),
    ("NuGet.Config", Xml),
    ("NuGet.config", Xml),
    ("gradle.properties", Credentials),
    ("auth.json", Composer),
    ("wp-config.php", Code),
    ("configuration.php", Code),
    ("settings.php", Code),
    ("LocalSettings.php", Code),
    ("config.inc.php", Code),
    ("local.xml", Xml),
    ("env.php", Code),
    ("master.key", Token),
    ("secret_token.rb", Code),
    ("devise.rb", Code),
    ("erlang.cookie", Token),
    (".erlang.cookie", Token),
    ("tomcat-users.xml", Xml),
    ("context.xml", Xml),
    ("server.xml", Xml),
    ("web.config", Xml),
    ("standalone.xml", Xml),
    ("domain.xml", Xml),
    ("jetty-realm.properties", UserPassword(':')),
    ("realm.properties", UserPassword(':')),
    ("redis.conf", Words(&["requirepass", "masterauth", "sentinel auth-pass"])),
    ("sentinel.conf", Words(&["requirepass", "masterauth"])),
    ("users.acl", Words(&["user"])),
    (".msmtprc", Words(&["password"])),
    ("msmtprc", Words(&["password"])),
    (".fetchmailrc", Words(&["password", "pass"])),
    ("fetchmailrc", Words(&["password", "pass"])),
    (".mbsyncrc", Words(&["Pass"])),
    (".offlineimaprc", Words(&["remotepass"])),
    (".muttrc", Settings),
    (".mailrc", Settings),
    ("sasl_passwd", Column(1, 2)),
    ("passwd.client", UserPassword(':')),
    ("chap-secrets", Column(2, 3)),
    ("pap-secrets", Column(2, 3)),
    ("ipsec.secrets", Psk),
    ("wpa_supplicant.conf", Psk),
    ("ldap.secret", Token),
    ("pam_ldap.secret", Token),
    ("ldap.conf", Words(&["bindpw", "rootbindpw"])),
    ("nslcd.conf", Words(&["bindpw", "rootpwmodpw"])),
    ("sssd.conf", Settings),
    ("krb5.keytab", Token),
    ("smbcredentials", Credentials),
    (".smbcredentials", Credentials),
    (".smbcreds", Credentials),
    ("fstab", Settings),
    ("snmpd.conf", Words(&["rocommunity", "rwcommunity", "createUser"])),
    ("credentials.json", Credentials),
    ("client_secret.json", Credentials),
    ("client_secrets.json", Credentials),
    ("service-account.json", Credentials),
    ("service_account.json", Credentials),
    ("serviceAccountKey.json", Credentials),
    ("application_default_credentials.json", Credentials),
    ("adc.json", Credentials),
    ("secrets.json", Credentials),
    ("secrets.yml", Credentials),
    ("secrets.yaml", Credentials),
    ("secrets.toml", Credentials),
    ("secrets.env", Credentials),
    ("secrets.properties", Credentials),
    ("secrets.ini", Credentials),
    ("secrets.py", Code),
    ("credentials.yml", Credentials),
    ("credentials.yaml", Credentials),
    ("credentials.toml", Credentials),
    ("credentials.ini", Credentials),
    ("credentials.properties", Credentials),
    ("credentials.xml", Xml),
    ("credentials", Credentials),
    ("secret.yml", Credentials),
    ("secret.yaml", Credentials),
    ("secret.json", Credentials),
    ("database.yml", Credentials),
    ("cable.yml", Settings),
    ("storage.yml", Settings),
    ("parameters.yml", Credentials),
    ("parameters.yaml", Credentials),
    ("parameters.ini", Credentials),
    ("clouds.yaml", Credentials),
    ("clouds.yml", Credentials),
    ("secure.yaml", Credentials),
    ("openrc", Script),
    ("openrc.sh", Script),
    ("admin-openrc.sh", Script),
    ("kubeconfig", Credentials),
    ("kubeconfig.yaml", Credentials),
    ("kubeconfig.yml", Credentials),
    ("admin.conf", Credentials),
    ("kubelet.conf", Credentials),
    ("hosts.yml", Credentials),
    ("hosts.yaml", Settings),
    ("ngrok.yml", Credentials),
    ("sitemanager.xml", FileZilla),
    ("recentservers.xml", FileZilla),
    ("filezilla.xml", FileZilla),
    ("sftp-config.json", Credentials),
    ("sftp.json", Credentials),
    (".ftpconfig", Credentials),
    (".remote-sync.json", Credentials),
    ("WebServers.xml", Xml),
    ("dataSources.xml", Xml),
    ("dataSources.local.xml", Xml),
    ("webServers.xml", Xml),
    ("jenkins.xml", Xml),
    ("sonar-project.properties", Credentials),
    (".coveralls.yml", Credentials),
    (".codecov.yml", Settings),
    ("jfrog-cli.conf", Credentials),
    (".gitconfig", Settings),
    ("gitconfig", Settings),
    (".hgrc", Credentials),
    ("hgrc", Credentials),
    (".cqlshrc", Credentials),
    ("cqlshrc", Credentials),
    (".pgpassfile", Pgpass),
    (".pg_service.conf", Credentials),
    ("pg_service.conf", Credentials),
    (".odbc.ini", Credentials),
    ("odbc.ini", Credentials),
    (".freetds.conf", Settings),
    (".mongorc.js", Code),
    ("mongod.conf", Settings),
    ("keyfile", Token),
    ("mongo-keyfile", Token),
    ("mongodb-keyfile", Token),
    ("elasticsearch.yml", Settings),
    ("kibana.yml", Settings),
    ("logstash.yml", Settings),
    ("grafana.ini", Settings),
    ("custom.ini", Settings),
    ("rabbitmq.conf", Settings),
    ("rabbitmq.config", Settings),
    ("definitions.json", Settings),
    ("influxdb.conf", Settings),
    ("telegraf.conf", Settings),
    ("datadog.yaml", Settings),
    ("newrelic.yml", Settings),
    ("newrelic.ini", Settings),
    ("newrelic.js", Code),
    ("filebeat.yml", Settings),
    ("prometheus.yml", Settings),
    ("alertmanager.yml", Settings),
    ("traefik.toml", Settings),
    ("traefik.yml", Settings),
    ("haproxy.cfg", Words(&["password"])),
    ("proxy.conf", Settings),
    ("environment", Settings),
    (".bashrc", Script),
    (".profile", Script),
    (".bash_profile", Script),
    (".zshrc", Script),
    (".zshenv", Script),
    (".envrc", Script),
    ("profile", Script),
    ("entrypoint", Script),
    ("Dockerfile", Script),
    ("docker-compose.yml", Settings),
    ("compose.yml", Settings),
    ("compose.yaml", Settings),
    ("Jenkinsfile", Code),
    (".gitlab-ci.yml", Settings),
    (".travis.yml", Settings),
    ("serverless.yml", Settings),
    ("terraform.tfstate", Credentials),
    ("terraform.tfstate.backup", Credentials),
    ("vault.hcl", Settings),
    ("knife.rb", Code),
    ("config.ru", Code),
    ("local.settings.json", Credentials),
    ("host.json", Settings),
    ("google-services.json", Settings),
    ("firebase.json", Settings),
    (".firebaserc", Settings),
    (".snyk", Settings),
    ("snyk.json", KeyMember),
    (".ansible_vault_pass", Token),
    (".vault_pass", Token),
    (".vault_pass.txt", Token),
    ("vault_pass.txt", Token),
    ("vault-password", Token),
    (".vault-password", Token),
    ("token", Token),
    ("accessTokens.json", Credentials),
    ("msal_token_cache.json", Credentials),
    ("password.txt", Token),
    ("passwords.txt", Settings),
    ("secret.txt", Token),
    ("api_key.txt", Token),
    ("apikey.txt", Token),
    ("token.txt", Token),
    (".password", Token),
    (".secret", Token),
    (".token", Token),
    (".apikey", Token),
    (".api_key", Token),
    ("hudson.util.Secret", Token),
    ("initialAdminPassword", Token),
    ("cloudflare.ini", Credentials),
    ("digitalocean.ini", Credentials),
    ("route53.ini", Credentials),
    ("rfc2136.ini", Credentials),
    ("rndc.key", Words(&["secret"])),
    ("named.conf", Words(&["secret"])),
    ("tsig.key", Words(&["secret"])),
    ("htdigest", Hashes),
    (".digest", Hashes),
    ("squid.passwd", Hashes),
    ("mosquitto.passwd", Hashes),
    ("password_file", Hashes),
    ("passwordfile", Hashes),
    ("proftpd.passwd", Hashes),
    ("vsftpd.passwd", Hashes),
    ("dovecot-users", Hashes),
    ("svnserve.passwd", Settings),
    (".wgetrc", Settings),
    ("wgetrc", Settings),
    (".curlrc", Commands),
    ("_curlrc", Commands),
    (".ldaprc", Words(&["bindpw"])),
    (".dbshell", Commands),
    ("config.fish", Script),
    ("expect.exp", Commands),
    (".lftprc", Commands),
];

/// Files by the end of their paths.
const ENDS: &[(&str, Kind)] = &[
    (".aws/credentials", Credentials),
    (".aws/config", Credentials),
    (".docker/config.json", DockerAuths),
    ("containers/auth.json", DockerAuths),
    ("docker/config.json", DockerAuths),
    ("kaniko/.docker/config.json", DockerAuths),
    (".kube/config", Credentials),
    (".cargo/credentials", Credentials),
    (".cargo/credentials.toml", Credentials),
    (".m2/settings.xml", Xml),
    ("maven/conf/settings.xml", Xml),
    ("conf/settings.xml", Xml),
    (".composer/auth.json", Composer),
    ("composer/auth.json", Composer),
    (".bundle/config", Bundle),
    ("bundle/config", Bundle),
    (".gem/credentials", Credentials),
    ("gh/hosts.yml", Credentials),
    (".config/hub", Credentials),
    ("glab-cli/config.yml", Credentials),
    ("pypoetry/auth.toml", Credentials),
    ("rclone/rclone.conf", Words(&["pass"])),
    (".config/rclone.conf", Words(&["pass"])),
    ("huggingface/token", Token),
    (".huggingface/token", Token),
    ("huggingface/stored_tokens", Credentials),
    (".pulumi/credentials.json", Credentials),
    ("doctl/config.yaml", Credentials),
    (".fly/config.yml", Credentials),
    ("netlify/config.json", Credentials),
    ("com.vercel.cli/auth.json", Credentials),
    ("vercel/auth.json", Credentials),
    (".expo/state.json", Credentials),
    (".circleci/cli.yml", Credentials),
    (".travis/config.yml", Credentials),
    ("jfrog-cli.conf.v6", Credentials),
    ("jfrog-cli.conf.v5", Credentials),
    ("scw/config.yaml", Credentials),
    (".hcloud/cli.toml", Credentials),
    ("hcloud/cli.toml", Credentials),
    (".config/linode-cli", Credentials),
    (".linode-cli", Credentials),
    (".aliyun/config.json", Credentials),
    (".bluemix/config.json", Credentials),
    (".oci/config", Credentials),
    (".streamlit/secrets.toml", Credentials),
    (".comet.config", Credentials),
    (".wandb/settings", Settings),
    ("gitlab-runner/config.toml", Credentials),
    (".config/tea/config.yml", Credentials),
    (".ssh/config", Settings),
    (".git/config", Settings),
    (".config/gcloud/credentials.db", Credentials),
    (".azure/azureProfile.json", Settings),
    (".azure/service_principal_entries.json", Credentials),
    (".cassandra/credentials", Credentials),
    (".local/share/keyrings/login.keyring", Credentials),
    ("opt/jenkins/secrets/master.key", Token),
    ("pgbouncer/userlist.txt", Hashes),
    ("mosquitto/passwd", Hashes),
    ("mosquitto/pwfile", Hashes),
    ("exim4/passwd.client", UserPassword(':')),
    ("postfix/sasl_passwd", Column(1, 2)),
    ("postfix/sasl/sasl_passwd", Column(1, 2)),
    (".davfs2/secrets", Column(2, 3)),
    ("davfs2/secrets", Column(2, 3)),
    ("ppp/chap-secrets", Column(2, 3)),
    (".config/git/credentials", Credentials),
    (".config/configstore/firebase-tools.json", Credentials),
    (".config/op/config", Credentials),
    (".config/sops/age/keys.txt", Credentials),
    ("age/keys.txt", Credentials),
    (".gnupg/secring.gpg", Credentials),
    (".nuget/NuGet/NuGet.Config", Xml),
    ("vpn/auth.txt", Token),
    ("openvpn/auth.txt", Token),
    ("openvpn/credentials", Token),
    (".config/neonctl/credentials.json", Credentials),
    (".supabase/access-token", Token),
    (".railway/config.json", Credentials),
    ("com.heroku.cli/config.json", Credentials),
    (".config/wrangler/config/default.toml", Credentials),
    (".wrangler/config/default.toml", Credentials),
    (".config/stripe/config.toml", Credentials),
    (".twilio-cli/config.json", Credentials),
    (".sfdx/alias.json", Settings),
    (".okta/okta.yaml", Credentials),
    (".snowsql/config", Credentials),
    (".snowflake/connections.toml", Credentials),
    (".snowflake/config.toml", Credentials),
    (".dbt/profiles.yml", Credentials),
    ("airflow.cfg", Credentials),
    (".jupyter/jupyter_notebook_config.json", Settings),
    (".jupyter/jupyter_notebook_config.py", Code),
    (".jupyter/jupyter_server_config.py", Code),
    (".config/github-copilot/hosts.json", Credentials),
    (".config/github-copilot/apps.json", Credentials),
    (".codex/auth.json", Credentials),
    (".claude/.credentials.json", Credentials),
    (".config/containers/auth.json", DockerAuths),
    ("etc/environment", Settings),
    ("serviceaccount/token", Token),
    (".config/cloudflared/cert.pem", Credentials),
    (".chef/credentials", Credentials),
    (".s3ql/authinfo2", Credentials),
    (".config/borg/keys/key", Credentials),
    (".duplicity/config", Settings),
    ("restic/password", Token),
];

/// Histories, in which a line is a command.
const HISTORIES: &[&str] = &["_history", "-history", ".history"];

/// Files by ending.
const ENDINGS: &[(&str, Kind)] = &[
    ("env", Settings),
    ("properties", Settings),
    ("ini", Settings),
    ("cfg", Settings),
    ("conf", Settings),
    ("cnf", Settings),
    ("config", Settings),
    ("toml", Settings),
    ("yaml", Settings),
    ("yml", Settings),
    ("json", Settings),
    ("tfvars", Credentials),
    ("tfstate", Credentials),
    ("tf", Settings),
    ("hcl", Settings),
    ("xml", Xml),
    ("sh", Script),
    ("bash", Script),
    ("zsh", Script),
    ("htpasswd", Hashes),
    ("pgpass", Pgpass),
    ("netrc", Netrc),
    ("ovpn", Credentials),
    ("kubeconfig", Credentials),
    ("pem", Credentials),
    ("key", Credentials),
    ("p8", Credentials),
    ("ppk", Credentials),
    ("asc", Credentials),
    ("gpg", Credentials),
    ("jks", Credentials),
    ("keystore", Credentials),
    ("p12", Credentials),
    ("pfx", Credentials),
    ("der", Credentials),
    ("keytab", Credentials),
    ("kdbx", Credentials),
    ("jwk", Credentials),
    ("tfplan", Settings),
    ("publishsettings", Xml),
    ("rdp", Settings),
    ("nmconnection", Psk),
    ("service", Settings),
    ("sql", Sql),
    ("credentials", Credentials),
    ("secret", Token),
    ("cred", Credentials),
    ("creds", Credentials),
    ("ps1", Script),
    ("bat", Script),
    ("cmd", Script),
    ("rb", Code),
    ("py", Code),
    ("php", Code),
    ("js", Code),
    ("ts", Code),
    ("cjs", Code),
    ("mjs", Code),
    ("groovy", Code),
    ("gradle", Code),
    ("kts", Code),
    ("pl", Code),
    ("cs", Code),
    ("java", Code),
    ("go", Code),
    ("inc", Code),
    ("exs", Code),
    ("ex", Code),
];

/// What the name of a file of code says when it holds settings.
const CODE_OF_SETTINGS: [&str; 14] = [
    "config",
    "settings",
    "setting",
    "secret",
    "credential",
    "database",
    "constants",
    "environment",
    "env",
    "parameters",
    "local",
    "connection",
    "initializer",
    "application",
];

/// How a file is read; none when only its content can tell that it holds a secret.
pub(super) fn kind(path: &str) -> Option<Kind> {
    let name = file_name(path);
    let of_end = ENDS.iter().find(|(end, _)| {
        path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/') || end.starts_with('/'))
    });
    if let Some((_, kind)) = of_end {
        return Some(*kind);
    }
    if path.ends_with("containers/auth.json") || name == "config.json" && path.contains("docker") {
        return Some(DockerAuths);
    }
    if let Some((_, kind)) = NAMES.iter().find(|(known, _)| *known == name) {
        return is_in_place(path, name).then_some(*kind);
    }
    if HISTORIES.iter().any(|end| name.ends_with(end)) {
        return Some(Commands);
    }
    if name == ".env"
        || name.starts_with(".env.")
        || name.ends_with(".env")
        || name.starts_with(".env-")
        || name.starts_with("env.") && !name.ends_with(".js")
    {
        return Some(Credentials);
    }
    if name.starts_with("wg") && name.ends_with(".conf") || path.contains("wireguard/") {
        return Some(WireGuard);
    }
    if path.contains("system-connections/") {
        return Some(Psk);
    }
    if path.contains(".subversion/auth/") || path.contains("svn.simple/") {
        return Some(Subversion);
    }
    if path.contains(".aws/sso/cache/")
        || path.contains(".aws/cli/cache/")
        || path.contains(".config/gcloud/")
        || path.contains(".config/configstore/")
        || path.contains(".ssh/")
    {
        return Some(Credentials);
    }
    if name.starts_with("id_") && !name.ends_with(".pub") || name.starts_with("ssh_host_") && name.ends_with("_key") {
        return Some(Credentials);
    }
    if name.starts_with("Dockerfile") || name.starts_with("docker-entrypoint") {
        return Some(Script);
    }
    if (name.starts_with("docker-compose") || name.starts_with("appsettings") || name.starts_with("application"))
        && name.contains('.')
        && !name.ends_with(".py")
        && !name.ends_with(".js")
        && !name.ends_with(".css")
    {
        return Some(if name.ends_with(".rb") { Code } else { Settings });
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending)?;
    let (_, kind) = ENDINGS.iter().find(|(known, _)| *known == ending)?;
    match kind {
        Code => CODE_OF_SETTINGS
            .iter()
            .any(|word| path.rsplit('/').take(2).any(|part| part.to_ascii_lowercase().contains(word)))
            .then_some(Code),
        kind => Some(*kind),
    }
}

/// Some names say little: what they hold is told by the folder too.
fn is_in_place(path: &str, name: &str) -> bool {
    match name {
        "passwd" | "shadow" | "gshadow" | "shadow-" => {
            path.starts_with("etc/") || path.contains("/etc/") || path.contains("mosquitto") || path.contains("samba")
        }
        "keyfile" | "environment" | "profile" | "entrypoint" => {
            path.starts_with("etc/")
                || path.starts_with("root/")
                || path.starts_with("home/")
                || path.starts_with("run/")
                || path.starts_with("data/")
                || path.contains("mongo")
        }
        _ => true,
    }
}
