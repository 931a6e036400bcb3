//! What packages bring along, and everybody who has the package has too.

use super::file_name;

/// Folders that package managers fill.
const OF_PACKAGES: &[&str] = &[
    "usr/share/",
    "usr/lib/",
    "usr/lib64/",
    "usr/libexec/",
    "usr/include/",
    "usr/bin/",
    "usr/sbin/",
    "lib/",
    "lib64/",
    "bin/",
    "sbin/",
    "var/lib/dpkg/",
    "var/lib/apt/",
    "var/cache/",
    "var/lib/rpm/",
    "lib/apk/",
    "usr/local/lib/python",
    "usr/local/lib/node_modules/",
    "usr/local/lib/ruby/",
    "usr/local/go/",
    "usr/local/include/",
    "usr/local/share/man/",
    "usr/local/share/doc/",
    "usr/local/rustup/",
    "usr/local/cargo/registry/",
    "usr/src/linux",
    "opt/java/",
    "opt/venv/lib/",
    "opt/conda/pkgs/",
    "opt/conda/lib/",
    "usr/local/lib/perl5/",
    "usr/local/lib/php/",
    "usr/src/python/",
    "usr/src/php/",
];

/// Folders of packages within an application.
const WITHIN: &[&str] = &[
    "/node_modules/",
    "/site-packages/",
    "/dist-packages/",
    "/vendor/bundle/",
    "/gems/",
    "/go/pkg/mod/",
    "/.cargo/registry/",
    "/.m2/repository/",
    "/.gradle/caches/",
    "/bower_components/",
    "/.nuget/packages/",
    "/vendor/github.com/",
    "/vendor/golang.org/",
    "/vendor/k8s.io/",
    "/vendor/google.golang.org/",
    "/.pnpm/",
    "/.yarn/cache/",
    "/perl5/",
    "/.rustup/",
    "/.pyenv/versions/",
    "/.rbenv/versions/",
    "/.nvm/versions/",
    "/vendor/composer/",
    "/vendor/symfony/",
    "/vendor/laravel/",
    "/vendor/guzzlehttp/",
    "/vendor/phpseclib/",
    "/vendor/league/",
    "/vendor/phpunit/",
];

/// Names of folders with tests, examples and explanations.
const FOR_TESTS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "testsuite",
    "testfiles",
    "__tests__",
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "__fixtures__",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "doc",
    "docs",
    "documentation",
    "man",
    "t",
    "benchmark",
    "benchmarks",
    "bench",
    "e2e",
    "mock",
    "mocks",
    "templates",
    "snippets",
    "locale",
    "i18n",
    "idlelib",
    "vim",
    "bash-completion",
    "completions",
];

/// Whether a path is within a folder that package managers fill.
pub(super) fn is_of_package(path: &str) -> bool {
    OF_PACKAGES.iter().any(|folder| path.starts_with(folder))
        || WITHIN.iter().any(|folder| path.contains(folder) || path.starts_with(&folder[1..]))
}

/// Whether a file is a package's own test, example or explanation: a key in it protects nothing.
pub(super) fn is_left_out(path: &str) -> bool {
    if !is_of_package(path) {
        return false;
    }
    let name = file_name(path);
    let folders = path.strip_suffix(name).unwrap_or_default();
    folders.split('/').any(|folder| FOR_TESTS.contains(&folder.to_ascii_lowercase().as_str()))
        || ["_test.", "_spec.", ".test.", ".spec.", "-test."].iter().any(|part| name.contains(part))
        || name.starts_with("test_")
        || name.starts_with("test-")
        || path.starts_with("usr/share/doc")
        || path.starts_with("var/lib/dpkg/")
}

/// Whether a file by whose path nothing is told may hold a secret of a published form. In packages only files with keys do.
pub(super) fn may_hold(path: &str) -> bool {
    const OF_KEYS: [&str; 8] = ["pem", "key", "p8", "ppk", "json", "conf", "yaml", "yml"];
    !is_of_package(path) || file_name(path).rsplit_once('.').is_some_and(|(_, ending)| OF_KEYS.contains(&ending))
}

/// Whether a file is made to be copied and filled in, or holds texts for people: what its names say there is no secret.
pub(super) fn is_example(path: &str) -> bool {
    const ENDS: [&str; 10] = ["example", "sample", "dist", "template", "tmpl", "tpl", "default", "erb", "j2", "md"];
    const OF_TEXTS: [&str; 8] = ["locales", "locale", "i18n", "translations", "lang", "langs", "languages", "l10n"];
    let name = file_name(path).to_ascii_lowercase();
    if path.split('/').any(|folder| OF_TEXTS.contains(&folder))
        || name.starts_with("messages")
        || name == "nsswitch.conf"
    {
        return true;
    }
    name.split('.').skip(1).any(|part| ENDS.contains(&part))
        || ["example", "sample", "template"].iter().any(|word| {
            name.starts_with(word) || name.contains(&format!("-{word}")) || name.contains(&format!("_{word}"))
        })
}
