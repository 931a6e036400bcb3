//! Pages of lists, with tokens that grow old.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::ids;
use crate::request::Request;
use crate::wire::ServiceError;

/// How long the server knows what a list looked like when its first page was read.
const MEMORY: SignedDuration = SignedDuration::from_mins(5);

/// A page: the objects on it, and what is said of the list.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) items: &'a [&'a str],
    pub(super) metadata: Value,
}

/// The page of `all` that is asked for, of `most` objects at most; `seal` tells lists apart.
pub(super) fn page<'a>(
    all: &'a [&'a str],
    seal: &str,
    most: Option<usize>,
    request: &Request,
    now: Timestamp,
) -> Result<Page<'a>, ServiceError> {
    let parameter = |name: &str| request.parameter(name).filter(|value| !value.is_empty());
    let (start, since) = match parameter("continue") {
        Some(token) => read(&token, seal, now)?,
        None => (0, now),
    };
    let rest = all.get(start..).ok_or_else(invalid)?;
    let limit = parameter("limit").and_then(|limit| limit.parse().ok()).filter(|&limit: &usize| limit > 0);
    // A list that names no limit is answered whole.
    let limit = limit.map_or(usize::MAX, |limit| limit.min(most.unwrap_or(limit)).max(1));
    let items = &rest[..rest.len().min(limit)];
    let left = rest.len() - items.len();
    let mut metadata = json!({"resourceVersion": since.as_second().to_string()});
    if left > 0 {
        metadata["continue"] = token(start + items.len(), seal, since).into();
        metadata["remainingItemCount"] = left.into();
    }
    Ok(Page { items, metadata })
}

fn token(start: usize, seal: &str, since: Timestamp) -> String {
    let since = since.as_second();
    let seal = ids::hexadecimal(&format!("{seal} {start} {since}"), 16);
    URL_SAFE_NO_PAD.encode(json!({"v": "meta.k8s.io/v1", "rv": since, "start": start, "seal": seal}).to_string())
}

/// Where a page begins, and when its list was first read.
fn read(text: &str, seal: &str, now: Timestamp) -> Result<(usize, Timestamp), ServiceError> {
    let known = || {
        let value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let start = usize::try_from(value["start"].as_u64()?).ok()?;
        let since = Timestamp::from_second(value["rv"].as_i64()?).ok()?;
        (token(start, seal, since) == text).then_some((start, since))
    };
    let (start, since) = known().ok_or_else(invalid)?;
    if now > since + MEMORY {
        return Err(gone());
    }
    Ok((start, since))
}

fn invalid() -> ServiceError {
    ServiceError::new(400, "BadRequest", "continue key is not valid: invalid start key")
}

/// The list of which a page is asked for is no longer known.
pub(crate) fn gone() -> ServiceError {
    let message = "The provided continue parameter is too old to display a consistent list result. You can start a new \
                   list without the continue parameter.";
    ServiceError::new(410, "Expired", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_of_one_list_and_grow_old() {
        let start = Timestamp::from_second(1_800_000_000).unwrap();
        let text = token(500, "shop pods ", start);
        assert_eq!(read(&text, "shop pods ", start + SignedDuration::from_mins(4)).unwrap(), (500, start));
        assert_eq!(read(&text, "shop services ", start).unwrap_err().status, 400);
        assert_eq!(read("bm90IGEgdG9rZW4", "shop pods ", start).unwrap_err().status, 400);
        let late = read(&text, "shop pods ", start + SignedDuration::from_mins(6)).unwrap_err();
        assert_eq!((late.status, late.code.as_str()), (410, "Expired"));
    }
}
