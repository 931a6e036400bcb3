//! The machines of ECS as EC2 describes them, and the roles that they have.

use palisade_model::ecs::InstanceDetails;
use palisade_model::eks::MetadataOptions;
use palisade_model::iam::Role;
use palisade_model::network::Instance;
use palisade_model::{Action, Arn, Gap, Region};

use crate::account::Account;

/// The EC2 instance behind a machine; `None` for one outside of EC2.
pub fn instance<'a>(
    details: &InstanceDetails,
    region: &'a Region,
    asked_for: &Arn,
) -> Result<Option<(String, &'a Instance)>, Gap> {
    let Some(id) = details.instance.as_ref().filter(|_| !details.is_external()) else { return Ok(None) };
    let known = region.network.instances.known()?;
    let missing =
        || Gap::undecided(Action::Ec2DescribeInstances, asked_for, format!("the instance {id} is not described"));
    Ok(Some((id.clone(), known.get(id).ok_or_else(missing)?)))
}

/// The role of an instance; `None` for one without a profile. A profile of which no role is known is a gap.
pub fn role<'a>(instance: &Instance, account: &Account<'a>, asked_for: &Arn) -> Result<Option<&'a Role>, Gap> {
    let Some(profile) = &instance.profile else { return Ok(None) };
    let roles = &account.inventory().iam.roles;
    if let Some(role) = roles.find(|role| role.instance_profiles.contains(profile))? {
        return Ok(Some(role));
    }
    let why = format!("no role says that it is in the instance profile {profile}");
    Err(Gap::undecided(Action::IamGetAccountAuthorizationDetails, asked_for, why))
}

/// Whether the metadata service of an instance is switched off, so that nothing else of it matters. One that does not
/// say is on.
pub fn metadata_is_off(metadata: &MetadataOptions, id: &str, asked_for: &Arn) -> Result<bool, Gap> {
    let Some(state) = &metadata.enabled else { return Ok(false) };
    let not_known =
        |word: &str| Gap::not_known(Action::Ec2DescribeInstances, asked_for, format!("HttpEndpoint of {id}"), word);
    state.is_on(not_known).map(|is_on| !is_on)
}
