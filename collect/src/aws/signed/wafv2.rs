//! WAF: the web ACL before a resource.

use palisade_model::Arn;
use serde::Deserialize;
use serde_json::json;

use super::client::{Answer, Signed, WAF, read_json};

impl Signed {
    /// The web ACL before a resource; the answer is empty where there is none.
    ///
    /// Source: <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACLForResource.html>
    pub(crate) async fn get_web_acl_for_resource(&self, resource: &Arn) -> Answer<Option<Arn>> {
        let target = ("x-amz-target", "AWSWAF_20190729.GetWebACLForResource");
        let body = self.post(&WAF, &[target], json!({ "ResourceArn": resource }).to_string()).await?;
        let answer: GetWebAclForResource = read_json(&body)?;
        Ok(answer.web_acl.map(|acl| acl.arn.into()))
    }
}

#[derive(Deserialize)]
struct GetWebAclForResource {
    #[serde(rename = "WebACL")]
    web_acl: Option<WebAcl>,
}

#[derive(Deserialize)]
struct WebAcl {
    #[serde(rename = "ARN")]
    arn: String,
}
