"""What ECS is asked for by `answers.py`, and the services that start its tasks or stand before them."""

from calls import batches, each, literally


def clusters(ask):
    """The clusters of ECS, whichever service asks."""
    return ask.other("ecs")("ListClusters", "clusterArns[]")


def parts(name, lister, path, most, include):
    """Batches of what a list of ECS names in each cluster."""
    return lambda ask: [
        one
        for cluster in clusters(ask)
        for one in batches(name, most, ask(lister, path, cluster=cluster), cluster=cluster, include=include)
    ]


of_services = parts("services", "ListServices", "serviceArns[]", 10, ["TAGS"])


def in_clusters(ask):
    return [{"cluster": cluster} for cluster in clusters(ask)]


def of_cluster_tasks(ask):
    return [
        {"cluster": cluster, "desiredStatus": status} for cluster in clusters(ask) for status in ("RUNNING", "STOPPED")
    ]


def of_tasks(ask):
    return [
        one
        for listed in of_cluster_tasks(ask)
        for one in batches(
            "tasks", 100, ask("ListTasks", "taskArns[]", **listed), cluster=listed["cluster"], include=["TAGS"]
        )
    ]


def services(ask, path):
    """What `path` finds in all services of ECS."""
    return [found for one in of_services(ask) for found in ask("DescribeServices", path, **one)]


def daemons(ask):
    return [arn for one in of_daemon_cluster(ask) for arn in ask("ListDaemons", "daemonSummariesList[].daemonArn", **one)]


def of_daemon_cluster(ask):
    return [{"clusterArn": cluster} for cluster in clusters(ask)]


def of_daemon_revisions(ask):
    found = [
        arn
        for daemon in daemons(ask)
        for arn in ask("DescribeDaemon", "daemon.currentRevisions[].arn", daemonArn=daemon)
    ]
    return batches("daemonRevisionArns", 20, found)


def of_definitions(ask):
    return [
        {"taskDefinition": arn, "include": ["TAGS"]}
        for status in ("ACTIVE", "INACTIVE")
        for arn in ask("ListTaskDefinitions", "taskDefinitionArns[]", status=status)
    ]


def of_bus(ask):
    return [{"EventBusName": bus} for bus in ask("ListEventBuses", "EventBuses[].Name")]


def of_target(ask):
    """Rules have no list here; those that start tasks have one."""
    return [{"TargetArn": cluster, **bus} for cluster in clusters(ask) for bus in of_bus(ask)]


def of_rule(name):
    return lambda ask: [
        {name: rule, "EventBusName": one["EventBusName"]}
        for one in of_target(ask)
        for rule in ask("ListRuleNamesByTarget", "RuleNames[]", **one)
    ]


def of_schedule(ask):
    found = ask("ListSchedules", "Schedules[].{Name: Name, GroupName: GroupName}")
    return [{"Name": one["Name"], "GroupName": one["GroupName"]} for one in found]


def of_machine(ask):
    found = ask("ListStateMachines", "stateMachines[].stateMachineArn")
    return [{"stateMachineArn": arn, "includedData": data} for arn in found for data in ("ALL_DATA", "METADATA_ONLY")]


def balancers(ask):
    return ask.other("elasticloadbalancing")("DescribeLoadBalancers", "LoadBalancers[].LoadBalancerArn")


def of_balancer(ask):
    return [{"LoadBalancerArn": arn} for arn in balancers(ask)]


def of_listener(ask):
    return [
        {"ListenerArn": arn}
        for one in of_balancer(ask)
        for arn in ask("DescribeListeners", "Listeners[].ListenerArn", **one)
    ]


PARAMETERS = {
    "batch": {"DescribeJobDefinitions": literally({}, {"status": "ACTIVE"})},
    "ecs": {
        "DescribeCapacityProviders": lambda ask: [{}, *in_clusters(ask)],
        "DescribeClusters": lambda ask: [
            one
            for include in ([], ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"])
            for one in batches("clusters", 100, clusters(ask), include=include)
        ],
        "DescribeContainerInstances": parts(
            "containerInstances", "ListContainerInstances", "containerInstanceArns[]", 100,
            ["TAGS", "CONTAINER_INSTANCE_HEALTH"],
        ),
        "DescribeDaemon": lambda ask: [{"daemonArn": arn} for arn in daemons(ask)],
        "DescribeDaemonRevisions": of_daemon_revisions,
        "DescribeDaemonTaskDefinition": each(
            "daemonTaskDefinition", "ListDaemonTaskDefinitions", "daemonTaskDefinitions[].arn"
        ),
        "DescribeExpressGatewayService": lambda ask: [
            {"serviceArn": arn, "include": ["TAGS"]} for arn in services(ask, "services[].serviceArn")
        ],
        "DescribeGateway": each("gateway", "ListGateways", "gateways[].gatewayArn"),
        "DescribeServiceRevisions": lambda ask: batches(
            "serviceRevisionArns", 20, services(ask, "services[].currentServiceRevisions[].arn")
        ),
        "DescribeServices": of_services,
        "DescribeTaskDefinition": of_definitions,
        "DescribeTasks": of_tasks,
        "ListAccountSettings": literally({"effectiveSettings": True}, {"effectiveSettings": False}),
        "ListAttributes": lambda ask: [{"targetType": "container-instance", **one} for one in in_clusters(ask)],
        "ListContainerInstances": in_clusters,
        "ListDaemons": of_daemon_cluster,
        "ListGatewayClusterAssociations": lambda ask: [
            *in_clusters(ask), *({"gateway": arn} for arn in ask("ListGateways", "gateways[].gatewayArn"))
        ],
        "ListServices": in_clusters,
        "ListTasks": of_cluster_tasks,
    },
    "elasticloadbalancing": {
        "DescribeListeners": of_balancer,
        "DescribeRules": of_listener,
        "DescribeTargetGroups": lambda ask: [{}, *of_balancer(ask)],
    },
    "events": {
        "DescribeRule": of_rule("Name"),
        "ListRuleNamesByTarget": of_target,
        "ListTargetsByRule": of_rule("Rule"),
    },
    "pipes": {"DescribePipe": each("Name", "ListPipes", "Pipes[].Name")},
    "s3": {"ListBuckets": literally({}, {"MaxBuckets": 1})},
    "scheduler": {"GetSchedule": of_schedule},
    "states": {"DescribeStateMachine": of_machine},
    "wafv2": {"GetWebACLForResource": lambda ask: [{"ResourceArn": arn} for arn in balancers(ask)]},
}
