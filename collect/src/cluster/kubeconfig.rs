//! The way into a cluster that a kubeconfig tells. What is wrong with it is told in our own words: those of the client quote
//! the file's lines, and an exec plugin's arguments, environment and output.

use std::path::Path;

use kube::Config;
use kube::client::AuthError;
use kube::config::{ExecInteractiveMode, KubeConfigOptions, Kubeconfig, KubeconfigError, LoadDataError};

use crate::discreet;

/// The configuration of the client that a kubeconfig describes.
pub(super) async fn read(file: &Path, context: Option<&str>) -> Result<Config, String> {
    let kubeconfig = Kubeconfig::read_from(file).map_err(|error| flaw(&error, context))?;
    let options = KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
    let mut config =
        Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(|error| flaw(&error, context))?;
    if let Some(exec) = &mut config.auth_info.exec {
        // A plugin that may ask its user something writes to our standard error, whatever that is.
        exec.interactive_mode = Some(ExecInteractiveMode::Never);
    }
    Ok(config)
}

/// What is wrong with a kubeconfig.
fn flaw(error: &KubeconfigError, context: Option<&str>) -> String {
    match error {
        KubeconfigError::ReadConfig(cause, _) => discreet::io(cause),
        KubeconfigError::Parse(cause) => discreet::yaml(cause),
        KubeconfigError::CurrentContextNotSet => "it names no current context; name one with --context".to_owned(),
        KubeconfigError::LoadContext(_) => match context {
            Some(context) => format!("it has no context {context}"),
            None => "its current context is not in it".to_owned(),
        },
        KubeconfigError::LoadClusterOfContext(_) => "the cluster of the context is not in it".to_owned(),
        KubeconfigError::MissingClusterUrl => "the cluster has no server".to_owned(),
        KubeconfigError::ParseClusterUrl(_) => "the cluster's server is no URL".to_owned(),
        KubeconfigError::ParseProxyUrl(_) => "the cluster's proxy is no URL".to_owned(),
        KubeconfigError::LoadCertificateAuthority(cause) => data("the certificate authority", cause),
        KubeconfigError::LoadClientCertificate(cause) => data("the client certificate", cause),
        KubeconfigError::LoadClientKey(cause) => data("the client key", cause),
        KubeconfigError::ParseCertificates(_) => "the certificate authority is no PEM".to_owned(),
        _ => "it cannot be used".to_owned(),
    }
}

fn data(what: &str, error: &LoadDataError) -> String {
    match error {
        LoadDataError::DecodeBase64(_) => format!("{what} is no base64"),
        LoadDataError::ReadFile(cause, _) => format!("the file of {what} cannot be read: {}", discreet::io(cause)),
        LoadDataError::NoBase64DataOrFile => format!("{what} is empty"),
    }
}

/// What is wrong with a client's own way to prove who it is.
pub(super) fn auth(error: &AuthError) -> String {
    match error {
        AuthError::AuthExecStart(cause) => format!("the exec plugin could not be started: {}", discreet::io(cause)),
        AuthError::AuthExecRun { out, .. } => match out.status.code() {
            Some(code) => format!("the exec plugin ended with exit code {code}"),
            None => "the exec plugin was killed".to_owned(),
        },
        AuthError::AuthExecParse(cause) => {
            format!("the exec plugin printed something else than an ExecCredential: {}", discreet::yaml(cause))
        }
        AuthError::ExecPluginFailed => "the exec plugin printed an ExecCredential without status".to_owned(),
        AuthError::MissingCommand => "the exec plugin has no command".to_owned(),
        AuthError::ReadTokenFile(cause, _) => format!("the token file cannot be read: {}", discreet::io(cause)),
        AuthError::InvalidBasicAuth(_) | AuthError::InvalidBearerToken(_) => {
            "the token or password holds signs that no header may have".to_owned()
        }
        AuthError::MalformedTokenExpirationDate(_) => "the token's date of expiry is no date".to_owned(),
        AuthError::AuthExec(_) | AuthError::ParseTokenKey(_) => {
            "the auth-provider failed, or is none of those known".to_owned()
        }
        _ => "the credentials cannot be used".to_owned(),
    }
}

/// Why a client could not be made.
pub(super) fn client(error: &kube::Error) -> String {
    match error {
        kube::Error::Auth(cause) => auth(cause),
        kube::Error::InferKubeconfig(cause) => flaw(cause, None),
        kube::Error::ProxyProtocolUnsupported { .. } | kube::Error::ProxyProtocolDisabled { .. } => {
            "the proxy has a protocol that is not supported".to_owned()
        }
        kube::Error::RustlsTls(_) => "the certificates, or the key, cannot be used".to_owned(),
        _ => "what is configured for the client cannot be used".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANT: &str = "Zq7-planted-Kp9";

    /// What is said of a kubeconfig with this text, in which `PLANT` stands for a secret and `BAD` for no UTF-8.
    async fn said(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kube");
        let text = text.replace("PLANT", PLANT);
        let mut parts = text.split("BAD").map(str::as_bytes);
        let first = parts.next().unwrap_or_default().to_vec();
        let bytes = parts.fold(first, |bytes, part| [bytes.as_slice(), &[0xff], part].concat());
        std::fs::write(&path, bytes).unwrap();
        read(&path, None).await.map_or_else(|flaw| flaw, |_| "it can be used".to_owned())
    }

    #[tokio::test]
    async fn a_file_that_is_malformed_is_told_of_without_what_it_holds() {
        let with = |user: &str| {
            format!(
                "current-context: one\ncontexts: [{{name: one, context: {{cluster: c, user: u}}}}]\n\
                 clusters: [{{name: c, cluster: {{server: 'https://127.0.0.1:9'}}}}]\nusers: [{{name: u, user: {user}}}]\n"
            )
        };
        for (text, expected) in [
            (with("{token: PLANT"), "line "),
            (with("[{token: PLANT}]"), "line 4"),
            (with("{token: [PLANT]}"), "line 4"),
            ("PLANT".to_owned(), "line 1"),
            (with("{token: PLANTBAD}"), ""),
            ("users:\n\t- token: PLANT\n".to_owned(), "line 2"),
            (with("{token: PLANT, token: PLANT}"), "line 4"),
            ("users:\n  - name: u\n token: PLANT\n".to_owned(), "line "),
            (with("{token: \"PLANT}"), "line "),
            (with("{exec: {command: a, interactiveMode: PLANT}}"), "line 4"),
            ("current-context: PLANT\n".to_owned(), "its current context is not in it"),
            (with("{}").replace("cluster: c,", "cluster: PLANT,"), "the cluster of the context is not in it"),
            ("users: []".to_owned(), "it names no current context"),
            (with("{token: PLANT}"), "it can be used"),
        ] {
            let said = said(&text).await;
            assert!(said.starts_with(expected) && !said.contains("planted"), "{text}: {said}");
        }
    }
}
