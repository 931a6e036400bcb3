//! The user that a container runs as: what a name or number stands for, and whom an image names.

use palisade_model::ecr::{Content, Image};
use palisade_model::{Action, Gap};

/// The largest number of a user that runtimes take. Beyond it, the lower 32 bits may be what counts.
const LARGEST: i64 = 2_147_483_647;

/// What a text such as `1000:0` or `nginx` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User<'t> {
    /// Root, with the rest of a sentence about a number that only some runtimes take for it.
    Root(&'static str),
    /// A number that is not root's.
    Other,
    /// A name, whose number stands in the image.
    Named(&'t str),
}

impl<'t> User<'t> {
    /// Reads `user`, `uid`, either with a group after a colon. The group says nothing of who it is.
    pub fn read(text: &'t str) -> Self {
        let name = text.trim().split(':').next().unwrap_or_default().trim();
        if name.is_empty() {
            return Self::Root("");
        }
        match name.parse::<i64>() {
            Ok(number) => Self::numbered(number),
            Err(_) => Self::Named(name),
        }
    }

    /// Why it is root, as the rest of a sentence that names it. A name other than root's is taken for nobody special.
    pub fn why_root(self) -> Option<&'static str> {
        match self {
            Self::Root(why) => Some(why),
            Self::Named("root") => Some(""),
            Self::Named(_) | Self::Other => None,
        }
    }

    /// Source: <https://github.com/containerd/containerd/security/advisories/GHSA-265r-hfxg-fhmg>
    fn numbered(number: i64) -> Self {
        match number {
            0 => Self::Root(""),
            1..=LARGEST => Self::Other,
            // A negative number is no user that a runtime starts; what does not check it takes its lower 32 bits.
            _ => Self::Root(", beyond 2147483647, which containerd may run as root (CVE-2024-40635)"),
        }
    }
}

/// Why the user in an image's configuration is root, or administrator on Windows, if it is.
pub fn root_of_image(image: &Image, content: &Content) -> Result<Option<String>, Gap> {
    if content.is_for_windows() { Ok(on_windows(content)) } else { on_linux(image, content) }
}

fn on_linux(image: &Image, content: &Content) -> Result<Option<String>, Gap> {
    let said = |user: &str| {
        let is_disputed = content.disputed.iter().any(|name| name == "User");
        let note = if is_disputed { ", which stands there more than once: the last counts" } else { "" };
        format!("User is {user}{note}")
    };
    let Some(user) = &content.user else { return Ok(Some(said("empty"))) };
    let name = match User::read(user) {
        User::Root(why) => return Ok(Some(format!("{}{why}", said(user)))),
        User::Other => return Ok(None),
        User::Named(name) => name,
    };
    let files = match content.files.known() {
        Ok(files) => files,
        Err(_) if name == "root" => return Ok(Some(said(user))),
        Err(gap) => return Err(gap),
    };
    match files.user_id.map(|number| i64::try_from(number).unwrap_or(i64::MAX)) {
        Some(number) => Ok(match User::numbered(number) {
            User::Root(why) => Some(format!("{}, which /etc/passwd gives the number {number}{why}", said(user))),
            User::Other | User::Named(_) => None,
        }),
        None if name == "root" => Ok(Some(said(user))),
        None => {
            files.complete(&image.arn)?;
            let why = format!("{}: no /etc/passwd of the image names the user {user}", content.platform);
            Err(Gap::undecided(Action::EcrGetDownloadUrlForLayer, &image.arn, why))
        }
    }
}

fn on_windows(content: &Content) -> Option<String> {
    let Some(user) = &content.user else { return Some("User is empty".to_owned()) };
    is_windows_administrator(user).then(|| format!("User is {user}"))
}

/// Whether a user of Windows, with or without the manager before it, is one that may do everything; none named counts.
///
/// Source: <https://learn.microsoft.com/en-us/virtualization/windowscontainers/manage-containers/container-security>
pub fn is_windows_administrator(user: &str) -> bool {
    let name = user.rsplit('\\').next().unwrap_or_default().trim();
    let administrators = ["", "containeradministrator", "administrator", "system"];
    administrators.contains(&name.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_or_number_before_the_colon_counts() {
        for text in ["", "0", "00", "0:0", ":0", " 0 ", "+0", "-0"] {
            assert_eq!(User::read(text), User::Root(""), "{text}");
        }
        for text in ["1", "1000:0", "0001000", "2147483647"] {
            assert_eq!(User::read(text), User::Other, "{text}");
        }
        assert_eq!(User::read(" root:1000"), User::Named("root"));
        assert!(matches!(User::read("4294967296"), User::Root(why) if why.contains("CVE-2024-40635")));
    }

    #[test]
    fn an_administrator_of_windows_is_told_by_the_name_alone() {
        for text in ["", "ContainerAdministrator", r"User Manager\containeradministrator", "SYSTEM"] {
            assert!(is_windows_administrator(text), "{text}");
        }
        assert!(!is_windows_administrator("ContainerUser"));
    }
}
