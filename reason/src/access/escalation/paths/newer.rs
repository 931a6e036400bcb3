//! Paths through services that no list has, each justified by the service's own API: it takes a role, and runs or calls what
//! the caller says as that role. Which input takes the role is in the service's model; the page says what is done with it.

use super::{Path, Way};

const CODE_BUILD: &str = "codebuild.amazonaws.com";
const CLOUD_FORMATION: &str = "cloudformation.amazonaws.com";
const INSTANCES: &str = "ec2.amazonaws.com";
const SAGE_MAKER: &str = "sagemaker.amazonaws.com";
const STATES: &str = "states.amazonaws.com";
const TASKS: &str = "ecs-tasks.amazonaws.com";
const SSM: &str = "ssm.amazonaws.com";
const AIRFLOW: &str = "airflow-env.amazonaws.com";

const PROFILE: &str = "the role has an instance profile";
const INSTANCE: &str = "an instance runs as the role";
const ON_INSTANCE: &str = "the identity runs code on an instance, and the role has an instance profile";
const ENVIRONMENT: &str = "an environment runs as the role";

/// Paths through services that take a role and do as they are told.
pub(super) const PATHS: &[Path] = &[
    // https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
    Path::new("palisade-lambda-3", Way::SwapFunction, &["lambda:UpdateFunctionConfiguration"]),
    // https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProject.html
    Path::pass("palisade-codebuild-1", CODE_BUILD, &["codebuild:UpdateProject", "codebuild:StartBuild"])
        .given("a project exists"),
    // https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html#CodeBuild-StartBuild-request-serviceRoleOverride
    Path::pass("palisade-codebuild-2", CODE_BUILD, &["codebuild:StartBuild"])
        .child_of("palisade-codebuild-1")
        .given("a project exists"),
    // https://docs.aws.amazon.com/codebuild/latest/userguide/sandbox.html
    Path::take("palisade-codebuild-3", &[CODE_BUILD], &["codebuild:StartSandbox", "codebuild:StartCommandExecution"])
        .given("a project runs as the role"),
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
    Path::pass("palisade-states-1", STATES, &["states:TestState"]),
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
    Path::pass("palisade-states-2", STATES, &["states:UpdateStateMachine", "states:StartExecution"])
        .given("a state machine exists"),
    Path::take("palisade-states-3", &[STATES], &["states:UpdateStateMachine"])
        .child_of("stepfunctions-002")
        .given("a state machine that something starts runs as the role"),
    // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html
    Path::pass("palisade-scheduler-1", "scheduler.amazonaws.com", &["scheduler:UpdateSchedule"])
        .given("a schedule exists"),
    Path::take("palisade-scheduler-2", &["scheduler.amazonaws.com"], &["scheduler:UpdateSchedule"])
        .given("a schedule runs as the role"),
    // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
    Path::pass("palisade-events-1", "events.amazonaws.com", &["events:PutRule", "events:PutTargets"])
        .given("what the role may start does what it is told: a task, a run command, a state machine"),
    // https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_CreatePipe.html
    Path::pass("palisade-pipes-1", "pipes.amazonaws.com", &["pipes:CreatePipe"])
        .given("what the role may start does what it is told: a task, a function, a state machine"),
    Path::pass("palisade-pipes-2", "pipes.amazonaws.com", &["pipes:UpdatePipe"])
        .child_of("palisade-pipes-1")
        .given("a pipe exists, and what the role may start does what it is told"),
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
    Path::pass("palisade-cloudformation-1", CLOUD_FORMATION, &["cloudformation:UpdateStack"]).given("a stack exists"),
    Path::pass(
        "palisade-cloudformation-2",
        CLOUD_FORMATION,
        &["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"],
    ),
    // https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_CreateResource.html
    Path::pass("palisade-cloudformation-3", CLOUD_FORMATION, &["cloudformation:CreateResource"]),
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateExpressGatewayService.html
    Path::pass("palisade-ecs-4", TASKS, &["ecs:UpdateExpressGatewayService"]).given("an Express service exists"),
    Path::take("palisade-ecs-5", &[TASKS], &["ecs:UpdateExpressGatewayService"])
        .given("an Express service runs as the role"),
    // https://docs.aws.amazon.com/apprunner/latest/api/API_UpdateService.html
    Path::pass("palisade-apprunner-1", "tasks.apprunner.amazonaws.com", &["apprunner:UpdateService"])
        .given("a service exists"),
    // https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateJob.html
    Path::take("palisade-glue-1", &["glue.amazonaws.com"], &["glue:UpdateJob", "glue:StartJobRun"])
        .given("a job runs as the role"),
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateIamInstanceProfile.html
    Path::pass("palisade-ec2-1", INSTANCES, &["ec2:AssociateIamInstanceProfile"]).given(ON_INSTANCE),
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceIamInstanceProfileAssociation.html
    Path::pass("palisade-ec2-2", INSTANCES, &["ec2:ReplaceIamInstanceProfileAssociation"]).given(ON_INSTANCE),
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-to-serial-console.html
    Path::take("palisade-ec2-3", &[INSTANCES], &["ec2-instance-connect:SendSerialConsoleSSHPublicKey"])
        .given("an instance with a serial console and a user that has a password runs as the role"),
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleet.html
    Path::pass("palisade-ec2-4", INSTANCES, &["ec2:CreateLaunchTemplate", "ec2:CreateFleet"]).given(PROFILE),
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestSpotFleet.html
    Path::pass("palisade-ec2-5", INSTANCES, &["ec2:RequestSpotFleet"]).given(PROFILE),
    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
    Path::pass("palisade-ec2-6", INSTANCES, &["ec2:CreateLaunchTemplate", "autoscaling:CreateAutoScalingGroup"])
        .given(PROFILE),
    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateAssociation.html
    Path::take("palisade-ssm-1", &[INSTANCES], &["ssm:CreateAssociation"]).given(INSTANCE),
    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateAssociation.html
    Path::take("palisade-ssm-2", &[INSTANCES], &["ssm:UpdateAssociation"])
        .child_of("palisade-ssm-1")
        .given("an association exists, and an instance that it reaches runs as the role"),
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup.html
    Path::pass("palisade-ssm-3", SSM, &["ssm:StartAutomationExecution"])
        .child_of("ssm-003")
        .given("a runbook takes the role and what it does as parameters"),
    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html
    Path::pass("palisade-ssm-4", SSM, &["ssm:CreateMaintenanceWindow", "ssm:RegisterTaskWithMaintenanceWindow"]),
    // https://docs.aws.amazon.com/emr/latest/APIReference/API_AddJobFlowSteps.html
    Path::take("palisade-emr-1", &[INSTANCES], &["elasticmapreduce:AddJobFlowSteps"])
        .given("a cluster's instances run as the role"),
    // https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_StartJobRun.html
    Path::pass("palisade-emr-2", "emr-serverless.amazonaws.com", &["emr-serverless:StartJobRun"])
        .child_of("emrserverless-001")
        .given("an application exists"),
    // https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
    Path::pass(
        "palisade-rolesanywhere-1",
        "rolesanywhere.amazonaws.com",
        &["rolesanywhere:CreateTrustAnchor", "rolesanywhere:CreateProfile"],
    ),
    Path::take("palisade-rolesanywhere-2", &["rolesanywhere.amazonaws.com"], &["rolesanywhere:CreateTrustAnchor"])
        .child_of("palisade-rolesanywhere-1")
        .given("a profile holds the role"),
    // https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCapability.html
    Path::pass("palisade-eks-11", "capabilities.eks.amazonaws.com", &["eks:CreateCapability"])
        .given("the identity controls what the capability reconciles"),
    Path::pass("palisade-eks-12", "capabilities.eks.amazonaws.com", &["eks:UpdateCapability"])
        .child_of("palisade-eks-11")
        .given("a capability exists, and the identity controls what it reconciles"),
    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateNotebookInstance.html
    Path::pass(
        "palisade-sagemaker-1",
        SAGE_MAKER,
        &[
            "sagemaker:StopNotebookInstance",
            "sagemaker:UpdateNotebookInstance",
            "sagemaker:StartNotebookInstance",
            "sagemaker:CreatePresignedNotebookInstanceUrl",
        ],
    )
    .given("a notebook instance exists"),
    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedDomainUrl.html
    Path::take("palisade-sagemaker-2", &[SAGE_MAKER], &["sagemaker:CreatePresignedDomainUrl"])
        .given("a user profile of a domain runs as the role"),
    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateUserProfile.html
    Path::pass(
        "palisade-sagemaker-3",
        SAGE_MAKER,
        &["sagemaker:CreateUserProfile", "sagemaker:CreatePresignedDomainUrl"],
    )
    .given("a domain exists"),
    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
    Path::pass(
        "palisade-sagemaker-4",
        SAGE_MAKER,
        &["sagemaker:CreateModel", "sagemaker:CreateEndpointConfig", "sagemaker:CreateEndpoint"],
    ),
    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
    Path::pass("palisade-sagemaker-5", SAGE_MAKER, &["sagemaker:CreateHyperParameterTuningJob"])
        .given("the role may read a bucket"),
    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePipeline.html
    Path::pass("palisade-sagemaker-6", SAGE_MAKER, &["sagemaker:CreatePipeline", "sagemaker:StartPipelineExecution"]),
    // https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html
    Path::pass("palisade-airflow-1", AIRFLOW, &["airflow:CreateEnvironment"])
        .given("the identity may write to the environment's bucket"),
    Path::pass("palisade-airflow-2", AIRFLOW, &["airflow:UpdateEnvironment"])
        .child_of("palisade-airflow-1")
        .given("an environment exists, and the identity may write to its bucket"),
    Path::take("palisade-airflow-3", &[AIRFLOW], &["airflow:CreateWebLoginToken"]).given(ENVIRONMENT),
    Path::take("palisade-airflow-4", &[AIRFLOW], &["airflow:CreateCliToken"]).given(ENVIRONMENT),
    // https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_CreatePipeline.html
    Path::pass("palisade-codepipeline-1", "codepipeline.amazonaws.com", &["codepipeline:CreatePipeline"]),
    Path::pass("palisade-codepipeline-2", "codepipeline.amazonaws.com", &["codepipeline:UpdatePipeline"])
        .child_of("palisade-codepipeline-1")
        .given("a pipeline exists"),
    Path::take("palisade-codepipeline-3", &["codepipeline.amazonaws.com"], &["codepipeline:UpdatePipeline"])
        .given("a pipeline runs as the role"),
    // https://docs.aws.amazon.com/amplify/latest/APIReference/API_CreateApp.html
    Path::pass(
        "palisade-amplify-1",
        "amplify.amazonaws.com",
        &["amplify:CreateApp", "amplify:CreateBranch", "amplify:StartJob"],
    ),
    Path::pass("palisade-amplify-2", "amplify.amazonaws.com", &["amplify:UpdateApp", "amplify:StartJob"])
        .given("an app exists"),
    // https://docs.aws.amazon.com/athena/latest/APIReference/API_StartSession.html
    Path::pass(
        "palisade-athena-1",
        "athena.amazonaws.com",
        &["athena:CreateWorkGroup", "athena:StartSession", "athena:StartCalculationExecution"],
    ),
    Path::take(
        "palisade-athena-2",
        &["athena.amazonaws.com"],
        &["athena:StartSession", "athena:StartCalculationExecution"],
    )
    .given("a workgroup for Spark runs as the role"),
    // https://docs.aws.amazon.com/appstream2/latest/developerguide/using-iam-roles-to-grant-permissions-to-applications-scripts-streaming-instances.html
    Path::pass(
        "palisade-appstream-1",
        "appstream.amazonaws.com",
        &["appstream:CreateImageBuilder", "appstream:CreateImageBuilderStreamingURL"],
    ),
    // https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html
    Path::pass(
        "palisade-iot-1",
        "credentials.iot.amazonaws.com",
        &["iot:CreateRoleAlias", "iot:CreatePolicy", "iot:CreateKeysAndCertificate", "iot:AttachPolicy"],
    ),
    // https://docs.aws.amazon.com/appsync/latest/devguide/tutorial-http-resolvers.html
    Path::pass(
        "palisade-appsync-1",
        "appsync.amazonaws.com",
        &["appsync:CreateGraphqlApi", "appsync:CreateDataSource", "appsync:CreateResolver"],
    ),
    // https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html
    Path::pass("palisade-apigateway-1", "apigateway.amazonaws.com", &["apigateway:POST", "apigateway:PUT"]),
];
