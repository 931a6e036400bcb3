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
          "iam:GetAccountAuthorizationDetails",
          "iam:GetOpenIDConnectProvider",
          "iam:ListAccessKeys",
          "iam:ListOpenIDConnectProviders",
          "lambda:GetAccountSettings",
          "lambda:GetFunctionConcurrency",
          "lambda:GetLayerVersionPolicy",
          "lambda:GetPolicy",
          "lambda:ListCodeSigningConfigs",
          "lambda:ListEventSourceMappings",
          "lambda:ListFunctionEventInvokeConfigs",
          "lambda:ListFunctionUrlConfigs",
          "lambda:ListFunctions",
          "lambda:ListFunctionsByCodeSigningConfig",
          "lambda:ListLayers",
          "organizations:DescribeOrganization",
          "organizations:DescribePolicy",
          "organizations:ListParents",
          "organizations:ListPoliciesForTarget",
          "sqs:GetQueueAttributes",
        ]
        Resource = "*"
      },
    ]
  })
}
