//! Layers: archives of the files an account file names, and digests that stand for others.

use std::io::{self, Read as _, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Bytes;
use tar::{Builder, EntryType, Header};

use super::digest::digest_of;
use crate::account::LayerContent;
use crate::ids;

/// A layer as a manifest and a configuration name it.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) digest: String,
    pub(super) size: u64,
    /// The digest of the archive before it is compressed.
    pub(super) unpacked: String,
    /// The archive, where there is one.
    pub(super) body: Option<Bytes>,
}

/// The layer that the account file describes; `seed` makes up what it doesn't.
pub(super) fn layer(content: &LayerContent, seed: &str) -> Layer {
    if content.files.is_empty() && content.links.is_empty() && content.zeros == 0 {
        let made_up = || format!("sha256:{}", ids::hexadecimal(&format!("layer {seed}"), 64));
        return absent(content.digest.clone().unwrap_or_else(made_up), content.size.unwrap_or(0), seed);
    }
    match archive(content) {
        Ok((unpacked, body)) => Layer {
            digest: content.digest.clone().unwrap_or_else(|| digest_of(&body)),
            size: content.size.unwrap_or(body.len() as u64),
            unpacked: digest_of(&unpacked),
            body: Some(Bytes::from(body)),
        },
        // Writing to memory fails for paths only that no archive can hold.
        Err(_) => absent(format!("sha256:{}", ids::hexadecimal(&format!("layer {seed}"), 64)), 0, seed),
    }
}

/// A layer that cannot be downloaded.
pub(super) fn absent(digest: String, size: u64, seed: &str) -> Layer {
    let unpacked = format!("sha256:{}", ids::hexadecimal(&format!("unpacked {digest} {seed}"), 64));
    Layer { digest, size, unpacked, body: None }
}

fn archive(content: &LayerContent) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut builder = Builder::new(Vec::new());
    for (path, text) in &content.files {
        let mut header = header(path, EntryType::Regular, text.len() as u64)?;
        header.set_cksum();
        builder.append(&header, text.as_bytes())?;
    }
    for (path, target) in &content.links {
        let mut header = header(path, EntryType::Symlink, 0)?;
        header.set_link_name_literal(target)?;
        header.set_cksum();
        builder.append(&header, io::empty())?;
    }
    if content.zeros > 0 {
        let mut header = header("var/zeros", EntryType::Regular, content.zeros)?;
        header.set_cksum();
        builder.append(&header, io::repeat(b'0').take(content.zeros))?;
    }
    let unpacked = builder.into_inner()?;
    // Stored and not compressed, so that a digest doesn't change with the compressor; zeros are there to be compressed.
    let level = if content.zeros > 0 { Compression::default() } else { Compression::none() };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(&unpacked)?;
    Ok((unpacked, encoder.finish()?))
}

/// A header whose name is written as it stands: the library refuses `../`.
fn header(path: &str, kind: EntryType, size: u64) -> io::Result<Header> {
    let mut header = Header::new_gnu();
    let bytes = path.as_bytes();
    let gnu = header.as_gnu_mut().ok_or_else(|| io::Error::other("the header is GNU's"))?;
    let place = gnu.name.get_mut(..bytes.len()).ok_or_else(|| io::Error::other("the path is too long"))?;
    place.copy_from_slice(bytes);
    header.set_entry_type(kind);
    header.set_size(size);
    // What lies where programs lie can be started.
    header.set_mode(if path.contains("bin/") { 0o755 } else { 0o644 });
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    Ok(header)
}
