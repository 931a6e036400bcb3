//! Tools whose options or words take a password that no name announces.

use super::{Hit, in_place};
use crate::{file, value};

/// Where in the words after a program a password stands.
#[derive(Clone, Copy)]
enum Place {
    /// After this short option, glued to it or as the next word.
    Short(&'static str),
    /// Glued to this short option, never the next word.
    Glued(&'static str),
    /// The next word after this option, never glued.
    Next(&'static str),
    /// After this option, glued or next, behind the sign that follows the user's name.
    Pair(&'static str, char),
    /// This word, counted from 0, of those that are no options and follow the last of the words that must be there.
    Word(usize),
    /// As `Word`, behind the sign that follows the user's name.
    PairWord(usize, char),
    /// After this prefix of a word, as `pass:` of OpenSSL.
    Prefix(&'static str),
}

use Place::{Glued, Next, Pair, PairWord, Prefix, Short, Word};

/// A tool, the words that must follow it in this order, and the place of the password.
type Tool = (&'static [&'static str], &'static [&'static str], Place);

/// As the tools' own manuals have it.
const TOOLS: &[Tool] = &[
    (
        &[
            "mysql",
            "mysqladmin",
            "mysqldump",
            "mysqlimport",
            "mysqlshow",
            "mysqlcheck",
            "mysqlbinlog",
            "mysqlsh",
            "mariadb",
            "mariadb-admin",
            "mariadb-dump",
            "mycli",
            "xtrabackup",
            "mydumper",
        ],
        &[],
        Glued("-p"),
    ),
    (&["curl"], &[], Pair("-u", ':')),
    (&["curl"], &[], Pair("--user", ':')),
    (&["curl"], &[], Pair("-U", ':')),
    (&["curl"], &[], Pair("--proxy-user", ':')),
    (&["curl"], &[], Next("--pass")),
    (&["curl"], &[], Next("--oauth2-bearer")),
    (&["curl"], &[], Pair("-E", ':')),
    (&["http", "https", "xh", "httpie"], &[], Pair("-a", ':')),
    (&["http", "https", "xh", "httpie"], &[], Pair("--auth", ':')),
    (
        &[
            "docker", "podman", "buildah", "nerdctl", "skopeo", "finch", "oras", "crane", "helm", "regctl", "img",
            "acr", "oc", "ctr",
        ],
        &["login"],
        Short("-p"),
    ),
    (&["skopeo", "buildah", "podman", "umoci", "crane"], &[], Pair("--creds", ':')),
    (&["skopeo"], &[], Pair("--src-creds", ':')),
    (&["skopeo"], &[], Pair("--dest-creds", ':')),
    (&["ctr", "nerdctl", "crictl"], &[], Pair("--user", ':')),
    (&["crictl"], &["pull"], Pair("--creds", ':')),
    (&["sshpass"], &[], Short("-p")),
    (&["redis-cli", "valkey-cli", "keydb-cli", "dragonfly-cli"], &[], Next("-a")),
    (&["redis-server", "valkey-server"], &[], Next("--requirepass")),
    (&["redis-server", "valkey-server"], &[], Next("--masterauth")),
    (&["redis-cli", "valkey-cli"], &["requirepass"], Word(0)),
    (&["redis-cli", "valkey-cli"], &["AUTH"], Word(0)),
    (
        &[
            "mongo",
            "mongosh",
            "mongodump",
            "mongorestore",
            "mongoexport",
            "mongoimport",
            "mongostat",
            "mongotop",
            "mongofiles",
        ],
        &[],
        Short("-p"),
    ),
    (
        &["ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami", "ldappasswd", "ldapcompare"],
        &[],
        Short("-w"),
    ),
    (&["ldappasswd"], &[], Short("-s")),
    (&["slappasswd"], &[], Short("-s")),
    (&["smbclient", "smbget", "rpcclient", "net", "smbpasswd", "wmic"], &[], Pair("-U", '%')),
    (&["sqlcmd", "bcp", "osql", "mssql-cli", "tsql", "freebcp"], &[], Short("-P")),
    (&["sqlplus", "exp", "imp", "expdp", "impdp", "sqlldr", "sql"], &[], PairWord(0, '/')),
    (&["cqlsh"], &[], Short("-p")),
    (&["nodetool"], &[], Next("-pw")),
    (&["influx", "influxd"], &[], Next("-password")),
    (&["clickhouse-client", "clickhouse"], &[], Next("--password")),
    (&["isql"], &[], Word(2)),
    (&["vault"], &["login"], Word(0)),
    (&["vault", "bao"], &["unseal"], Word(0)),
    (&["etcdctl"], &[], Pair("--user", ':')),
    (&["rabbitmqctl"], &["add_user"], Word(1)),
    (&["rabbitmqctl"], &["change_password"], Word(1)),
    (&["rabbitmqctl"], &["authenticate_user"], Word(1)),
    (&["rabbitmqadmin"], &[], Short("-p")),
    (&["htpasswd"], &["-b"], Word(2)),
    (&["htpasswd"], &["-nb"], Word(1)),
    (&["htpasswd"], &["-bn"], Word(1)),
    (&["htpasswd"], &["-bc"], Word(2)),
    (&["htpasswd"], &["-cb"], Word(2)),
    (&["htpasswd"], &["-nbB"], Word(1)),
    (&["htpasswd"], &["-Bbn"], Word(1)),
    (&["htpasswd"], &["-bnB"], Word(1)),
    (&["htpasswd"], &["-cbB"], Word(2)),
    (&["htpasswd"], &["-bBc"], Word(2)),
    (&["mosquitto_passwd"], &["-b"], Word(2)),
    (&["mosquitto_pub", "mosquitto_sub"], &[], Next("-P")),
    (&["openssl"], &[], Prefix("pass:")),
    (&["openssl"], &["enc"], Next("-k")),
    (&["openssl"], &["enc"], Next("-K")),
    (&["openssl"], &["passwd"], Word(0)),
    (&["unzip"], &[], Short("-P")),
    (&["zip"], &[], Short("-P")),
    (&["7z", "7za", "7zr", "7zz", "unrar", "rar"], &[], Glued("-p")),
    (&["composer"], &["config", "http-basic."], Word(1)),
    (&["composer"], &["config", "github-oauth."], Word(0)),
    (&["composer"], &["config", "gitlab-token."], Word(0)),
    (&["composer"], &["config", "gitlab-oauth."], Word(0)),
    (&["composer"], &["config", "bearer."], Word(0)),
    (&["composer"], &["config", "bitbucket-oauth."], Word(1)),
    (&["poetry"], &["config", "http-basic."], Word(1)),
    (&["poetry"], &["config", "pypi-token."], Word(0)),
    (&["bundle", "bundler"], &["config"], PairWord(1, ':')),
    (&["bundle", "bundler"], &["config", "set"], PairWord(1, ':')),
    (&["nuget"], &["setapikey"], Word(0)),
    (&["nuget"], &["setApiKey"], Word(0)),
    (&["dotnet"], &["push"], Next("-k")),
    (&["dotnet", "nuget"], &["add", "source"], Short("-p")),
    (&["cargo"], &["login"], Word(0)),
    (&["twine"], &["upload"], Short("-p")),
    (&["flit", "hatch", "uv", "pdm"], &["publish"], Short("-p")),
    (&["conan"], &["user"], Short("-p")),
    (&["conan"], &["login"], Short("-p")),
    (&["conda", "anaconda", "mamba"], &["token", "set"], Word(0)),
    (&["anaconda"], &[], Short("-t")),
    (&["lftp"], &[], Pair("-u", ',')),
    (&["ncftpput", "ncftpget", "ncftp", "ncftpls"], &[], Short("-p")),
    (&["mc"], &["alias", "set"], Word(3)),
    (&["mc"], &["config", "host", "add"], Word(3)),
    (&["s3fs"], &[], Next("-o_passwd")),
    (&["oc"], &["login"], Short("-p")),
    (&["snyk"], &["auth"], Word(0)),
    (&["snyk"], &["config", "set", "api"], Word(0)),
    (&["ngrok"], &["authtoken"], Word(0)),
    (&["ngrok"], &["add-authtoken"], Word(0)),
    (&["cloudflared"], &["service", "install"], Word(0)),
    (&["doctl"], &["auth", "init"], Short("-t")),
    (&["vercel", "vc"], &[], Short("-t")),
    (&["az"], &["login"], Short("-p")),
    (&["wsk", "bx", "ibmcloud", "cf"], &["login"], Short("-p")),
    (&["ibmcloud", "bx", "cf"], &["auth"], Word(1)),
    (&["heroku"], &["auth:token"], Word(0)),
    (&["ua", "pro", "ubuntu-advantage"], &["attach"], Word(0)),
    (&["SUSEConnect", "suseconnect"], &[], Short("-r")),
    (&["subscription-manager"], &["register"], Next("--password")),
    (&["useradd", "usermod", "adduser"], &[], Short("-p")),
    (&["net"], &["user"], Word(1)),
    (&["ConvertTo-SecureString"], &[], Word(0)),
    (&["kinit"], &[], Prefix("--password=")),
    (&["svn"], &[], Next("--password")),
    (&["p4"], &[], Short("-P")),
    (&["wget"], &[], Next("--password")),
    (&["ftp", "tftp"], &["user"], Word(1)),
    (&["psexec", "winexe", "evil-winrm", "rdesktop", "xfreerdp"], &[], Short("-p")),
    (&["ipmitool"], &[], Short("-P")),
    (&["snmpwalk", "snmpget", "snmpset"], &[], Short("-A")),
    (&["vncpasswd"], &[], Next("-f")),
    (&["x11vnc"], &[], Next("-passwd")),
    (&["expect"], &["send"], Word(0)),
    (&["asadmin"], &["create-password-alias"], Word(1)),
    (&["add-user.sh"], &[], Short("-p")),
    (&["kafka-configs.sh", "kafka-configs"], &[], Prefix("SCRAM-SHA-512=[password=")),
    (&["elasticsearch-users"], &["useradd"], Short("-p")),
    (&["elasticsearch-keystore"], &["add"], Next("-x")),
    (&["pg_basebackup", "pgbench"], &[], Next("--password")),
    (&["ansible", "ansible-playbook"], &[], Next("--become-password")),
    (&["rclone"], &["obscure"], Word(0)),
    (&["gh"], &["secret", "set"], Next("-b")),
    (&["wg"], &["set"], Next("preshared-key")),
    (&["tailscale"], &["up"], Next("--authkey")),
    (&["zerotier-cli"], &[], Glued("-T")),
    (&["flyway", "liquibase"], &[], Next("--password")),
    (&["sonar-scanner"], &["login"], Word(0)),
    (&["jf", "jfrog"], &["add"], Next("--password")),
    (&["smbmount", "mount.cifs"], &[], Prefix("password=")),
    (&["passwd"], &["--stdin"], Word(9)),
];

/// Programs whose whole input is a password, or users with theirs.
const READERS: &[(&[&str], &[&str], Option<char>)] = &[
    (&["chpasswd", "newusers"], &[], Some(':')),
    (&["passwd", "smbpasswd", "vncpasswd"], &[], None),
    (
        &[
            "docker",
            "podman",
            "buildah",
            "nerdctl",
            "skopeo",
            "helm",
            "oras",
            "crane",
            "finch",
            "regctl",
            "az",
            "gh",
            "glab",
            "npm",
            "twine",
            "snyk",
            "heroku",
            "dagger",
            "kubelogin",
            "jf",
            "jfrog",
        ],
        &["login"],
        None,
    ),
    (&["gh"], &["secret", "set"], None),
    (&["wrangler"], &["secret", "put"], None),
    (&["vault", "bao"], &["login"], None),
    (
        &[
            "cryptsetup",
            "gpg",
            "kinit",
            "pw",
            "htpasswd",
            "mysql_config_editor",
            "saslpasswd2",
            "kadmin",
            "wg",
            "rclone",
        ],
        &[],
        None,
    ),
    (&["debconf-set-selections"], &[], None),
];

/// The password in the words of a command.
pub(super) fn in_arguments(words: &[String]) -> Option<Hit> {
    words.iter().enumerate().find_map(|(index, word)| {
        let program = program(word);
        let rest = &words[index + 1..];
        let mut tools = TOOLS.iter().filter(|(programs, _, _)| programs.contains(&program));
        tools.find_map(|(_, wanted, place)| in_tool(rest, wanted, *place))
    })
}

/// The name of a program without its folder and its ending.
fn program(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.strip_suffix(".exe").unwrap_or(name)
}

fn in_tool(words: &[String], wanted: &[&str], place: Place) -> Option<Hit> {
    let mut start = 0;
    for wanted in wanted {
        let found = words[start..].iter().position(|word| match wanted.strip_suffix('.') {
            Some(_) => word.starts_with(wanted),
            None => word == wanted,
        });
        start += found? + 1;
    }
    let what = "a tool takes its password there";
    let split = |text: &str, sign: char| in_place(text.split_once(sign)?.1, what);
    let after = |option: &str| {
        let index = words.iter().position(|word| word == option)?;
        words.get(index + 1).map(String::as_str).filter(|word| !word.starts_with('-') || word.len() > 8)
    };
    let glued = |option: &str| {
        let mut words = words.iter().filter_map(|word| word.strip_prefix(option));
        words.find(|rest| !rest.is_empty() && !option.starts_with("--"))
    };
    let plain = |index: usize| words[start..].iter().filter(|word| !word.starts_with('-')).nth(index);
    match place {
        Short(option) => in_place(after(option).or_else(|| glued(option))?, what),
        Glued(option) => in_place(glued(option)?, what),
        Next(option) => in_place(after(option)?, what),
        Pair(option, sign) => {
            let long = || words.iter().find_map(|word| word.strip_prefix(option)?.strip_prefix('='));
            split(after(option).or_else(|| glued(option)).or_else(long)?, sign)
        }
        Word(index) => in_place(plain(index).filter(|word| !is_assignment(word))?, what),
        PairWord(index, sign) => {
            let word = plain(index)?;
            let password = word.split_once(sign)?.1;
            in_place(password.rsplit_once('@').map_or(password, |(password, _)| password), what)
        }
        Prefix(prefix) => in_place(words.iter().find_map(|word| word.strip_prefix(prefix))?, what),
    }
}

/// Whether a word is `name=value`, which is judged by its name.
fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The password in what a command gets as input.
pub(super) fn in_input(words: &[String], text: &str) -> Option<Hit> {
    let what = "a tool takes its input for a password";
    let reader = words.iter().enumerate().find_map(|(index, word)| {
        let rest = &words[index + 1..];
        let mut readers = READERS.iter().filter(|(programs, _, _)| programs.contains(&program(word)));
        readers.find(|(_, wanted, _)| wanted.iter().all(|wanted| rest.iter().any(|word| word == wanted)))
    });
    if let Some((programs, _, sign)) = reader {
        if programs.contains(&"debconf-set-selections") {
            return text.lines().find_map(debconf);
        }
        return text.lines().filter(|line| !line.trim().is_empty()).find_map(|line| match sign {
            Some(sign) => in_place(line.split_once(*sign)?.1.split(*sign).next()?, what),
            None => in_place(line.trim(), what).filter(|_| !line.contains(' ')),
        });
    }
    let target = words.iter().position(|word| program(word) == "tee")?;
    let path = words[target + 1..].iter().find(|word| !word.starts_with('-'))?;
    file::in_text(path, text)
}

/// `package package/question password VALUE`.
fn debconf(line: &str) -> Option<Hit> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [_, _, "password", value, ..] = words.as_slice() else { return None };
    value::is_in_its_place(value)
        .then(|| Hit::new(crate::Class::CommandPassword, "the answer to a question for a password"))
}
