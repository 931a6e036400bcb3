//! The loops over resources: each check meets every resource of its kind, and what a list does not show becomes an unknown.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{ChokePoint, Finding};
use crate::check::{Check, Inside, Outcome, Rule, Verdict};
use crate::context::Context;
use palisade_model::ecr::{Image, Repository};
use palisade_model::ecs::{self, InCluster, Task};
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Controller, Namespace, Objects, Owner};
use palisade_model::settings::Settings;
use palisade_model::{Arn, Fact, Gap, Inventory, Listing, Region};
use palisade_reason::exposure::exposures;
use palisade_reason::tasks::uses::Running;

/// What the run chose not to read, by check: one gap, and for how many resources.
pub(super) type LeftOut = BTreeMap<&'static str, (Gap, usize)>;

/// What all selected checks conclude.
pub(super) struct Judged {
    pub(super) findings: Vec<Finding>,
    pub(super) left_out: LeftOut,
    pub(super) choke_points: Vec<ChokePoint>,
    pub(super) exposed: BTreeSet<Arn>,
}

/// Judges every resource with every selected check.
pub(super) fn judge(inventory: &Inventory, settings: &Settings) -> Judged {
    let mut engine = Engine {
        inventory,
        settings,
        context: Context::new(inventory, settings),
        findings: Vec::new(),
        left_out: BTreeMap::new(),
    };
    for check in crate::all().filter(|check| check.is_selected(settings)) {
        engine.run(check);
    }
    let Engine { context, findings, left_out, .. } = engine;
    let tells_paths = |finding: &Finding| {
        finding.check.id.ends_with("-privilege-escalation") && matches!(finding.outcome, Ok(Verdict::Fail(_)))
    };
    let starts: HashSet<&Arn> =
        findings.iter().filter(|one| tells_paths(one)).map(|finding| &finding.resource).collect();
    let choke_points = if starts.is_empty() { Vec::new() } else { context.choke_points(|arn| starts.contains(arn)) };
    let exposed = exposed(inventory, &context, &findings);
    Judged { findings, left_out, choke_points, exposed }
}

/// The workloads that the internet reaches, and their roles, as far as something is open that stands with them.
fn exposed(inventory: &Inventory, context: &Context, findings: &[Finding]) -> BTreeSet<Arn> {
    let failures = findings.iter().filter(|one| matches!(one.outcome, Ok(Verdict::Fail(_))));
    let open: HashSet<&Arn> = failures.map(|finding| &finding.resource).collect();
    let mut exposed = BTreeSet::new();
    for workload in inventory.workloads().seen {
        let (roles, _) = workload.roles();
        let matters = open.contains(&workload.arn) || roles.iter().any(|role| open.contains(role));
        if matters && !exposures(&workload, context).0.is_empty() {
            exposed.extend(roles.into_iter().cloned());
            exposed.insert(workload.arn);
        }
    }
    exposed
}

/// Whether a task is judged by itself: what a service or daemon keeps running as its definition says is judged there.
fn is_of_interest(task: &Task) -> bool {
    task.details.known().map_or(true, |details| details.stands_alone() || !details.overrides.is_empty())
}

struct Engine<'a> {
    inventory: &'a Inventory,
    settings: &'a Settings,
    context: Context<'a>,
    findings: Vec<Finding>,
    left_out: LeftOut,
}

impl<'a> Engine<'a> {
    fn run(&mut self, check: &'static Check) {
        self.run_rule(check, check.rule);
    }

    fn run_rule(&mut self, check: &'static Check, rule: Rule) {
        match rule {
            Rule::Function(rule) => {
                self.listed(check, "lambda", "function:*", |region| &region.lambda.functions, |one| &one.arn, rule);
            }
            Rule::EventSourceMapping(rule) => {
                let mappings = |region: &'a Region| &region.lambda.event_source_mappings;
                self.listed(check, "lambda", "event-source-mapping:*", mappings, |one| &one.arn, rule);
            }
            Rule::Layer(rule) => {
                self.listed(check, "lambda", "layer:*", |region| &region.lambda.layers, |one| &one.arn, rule);
            }
            Rule::Registry(rule) => self.each_region(check, "ecr", "registry", |engine, region| {
                let registry = &region.ecr.registry;
                engine.judge(check, &registry.arn, |context| rule(registry, context));
                None
            }),
            Rule::Repository(rule) => {
                self.listed(check, "ecr", "repository/*", |region| &region.ecr.repositories, |one| &one.arn, rule);
            }
            Rule::Image(rule) => self.each_region(check, "ecr", "repository/*/*", |engine, region| {
                engine.images(check, &region.ecr.repositories, rule)
            }),
            Rule::PublicRepository(rule) => {
                let repositories = &self.inventory.public_repositories;
                self.global(check, repositories, |repository| &repository.arn, rule, "ecr-public", "repository/*");
            }
            Rule::Cluster(rule) => {
                self.listed(check, "eks", "cluster/*", |region| &region.eks.clusters, |one| &one.arn, rule);
            }
            Rule::Namespace(rule) => self.each_region(check, "eks", "cluster/*/namespaces/*", |engine, region| {
                engine
                    .inside(check, region, |engine, cluster, objects| engine.namespaces(check, cluster, objects, rule))
            }),
            Rule::Controller(rule) => self.each_region(check, "eks", "cluster/*/namespaces/*", |engine, region| {
                engine.inside(check, region, |engine, cluster, objects| engine.workloads(check, cluster, objects, rule))
            }),
            Rule::User(rule) => {
                self.global(check, &self.inventory.iam.users, |user| &user.arn, rule, "iam", "user/*");
            }
            Rule::Role(rule) => {
                self.global(check, &self.inventory.iam.roles, |role| &role.arn, rule, "iam", "role/*");
            }
            Rule::TaskDefinition(rule) => self.definitions(check, rule),
            Rule::EcsService(rule) => {
                self.in_clusters(check, "service", |cluster| &cluster.services, |one| &one.arn, |_| true, rule);
            }
            Rule::EcsTask(rule) => {
                self.in_clusters(check, "task", |cluster| &cluster.tasks, |one| &one.arn, is_of_interest, rule);
            }
            Rule::EcsCluster(rule) => self.each_region(check, "ecs", "cluster/*", |engine, region| {
                for cluster in region.ecs.clusters.seen() {
                    let inside = InCluster { object: cluster, cluster, ecs: &region.ecs };
                    engine.judge(check, &cluster.arn, |context| rule(&inside, context));
                }
                region.ecs.clusters.gap()
            }),
            Rule::ContainerInstance(rule) => {
                let instances = |cluster: &'a ecs::Cluster| &cluster.instances;
                self.in_clusters(check, "container-instance", instances, |one| &one.arn, |_| true, rule);
            }
            Rule::Daemon(rule) => {
                self.in_clusters(check, "daemon", |cluster| &cluster.daemons, |one| &one.arn, |_| true, rule);
            }
            Rule::Launcher(rule) => {
                // Their gap says of which kind some may be missing; what stands for the rest is of the Region.
                self.listed(check, "ecs", "task/*", |region| &region.ecs.launchers, |one| &one.arn, rule);
            }
            Rule::Gateway(rule) => {
                self.listed(check, "ecs", "gateway/*", |region| &region.ecs.gateways, |one| &one.arn, rule);
            }
            Rule::Several(rules) => {
                for rule in rules {
                    self.run_rule(check, *rule);
                }
            }
        }
    }

    /// Runs a rule on the definitions that are in use, and adds an unknown where it is not known what runs.
    fn definitions(&mut self, check: &'static Check, rule: fn(&Running<'_>, &Context) -> Outcome) {
        self.each_region(check, "ecs", "task-definition/*", |engine, region| {
            for definition in region.ecs.definitions.seen() {
                let arn = &definition.arn;
                match engine.context.uses().running(definition, &region.ecs) {
                    Ok(None) => {}
                    Ok(Some(_)) => engine.judge(check, arn, |context| {
                        // What is in use stays so: it was just looked up.
                        let running = context.uses().running(definition, &region.ecs)?;
                        running.map_or(Ok(Verdict::NotApplicable), |running| rule(&running, context))
                    }),
                    Err(gap) => engine.judge(check, arn, |_| Err(gap.clone())),
                }
            }
            region.ecs.definitions.gap()
        });
    }

    /// Runs a rule on the parts of all clusters of ECS that are of interest, and adds an unknown for each cluster of which
    /// some may be missing.
    fn in_clusters<T: 'a>(
        &mut self,
        check: &'static Check,
        kind: &str,
        list: impl Fn(&'a ecs::Cluster) -> &'a Listing<T>,
        arn: fn(&T) -> &Arn,
        is_of_interest: fn(&T) -> bool,
        rule: fn(&InCluster<'_, T>, &Context) -> Outcome,
    ) {
        self.each_region(check, "ecs", &format!("{kind}/*"), |engine, region| {
            for cluster in region.ecs.clusters.seen() {
                let list = list(cluster);
                for object in list.seen().iter().filter(|object| is_of_interest(object)) {
                    let inside = InCluster { object, cluster, ecs: &region.ecs };
                    engine.judge(check, arn(object), |context| rule(&inside, context));
                }
                let rest = cluster.arn.as_str().replacen(":cluster/", &format!(":{kind}/"), 1);
                engine.rest(check, format!("{rest}/*"), list.gap());
            }
            region.ecs.clusters.gap()
        });
    }

    /// Runs a rule in each Region, and adds an unknown for what its list does not show.
    fn each_region(
        &mut self,
        check: &'static Check,
        service: &str,
        rest: &str,
        judge: impl Fn(&mut Self, &'a Region) -> Option<&'a Gap>,
    ) {
        let inventory = self.inventory;
        let Inventory { partition, account, .. } = inventory;
        for (name, region) in &inventory.regions {
            let gap = judge(self, region);
            self.rest(check, format!("arn:{partition}:{service}:{name}:{account}:{rest}"), gap);
        }
    }

    /// Runs a rule on the items of a list that each Region has.
    fn listed<T: 'a>(
        &mut self,
        check: &'static Check,
        service: &str,
        rest: &str,
        list: impl Fn(&'a Region) -> &'a Listing<T>,
        arn: fn(&T) -> &Arn,
        rule: fn(&T, &Context) -> Outcome,
    ) {
        self.each_region(check, service, rest, |engine, region| {
            let list = list(region);
            engine.each(check, list, arn, rule);
            list.gap()
        });
    }

    /// Runs a rule on the items of a list that holds for the whole account.
    fn global<T>(
        &mut self,
        check: &'static Check,
        list: &Listing<T>,
        arn: fn(&T) -> &Arn,
        rule: fn(&T, &Context) -> Outcome,
        service: &str,
        rest: &str,
    ) {
        self.each(check, list, arn, rule);
        let Inventory { partition, account, .. } = self.inventory;
        self.rest(check, format!("arn:{partition}:{service}::{account}:{rest}"), list.gap());
    }

    /// Runs a rule on the images of repositories, and adds an unknown for each repository of which some may be missing.
    fn images<'b>(
        &mut self,
        check: &'static Check,
        repositories: &'b Listing<Repository>,
        rule: fn(&Image, &Context) -> Outcome,
    ) -> Option<&'b Gap> {
        for repository in repositories.seen() {
            self.each(check, &repository.images, |image| &image.arn, rule);
            self.rest(check, format!("{}/*", repository.arn), repository.images.gap());
        }
        repositories.gap()
    }

    /// Looks into each cluster of a Region that could be looked into.
    fn inside<'b>(
        &mut self,
        check: &'static Check,
        region: &'b Region,
        judge: impl Fn(&mut Self, &'b Cluster, &'b Objects),
    ) -> Option<&'b Gap> {
        for cluster in region.eks.clusters.seen() {
            match &cluster.inside {
                Fact::Known(objects) => judge(self, cluster, objects),
                Fact::Unknown(gap) => self.rest(check, cluster.namespace_arn("*").to_string(), Some(gap)),
            }
        }
        region.eks.clusters.gap()
    }

    /// Runs a rule on the namespaces of a cluster, and adds an unknown when some may be missing.
    fn namespaces(
        &mut self,
        check: &'static Check,
        cluster: &Cluster,
        objects: &Objects,
        rule: fn(&Inside<'_, Namespace>, &Context) -> Outcome,
    ) {
        for namespace in objects.namespaces.seen() {
            let resource = cluster.namespace_arn(&namespace.name);
            self.judge(check, &resource, |context| rule(&Inside { object: namespace, objects, cluster }, context));
        }
        self.rest(check, cluster.namespace_arn("*").to_string(), objects.namespaces.gap());
    }

    /// Runs a rule on the workloads of a cluster, and adds an unknown for each kind of which some may be missing.
    fn workloads(
        &mut self,
        check: &'static Check,
        cluster: &Cluster,
        objects: &Objects,
        rule: fn(&Inside<'_, Controller>, &Context) -> Outcome,
    ) {
        for (kind, list) in objects.workloads.by_kind() {
            for workload in list.seen().iter().filter(|workload| !workload.is_aws_managed()) {
                let resource = cluster.workload_arn(&workload.namespace, &workload.owner());
                self.judge(check, &resource, |context| rule(&Inside { object: workload, objects, cluster }, context));
            }
            let rest = cluster.workload_arn("*", &Owner { kind, name: "*".to_owned() });
            self.rest(check, rest.to_string(), list.gap());
        }
    }

    /// Runs a rule on the items that a list shows.
    fn each<T>(
        &mut self,
        check: &'static Check,
        list: &Listing<T>,
        arn: fn(&T) -> &Arn,
        rule: fn(&T, &Context) -> Outcome,
    ) {
        for item in list.seen() {
            self.judge(check, arn(item), |context| rule(item, context));
        }
    }

    /// Judges one resource, if it is selected.
    fn judge(&mut self, check: &'static Check, resource: &Arn, rule: impl FnOnce(&Context) -> Outcome) {
        if self.settings.selects_resource(resource) {
            let outcome = rule(&self.context);
            self.push(check, resource.clone(), outcome);
        }
    }

    /// Adds an unknown for what a list does not show.
    fn rest(&mut self, check: &'static Check, resource: String, gap: Option<&Gap>) {
        if let Some(gap) = gap {
            self.push(check, resource.into(), Err(gap.clone()));
        }
    }

    fn push(&mut self, check: &'static Check, resource: Arn, outcome: Outcome) {
        if let Err(gap) = &outcome
            && gap.reason.is_choice()
        {
            self.left_out.entry(check.id).or_insert_with(|| (gap.clone(), 0)).1 += 1;
            return;
        }
        let severity = check.severity_under(self.settings);
        self.findings.push(Finding { check, resource, severity, outcome, suppressed: None });
    }
}
