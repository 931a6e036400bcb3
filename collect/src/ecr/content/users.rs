//! The users of an image, by its `/etc/passwd`.

/// The number of a user, given by name with or without a group, as container runtimes read the file: the first line with
/// the name counts, and a number that is none, or is not there, is 0.
///
/// Source: <https://github.com/moby/sys/blob/main/user/user.go> (`ParsePasswdFilter`)
pub(super) fn user_id(passwd: &str, user: &str) -> Option<i64> {
    let name = user.trim().split(':').next()?;
    let mut lines = passwd.lines().map(|line| line.trim().split(':'));
    let mut line = lines.find(|line| line.clone().next() == Some(name))?;
    Some(line.nth(2).and_then(|number| number.parse().ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_the_number_of_the_first_line_with_its_name() {
        let passwd = "root:x:0:0::/root:/bin/sh\n\n  app:x:1000:1000::/:\napp:x:0:0::/:\nodd:x:10x::\nshort\nbig:x:4294967296:0\n";
        let number = |user| user_id(passwd, user);
        assert_eq!((number("app:staff"), number("app"), number("root")), (Some(1000), Some(1000), Some(0)));
        assert_eq!((number("odd"), number("short"), number("big")), (Some(0), Some(0), Some(4_294_967_296)));
        assert_eq!((number("nobody"), number("APP")), (None, None));
    }
}
