//! What kinds of secrets there are. Which texts hold one, palisade-secrets tells; nothing else of them is kept.

pub use palisade_secrets::Class;
