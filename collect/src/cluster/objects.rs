//! What is listed in a cluster, kind by kind. Secrets are never asked for, ConfigMaps only by name.

use std::cell::RefCell;
use std::collections::BTreeMap;

use futures_util::future::join_all;
use k8s_openapi::api::admissionregistration::v1 as admissionregistration;
use k8s_openapi::api::apps::v1 as apps;
use k8s_openapi::api::batch::v1 as batch;
use k8s_openapi::api::core::v1;
use k8s_openapi::api::networking::v1 as networking;
use k8s_openapi::api::rbac::v1 as rbac;
use k8s_openapi::api::storage::v1 as storage;
use palisade_model::kubernetes::{
    AccessObjects, AdmissionObjects, AwsAuth, LimitRange, Namespace, NetworkObjects, Node, NodeClass, ObjectName,
    Objects, PersistentVolume, PodSpecs, ServerVersion, ServiceAccount, StorageClass, WorkloadKind, Workloads,
};
use palisade_model::{Action, Fact, Listing};
use serde::Deserialize;

use super::convert::{self, Custom, Definition, Owners};
use super::read::Reader;

/// The policies of network plug-ins and of the network policy group: the action, the group, the plural.
const FOREIGN_POLICIES: [(Action, &str, &str); 11] = [
    (Action::KubernetesListAdminNetworkPolicies, "policy.networking.k8s.io", "adminnetworkpolicies"),
    (Action::KubernetesListApplicationNetworkPolicies, "networking.k8s.aws", "applicationnetworkpolicies"),
    (Action::KubernetesListBaselineAdminNetworkPolicies, "policy.networking.k8s.io", "baselineadminnetworkpolicies"),
    (Action::KubernetesListCiliumClusterwideNetworkPolicies, "cilium.io", "ciliumclusterwidenetworkpolicies"),
    (Action::KubernetesListCiliumNetworkPolicies, "cilium.io", "ciliumnetworkpolicies"),
    (Action::KubernetesListClusterNetworkPolicies, "networking.k8s.aws", "clusternetworkpolicies"),
    (Action::KubernetesListPolicyClusterNetworkPolicies, "policy.networking.k8s.io", "clusternetworkpolicies"),
    (Action::KubernetesListGlobalNetworkPolicies, "crd.projectcalico.org", "globalnetworkpolicies"),
    (Action::KubernetesListCalicoGlobalPolicies, "projectcalico.org", "globalnetworkpolicies"),
    (Action::KubernetesListCalicoNetworkPolicies, "crd.projectcalico.org", "networkpolicies"),
    (Action::KubernetesListCalicoPolicies, "projectcalico.org", "networkpolicies"),
];

impl Reader<'_> {
    /// Everything that checks need. An error is why the cluster could not be entered at all.
    pub(super) async fn objects(&self) -> Fact<Objects> {
        let version = match self.version().await {
            Fact::Known(version) => version,
            Fact::Unknown(gap) => return Fact::Unknown(gap),
        };
        let specs = RefCell::new(PodSpecs::default());
        let definitions: Listing<Definition> = self
            .list(
                Action::KubernetesListDefinitions,
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                |object: Custom| convert::definition(&object),
            )
            .await;
        let (workloads, access, network, admission) = Box::pin(async {
            tokio::join!(
                self.controllers(&specs),
                self.access(),
                self.network(&definitions),
                self.admission(&definitions)
            )
        })
        .await;
        let (mut workloads, owners) = workloads;
        let pods = self
            .list(Action::KubernetesListPods, "/api/v1/pods", |object: v1::Pod| {
                convert::pod(object, &owners, &mut specs.borrow_mut())
            })
            .await;
        let single = pods.seen().iter().filter_map(convert::pod_workload).collect();
        workloads.pods = Listing::new(single, pods.gap().cloned());
        let rest = Box::pin(self.rest(&definitions)).await;
        let named = definitions.seen().iter().map(|definition| definition.name.clone()).collect();
        Fact::Known(Objects {
            version: Fact::Known(version),
            namespaces: rest.namespaces,
            workloads,
            pods,
            service_accounts: rest.service_accounts,
            access,
            network,
            admission,
            nodes: rest.nodes,
            node_classes: rest.node_classes,
            storage_classes: rest.storage_classes,
            persistent_volumes: rest.persistent_volumes,
            resource_quotas: rest.resource_quotas,
            limit_ranges: rest.limit_ranges,
            definitions: Listing::new(named, definitions.gap().cloned()),
            newer_fields: self.newer.told(),
            aws_auth: rest.aws_auth,
            vpc_cni: rest.vpc_cni,
        })
    }

    /// The version of the API server: the first thing that is asked, for which every caller that is let in has the right.
    async fn version(&self) -> Fact<ServerVersion> {
        #[derive(Deserialize)]
        struct Answer {
            major: String,
            minor: String,
        }
        let answer: Fact<Answer> = self.require(Action::KubernetesGetVersion, "/version").await;
        let Answer { major, minor } = match answer {
            Fact::Known(answer) => answer,
            Fact::Unknown(gap) => return Fact::Unknown(gap),
        };
        // A minor version may end in a plus.
        let number = |text: &str| text.trim_end_matches(|character: char| !character.is_ascii_digit()).parse().ok();
        match (number(&major), number(&minor)) {
            (Some(major), Some(minor)) => Fact::Known(ServerVersion { major, minor }),
            _ => Fact::Unknown(self.unreadable(Action::KubernetesGetVersion, "the version is no number")),
        }
    }

    /// The controllers, and what owns those among them that another controller owns.
    async fn controllers(&self, specs: &RefCell<PodSpecs>) -> (Workloads, Owners) {
        let owners = RefCell::new(Owners::new());
        let is_owned = |metadata: &_, kind| convert::is_owned(metadata, &mut owners.borrow_mut(), kind);
        let (deployments, stateful_sets, daemon_sets, replica_sets) = tokio::join!(
            self.list(Action::KubernetesListDeployments, "/apis/apps/v1/deployments", |it: apps::Deployment| {
                convert::deployment(it, &mut specs.borrow_mut())
            }),
            self.list(Action::KubernetesListStatefulSets, "/apis/apps/v1/statefulsets", |it: apps::StatefulSet| {
                convert::stateful_set(it, &mut specs.borrow_mut())
            }),
            self.list(Action::KubernetesListDaemonSets, "/apis/apps/v1/daemonsets", |it: apps::DaemonSet| {
                convert::daemon_set(it, &mut specs.borrow_mut())
            }),
            self.list_some(Action::KubernetesListReplicaSets, "/apis/apps/v1/replicasets", |it: apps::ReplicaSet| {
                let owned = is_owned(&it.metadata, WorkloadKind::ReplicaSet);
                (!owned).then(|| convert::replica_set(it, &mut specs.borrow_mut()))
            }),
        );
        let (jobs, cron_jobs, replication_controllers) = tokio::join!(
            self.list_some(Action::KubernetesListJobs, "/apis/batch/v1/jobs", |it: batch::Job| {
                let owned = is_owned(&it.metadata, WorkloadKind::Job);
                (!owned).then(|| convert::job(it, &mut specs.borrow_mut()))
            }),
            self.list(Action::KubernetesListCronJobs, "/apis/batch/v1/cronjobs", |it: batch::CronJob| {
                convert::cron_job(it, &mut specs.borrow_mut())
            }),
            self.list(
                Action::KubernetesListReplicationControllers,
                "/api/v1/replicationcontrollers",
                |it: v1::ReplicationController| convert::replication_controller(it, &mut specs.borrow_mut()),
            ),
        );
        let pods = Listing::whole(Vec::new());
        let workloads = Workloads {
            deployments,
            stateful_sets,
            daemon_sets,
            replica_sets,
            replication_controllers,
            jobs,
            cron_jobs,
            pods,
        };
        (workloads, owners.into_inner())
    }

    async fn access(&self) -> AccessObjects {
        let path = |plural: &str| format!("/apis/rbac.authorization.k8s.io/v1/{plural}");
        let [roles, cluster_roles] = [path("roles"), path("clusterroles")];
        let [bindings, cluster_bindings] = [path("rolebindings"), path("clusterrolebindings")];
        let (roles, cluster_roles, role_bindings, cluster_role_bindings) = tokio::join!(
            self.list(Action::KubernetesListRoles, &roles, |it: rbac::Role| convert::role(it)),
            self.list(Action::KubernetesListClusterRoles, &cluster_roles, |it: rbac::ClusterRole| {
                convert::cluster_role(it)
            }),
            self.list(Action::KubernetesListRoleBindings, &bindings, |it: rbac::RoleBinding| {
                convert::role_binding(it)
            }),
            self.list(Action::KubernetesListClusterRoleBindings, &cluster_bindings, |it: rbac::ClusterRoleBinding| {
                convert::cluster_role_binding(it)
            },),
        );
        AccessObjects { roles, cluster_roles, role_bindings, cluster_role_bindings }
    }

    async fn network(&self, definitions: &Listing<Definition>) -> NetworkObjects {
        let path = |plural: &str| format!("/apis/networking.k8s.io/v1/{plural}");
        let [policies, ingresses] = [path("networkpolicies"), path("ingresses")];
        let foreign = FOREIGN_POLICIES.iter().map(async |(action, group, plural)| {
            self.installed(definitions, *action, group, plural, |kind, object| {
                convert::foreign_policy(group, kind, object, |why| self.unreadable(*action, why))
            })
            .await
        });
        let (policies, services, ingresses, foreign, ways_in) = Box::pin(async {
            tokio::join!(
                self.list(Action::KubernetesListNetworkPolicies, &policies, |it: networking::NetworkPolicy| {
                    convert::network_policy(it)
                }),
                self.list(Action::KubernetesListServices, "/api/v1/services", |it: v1::Service| convert::service(it)),
                self.list(Action::KubernetesListIngresses, &ingresses, |it: networking::Ingress| convert::ingress(it)),
                join_all(foreign),
                self.ways_in(definitions),
            )
        })
        .await;
        NetworkObjects { policies, foreign_policies: joined(&foreign), services, ingresses, ways_in }
    }

    async fn admission(&self, definitions: &Listing<Definition>) -> AdmissionObjects {
        let path = |plural: &str| format!("/apis/admissionregistration.k8s.io/v1/{plural}");
        let [validating, mutating] = [path("validatingwebhookconfigurations"), path("mutatingwebhookconfigurations")];
        let [policies, bindings] = [path("validatingadmissionpolicies"), path("validatingadmissionpolicybindings")];
        let (validating_webhooks, mutating_webhooks, policies, policy_bindings) = tokio::join!(
            self.list(
                Action::KubernetesListValidatingWebhooks,
                &validating,
                |it: admissionregistration::ValidatingWebhookConfiguration| convert::validating_webhooks(it),
            ),
            self.list(
                Action::KubernetesListMutatingWebhooks,
                &mutating,
                |it: admissionregistration::MutatingWebhookConfiguration| convert::mutating_webhooks(it),
            ),
            self.list(
                Action::KubernetesListAdmissionPolicies,
                &policies,
                |it: admissionregistration::ValidatingAdmissionPolicy| convert::admission_policy(it),
            ),
            self.list(
                Action::KubernetesListAdmissionPolicyBindings,
                &bindings,
                |it: admissionregistration::ValidatingAdmissionPolicyBinding| convert::admission_policy_binding(it),
            ),
        );
        let (kyverno, kyverno_exceptions, gatekeeper, gatekeeper_exemptions) = Box::pin(async {
            tokio::join!(
                self.kyverno(definitions),
                self.exceptions(definitions),
                self.gatekeeper(definitions),
                self.gatekeeper_exemptions(definitions)
            )
        })
        .await;
        AdmissionObjects {
            validating_webhooks,
            mutating_webhooks,
            policies,
            policy_bindings,
            kyverno,
            kyverno_exceptions,
            gatekeeper,
            gatekeeper_exemptions,
        }
    }

    /// The objects of an installed kind. A kind without a definition is not installed; where the definitions could not be
    /// read, nobody knows.
    pub(super) async fn installed<T>(
        &self,
        definitions: &Listing<Definition>,
        action: Action,
        group: &str,
        plural: &str,
        convert: impl Fn(&str, Custom) -> T,
    ) -> Listing<T> {
        let is_it = |definition: &Definition| definition.group == group && definition.plural == plural;
        let definition = match definitions.find(is_it) {
            Ok(Some(definition)) => definition,
            Ok(None) => return Listing::whole(Vec::new()),
            Err(gap) => return Listing::unread(gap),
        };
        let Some(version) = definition.versions.first() else {
            return Listing::unread(self.unreadable(action, "its definition serves no version"));
        };
        let path = format!("/apis/{group}/{version}/{plural}");
        self.list(action, &path, |object: Custom| convert(&definition.kind, object)).await
    }

    async fn rest(&self, definitions: &Listing<Definition>) -> Rest {
        let config_map = |name: &str| format!("/api/v1/namespaces/kube-system/configmaps/{name}");
        let [aws_auth, vpc_cni] = [config_map("aws-auth"), config_map("amazon-vpc-cni")];
        let (namespaces, service_accounts, nodes, persistent_volumes) = tokio::join!(
            self.list(Action::KubernetesListNamespaces, "/api/v1/namespaces", |it: v1::Namespace| {
                convert::namespace(it)
            }),
            self.list(Action::KubernetesListServiceAccounts, "/api/v1/serviceaccounts", |it: v1::ServiceAccount| {
                convert::service_account(&it)
            }),
            self.list(Action::KubernetesListNodes, "/api/v1/nodes", |it: v1::Node| convert::node(it)),
            self.list(
                Action::KubernetesListPersistentVolumes,
                "/api/v1/persistentvolumes",
                |it: v1::PersistentVolume| { convert::persistent_volume(it) }
            ),
        );
        let (storage_classes, resource_quotas, limit_ranges, node_classes) = tokio::join!(
            self.list(
                Action::KubernetesListStorageClasses,
                "/apis/storage.k8s.io/v1/storageclasses",
                |it: storage::StorageClass| convert::storage_class(it),
            ),
            self.list(Action::KubernetesListResourceQuotas, "/api/v1/resourcequotas", |it: v1::ResourceQuota| {
                convert::object_name(&it.metadata)
            }),
            self.list(Action::KubernetesListLimitRanges, "/api/v1/limitranges", |it: v1::LimitRange| {
                convert::limit_range(it)
            }),
            self.node_classes(definitions),
        );
        let (aws_auth, vpc_cni) = tokio::join!(
            self.get(Action::KubernetesGetConfigmaps, &aws_auth),
            self.get(Action::KubernetesGetConfigmaps, &vpc_cni)
        );
        Rest {
            namespaces,
            service_accounts,
            nodes,
            node_classes,
            storage_classes,
            persistent_volumes,
            resource_quotas,
            limit_ranges,
            aws_auth: mapped(aws_auth, convert::aws_auth),
            vpc_cni: mapped(vpc_cni, convert::vpc_cni),
        }
    }

    async fn node_classes(&self, definitions: &Listing<Definition>) -> Listing<NodeClass> {
        let kinds = [
            (Action::KubernetesListNodeClasses, "eks.amazonaws.com", "nodeclasses"),
            (Action::KubernetesListEc2NodeClasses, "karpenter.k8s.aws", "ec2nodeclasses"),
        ];
        let lists = kinds.iter().map(async |(action, group, plural)| {
            self.installed(definitions, *action, group, plural, |kind, object| convert::node_class(kind, &object)).await
        });
        joined(&join_all(lists).await)
    }
}

/// What is read last.
struct Rest {
    namespaces: Listing<Namespace>,
    service_accounts: Listing<ServiceAccount>,
    nodes: Listing<Node>,
    node_classes: Listing<NodeClass>,
    storage_classes: Listing<StorageClass>,
    persistent_volumes: Listing<PersistentVolume>,
    resource_quotas: Listing<ObjectName>,
    limit_ranges: Listing<LimitRange>,
    aws_auth: Fact<Option<AwsAuth>>,
    vpc_cni: Fact<Option<BTreeMap<String, String>>>,
}

fn mapped<T, U>(fact: Fact<Option<T>>, convert: impl FnOnce(T) -> U) -> Fact<Option<U>> {
    match fact {
        Fact::Known(object) => Fact::Known(object.map(convert)),
        Fact::Unknown(gap) => Fact::Unknown(gap),
    }
}

/// Several lists as one, which is short where any of them is.
pub(super) fn joined<T: Clone>(lists: &[Listing<T>]) -> Listing<T> {
    let gap = lists.iter().find_map(|list| list.gap().cloned());
    Listing::new(lists.iter().flat_map(|list| list.seen().iter().cloned()).collect(), gap)
}
