//! Paths through services that run things as a role, other than those for functions and containers.

use super::Path;

const CODE_BUILD: &str = "codebuild.amazonaws.com";
const CLOUD_FORMATION: &str = "cloudformation.amazonaws.com";
const INSTANCES: &str = "ec2.amazonaws.com";
const GLUE: &str = "glue.amazonaws.com";
const SAGE_MAKER: &str = "sagemaker.amazonaws.com";
const AGENTS: &str = "bedrock-agentcore.amazonaws.com";
const TASKS: &str = "ecs-tasks.amazonaws.com";

const PROFILE: &str = "the role has an instance profile";
const INSTANCE: &str = "an instance runs as the role";
const PROJECT: &str = "a project that takes another buildspec runs as the role";
const STACK: &str = "a stack has the role as its service role";
const NOTEBOOK: &str = "a notebook instance runs as the role";
const TEMPLATE: &str = "a launch template in use names the role's instance profile";
const GLUE_JOB: &str = "a job exists";

/// Paths through the other services.
pub(super) const PATHS: &[Path] = &[
    Path::pass("apprunner-001", "tasks.apprunner.amazonaws.com", &["apprunner:CreateService"]),
    Path::take("apprunner-002", &["tasks.apprunner.amazonaws.com"], &["apprunner:UpdateService"])
        .given("a service runs as the role"),
    Path::pass("batch-001", TASKS, &["batch:RegisterJobDefinition", "batch:SubmitJob"]).given("a job queue exists"),
    Path::take("batch-002", &[TASKS], &["batch:SubmitJob"]).given("a job definition names the role"),
    Path::pass(
        "batch-003",
        TASKS,
        &["batch:CreateComputeEnvironment", "batch:CreateJobQueue", "batch:RegisterJobDefinition", "batch:SubmitJob"],
    )
    .child_of("batch-001"),
    Path::pass(
        "bedrock-001",
        AGENTS,
        &[
            "bedrock-agentcore:CreateCodeInterpreter",
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ],
    ),
    Path::take(
        "bedrock-002",
        &[AGENTS],
        &["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"],
    )
    .given("a code interpreter runs as the role"),
    Path::pass(
        "bedrock-003",
        AGENTS,
        &[
            "bedrock-agentcore:CreateAgentRuntime",
            "bedrock-agentcore:CreateAgentRuntimeEndpoint",
            "bedrock-agentcore:CreateWorkloadIdentity",
            "bedrock-agentcore:InvokeAgentRuntimeCommand",
        ],
    ),
    Path::take("bedrock-004", &[AGENTS], &["bedrock-agentcore:InvokeAgentRuntimeCommand"])
        .given("an agent runtime runs as the role"),
    Path::pass(
        "bedrock-005",
        AGENTS,
        &[
            "bedrock-agentcore:CreateHarness",
            "bedrock-agentcore:CreateAgentRuntime",
            "bedrock-agentcore:CreateAgentRuntimeEndpoint",
            "bedrock-agentcore:CreateWorkloadIdentity",
            "bedrock-agentcore:GetAgentRuntime",
            "bedrock-agentcore:GetHarness",
            "bedrock-agentcore:InvokeAgentRuntimeCommand",
        ],
    )
    .child_of("bedrock-003"),
    Path::pass(
        "bedrock-006",
        AGENTS,
        &[
            "bedrock-agentcore:CreateBrowser",
            "bedrock-agentcore:StartBrowserSession",
            "bedrock-agentcore:ConnectBrowserAutomationStream",
        ],
    ),
    Path::take(
        "bedrock-007",
        &[AGENTS],
        &["bedrock-agentcore:StartBrowserSession", "bedrock-agentcore:ConnectBrowserAutomationStream"],
    )
    .given("a browser of AgentCore runs as the role"),
    Path::pass(
        "palisade-agentcore-1",
        AGENTS,
        &["bedrock-agentcore:UpdateAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeCommand"],
    )
    .given("an agent runtime exists"),
    Path::pass(
        "palisade-agentcore-2",
        AGENTS,
        &["bedrock-agentcore:UpdateHarness", "bedrock-agentcore:InvokeAgentRuntimeCommand"],
    )
    .given("a harness of AgentCore exists"),
    Path::pass("braket-001", "braket.amazonaws.com", &["braket:CreateJob"]),
    Path::pass("cloudformation-001", CLOUD_FORMATION, &["cloudformation:CreateStack"]),
    Path::take("cloudformation-002", &[CLOUD_FORMATION], &["cloudformation:UpdateStack"]).given(STACK),
    Path::pass(
        "cloudformation-003",
        CLOUD_FORMATION,
        &["cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"],
    )
    .given("a role exists that the stack set may use in the target account"),
    Path::pass("cloudformation-004", CLOUD_FORMATION, &["cloudformation:UpdateStackSet"]).given("a stack set exists"),
    Path::take(
        "cloudformation-005",
        &[CLOUD_FORMATION],
        &["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"],
    )
    .given(STACK),
    Path::pass("codebuild-001", CODE_BUILD, &["codebuild:CreateProject", "codebuild:StartBuild"]),
    Path::take("codebuild-002", &[CODE_BUILD], &["codebuild:StartBuild"]).given(PROJECT),
    Path::take("codebuild-003", &[CODE_BUILD], &["codebuild:StartBuildBatch"]).given(PROJECT),
    Path::pass("codebuild-004", CODE_BUILD, &["codebuild:CreateProject", "codebuild:StartBuildBatch"]),
    Path::take(
        "codedeploy-001",
        &[INSTANCES],
        &["codedeploy:CreateDeployment", "codedeploy:RegisterApplicationRevision", "codedeploy:GetDeploymentConfig"],
    )
    .given("a deployment group holds an instance that runs as the role"),
    Path::pass("cognitoidentity-001", "cognito-identity.amazonaws.com", &["cognito-identity:SetIdentityPoolRoles"])
        .given("an identity pool exists"),
    Path::pass(
        "datapipeline-001",
        "datapipeline.amazonaws.com",
        &["datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline"],
    ),
    Path::pass("ec2-001", INSTANCES, &["ec2:RunInstances"]).given(PROFILE),
    Path::take("ec2-002", &[INSTANCES], &["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"])
        .given(INSTANCE),
    Path::pass("ec2-003", INSTANCES, &["ec2:RequestSpotInstances"]).given(PROFILE),
    Path::take("ec2-004", &[INSTANCES], &["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"])
        .given(TEMPLATE),
    Path::take(
        "ec2instanceconnect-003",
        &[INSTANCES],
        &["ec2-instance-connect:SendSSHPublicKey", "ec2:DescribeInstances"],
    )
    .given("an instance that can be reached by SSH runs as the role"),
    Path::pass("emr-001", INSTANCES, &["elasticmapreduce:RunJobFlow"]).given(PROFILE),
    Path::pass(
        "emrserverless-001",
        "emr-serverless.amazonaws.com",
        &["emr-serverless:CreateApplication", "emr-serverless:StartJobRun"],
    ),
    Path::pass(
        "gamelift-001",
        "gamelift.amazonaws.com",
        &["gamelift:CreateBuild", "gamelift:CreateFleet", "gamelift:RequestUploadCredentials"],
    ),
    Path::pass("glue-001", GLUE, &["glue:CreateDevEndpoint"]),
    Path::take("glue-002", &[GLUE], &["glue:UpdateDevEndpoint"]).given("a development endpoint runs as the role"),
    Path::pass("glue-003", GLUE, &["glue:CreateJob", "glue:StartJobRun"]),
    Path::pass("glue-004", GLUE, &["glue:CreateJob", "glue:CreateTrigger"]),
    Path::pass("glue-005", GLUE, &["glue:UpdateJob", "glue:StartJobRun"]).given(GLUE_JOB),
    Path::pass("glue-006", GLUE, &["glue:UpdateJob", "glue:CreateTrigger"]).given(GLUE_JOB),
    Path::pass("glue-007", GLUE, &["glue:CreateSession", "glue:RunStatement"]),
    Path::pass(
        "imagebuilder-001",
        INSTANCES,
        &[
            "imagebuilder:CreateComponent",
            "imagebuilder:CreateImageRecipe",
            "imagebuilder:CreateInfrastructureConfiguration",
            "imagebuilder:CreateImage",
        ],
    )
    .given(PROFILE),
    Path::pass(
        "kinesisanalytics-001",
        "kinesisanalytics.amazonaws.com",
        &["kinesisanalytics:CreateApplication", "kinesisanalytics:StartApplication"],
    ),
    Path::pass("omics-001", "omics.amazonaws.com", &["omics:CreateWorkflow", "omics:StartRun", "s3:GetObject"]),
    Path::pass("sagemaker-001", SAGE_MAKER, &["sagemaker:CreateNotebookInstance"]),
    Path::pass("sagemaker-002", SAGE_MAKER, &["sagemaker:CreateTrainingJob"]).given("the role may read a bucket"),
    Path::pass("sagemaker-003", SAGE_MAKER, &["sagemaker:CreateProcessingJob"]).given("the role may read a bucket"),
    Path::take("sagemaker-004", &[SAGE_MAKER], &["sagemaker:CreatePresignedNotebookInstanceUrl"]).given(NOTEBOOK),
    Path::take(
        "sagemaker-005",
        &[SAGE_MAKER],
        &[
            "sagemaker:CreateNotebookInstanceLifecycleConfig",
            "sagemaker:StopNotebookInstance",
            "sagemaker:UpdateNotebookInstance",
            "sagemaker:StartNotebookInstance",
        ],
    )
    .given(NOTEBOOK),
    Path::pass("scheduler-001", "scheduler.amazonaws.com", &["scheduler:CreateSchedule"]),
    Path::take("ssm-001", &[INSTANCES], &["ssm:StartSession"]).given(INSTANCE),
    Path::take("ssm-002", &[INSTANCES], &["ssm:SendCommand"]).given(INSTANCE),
    Path::pass("ssm-003", "ssm.amazonaws.com", &["ssm:CreateDocument", "ssm:StartAutomationExecution"]),
    Path::pass("stepfunctions-001", "states.amazonaws.com", &["states:CreateStateMachine", "states:StartExecution"]),
    Path::take("stepfunctions-002", &["states.amazonaws.com"], &["states:UpdateStateMachine", "states:StartExecution"])
        .given("a state machine runs as the role"),
    Path::pass("x-codestar", "codestar.amazonaws.com", &["codestar:CreateProject"])
        .given("the account still has CodeStar, which AWS has closed"),
    Path::pass(
        "x-prowler-asg1",
        INSTANCES,
        &["autoscaling:CreateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration"],
    )
    .given(PROFILE),
    Path::pass(
        "x-prowler-asg2",
        INSTANCES,
        &["autoscaling:UpdateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration"],
    )
    .given(PROFILE),
];
