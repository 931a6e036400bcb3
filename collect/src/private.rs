//! Files that hold what is known of an account.

use std::fs::OpenOptions;

/// What is known of an account is for its owner's eyes.
pub fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
