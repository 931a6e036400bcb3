//! Why there are no credentials, in our own words: those of the SDK quote what a credential process wrote, and what stands
//! in profiles.

use std::error::Error;
use std::io;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::discreet;

/// How messages of the SDK begin that are made of what may be secret, and what they mean.
const KINDS: &[(&str, &str)] = &[
    (
        "Error retrieving credentials from external process, could not parse response",
        "the credential process printed something else than JSON with Version, AccessKeyId and SecretAccessKey",
    ),
    (
        "Error retrieving credentials from external process: could not decode output",
        "the credential process printed something else than UTF-8",
    ),
    ("Error retrieving credentials from external process", "the credential process could not be run"),
    (
        "ProfileFile provider could not be built: invalid profile: could not read",
        "the AWS configuration files could not be read",
    ),
    (
        "ProfileFile provider could not be built: invalid profile",
        "the AWS configuration files hold a line that is neither a section nor a setting",
    ),
    (
        "ProfileFile provider could not be built: profile formed an infinite loop",
        "the profile names itself as its source, by way of others",
    ),
    (
        "ProfileFile provider could not be built: profile referenced",
        "the profile names a credential_source that is not known",
    ),
    ("ProfileFile provider could not be built: sso-session", "the profile names an sso_session that is not defined"),
    ("ProfileFile provider could not be built", "the profile lacks what it takes to get credentials"),
    ("profile `", "the profile, or one that it names, is not defined or holds no credentials"),
    ("selected profile will resolve an access token", "the profile lacks sso_account_id and sso_role_name"),
    ("the SSO token has expired", "the SSO session has expired; `aws sso login` begins a new one"),
    ("invalid JSON in cached SSO token", "the kept SSO session cannot be read; `aws sso login` begins a new one"),
    ("missing field `", "the kept SSO session is not whole; `aws sso login` begins a new one"),
    ("WebIdentityToken was not valid UTF-8", "the web identity's token file is no UTF-8"),
];

/// Why there are no credentials: what is wrong where, and never what it holds.
pub(crate) fn told(error: &CredentialsError) -> String {
    discreet::links(error).find_map(known).unwrap_or_else(|| {
        match error {
            CredentialsError::CredentialsNotLoaded(_) => {
                "neither the environment nor a profile, a web identity, a container or an instance gives any"
            }
            CredentialsError::ProviderTimedOut(_) => "they did not come in time",
            CredentialsError::InvalidConfiguration(_) => "what is configured is not enough to get them",
            _ => "what is configured to give them failed",
        }
        .to_owned()
    })
}

fn known(link: &(dyn Error + 'static)) -> Option<String> {
    if let Some(error) = link.downcast_ref::<AssumeRoleError>() {
        return Some(answered("the role", error));
    }
    if let Some(error) = link.downcast_ref::<AssumeRoleWithWebIdentityError>() {
        return Some(answered("the web identity", error));
    }
    if let Some(error) = link.downcast_ref::<io::Error>() {
        return Some(format!("a file that holds them could not be read: {}", discreet::io(error)));
    }
    let message = link.to_string();
    if let Some(status) = message.strip_prefix("Error retrieving credentials: external process exited with code ") {
        let code: String =
            status.trim_start_matches("exit status: ").chars().take_while(char::is_ascii_digit).collect();
        let how = if code.is_empty() { "was killed".to_owned() } else { format!("ended with exit code {code}") };
        return Some(format!("the credential process {how}"));
    }
    KINDS.iter().find(|(start, _)| message.starts_with(start)).map(|(_, meaning)| (*meaning).to_owned())
}

/// The code of STS's answer; its message may quote the token.
fn answered(whom: &str, error: &impl ProvideErrorMetadata) -> String {
    format!("STS refused {whom}: {}", error.code().unwrap_or("without saying why"))
}
