//! Our own forms: of the most common services, as they publish them.

use super::Scope;
use crate::class::Class;

/// A form of our own.
pub(super) struct Own {
    pub(super) class: Class,
    /// What it is, for people.
    pub(super) what: &'static str,
    /// In lower case; one of them is in every match.
    pub(super) literals: &'static [&'static str],
    /// Its first group, or else the whole, is the secret.
    pub(super) pattern: &'static str,
    pub(super) scope: Scope,
}

const fn own(class: Class, what: &'static str, literals: &'static [&'static str], pattern: &'static str) -> Own {
    Own { class, what, literals, pattern, scope: Scope::File }
}

const fn own_setting(
    class: Class,
    what: &'static str,
    literals: &'static [&'static str],
    pattern: &'static str,
) -> Own {
    Own { class, what, literals, pattern, scope: Scope::Setting }
}

/// In order of precedence.
pub(super) const OWN: &[Own] = &[
    // RFC 7468; line ends also as `\n` in one line. What follows must look like a key: programs hold the line alone.
    own(
        Class::PrivateKey,
        "a private key in PEM form",
        &["private key"],
        r#"-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----(?:[\s"',+>|-]|\\+[nrt]|[A-Za-z-]+: [^\n\\]{0,200})*([A-Za-z0-9+/=\s\\]{40}|[A-Za-z0-9+/]{4,}\s*\z)"#,
    ),
    own(
        Class::PrivateKey,
        "a private key of PuTTY",
        &["putty-user-key-file-"],
        r"PuTTY-User-Key-File-\d: [\s\S]{1,4000}?Private-Lines: \d+\s+[A-Za-z0-9+/=]{20,}",
    ),
    own(
        Class::PrivateKey,
        "a private key of SSH2",
        &["ssh2 encrypted private key"],
        r"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\s",
    ),
    own_setting(
        Class::PrivateKey,
        "a private key as a JSON web key",
        &["\"kty\""],
        r#"\{[^{}]*"kty"\s*:\s*"(?:RSA|EC|OKP|oct)"[^{}]*"(?:d|k)"\s*:\s*"([A-Za-z0-9_-]{16,})""#,
    ),
    own_setting(
        Class::PrivateKey,
        "a private key as a JSON web key",
        &["\"kty\""],
        r#"\{[^{}]*"(?:d|k)"\s*:\s*"([A-Za-z0-9_-]{16,})"[^{}]*"kty"\s*:"#,
    ),
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    own(
        Class::AwsAccessKeyId,
        "the id of an access key",
        &["akia", "asia", "abia", "acca"],
        r"(?:^|[^A-Za-z0-9/+])((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})(?:$|[^A-Za-z0-9/+=])",
    ),
    // <https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github>
    own(
        Class::GitHubToken,
        "a token of GitHub",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        r"\b(gh[pousr]_[A-Za-z0-9]{36,251})\b",
    ),
    own(Class::GitHubToken, "a token of GitHub", &["github_pat_"], r"\b(github_pat_[A-Za-z0-9_]{36,255})\b"),
    // <https://docs.gitlab.com/security/tokens/#token-prefixes>
    own(
        Class::GitLabToken,
        "a token of GitLab",
        &[
            "glpat-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glft-", "glsoat-", "glimt-", "glagent-",
            "gloas-", "glffct-", "glwt-",
        ],
        r"\b(gl(?:pat|dt|rt|rtr|cbt|ptt|ft|soat|imt|agent|oas|ffct|wt)-[A-Za-z0-9_.-]{20,})",
    ),
    // <https://docs.slack.dev/authentication/tokens/>
    own(
        Class::SlackToken,
        "a token of Slack",
        &["xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe", "xoxo-", "xoxp-", "xoxr-", "xoxs-"],
        r"\b(xox[abcdeoprs](?:\.xox[bp])?-[A-Za-z0-9%-]{10,})",
    ),
    own(
        Class::SlackToken,
        "an app-level token of Slack",
        &["xapp-"],
        r"\b(xapp-\d-[A-Z0-9]{8,}-\d{8,}-[A-Za-z0-9]{32,})",
    ),
    own(
        Class::SlackToken,
        "the address of a webhook of Slack",
        &["hooks.slack"],
        r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{20,})",
    ),
    // <https://docs.stripe.com/keys>
    own(
        Class::StripeKey,
        "a key of Stripe",
        &["k_live_", "k_test_", "k_prod_"],
        r"\b([rs]k_(?:live|test|prod)_[A-Za-z0-9]{16,})",
    ),
    own(Class::StripeKey, "the secret of a webhook", &["whsec_"], r"\b(whsec_[A-Za-z0-9+/=]{24,})"),
    own(
        Class::GoogleApiKey,
        "an API key of Google",
        &["aiza"],
        r"(?:^|[^A-Za-z0-9_-])(AIza[A-Za-z0-9_-]{35})(?:$|[^A-Za-z0-9_-])",
    ),
    own(Class::GoogleApiKey, "a client's secret of Google", &["gocspx-"], r"\b(GOCSPX-[A-Za-z0-9_-]{20,})"),
    own_setting(Class::GoogleApiKey, "an access token of Google", &["ya29."], r"\b(ya29\.[A-Za-z0-9_-]{30,})"),
    own_setting(Class::GoogleApiKey, "a refresh token of Google", &["1//"], r#"(?:^|["'=:\s])(1//[A-Za-z0-9_-]{30,})"#),
    own(Class::SendGridKey, "a key of SendGrid", &["sg."], r"\b(SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64})"),
    own_setting(Class::TwilioKey, "a key of Twilio", &["sk"], r"\b(SK[0-9a-f]{32})\b"),
    own(Class::NpmToken, "a token of npm", &["npm_"], r"\b(npm_[A-Za-z0-9]{36})\b"),
    own(
        Class::AiServiceKey,
        "a key of an AI service",
        &["sk-ant-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-or-v1-", "sk-lf-", "sk-None-"],
        r"\b(sk-(?:ant-(?:api|admin|sid|oat)?\d*-?|proj-|svcacct-|admin-|None-|or-v1-|lf-)[A-Za-z0-9_-]{20,})",
    ),
    own_setting(
        Class::AiServiceKey,
        "a key of an AI service",
        &["sk-"],
        r"(?:^|[^A-Za-z0-9_-])(sk-[A-Za-z0-9]{32,})(?:$|[^A-Za-z0-9_-])",
    ),
    own(
        Class::AiServiceKey,
        "a key of an AI service",
        &["hf_", "gsk_", "r8_", "pplx-", "nvapi-", "xai-", "tgp_v1_", "fw_", "csk-"],
        r"\b((?:hf_[A-Za-z]{30,40}|gsk_[A-Za-z0-9]{40,60}|r8_[A-Za-z0-9]{37,40}|pplx-[A-Za-z0-9]{40,}|nvapi-[A-Za-z0-9_-]{50,}|xai-[A-Za-z0-9]{70,}|fw_[A-Za-z0-9]{22,24}|csk-[a-z0-9]{40,}))\b",
    ),
    // <https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string>
    own(
        Class::AzureStorageKey,
        "an account key of Azure",
        &["accountkey="],
        r"(?i)AccountKey=([A-Za-z0-9+/]{40,}={0,2})",
    ),
    own(
        Class::AzureStorageKey,
        "a shared access key of Azure",
        &["sharedaccesskey="],
        r"(?i)SharedAccessKey=([A-Za-z0-9+/]{32,}={0,2})",
    ),
    own(
        Class::AzureStorageKey,
        "a shared access signature of Azure",
        &["sig="],
        r"[?&;]sv=20\d\d-\d\d-\d\d&[^\s]*sig=([A-Za-z0-9%+/=]{40,})|[?&;]sig=[A-Za-z0-9%+/=]{40,}[^\s]*&sv=20\d\d",
    ),
    own_setting(
        Class::ServiceToken,
        "a client's secret of Microsoft Entra",
        &["q~"],
        r#"(?:^|[\\'"`\s>=:(,)])([a-zA-Z0-9_~.]{3}\dQ~[a-zA-Z0-9_~.-]{31,34})(?:$|[\\'"`\s<),])"#,
    ),
    // <https://developer.hashicorp.com/vault/docs/concepts/tokens>
    own(Class::ServiceToken, "a token of Vault", &["hvs.", "hvb.", "hvr."], r"\b(hv[sbr]\.[A-Za-z0-9_-]{24,})"),
    own_setting(Class::ServiceToken, "a token of Vault", &["s."], r#"(?:^|["'=:\s])(s\.[A-Za-z0-9]{24})(?:$|["'\s])"#),
    own(
        Class::ServiceToken,
        "a token of Terraform Cloud",
        &[".atlasv1."],
        r"\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70})",
    ),
    own(Class::ServiceToken, "a token of PyPI", &["pypi-ag"], r"\b(pypi-Ag[A-Za-z0-9_-]{50,})"),
    own(Class::ServiceToken, "a token of RubyGems", &["rubygems_"], r"\b(rubygems_[a-f0-9]{48})\b"),
    own_setting(Class::ServiceToken, "a token of crates.io", &["cio"], r"\b(cio[A-Za-z0-9]{32})\b"),
    own(
        Class::ServiceToken,
        "a token of Docker",
        &["dckr_pat_", "dckr_oat_", "swmtkn-1-", "swmkey-1-"],
        r"\b(dckr_[po]at_[A-Za-z0-9_-]{20,}|SWMTKN-1-[a-z0-9]{40,60}-[a-z0-9]{20,30}|SWMKEY-1-[A-Za-z0-9+/]{40,50})",
    ),
    own(
        Class::ServiceToken,
        "a token of DigitalOcean",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        r"\b(do[opr]_v1_[a-f0-9]{64})\b",
    ),
    own(Class::ServiceToken, "a token of Databricks", &["dapi"], r"\b(dapi[a-f0-9]{32}(?:-\d)?)\b"),
    own(Class::ServiceToken, "a token of Pulumi", &["pul-"], r"\b(pul-[a-f0-9]{40})\b"),
    own(
        Class::ServiceToken,
        "a token of Shopify",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        r"\b(shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})\b",
    ),
    own(
        Class::ServiceToken,
        "a token of Square",
        &["sq0atp-", "sq0csp-", "eaaa"],
        r"\b(sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}|EAAA[A-Za-z0-9_-]{60})\b",
    ),
    own(
        Class::ServiceToken,
        "a key of New Relic",
        &["nrak-", "nrii-", "nrra-", "nral"],
        r"\b(NR(?:AK|II|RA)-[A-Za-z0-9_-]{20,}|[a-f0-9]{36}NRAL)\b",
    ),
    own_setting(Class::ServiceToken, "a key of Mailgun", &["key-"], r"\b(key-[a-f0-9]{32})\b"),
    own_setting(Class::ServiceToken, "a key of Mailchimp", &["-us"], r"\b([0-9a-f]{32}-us\d{1,2})\b"),
    own(
        Class::ServiceToken,
        "a key of Brevo",
        &["xkeysib-", "xsmtpsib-"],
        r"\b(x(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16})\b",
    ),
    own(
        Class::ServiceToken,
        "a token of Grafana",
        &["glsa_", "glc_"],
        r"\b(glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,}={0,2})",
    ),
    own(
        Class::ServiceToken,
        "a token of Linear",
        &["lin_api_", "lin_oauth_"],
        r"\b(lin_(?:api|oauth)_[A-Za-z0-9]{40,})\b",
    ),
    own(Class::ServiceToken, "a token of Figma", &["figd_", "figoh_"], r"\b(fig(?:d|oh)_[A-Za-z0-9_-]{38,})"),
    own(
        Class::ServiceToken,
        "a token of Notion",
        &["ntn_", "secret_"],
        r"\b(ntn_[A-Za-z0-9]{40,50}|secret_[A-Za-z0-9]{43})\b",
    ),
    own(
        Class::ServiceToken,
        "a token of Atlassian",
        &["atatt3", "atctt3", "atbb", "atsta"],
        r"\b(ATATT3[A-Za-z0-9_=-]{100,}|ATCTT3[A-Za-z0-9_=-]{100,}|ATBB[A-Za-z0-9]{32,36})",
    ),
    own(
        Class::ServiceToken,
        "a key of Artifactory",
        &["akcp", "cmvmd"],
        r"\b(AKCp[A-Za-z0-9]{10,100}|cmVmd[A-Za-z0-9]{59})\b",
    ),
    own(
        Class::ServiceToken,
        "a token of Sentry",
        &["sntrys_", "sntryu_"],
        r"\b(sntryu_[a-f0-9]{64}|sntrys_[A-Za-z0-9+/=_-]{60,})",
    ),
    own(
        Class::ServiceToken,
        "a key of age",
        &["age-secret-key-1"],
        r"(?i)(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})",
    ),
    own(
        Class::ServiceToken,
        "a key of Tailscale",
        &["tskey-"],
        r"\b(tskey-(?:api|auth|client|scim|webhook)-[A-Za-z0-9_-]{16,})",
    ),
    own(
        Class::ServiceToken,
        "a token of Fly",
        &["fm1_", "fm2_", "fo1_"],
        r"\b(fm[12]_[A-Za-z0-9+/=_-]{60,}|fo1_[A-Za-z0-9_-]{43})",
    ),
    own_setting(
        Class::ServiceToken,
        "a token of Doppler",
        &["dp."],
        r"\b(dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44})\b",
    ),
    own(Class::ServiceToken, "a service token of 1Password", &["ops_eyj"], r"\b(ops_eyJ[A-Za-z0-9+/_=-]{100,})"),
    own(Class::ServiceToken, "a key of Postman", &["pmak-"], r"\b(PMAK-[a-f0-9]{24}-[a-f0-9]{34})\b"),
    own(
        Class::ServiceToken,
        "a key of Dynatrace",
        &["dt0c01.", "dt0s01.", "dt0s02."],
        r"\b(dt0[cs]0[12]\.[A-Z0-9]{24}\.[A-Z0-9]{64})\b",
    ),
    own(
        Class::ServiceToken,
        "a token of Confluent, Aiven or PlanetScale",
        &["pscale_", "avns_"],
        r"\b(pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}|AVNS_[A-Za-z0-9_-]{16,})",
    ),
    own(
        Class::ServiceToken,
        "a token of Supabase",
        &["sbp_", "sb_secret_"],
        r"\b(sbp_[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{20,})\b",
    ),
    own_setting(
        Class::ServiceToken,
        "a token of LaunchDarkly",
        &["sdk-", "api-"],
        r"\b((?:sdk|api)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b",
    ),
    own(
        Class::ServiceToken,
        "a token of Cloudflare",
        &["v1.0-", "cfat_", "cfut_"],
        r"\b(v1\.0-[a-f0-9]{24}-[a-f0-9]{146}|cf[au]t_[A-Za-z0-9]{40,})\b",
    ),
    own(
        Class::ServiceToken,
        "an access token of Facebook",
        &["eaac", "eaab", "eaag"],
        r"\b(EAA[BCG][A-Za-z0-9]{80,})\b",
    ),
    own(
        Class::ServiceToken,
        "the address of a webhook of Discord",
        &["/api/webhooks/"],
        r"discord(?:app)?\.com/api/webhooks/\d{17,20}/([A-Za-z0-9_-]{60,})",
    ),
    own(
        Class::ServiceToken,
        "the address of a webhook of Microsoft Teams",
        &[".webhook.office.com/webhookb2/"],
        r"\.webhook\.office\.com/webhookb2/[a-f0-9@-]{30,}/IncomingWebhook/([a-f0-9]{32})",
    ),
    own_setting(
        Class::ServiceToken,
        "a bot's token of Telegram",
        &[":aa"],
        r"\b(\d{8,10}:AA[A-Za-z0-9_-]{33})(?:$|[^A-Za-z0-9_-])",
    ),
    own_setting(
        Class::ServiceToken,
        "the id of an access key of Alibaba Cloud",
        &["ltai"],
        r"\b(LTAI[A-Za-z0-9]{17,21})\b",
    ),
    own_setting(Class::ServiceToken, "the id of a key of Tencent Cloud", &["akid"], r"\b(AKID[A-Za-z0-9]{32})\b"),
    own(Class::ServiceToken, "a token of OpenShift", &["sha256~"], r"\b(sha256~[A-Za-z0-9_-]{43})(?:$|[^A-Za-z0-9_-])"),
    own(
        Class::ServiceToken,
        "a token of Ubuntu Pro, EasyPost, Duffel or Flutterwave",
        &["ezak", "eztk", "duffel_", "flwseck"],
        r"\b(EZ[AT]K[A-Za-z0-9]{54}|duffel_(?:test|live)_[A-Za-z0-9_=-]{43}|FLWSECK(?:_TEST)?-[A-Za-z0-9-]{12,})",
    ),
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html>; how they begin is seen, not said.
    own_setting(
        Class::ServiceToken,
        "a session token of AWS",
        &["fwogzxivyxdz", "iqojb3jpz2lu"],
        r"\b((?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9/+=]{80,})",
    ),
    own(
        Class::ServiceToken,
        "a server key of Firebase",
        &[":apa91b"],
        r"\b(AAAA[A-Za-z0-9_-]{7}:APA91b[A-Za-z0-9_-]{100,})",
    ),
    own(Class::ServiceToken, "a token of Azure DevOps", &["azdo"], r"\b([A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})\b"),
    own_setting(
        Class::ServiceToken,
        "a token of Asana",
        &["/"],
        r#"(?:^|["'=:\s])([012]/\d{13,16}(?:/\d{13,16})?:[a-f0-9]{32})(?:$|["'\s])"#,
    ),
    own_setting(Class::ServiceToken, "a token of Dropbox", &["sl."], r"\b(sl\.[A-Za-z0-9_.-]{120,})"),
    own(
        Class::ServiceToken,
        "a token of HubSpot",
        &["pat-na", "pat-eu"],
        r"\b(pat-(?:na|eu)\d-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b",
    ),
    own_setting(Class::ServiceToken, "a token of Intercom", &["dg9ro"], r"\b(dG9rO[A-Za-z0-9+/]{40,}={0,2})"),
    own(
        Class::ServiceToken,
        "a secret token of Mapbox",
        &["sk.eyj"],
        r"\b(sk\.eyJ[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{18,})",
    ),
    own(
        Class::ServiceToken,
        "a token of Contentful or Netlify",
        &["cfpat-", "nfp_", "nfc_", "nfo_"],
        r"\b(CFPAT-[A-Za-z0-9_-]{40,}|nf[pcoub]_[A-Za-z0-9]{36,})",
    ),
    own_setting(Class::AiServiceKey, "a key of an AI service", &["sk_"], r"\b(sk_[a-f0-9]{48})\b"),
    // RFC 7519.
    own(
        Class::JsonWebToken,
        "a signed token",
        &["eyj"],
        r"(?:^|[^A-Za-z0-9_-])(eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16,})",
    ),
    own_setting(
        Class::JsonWebToken,
        "an encrypted token",
        &["eyj"],
        r"(?:^|[^A-Za-z0-9_-])(eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{16,})",
    ),
];
