//! The layers of an image, from the last to the first, as far as the bytes go that were asked for.

use std::io::{self, Read};
use std::sync::Arc;

use palisade_archive::{ArchiveError, Limits};
use palisade_model::ecr::{Content, Distribution, Files, Image, Unread};
use palisade_model::{Action, Fact, Place, Reason};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::files::{Found, Overlay};
use super::flaw::Flaw;
use super::manifest::{Descriptor, Manifest};
use super::reader::{ContentReader, settled};
use crate::aws::download::{Blob, download};
use crate::failure::Failure;

/// Bytes of an unpacked layer for each byte that was asked for.
const UNPACKED_FACTOR: u64 = 10;

/// Pieces of a download that wait to be read.
const PIECES: usize = 8;

/// What ECR answers when it names a layer and does not have it.
const GONE: [&str; 2] = ["LayerInaccessibleException", "LayersNotFoundException"];

/// What the layers of one platform say.
#[derive(Serialize, Deserialize)]
struct Told {
    files: Files,
    distribution: Option<Distribution>,
    tools: Vec<String>,
}

impl ContentReader<'_> {
    /// Adds what the layers say. `left` is what remains of the bytes that were asked for of this image.
    pub(super) async fn add_files(
        &self,
        image: &Image,
        manifest: &Manifest,
        place: &Arc<Place>,
        left: &mut u64,
        content: &mut Content,
    ) {
        let most = self.plan.image_layers.unwrap_or_default().saturating_mul(UNPACKED_FACTOR);
        let chosen = chosen(&manifest.layers, left);
        let user = content.user.clone().unwrap_or_default();
        let send = async || self.told(image, &manifest.layers, &chosen, most, &user, place).await;
        let label = format!("{} layers {chosen:?}", manifest.digest);
        let told = self.ask.remembered(Action::EcrGetDownloadUrlForLayer, place, &label, send).await;
        content.files = match settled(told) {
            Ok(Told { files, distribution, tools }) => {
                content.distribution = distribution.or(content.distribution.take());
                if files.unread.is_empty() {
                    content.tools = tools;
                } else {
                    content.tools.extend(tools);
                }
                Fact::Known(files)
            }
            Err(gap) => Fact::Unknown(gap),
        };
    }

    async fn told(
        &self,
        image: &Image,
        layers: &[Descriptor],
        chosen: &[bool],
        most: u64,
        user: &str,
        place: &Place,
    ) -> Result<Told, Failure> {
        let mut overlay = Overlay::default();
        let mut unread = Vec::new();
        for (descriptor, is_chosen) in layers.iter().zip(chosen).rev() {
            let found = match is_chosen {
                true => {
                    self.layer(image, descriptor, most, place).await?.map_err(|flaw| Reason::Failed(flaw.to_string()))
                }
                false => Err(Reason::NotAsked),
            };
            match found {
                Ok(found) => overlay.under(&descriptor.digest, found),
                Err(reason) => {
                    overlay.skip();
                    unread.insert(0, Unread { digest: descriptor.digest.clone(), reason });
                }
            }
        }
        let (user_id, distribution, tools) = (overlay.user_id(user), overlay.distribution(), overlay.tools());
        let files = Files { unread, user_id, secrets: overlay.into_secrets() };
        Ok(Told { files, distribution, tools })
    }

    /// What one layer holds, or what is wrong with it. A failure is one that another run need not meet.
    async fn layer(
        &self,
        image: &Image,
        descriptor: &Descriptor,
        most: u64,
        place: &Place,
    ) -> Result<Result<Found, Flaw>, Failure> {
        if descriptor.media_type.contains("foreign") || descriptor.media_type.contains("nondistributable") {
            return Ok(Err(Flaw::new("is kept outside of the registry")));
        }
        if descriptor.media_type.ends_with("zstd") {
            return Ok(Err(flaw(ArchiveError::Zstd)));
        }
        let address = match self.address(image, &descriptor.digest).await {
            Ok(address) => address,
            Err(Failure::Answered { code, .. }) if GONE.contains(&code.as_str()) => {
                return Ok(Err(Flaw::new(format!("cannot be downloaded: {code}"))));
            }
            Err(failure) => return Err(failure),
        };
        let call = || async {
            let (sender, receiver) = mpsc::channel(PIECES);
            let pieces = Pieces { receiver, piece: Vec::new(), read: 0 };
            let scanning = tokio::task::spawn_blocking(move || found(pieces, most));
            let blob = Blob { digest: &descriptor.digest, size: descriptor.size };
            // A scanner that has ended early does not mind; the rest is had for the digest.
            let done = download(self.session, &address, blob, async |piece| _ = sender.send(piece).await).await;
            drop(sender);
            let found = scanning.await.unwrap_or_else(|_| Err(flaw(ArchiveError::Unreadable)));
            Ok(done?.map(|()| found))
        };
        let answer = self.ask.send(Action::EcrGetDownloadUrlForLayer, place, call).await?;
        Ok(answer.unwrap_or_else(|refusal| Err(Flaw::from(&refusal))))
    }
}

/// Reads a layer to its end.
fn found(layer: impl Read, unpacked: u64) -> Result<Found, Flaw> {
    let limits = Limits {
        unpacked,
        // File systems come to ten.
        ratio: 200,
        ratio_counts_from: 16 * 1024 * 1024,
        entries: 200_000,
        // What Linux allows a path to have.
        path: 4096,
        header: 1024 * 1024,
        content: 1024 * 1024,
    };
    let mut found = Found::default();
    palisade_archive::read(layer, &limits, &mut found).map_err(flaw)?;
    Ok(found)
}

fn flaw(error: ArchiveError) -> Flaw {
    Flaw::new(error.to_string())
}

/// Which layers fit into what is left, beginning with the last: the image's own are more telling than its base's.
fn chosen(layers: &[Descriptor], left: &mut u64) -> Vec<bool> {
    let mut chosen: Vec<bool> = layers
        .iter()
        .rev()
        .map(|layer| match left.checked_sub(layer.size) {
            Some(rest) => {
                *left = rest;
                true
            }
            None => false,
        })
        .collect();
    chosen.reverse();
    chosen
}

/// A download as something to read from.
struct Pieces {
    receiver: mpsc::Receiver<Vec<u8>>,
    piece: Vec<u8>,
    read: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.piece.len() {
            match self.receiver.blocking_recv() {
                Some(piece) => (self.piece, self.read) = (piece, 0),
                None => return Ok(0),
            }
        }
        let length = (&self.piece[self.read..]).read(buffer)?;
        self.read += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(sizes: &[u64]) -> Vec<Descriptor> {
        let layer = |size: &u64| Descriptor { media_type: String::new(), digest: "sha256:aa".to_owned(), size: *size };
        sizes.iter().map(layer).collect()
    }

    #[test]
    fn the_last_layers_are_chosen_first_and_smaller_ones_after() {
        let mut left = 100;
        assert_eq!(chosen(&layers(&[30, 500, 60, 20]), &mut left), [false, false, true, true]);
        assert_eq!(left, 20);
        assert_eq!(chosen(&layers(&[20, u64::MAX]), &mut left), [true, false]);
        assert_eq!(left, 0);
    }

    #[test]
    fn a_layer_tells_users_tools_and_secrets() {
        let key = ["-----BEGIN ", "PRIVATE KEY-----\nMIIE"].concat();
        let mut layer = tar::Builder::new(Vec::new());
        for (path, text) in [("app/tls.key", key.as_str()), ("etc/passwd", "app:x:1000:1000::/:\n"), ("bin/sh", "x")] {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            layer.append_data(&mut header, path, text.as_bytes()).unwrap();
        }
        let layer = layer.into_inner().unwrap();
        let mut overlay = Overlay::default();
        overlay.under("sha256:aa", found(layer.as_slice(), 1 << 20).unwrap());
        assert_eq!((overlay.user_id("app"), overlay.tools()), (Some(1000), vec!["/bin/sh".to_owned()]));
        assert_eq!(overlay.into_secrets()[0].path, "/app/tls.key");
        let refused = found(layer.as_slice(), 1024).unwrap_err();
        assert_eq!(refused.to_string(), "unpacks to more than 1024 bytes");
    }

    #[tokio::test]
    async fn a_download_is_read_piece_by_piece() {
        let (sender, receiver) = mpsc::channel(1);
        let mut pieces = Pieces { receiver, piece: Vec::new(), read: 0 };
        let reading = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            pieces.read_to_string(&mut text).map(|_| text)
        });
        for piece in ["one ", "", "two ", "three"] {
            sender.send(piece.as_bytes().to_vec()).await.unwrap();
        }
        drop(sender);
        assert_eq!(reading.await.unwrap().unwrap(), "one two three");
    }
}
