//! Accounts that are known to publish Lambda layers for everybody.

/// The day to which the table below is true.
pub const TABLE_AS_OF: jiff::civil::Date = jiff::civil::date(2026, 8, 1);

/// Who publishes layers, from which accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publisher {
    /// The publisher and what it publishes.
    pub name: &'static str,
    /// Where the publisher names its accounts.
    pub source: &'static str,
    /// The accounts; AWS publishes some layers from an account for each Region.
    pub accounts: &'static [&'static str],
}

/// The publisher that an account belongs to, if it is a known one.
pub fn publisher(account: &str) -> Option<&'static Publisher> {
    PUBLISHERS.iter().find(|publisher| publisher.accounts.contains(&account))
}

/// All publishers: AWS first, then by name.
#[rustfmt::skip]
const PUBLISHERS: &[Publisher] = &[
    Publisher {
        name: "AWS AppConfig extension",
        source: "https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-lambda-extensions-versions.html",
        accounts: &[
            "000010852771", "027255383542", "039592058896", "066940009817", "080788657173", "203683718741",
            "282860088358", "307021474294", "359756378197", "418787028745", "421114256042", "434848589818",
            "436199621743", "489524808438", "493207061005", "554480029851", "559955524753", "574348263942",
            "586093569114", "615057806174", "615084187847", "630222743974", "631746059939", "646970417810",
            "662846165436", "706869817123", "728743619870", "758369105281", "826293736237", "895787185223",
            "946561847325", "946746059096", "958113053741", "980059726660",
        ],
    },
    Publisher {
        name: "AWS Distro for OpenTelemetry",
        source: "https://aws-otel.github.io/docs/getting-started/lambda",
        accounts: &["615299751070", "901920570463"],
    },
    Publisher {
        name: "AWS Lambda Insights",
        source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Lambda-Insights-extension-versions.html",
        accounts: &[
            "012438385374", "033019950311", "066549572091", "122132214140", "145023102084", "158895979263",
            "194566237122", "198461476570", "285320876703", "339249233099", "352183217350", "439286490199",
            "459530977127", "488211338238", "519774774795", "580247275435", "590183865173", "605207715842",
            "727646510379", "732604637566", "751350123760", "761018874580", "761377655185", "879381266642",
            "891564319516", "946466191631",
        ],
    },
    Publisher {
        name: "AWS Parameters and Secrets extension",
        source: "https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html",
        accounts: &[
            "015030872274", "044395824272", "070087711984", "127562683043", "129776340158", "133256977650",
            "133490724326", "148806536434", "176022468876", "177933569100", "187925254637", "200266452380",
            "287114880934", "287310001119", "317013901791", "325218067255", "345057560386", "427196147048",
            "490737872127", "524103009944", "576959938190", "590474943231", "665172237481", "738900069198",
            "768336418462", "772501565639", "780235371811", "832021897121", "858974508948", "933737806257",
            "997803712105",
        ],
    },
    Publisher {
        name: "AWS SDK for pandas",
        source: "https://aws-sdk-pandas.readthedocs.io/en/stable/layers.html",
        accounts: &["336392948345"],
    },
    Publisher {
        name: "Powertools for AWS Lambda",
        source: "https://docs.powertools.aws.dev/lambda/python/latest/",
        accounts: &["017000801446"],
    },
    Publisher {
        name: "Datadog",
        source: "https://docs.datadoghq.com/serverless/libraries_integrations/extension/",
        accounts: &["002406178527", "464622532012"],
    },
    Publisher {
        name: "Dynatrace",
        source: "https://docs.dynatrace.com/docs/ingest-from/amazon-web-services/integrate-into-aws/aws-lambda-integration",
        accounts: &["725887861453"],
    },
    Publisher {
        name: "Elastic",
        source: "https://www.elastic.co/guide/en/apm/lambda/current/aws-lambda-arch.html",
        accounts: &["267093732750"],
    },
    Publisher {
        name: "HashiCorp Vault extension",
        source: "https://developer.hashicorp.com/vault/docs/platform/aws/lambda-extension",
        accounts: &["634166935893"],
    },
    Publisher {
        name: "Honeycomb",
        source: "https://docs.honeycomb.io/send-data/aws/lambda/",
        accounts: &["702835727665"],
    },
    Publisher {
        name: "IBM Instana",
        source: "https://www.ibm.com/docs/en/instana-observability/current?topic=lambda-aws-native-tracing",
        accounts: &["410797082306"],
    },
    Publisher {
        name: "Lumigo",
        source: "https://docs.lumigo.io/docs/lambda-layers",
        accounts: &["114300393969"],
    },
    Publisher {
        name: "New Relic",
        source: "https://docs.newrelic.com/docs/serverless-function-monitoring/aws-lambda-monitoring/get-started/monitoring-aws-lambda-serverless-monitoring/",
        accounts: &["451483290750"],
    },
    Publisher {
        name: "OpenTelemetry",
        source: "https://github.com/open-telemetry/opentelemetry-lambda",
        accounts: &["184161586896"],
    },
    Publisher {
        name: "Sentry",
        source: "https://docs.sentry.io/platforms/javascript/guides/aws-lambda/",
        accounts: &["943013980633"],
    },
    Publisher {
        name: "Splunk",
        source: "https://github.com/signalfx/lambda-layer-versions",
        accounts: &["254067382080"],
    },
    Publisher {
        name: "Sumo Logic",
        source: "https://github.com/SumoLogic/sumologic-otel-lambda",
        accounts: &["663229565520"],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_account_stands_once_and_has_twelve_digits() {
        let accounts: Vec<_> = PUBLISHERS.iter().flat_map(|publisher| publisher.accounts).collect();
        let distinct: BTreeSet<_> = accounts.iter().collect();
        assert_eq!(accounts.len(), distinct.len());
        for account in accounts {
            assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()), "{account}");
        }
    }

    #[test]
    fn a_publisher_is_known_by_its_accounts() {
        assert_eq!(publisher("464622532012").map(|publisher| publisher.name), Some("Datadog"));
        assert_eq!(publisher("111122223333"), None);
        assert!(PUBLISHERS.iter().all(|publisher| publisher.source.starts_with("https://")));
    }
}
