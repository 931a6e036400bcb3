//! Lists that give no more than names: how each answer of EKS is read.

use aws_sdk_eks::operation::list_access_entries::ListAccessEntriesOutput;
use aws_sdk_eks::operation::list_addons::ListAddonsOutput;
use aws_sdk_eks::operation::list_clusters::ListClustersOutput;
use aws_sdk_eks::operation::list_fargate_profiles::ListFargateProfilesOutput;
use aws_sdk_eks::operation::list_nodegroups::ListNodegroupsOutput;

use crate::ask::Page;

/// An answer that holds names.
pub(super) trait Names {
    /// The names, and the token of the next page; an answer without the list gives none.
    fn names(self) -> Option<Page<String>>;
}

macro_rules! names {
    ($($output:ident, $field:ident;)+) => {
        $(impl Names for $output {
            fn names(self) -> Option<Page<String>> {
                Some(Page { items: self.$field?, next: self.next_token })
            }
        })+
    };
}

names! {
    ListAccessEntriesOutput, access_entries;
    ListAddonsOutput, addons;
    ListClustersOutput, clusters;
    ListFargateProfilesOutput, fargate_profile_names;
    ListNodegroupsOutput, nodegroups;
}

/// Reads an answer that holds names.
pub(super) fn of<O: Names>(output: O) -> Option<Page<String>> {
    output.names()
}
