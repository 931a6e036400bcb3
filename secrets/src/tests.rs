//! What holds of all places.

use proptest::prelude::*;

use super::*;

/// Secrets of every kind that a value can be, made up, assembled so that no scanner takes this file for a leak.
fn secrets() -> Vec<(String, Class)> {
    vec![
        (["AKIA", "QWERTYUIOPASDFGH"].concat(), Class::AwsAccessKeyId),
        (["ghp_", &"a1B2c3".repeat(6)].concat(), Class::GitHubToken),
        (["sk_live_", &"4eC39H".repeat(4)].concat(), Class::StripeKey),
        (["xoxb-", "1234567891-abcdefghij"].concat(), Class::SlackToken),
        (["eyJhbGciOiJIUzI", ".", "eyJzdWIiOiIxMjM", ".", "c2lnbmF0dXJlc2ln"].concat(), Class::JsonWebToken),
        (
            ["-----BEGIN RSA ", "PRIVATE KEY-----\\nMIIEpAIBAAKCAQEAx9k3LmQv8RtYw2sBn1cKX93mQz8LpRt6v"].concat(),
            Class::PrivateKey,
        ),
        ("postgres://shop:hunter2secret@db.internal:5432/shop".to_owned(), Class::AddressWithPassword),
        (
            ["AccountName=shop;", "AccountKey=", &"kX93mQz8LpRt6vYw".repeat(5), "aB3dEf=="].concat(),
            Class::AzureStorageKey,
        ),
        ("Basic cHJvYmU6Y29ycmVjdC1ob3JzZQ==".to_owned(), Class::AuthorizationHeader),
        ("Server=db;User Id=sa;Password=correcthorse1;".to_owned(), Class::Named),
    ]
}

#[test]
fn values_of_a_published_form_need_no_name() {
    for (value, class) in secrets() {
        assert_eq!(in_setting("SETTING", &value).map(|hit| hit.class), Some(class), "{class:?}");
    }
}

#[test]
fn a_name_makes_a_value_a_secret() {
    for (name, value) in [
        ("DB_PASSWORD", "correct-horse"),
        ("dbPassword", "correct-horse"),
        ("API_KEY", "9f8a7c6b5d4e3f2a1b0c"),
        ("SMTP_PASSWORD", "/kX93mQz8!Lp7Rt"),
        ("DB_PASSWORD", "73519264"),
        ("TWILIO_AUTH_TOKEN", "9f8a7c6b5d4e3f2a1b0c9f8a7c6b5d4e"),
        ("PASSWORD_MYSQL", "kX93mQz8LpRt6vYw2sBn1c"),
    ] {
        assert_eq!(in_setting(name, value).map(|hit| hit.class), Some(Class::Named), "{name}");
    }
    let key = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kL9n";
    for name in ["AWS_SECRET_ACCESS_KEY", "SUPPLIER_SECRET_KEY", "awsSecretKey"] {
        assert_eq!(in_setting(name, key).map(|hit| hit.class), Some(Class::AwsSecretKey), "{name}");
    }
}

#[test]
fn references_and_plain_settings_are_no_secrets() {
    for (name, value) in [
        ("DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-x1"),
        ("DB_PASSWORD", "/shop/prod/db-password"),
        ("DB_PASSWORD", "shop-prod-db-password"),
        ("API_SECRET", "prod/shop/payment-api"),
        ("DB_PASSWORD", "{{resolve:secretsmanager:db}}"),
        ("DB_PASSWORD", "changeme"),
        ("ENCRYPTION_KEY", "1234abcd-12ab-34cd-56ef-1234567890ab"),
        ("SIGNING_KEY", "mrk-1234abcd12ab34cd56ef1234567890ab"),
        ("ACCESS_KEY", "customer-account-identifier"),
        ("AUTH_TOKEN", "x-shop-authorization-token"),
        ("AWS_KEY", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("JWT_PUBLIC", "-----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\\n-----END PUBLIC KEY-----"),
        ("TOKEN", "true"),
        ("TOKEN_TTL", "3600"),
        ("PARTITION_KEY", "customer-id"),
        ("PASSENGER_LIMIT", "forty-two-or-so"),
        ("API_KEY", "public"),
        ("TABLE", "orders-production-v2"),
        ("ENDPOINT", "https://api.example.com/v1"),
        ("IMAGE_DIGEST", "sha256:24887b92e2afd4a2ac602419ad4b596372f67ac9b077190f459aba390faf5550"),
        ("GITHUB_SHA", "9f8a7c6b5d4e3f2a1b0c9f8a7c6b5d4e3f2a1b0c"),
        ("STRIPE_PUBLISHABLE_KEY", "pk_live_4eC39H4eC39H4eC39H4eC39H"),
        ("AWS_LAMBDA_EXEC_WRAPPER", "/opt/otel-handler"),
        ("COGNITO_CLIENT_ID", "4a1b2c3d4e5f6g7h8i9j0k1l2m"),
        ("EMPTY", ""),
    ] {
        assert_eq!(in_setting(name, value), None, "{name}={value}");
    }
}

#[test]
fn headers_are_judged_by_name_and_scheme() {
    assert!(in_header("Authorization", "Bearer 9f8a7c6b5d4e3f2a1b0c").is_some());
    assert!(in_header("X-Api-Key", "9f8a7c6b5d4e3f2a1b0c").is_some());
    assert!(in_header("Accept", "application/json").is_none());
    assert!(in_header("X-Forwarded-Proto", "https").is_none());
}

#[test]
fn the_id_of_an_access_key_is_found_within_a_text() {
    let id = ["AKIA", "QWERTYUIOPASDFGH"].concat();
    assert_eq!(aws_access_key_id(&format!("{{\"key\":\"{id}\"}}")), Some(id.as_str()));
    assert_eq!(aws_access_key_id("AKIAIOSFODNN7EXAMPLE"), None);
}

#[test]
fn no_hit_shows_a_part_of_its_secret() {
    let wrapped = |secret: &str| {
        vec![
            ("SETTING", secret.to_owned()),
            ("CONFIG", serde_json::json!({ "inner": { "password": secret } }).to_string()),
            ("OPTIONS", format!("-Dspring.datasource.password={secret} -Dx=y")),
        ]
    };
    for (secret, _) in secrets() {
        for (name, value) in wrapped(&secret) {
            let Some(hit) = in_setting(name, &value) else { continue };
            let parts = secret.split(|character: char| !character.is_alphanumeric()).filter(|part| part.len() >= 8);
            for part in parts {
                assert!(!hit.why.contains(part) || part == "Password", "{name}: {}", hit.why);
            }
        }
    }
}

/// Texts that would take long if any of the patterns or readers did not bound its work.
#[test]
fn texts_made_to_take_long_are_bounded() {
    const LENGTH: usize = 60_000;
    let parts = [
        "token=",
        "password: ",
        "key\"",
        "<a name=\"",
        "mysql ",
        "sh -c ",
        "$(",
        "'",
        "\"",
        "<<A ",
        "a://",
        "://@",
        "-----BEGIN PRIVATE KEY-----",
        "eyJ",
        "AKIA",
        "{",
        "[",
        "\\",
        "name: ",
        "machine ",
        "password '",
        "<password>",
        "sk_live_",
        "xoxb-",
        "|",
        "a:a@",
        "Authorization: ",
        "-p ",
        "K 8\npassword\n",
        "x=x;",
    ];
    for part in parts {
        let text = part.repeat(LENGTH / part.len());
        _ = in_setting("CONFIG", &text);
        _ = in_command(&text);
        for path in [".env", "app/x.xml", "root/.npmrc", "root/.bash_history", "opt/blob", "app/settings.py"] {
            _ = in_file(path, text.as_bytes());
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_judged_without_trouble(name in "\\PC{0,20}", text in "(?s).{0,400}") {
        _ = in_setting(&name, &text);
        _ = in_command(&text);
        _ = in_file(".env", text.as_bytes());
        _ = in_file("etc/shadow", text.as_bytes());
        _ = in_file("root/.docker/config.json", text.as_bytes());
    }

    #[test]
    fn a_generated_password_is_found_wherever_it_stands(secret in "[a-zA-Z]{3}[0-9]{2}[a-zA-Z]{3}[0-9][a-zA-Z0-9]{12}") {
        let places = [
            in_setting("DB_PASSWORD", &secret),
            in_setting("CONFIG", &format!("{{\"password\":\"{secret}\"}}")),
            in_setting("URL", &format!("postgres://shop:{secret}@db/shop")),
            in_command(&format!("RUN mysql -uroot -p{secret} -e x")),
            in_command(&format!("RUN |1 DB_PASSWORD={secret} /bin/sh -c make")),
            in_file("app/.env", format!("DB_PASSWORD={secret}\n").as_bytes()),
        ];
        for hit in places {
            let hit = hit.expect("a secret");
            prop_assert!(!hit.why.contains(&secret));
        }
    }
}
