resource "aws_iam_policy" "palisade" {
  name_prefix = "palisade-"
  description = "What palisade reads"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "PalisadeRead"
        Effect = "Allow"
        Action = [
          "account:ListRegions",
          "ec2:DescribeSubnets",
          "iam:GenerateServiceLastAccessedDetails",
          "iam:GetAccountAuthorizationDetails",
          "iam:GetOpenIDConnectProvider",
          "iam:GetServiceLastAccessedDetails",
          "iam:ListAccessKeys",
          "iam:ListOpenIDConnectProviders",
          "lambda:GetAccountSettings",
          "lambda:GetFunction",
          "lambda:GetFunctionConcurrency",
          "lambda:GetLayerVersionPolicy",
          "lambda:GetPolicy",
          "lambda:GetResourcePolicy",
          "lambda:ListAliases",
          "lambda:ListCodeSigningConfigs",
          "lambda:ListEventSourceMappings",
          "lambda:ListFunctionEventInvokeConfigs",
          "lambda:ListFunctionUrlConfigs",
          "lambda:ListFunctions",
          "lambda:ListFunctionsByCodeSigningConfig",
          "lambda:ListLayers",
          "lambda:ListVersionsByFunction",
          "organizations:DescribeOrganization",
          "organizations:DescribePolicy",
          "organizations:ListParents",
          "organizations:ListPoliciesForTarget",
          "sqs:GetQueueAttributes",
          "tag:GetResources",
        ]
        Resource = "*"
      },
    ]
  })
}
