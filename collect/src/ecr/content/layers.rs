//! The layers of an image, as far as the bytes go that were asked for, the last ones first.

use std::io::{self, Read};
use std::sync::Arc;

use futures_util::StreamExt as _;
use palisade_model::ecr::{Content, Image, Unread};
use palisade_model::{Action, Fact, Place, Reason};
use tokio::sync::mpsc;

use super::config::Configured;
use super::flaw::Flaw;
use super::manifest::{Descriptor, Manifest};
use super::reader::{ContentReader, settled};
use super::scan::Scan;
use super::system::{Claims, System, Told};
use crate::aws::download::{Blob, download};
use crate::failure::Failure;

/// Bytes of an unpacked layer for each byte that was asked for.
const UNPACKED_FACTOR: u64 = 10;

/// Layers of one image that are read at once.
const AT_ONCE: usize = 3;

/// Pieces of a download that wait to be read.
const PIECES: usize = 8;

/// What ECR answers when it names a layer and does not have it.
const GONE: [&str; 2] = ["LayerInaccessibleException", "LayersNotFoundException"];

/// What became of one layer: it was read, or not and why; or another run need not meet the failure.
type OneRead = Result<Result<Arc<Scan>, Reason>, Failure>;

/// What is asked of the layers of one platform.
struct Asked<'a> {
    image: &'a Image,
    layers: &'a [Descriptor],
    chosen: Vec<bool>,
    /// Bytes that each may unpack to.
    most: u64,
    claims: Claims<'a>,
    place: &'a Place,
}

impl ContentReader<'_> {
    /// Adds what the layers say. `left` is what remains of the bytes that were asked for of this image.
    pub(super) async fn add_files(
        &self,
        image: &Image,
        manifest: &Manifest,
        place: &Arc<Place>,
        left: &mut u64,
        Configured { content, search_path }: &mut Configured,
    ) {
        let chosen = chosen(&manifest.layers, left);
        let label = format!("{} layers {chosen:?}", manifest.digest);
        let asked = Asked {
            image,
            layers: &manifest.layers,
            chosen,
            most: self.plan.image_layers.unwrap_or_default().saturating_mul(UNPACKED_FACTOR),
            claims: Claims {
                user: content.user.as_deref().unwrap_or_default(),
                search_path,
                distribution: content.distribution.as_ref(),
            },
            place,
        };
        let send = async || self.told(&asked).await;
        let told = self.ask.remembered(Action::EcrGetDownloadUrlForLayer, place, &label, send).await;
        content.files = match settled(told) {
            Ok(told) => Fact::Known(add(told, content)),
            Err(gap) => Fact::Unknown(gap),
        };
    }

    async fn told(&self, asked: &Asked<'_>) -> Result<Told, Failure> {
        let Asked { image, layers, chosen, most, claims, place } = asked;
        let layer = |(descriptor, is_chosen): (_, &bool)| {
            let is_chosen = *is_chosen;
            async move {
                if !is_chosen {
                    return Ok(Err(Reason::NotAsked));
                }
                let scan = self.scan(image, descriptor, *most, place).await?;
                Ok::<_, Failure>(scan.map_err(|flaw| Reason::Failed(flaw.to_string())))
            }
        };
        let own: Vec<(usize, (&Descriptor, &bool))> =
            layers.iter().zip(chosen).enumerate().filter(|(_, (layer, _))| !layer.is_elsewhere).collect();
        let reading = futures_util::stream::iter(own).map(|(number, one)| {
            let reading = Box::pin(layer(one));
            async move { (number, reading.await) }
        });
        let mut read: Vec<(usize, OneRead)> = reading.buffer_unordered(AT_ONCE).collect().await;
        read.sort_by_key(|(number, _)| *number);
        let (mut scans, mut unread) = (vec![Some(Arc::default()); layers.len()], Vec::new());
        for (number, scan) in read {
            scans[number] = match scan? {
                Ok(scan) => Some(scan),
                Err(reason) => {
                    unread.push(Unread { digest: layers[number].digest.clone(), reason });
                    None
                }
            };
        }
        let mut system = System::new(scans);
        self.look_up(asked, &mut system, &mut unread).await?;
        let digests: Vec<&str> = layers.iter().map(|layer| layer.digest.as_str()).collect();
        Ok(system.told(&digests, unread, claims))
    }

    /// Reads layers once more for the files to which links lead.
    async fn look_up(&self, asked: &Asked<'_>, system: &mut System, unread: &mut Vec<Unread>) -> Result<(), Failure> {
        for (number, second) in &mut system.second {
            let descriptor = &asked.layers[usize::from(*number)];
            let (wanted, most) = (second.clone(), asked.most);
            let read = move |layer: Pieces| wanted.clone().read(layer, most);
            match self.layer(asked.image, descriptor, asked.place, read).await? {
                Ok(found) => *second = found,
                Err(flaw) => {
                    let reason = Reason::Failed(flaw.to_string());
                    unread.push(Unread { digest: descriptor.digest.clone(), reason });
                }
            }
        }
        Ok(())
    }

    /// What one layer holds, read once for all images that have it.
    async fn scan(
        &self,
        image: &Image,
        descriptor: &Descriptor,
        most: u64,
        place: &Place,
    ) -> Result<Result<Arc<Scan>, Flaw>, Failure> {
        let read = move |layer: Pieces| Scan::read(layer, most);
        let scan = async || Ok(self.layer(image, descriptor, place, read).await?.map(Arc::new));
        self.layers.get(&descriptor.digest, scan).await
    }

    /// What is read out of one layer, or what is wrong with it. A failure is one that another run need not meet.
    async fn layer<T: Send + 'static>(
        &self,
        image: &Image,
        descriptor: &Descriptor,
        place: &Place,
        read: impl Fn(Pieces) -> Result<T, Flaw> + Clone + Send + 'static,
    ) -> Result<Result<T, Flaw>, Failure> {
        let address = match self.address(image, &descriptor.digest).await {
            Ok(address) => address,
            Err(Failure::Answered { code, .. }) if GONE.contains(&code.as_str()) => {
                let where_else = if descriptor.is_foreign() { ", for it is kept outside of the registry" } else { "" };
                return Ok(Err(Flaw::new(format!("cannot be downloaded: {code}{where_else}"))));
            }
            Err(failure) => return Err(failure),
        };
        let call = || async {
            let (sender, receiver) = mpsc::channel(PIECES);
            let pieces = Pieces { receiver, piece: Vec::new(), read: 0 };
            let read = read.clone();
            let reading = tokio::task::spawn_blocking(move || read(pieces));
            let blob = Blob { digest: &descriptor.digest, size: descriptor.size };
            // A reader that has ended early does not mind; the rest is had for the digest.
            let done = download(self.session, &address, blob, async |piece| _ = sender.send(piece).await).await;
            drop(sender);
            let found = reading.await.unwrap_or_else(|_| Err(Flaw::new("is no archive that can be read")));
            Ok(done?.map(|()| found))
        };
        let answer = self.ask.send(Action::EcrGetDownloadUrlForLayer, place, call).await?;
        Ok(answer.unwrap_or_else(|refusal| Err(Flaw::from(&refusal))))
    }
}

/// Adds what the layers told to what the configuration did; what they say of the files.
pub(super) fn add(told: Told, content: &mut Content) -> palisade_model::ecr::Files {
    let Told { files, distribution, tools } = told;
    if files.unread.is_empty() {
        (content.distribution, content.tools) = (distribution, tools);
    } else {
        content.distribution = distribution.or(content.distribution.take());
        content.tools.extend(tools);
    }
    files
}

/// Which layers fit into what is left, beginning with the last: the image's own are more telling than its base's.
pub(super) fn chosen(layers: &[Descriptor], left: &mut u64) -> Vec<bool> {
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
        sizes.iter().map(|size| Descriptor { size: *size, ..Descriptor::default() }).collect()
    }

    #[test]
    fn the_last_layers_are_chosen_first_and_smaller_ones_after() {
        let mut left = 100;
        assert_eq!(chosen(&layers(&[30, 500, 60, 20]), &mut left), [false, false, true, true]);
        assert_eq!(left, 20);
        assert_eq!(chosen(&layers(&[20, u64::MAX]), &mut left), [true, false]);
        assert_eq!(left, 0);
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
