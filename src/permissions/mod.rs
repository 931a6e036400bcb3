//! The least-privilege policy that a run needs, from the table of actions that the collectors use.

mod kubernetes;

use palisade_model::{Action, Run};
use serde_json::{Value, json};

use crate::cli::{self, PolicyFormat};
use crate::gate;

/// The IAM actions that a run may use, sorted.
pub(crate) fn actions(run: Run) -> Vec<&'static str> {
    let needed = Action::ALL.iter().filter(|action| action.needed_by(run));
    needed.map(|action| action.name()).collect()
}

/// What is asked for, ending in a line break.
pub(crate) fn print(arguments: &cli::Permissions) -> String {
    if arguments.kubernetes {
        kubernetes::manifest()
    } else if arguments.gate {
        render(&gate::ACTIONS.map(Action::name), arguments.format)
    } else {
        render(&actions(arguments.run()), arguments.format)
    }
}

/// The policy in one of its forms.
fn render(actions: &[&str], format: PolicyFormat) -> String {
    match format {
        PolicyFormat::Json => pretty(&document(actions)),
        PolicyFormat::Terraform => terraform(actions),
        PolicyFormat::Cloudformation => pretty(&cloudformation(actions)),
    }
}

/// All reads are of lists, or of resources that only the run itself will find: they cannot be narrowed beforehand.
fn document(actions: &[&str]) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "PalisadeRead", "Effect": "Allow", "Action": actions, "Resource": "*" }],
    })
}

fn cloudformation(actions: &[&str]) -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What palisade reads",
        "Resources": {
            "PalisadePolicy": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": { "Description": "What palisade reads", "PolicyDocument": document(actions) },
            },
        },
        "Outputs": { "PolicyArn": { "Value": { "Ref": "PalisadePolicy" } } },
    })
}

fn terraform(actions: &[&str]) -> String {
    let lines = actions.iter().map(|action| format!("          \"{action}\",\n")).collect::<Vec<_>>().concat();
    format!(
        "resource \"aws_iam_policy\" \"palisade\" {{\n  name_prefix = \"palisade-\"\n  description = \"What palisade reads\"\n\
         \x20 policy = jsonencode({{\n    Version = \"2012-10-17\"\n    Statement = [\n      {{\n        Sid    = \"PalisadeRead\"\n\
         \x20       Effect = \"Allow\"\n        Action = [\n{lines}        ]\n        Resource = \"*\"\n      }},\n    ]\n  }})\n}}\n"
    )
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use palisade_model::Depth;

    use super::*;

    const ALL: Run = Run { depth: Depth::Deep, tags: true, two_lanes: true };

    #[test]
    fn code_and_images_are_for_the_deep_run_only() {
        let standard = actions(Run { depth: Depth::Standard, ..ALL });
        assert!(!standard.contains(&"lambda:GetFunction") && standard.contains(&"lambda:GetPolicy"));
        assert!(actions(ALL).contains(&"lambda:GetFunction"));
        let plain = actions(Run { depth: Depth::Deep, ..Run::default() });
        assert!(!plain.contains(&"tag:GetResources") && !plain.contains(&"lambda:GetResourcePolicy"));
        assert!(!actions(ALL).contains(&"kms:Decrypt"));
    }

    #[test]
    fn every_form_names_every_action() {
        for format in [PolicyFormat::Json, PolicyFormat::Terraform, PolicyFormat::Cloudformation] {
            let text = render(&actions(ALL), format);
            for action in actions(ALL) {
                assert!(text.contains(&format!("\"{action}\"")), "{format:?} lacks {action}");
            }
        }
    }
}
