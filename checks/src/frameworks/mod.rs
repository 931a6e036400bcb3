//! Catalogues of requirements that others know, and which checks tell of each requirement.
//!
//! A framework lists all its requirements, those that no check tells of included: whoever reads a view of a framework sees
//! what palisade does not look at. [`Framework::assess`] judges a run by it.
//!
//! The lists are the text files beside this one, one a framework. Ids are facts; titles are in our own words.

mod assess;
mod read;

use std::sync::OnceLock;

pub use assess::{AssessedCheck, AssessedRequirement, Assessment, Counts, Standing};

use crate::check::{Catalogue, Check, Control};

/// A catalogue of requirements.
#[derive(Debug, PartialEq, Eq)]
pub struct Framework {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its full title.
    pub title: &'static str,
    /// The version that the requirements are of.
    pub version: &'static str,
    /// Where it is published.
    pub source: &'static str,
    /// The file that lists the requirements, below checks/src.
    pub file: &'static str,
    /// All its requirements that are in the field of serverless and containers, covered or not, in its order.
    pub requirements: Vec<Requirement>,
    /// How checks name its requirements, where they do.
    mapping: Mapping,
}

/// A requirement of a framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Its id in the framework.
    pub id: &'static str,
    /// The part of the framework that it stands in, or nothing.
    pub group: &'static str,
    /// What it asks for, in our own words.
    pub title: &'static str,
    /// The ids of the checks a failure of which speaks against it, sorted. None: palisade cannot tell.
    pub checks: Vec<&'static str>,
}

/// Where it stands which checks tell of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mapping {
    /// In the framework's file.
    File,
    /// In the checks' controls of a catalogue, whose ids begin with the prefix.
    Controls(Catalogue, &'static str),
}

impl Requirement {
    /// Whether any check tells of it.
    pub fn is_covered(&self) -> bool {
        !self.checks.is_empty()
    }
}

impl Framework {
    /// The requirement with this id.
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }

    /// The id that a check's control has in this framework; none where the control is of another.
    pub fn names(&self, control: Control) -> Option<&'static str> {
        self.mapping.id(control)
    }
}

impl Mapping {
    fn id(self, control: Control) -> Option<&'static str> {
        match self {
            Self::File => None,
            Self::Controls(catalogue, prefix) => {
                control.id.strip_prefix(prefix).filter(|_| control.catalogue == catalogue)
            }
        }
    }
}

/// All frameworks.
pub fn all() -> impl Iterator<Item = &'static Framework> {
    static READ: OnceLock<Vec<Framework>> = OnceLock::new();
    READ.get_or_init(|| LISTS.iter().map(read::framework).collect()).iter()
}

/// The framework with this name.
pub fn by_name(name: &str) -> Option<&'static Framework> {
    all().find(|framework| framework.name == name)
}

/// The checks that tell of any requirement of a framework, in the order of [`crate::all`].
pub fn checks_of(framework: &Framework) -> impl Iterator<Item = &'static Check> {
    let is_named = |check: &&Check| {
        framework.requirements.iter().any(|requirement| requirement.checks.binary_search(&check.id).is_ok())
    };
    crate::all().filter(is_named)
}

/// A framework before its file is read.
struct List {
    name: &'static str,
    title: &'static str,
    version: &'static str,
    source: &'static str,
    file: &'static str,
    text: &'static str,
    mapping: Mapping,
}

const LISTS: [List; 9] = [
    List {
        name: "cis-aws",
        title: "CIS Amazon Web Services Foundations Benchmark",
        version: "7.0.0",
        source: "https://www.cisecurity.org/benchmark/amazon_web_services",
        file: "frameworks/cis_aws.txt",
        text: include_str!("cis_aws.txt"),
        mapping: Mapping::File,
    },
    List {
        name: "cis-eks",
        title: "CIS Amazon Elastic Kubernetes Service (EKS) Benchmark",
        version: "1.8.0",
        source: "https://www.cisecurity.org/benchmark/kubernetes",
        file: "frameworks/cis_eks.txt",
        text: include_str!("cis_eks.txt"),
        mapping: Mapping::Controls(Catalogue::Cis, "eks-1.8.0:"),
    },
    List {
        name: "cis-compute",
        title: "CIS AWS Compute Services Benchmark",
        version: "1.1.0",
        source: "https://www.cisecurity.org/benchmark/amazon_web_services",
        file: "frameworks/cis_compute.txt",
        text: include_str!("cis_compute.txt"),
        mapping: Mapping::Controls(Catalogue::Cis, "compute-services-1.1.0:"),
    },
    List {
        name: "fsbp",
        title: "AWS Foundational Security Best Practices and other controls of AWS Security Hub",
        version: "1.0.0",
        source: "https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html",
        file: "frameworks/fsbp.txt",
        text: include_str!("fsbp.txt"),
        mapping: Mapping::Controls(Catalogue::SecurityHub, ""),
    },
    List {
        name: "nist-800-53",
        title: "NIST SP 800-53: Security and Privacy Controls for Information Systems and Organizations",
        version: "Revision 5",
        source: "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
        file: "frameworks/nist_800_53.txt",
        text: include_str!("nist_800_53.txt"),
        mapping: Mapping::File,
    },
    List {
        name: "pci-dss",
        title: "Payment Card Industry Data Security Standard",
        version: "4.0.1",
        source: "https://www.pcisecuritystandards.org/document_library/",
        file: "frameworks/pci_dss.txt",
        text: include_str!("pci_dss.txt"),
        mapping: Mapping::File,
    },
    List {
        name: "nsa-kubernetes",
        title: "NSA and CISA: Kubernetes Hardening Guidance",
        version: "1.2",
        source: "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
        file: "frameworks/nsa_kubernetes.txt",
        text: include_str!("nsa_kubernetes.txt"),
        mapping: Mapping::File,
    },
    List {
        name: "attack",
        title: "MITRE ATT&CK for Enterprise: techniques against clouds and containers",
        version: "18.1",
        source: "https://attack.mitre.org/",
        file: "frameworks/attack.txt",
        text: include_str!("attack.txt"),
        mapping: Mapping::File,
    },
    List {
        name: "checklist",
        title: "Palisade's checklist for serverless and containers",
        version: env!("CARGO_PKG_VERSION"),
        source: "https://github.com/palisade-audit/palisade/blob/main/docs/checklist.md",
        file: "checklist.txt",
        text: include_str!("../checklist.txt"),
        mapping: Mapping::Controls(Catalogue::Checklist, ""),
    },
];
