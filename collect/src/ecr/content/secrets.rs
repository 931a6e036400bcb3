//! Looks for secrets in text that people wrote: build steps, commands, labels, small files. Only the class is kept.

use palisade_model::secret::{Class, classify};

/// The class of the first secret in a command line or a step of a build.
pub(super) fn secret_in_command(text: &str) -> Option<Class> {
    if let Some(class) = shape(text) {
        return Some(class);
    }
    let words: Vec<&str> = text.split_whitespace().flat_map(|word| word.split([';', '&', '|'])).map(bare).collect();
    let single = words.iter().find_map(|word| assigned(word));
    single.or_else(|| words.windows(2).find_map(|pair| announced(pair[0], pair[1])))
}

/// The class of the first secret in a file of settings, such as `name = value` lines.
pub(super) fn secret_in_lines(text: &str) -> Option<Class> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';', '!']));
    let setting = |line: &str| {
        let (name, value) = line.split_once('=').or_else(|| line.split_once(':'))?;
        secret_in_setting(bare(name.trim()), bare(value.trim()))
    };
    shape(text).or_else(|| lines().find_map(setting)).or_else(|| lines().find_map(secret_in_command))
}

/// A secret by its shape alone, anywhere in the text. A connection string's shape fits too much of a shell script.
fn shape(text: &str) -> Option<Class> {
    secret_in_setting("", text).filter(|class| *class != Class::ConnectionString)
}

/// `NAME=value`, `--name=value`, `-Dname=value`.
fn assigned(word: &str) -> Option<Class> {
    let (name, value) = word.split_once('=')?;
    let name = name.strip_prefix("-D").unwrap_or(name);
    if let Some((inner, value)) = value.split_once('=').filter(|_| name.ends_with("arg") || name.ends_with("env")) {
        // `--build-arg=NAME=value`
        return secret_in_setting(inner, bare(value));
    }
    secret_in_setting(name.trim_start_matches('-'), bare(value))
}

/// A word that the word before it announces: `--password value`, `-u user:value`, `Bearer value`, `password: value`.
fn announced(before: &str, word: &str) -> Option<Class> {
    if before.eq_ignore_ascii_case("bearer") || before.eq_ignore_ascii_case("basic") {
        return secret_in_setting("token", word);
    }
    if ["-u", "--user", "--proxy-user"].contains(&before) {
        return secret_in_setting("password", word.split_once(':')?.1);
    }
    if before.starts_with("--") || before.ends_with(':') {
        return secret_in_setting(before.trim_matches(['-', ':']), word);
    }
    None
}

/// A secret by its shape or by the name it has. `$NAME` is a reference, and nothing is no secret.
pub(super) fn secret_in_setting(name: &str, value: &str) -> Option<Class> {
    classify(name, value).filter(|_| !value.trim().is_empty() && !value.starts_with('$'))
}

fn bare(word: &str) -> &str {
    word.trim_matches(['"', '\'', '`', ',', '[', ']', '(', ')', '{', '}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_steps_are_found_in_all_their_forms() {
        let token = ["npm_", &"a1B2".repeat(9)].concat();
        let key = ["AKIA", "QWERTYUIOPASDFGH"].concat();
        let cases = [
            (format!("RUN |1 NPM_TOKEN={token} /bin/sh -c npm ci # buildkit"), Class::NpmToken),
            (format!("/bin/sh -c #(nop)  ENV AWS_ACCESS_KEY_ID={key}"), Class::AwsAccessKeyId),
            ("ENV DB_PASSWORD=correct-horse".to_owned(), Class::Named),
            ("ARG API_KEY=9f8a7c6b5d4e3f2a1b0c".to_owned(), Class::Named),
            ("RUN /bin/sh -c docker build --build-arg=DB_PASSWORD=correct-horse .".to_owned(), Class::Named),
            ("RUN /bin/sh -c docker build --build-arg DB_PASSWORD=correct-horse .".to_owned(), Class::Named),
            ("RUN git clone https://bot:correct-horse@git.shop.example/app".to_owned(), Class::AddressWithPassword),
            ("RUN /bin/sh -c curl -u deploy:correct-horse https://files.shop.example".to_owned(), Class::Named),
            ("CMD [\"serve\", \"--password\", \"correct-horse\"]".to_owned(), Class::Named),
            ("ENTRYPOINT [\"java\", \"-Ddb.password=correct-horse\"]".to_owned(), Class::Named),
            ("RUN curl -H 'Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c' https://x".to_owned(), Class::Named),
            ("RUN export DB_PASSWORD='correct-horse';make".to_owned(), Class::Named),
            ("RUN echo '-----BEGIN RSA PRIVATE KEY-----' > key".to_owned(), Class::PrivateKey),
        ];
        for (text, class) in cases {
            assert_eq!(secret_in_command(&text), Some(class), "{text}");
        }
    }

    #[test]
    fn ordinary_steps_hold_none() {
        let cases = [
            "RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10",
            "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305",
            "ENV PYTHON_SHA256=24887b92e2afd4a2ac602419ad4b596372f67ac9b077190f459aba390faf5550",
            "ARG DB_PASSWORD",
            "RUN |1 NPM_TOKEN= /bin/sh -c npm ci",
            "RUN /bin/sh -c DB_PASSWORD=$DB_PASSWORD ./migrate",
            "RUN /bin/sh -c DB_PASSWORD=\"$(cat /run/secrets/db)\" ./migrate",
            "RUN --mount=type=secret,id=token /bin/sh -c ./fetch --token-file /run/secrets/token",
            "ADD file:4d192565a7220e135cab6c77fbc1c73211b69f3d9fb37e62857b2c6eb9363d51 in / ",
            "COPY dir:9f8a7c6b5d4e3f2a1b0c9f8a7c6b5d4e3f2a1b0c in /app",
            "CMD [\"node\" \"server.js\"]",
        ];
        for text in cases {
            assert_eq!(secret_in_command(text), None, "{text}");
        }
    }

    #[test]
    fn secrets_in_files_are_found_by_line() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let aws = format!("[default]\nregion = eu-west-1\naws_secret_access_key = {secret}\n");
        assert_eq!(secret_in_lines(&aws), Some(Class::AwsSecretKey));
        let npm = "registry=https://npm.shop.example/\n//npm.shop.example/:_authToken=9f8a7c6b5d4e3f2a1b0c\n";
        assert_eq!(secret_in_lines(npm), Some(Class::Named));
        assert_eq!(secret_in_lines("//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n"), None);
        assert_eq!(secret_in_lines("# DB_PASSWORD=correct-horse\nDB_HOST=db\n"), None);
        assert_eq!(secret_in_lines("DB_HOST=db\nexport DB_PASSWORD=\"correct-horse\"\n"), Some(Class::Named));
    }
}
