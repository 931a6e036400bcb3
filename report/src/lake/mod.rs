//! Parquet, for lakes and for programs that read columns. Two forms: flat rows, and OCSF's events as they nest.
//!
//! A file has one schema, which stays as it is: some readers refuse files of one table whose schemas differ.

pub(super) mod flat;
pub(super) mod nested;
mod shred;
mod table;
