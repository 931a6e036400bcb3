//! IAM: identities and their policies.

mod details;
mod last_accessed;
pub(super) mod operations;
mod shapes;

use super::paging::PageRule;
use crate::calls::Outcome;
use crate::wire::ServiceError;
use crate::wire::xml::Xml;

/// How IAM pages everything.
const PAGE: PageRule = PageRule { token: "Marker", size: "MaxItems", default: 100, most: 1000 };

fn no_such_entity(message: String) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", message).outcome(Outcome::NotFound)
}

/// `IsTruncated`, and the marker of the next page.
fn page_end(xml: &mut Xml, next: Option<&str>) {
    xml.value("IsTruncated", next.is_some());
    xml.text_if("Marker", next);
}
