//! How IAM's answers tell whether there is more.

use crate::ask::Page;

/// A page of IAM's; none when the answer says that it is cut short and not where to go on.
pub(super) fn page_of<T>(items: Vec<T>, is_truncated: bool, marker: Option<String>) -> Option<Page<T>> {
    if is_truncated && marker.is_none() {
        return None;
    }
    Some(Page { items, next: marker.filter(|_| is_truncated) })
}
