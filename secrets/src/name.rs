//! What a name says of its value.

/// What kind of secret a name announces; by it, how a value must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A password, which people choose.
    Password,
    /// A secret that two sides share, often generated, at times chosen.
    Secret,
    /// A token or a key of an interface: generated.
    Token,
    /// A key for signing or encryption: generated; what looks like a key's id is one.
    Key,
    /// The name mentions a secret, or a key of whatever kind: only what is surely generated counts.
    Hint,
}

/// Words that may follow the word that counts without changing what it says.
const DECORATIONS: &str = "\
    value val prod production prd live test testing dev development staging stage stg qa uat sandbox string text \
    plain plaintext cleartext clear raw base64 b64 encoded new old current previous next primary secondary default \
    base data secure main";

/// Words after which the value is something about the secret: where it is, how it is made, whose it is.
const ABOUT: &str = "\
    file files filename path paths dir directory folder location url uri urls endpoint host hostname server port \
    domain name names id ids identifier arn ref reference ttl expiry expires expire expiration exp lifetime validity \
    age timeout duration interval seconds minutes hours days policy policies rule rules length len size bits min max \
    minimum maximum count limit rotation rotate enabled disabled enable disable required require type types kind \
    algorithm alg algo cipher hasher hashing encryption encoder format mode header headers field column attribute \
    claim prefix suffix issuer iss audience aud scope scopes version region regex pattern provider manager store \
    storage vault backend source parameter param env variable var user username login email owner role realm group \
    namespace method strategy service generator validator validation reset recovery stdin prompt cmd command program \
    helper hint label title description message help placeholder status state strength complexity history retries \
    attempts cache bucket table index map mapping list set config configuration settings options template revision \
    checksum fingerprint thumbprint digest sha256 sha1 sha md5 etag date time timestamp at on by per cost price \
    usage tokens budget rate window context class classname handler module function plugin driver adapter ratio \
    rounds iterations charset alphabet mask grant created updated changed not";

/// Words that turn it round: what is public, or a switch.
const AGAINST: &str = "\
    no non disable disabled enable enabled allow require required rotate use uses using has have is skip ignore show \
    hide mask generate auto without load import max min num forgot reset public publishable pub verify check need \
    needs want supports anon csrf xsrf cancellation continuation next page pagination eos bos pad unk sep cls stop \
    sync locked";

/// Words before `key` that make it a key which opens something.
const OPENING: &str = "\
    api secret private access auth account app application shared license licence service client session hmac \
    webhook deploy admin root write read ingest ingestion insert integration subscription subscriptions security \
    nonce in cookie authentication join unlock recovery unseal ssh tls ssl wireguard preshared psk sas registration \
    enrollment activation storage datadog dd newrelic mailgun sendgrid stripe algolia openai anthropic gemini groq \
    mistral twilio segment mixpanel amplitude sentry rollbar bugsnag pusher fcm firebase github gitlab heroku cosmos \
    cosmosdb functions host bot repl cluster erlang airbrake honeybadger launchdarkly rapidapi user rest management \
    sdk apns tsig agent interface backup wallet signer jwk";

/// Words before `key` that make it one for signing or encryption.
const CIPHER: &str = "\
    encryption encrypt signing sign signature cipher crypto crypt aes rsa ecdsa ed25519 jwt fernet data token tokens \
    decryption decrypt sealing otp totp hash hashing field base vault laravel django flask rails kek dek master";

/// Words before `key` that make it one of a table, a list, or one that everybody may have.
const PLAIN: &str = "\
    partition sort primary foreign public publishable pub gpg pgp cache object s3 bucket row range group routing \
    idempotency map registry lookup translation i18n locale column label annotation config env metric header param \
    query kms cmk order state tag ui hot short topic message event entity resource tenant customer shard dedup \
    composite unique natural surrogate feature flag json yaml menu known trusted distribution repo repository site \
    maven apt rpm dnf verification release signed authorized index item record storage_class lock redis dictionary \
    parent child of by per";

/// What a name says of its value, if it speaks of a secret at all.
pub(crate) fn kind(name: &str) -> Option<Kind> {
    let words = words(name);
    let last = words.iter().rposition(|word| !is_decoration(word))?;
    let (before, word) = (&words[..last], words[last].as_str());
    if before.iter().any(|word| has(AGAINST, word)) {
        return None;
    }
    if let Some(kind) = of_word(before, word) {
        return Some(kind);
    }
    if has(ABOUT, word) || has(AGAINST, word) {
        return None;
    }
    // `PASSWORD_MYSQL`, `TOKEN_FOR_BILLING`.
    let mentions = (0..last).any(|index| {
        matches!(of_word(&words[..index], &words[index]), Some(Kind::Password | Kind::Secret | Kind::Token))
    });
    mentions.then_some(Kind::Hint)
}

fn has(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|one| one == word)
}

/// Whether a word says of a secret only where or how it is used.
fn is_decoration(word: &str) -> bool {
    has(DECORATIONS, word) || word.bytes().all(|byte| byte.is_ascii_digit()) || matches!(word, "v1" | "v2" | "v3")
}

fn of_word(before: &[String], word: &str) -> Option<Kind> {
    const PASSWORDS: [&str; 8] =
        ["password", "passwd", "passphrase", "passcode", "passwort", "passwrd", "pwd", "passw"];
    const PASS: [&str; 8] = ["pass", "pw", "psw", "pswd", "pword", "mdp", "senha", "kennwort"];
    const NO_PASS: [&str; 10] = [
        "bypass",
        "compass",
        "trespass",
        "surpass",
        "underpass",
        "overpass",
        "encompass",
        "multipass",
        "keepass",
        "minipass",
    ];
    const TOKENS: [&str; 18] = [
        "encrypt",
        "token",
        "jwt",
        "bearer",
        "pat",
        "authorization",
        "auth",
        "authtoken",
        "credential",
        "credentials",
        "creds",
        "cred",
        "cookie",
        "salt",
        "pepper",
        "sas",
        "authkey",
        "sastoken",
    ];
    const KEYS: [&str; 16] = [
        "apikey",
        "secretkey",
        "accesskey",
        "privatekey",
        "accountkey",
        "masterkey",
        "appkey",
        "sharedkey",
        "licensekey",
        "storagekey",
        "sessionkey",
        "serverkey",
        "hostkey",
        "deploykey",
        "webhookkey",
        "authenticationkey",
    ];
    if PASSWORDS.iter().any(|end| word.ends_with(end)) || PASS.contains(&word) {
        return Some(Kind::Password);
    }
    if word.ends_with("pass") && word.len() > 5 && !NO_PASS.contains(&word) {
        return Some(Kind::Password);
    }
    if word.ends_with("secret") || word == "secrets" || word == "psk" {
        return Some(Kind::Secret);
    }
    if TOKENS.contains(&word) || word.ends_with("token") || word.ends_with("apikey") || KEYS.contains(&word) {
        return Some(Kind::Token);
    }
    if matches!(word, "encryptionkey" | "signingkey" | "cipherkey" | "hmackey") {
        return Some(Kind::Key);
    }
    if word == "key" || word == "keys" {
        return of_key(before);
    }
    None
}

fn of_key(before: &[String]) -> Option<Kind> {
    let word = before.last()?.as_str();
    if has(PLAIN, word) {
        return None;
    }
    if has(CIPHER, word) {
        return Some(Kind::Key);
    }
    Some(if has(OPENING, word) { Kind::Token } else { Kind::Hint })
}

/// The words of a name, in lower case: `dbPassword`, `DB_PASSWORD`, `db.password` and `DBPassword` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = name.chars().take(200).collect();
    for (index, character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| characters[index]);
        let after = characters.get(index + 1);
        let starts = character.is_ascii_uppercase()
            && (before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit())
                || before.is_some_and(|before| before.is_ascii_uppercase())
                    && after.is_some_and(char::is_ascii_lowercase));
        if (starts || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parted_into_words() {
        for name in ["DB_PASSWORD", "dbPassword", "db.password", "DBPassword", "db-password", "Db Password"] {
            assert_eq!(words(name), ["db", "password"], "{name}");
        }
    }

    #[test]
    fn names_say_what_they_hold() {
        let cases = [
            ("DB_PASSWORD", Some(Kind::Password)),
            ("PGPASSWORD", Some(Kind::Password)),
            ("MYSQL_PWD", Some(Kind::Password)),
            ("storepass", Some(Kind::Password)),
            ("mavenPassword", Some(Kind::Password)),
            ("DB_PASSWORD_PROD", Some(Kind::Password)),
            ("SECRET_KEY_BASE", Some(Kind::Token)),
            ("AccountKey", Some(Kind::Token)),
            ("DD_API_KEY", Some(Kind::Token)),
            ("X-Api-Key", Some(Kind::Token)),
            ("_authToken", Some(Kind::Token)),
            ("client-key-data", Some(Kind::Token)),
            ("SIGNING_KEY", Some(Kind::Key)),
            ("PASSWORD_MYSQL", Some(Kind::Hint)),
            ("ROUTER_KEY", Some(Kind::Hint)),
            ("PARTITION_KEY", None),
            ("GPG_KEY", None),
            ("PASSWORD_POLICY", None),
            ("ROTATE_SECRET", None),
            ("disabled-password", None),
            ("no-password", None),
            ("POSTGRES_PASSWORD_FILE", None),
            ("TOKEN_TTL", None),
            ("AWS_SECRET_ACCESS_KEY_ID", None),
            ("STRIPE_PUBLISHABLE_KEY", None),
            ("COMPASS", None),
            ("TABLE", None),
            ("", None),
        ];
        for (name, kind) in cases {
            assert_eq!(super::kind(name), kind, "{name}");
        }
    }
}
