//! Which clusters to look into, and how to enter them.

use std::path::PathBuf;

use clap::Args;

use palisade_collect::cluster::Which;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Clusters")]
pub(crate) struct Clusters {
    /// Clusters to look into through their own API: all of them, none, or those with these names
    #[arg(long = "clusters", value_name = "auto|none|NAME", value_delimiter = ',', default_value = "auto")]
    pub(crate) names: Vec<String>,
    /// Enters clusters with this kubeconfig file in place of the run's own identity; name one cluster with --clusters
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig [default: its current one]
    #[arg(long, value_name = "NAME", requires = "kubeconfig")]
    pub(crate) context: Option<String>,
}

impl Clusters {
    /// The clusters to look into.
    pub(crate) fn which(&self) -> Result<Which, String> {
        let which = match self.names.as_slice() {
            [word] if word == "auto" => Which::All,
            [word] if word == "none" => Which::None,
            names if names.iter().any(|name| name == "auto" || name == "none") => {
                return Err("--clusters takes auto, none or names, not both".to_owned());
            }
            names => Which::Named(names.to_vec()),
        };
        match (&which, &self.kubeconfig) {
            (Which::Named(names), Some(_)) if names.len() == 1 => Ok(which),
            (_, None) => Ok(which),
            (_, Some(_)) => Err("--kubeconfig leads into one cluster: name it with --clusters".to_owned()),
        }
    }
}
