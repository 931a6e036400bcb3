//! Accounts that are known to publish Lambda layers for everybody.

use std::sync::OnceLock;

use super::dated::Table;

/// The publisher, where it names its accounts, the accounts.
pub const TABLE: Table = Table::new("accounts that publish Lambda layers", include_str!("tables/layer-publishers.tsv"));

/// Who publishes layers, from which accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publisher {
    /// The publisher and what it publishes.
    pub name: &'static str,
    /// Where the publisher names its accounts.
    pub source: &'static str,
    /// The accounts; AWS publishes some layers from an account for each Region.
    pub accounts: Vec<&'static str>,
}

/// The publisher that an account belongs to, if it is a known one.
pub fn publisher(account: &str) -> Option<&'static Publisher> {
    publishers().iter().find(|publisher| publisher.accounts.contains(&account))
}

fn publishers() -> &'static [Publisher] {
    static READ: OnceLock<Vec<Publisher>> = OnceLock::new();
    READ.get_or_init(|| {
        let read = |row: Vec<&'static str>| match row.as_slice() {
            [name, source, accounts] => Some(Publisher { name, source, accounts: accounts.split(',').collect() }),
            _ => None,
        };
        TABLE.rows().filter_map(read).collect()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_account_stands_once_and_has_twelve_digits() {
        assert_eq!(publishers().len(), TABLE.rows().count());
        let accounts: Vec<_> = publishers().iter().flat_map(|publisher| &publisher.accounts).collect();
        let distinct: BTreeSet<_> = accounts.iter().collect();
        assert_eq!(accounts.len(), distinct.len());
        for account in accounts {
            assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()), "{account}");
        }
    }

    #[test]
    fn a_publisher_is_known_by_its_accounts() {
        assert_eq!(publisher("464622532012").map(|publisher| publisher.name), Some("Datadog"));
        assert_eq!(publisher("111122223333"), None);
        assert!(publishers().iter().all(|publisher| publisher.source.starts_with("https://")));
    }
}
