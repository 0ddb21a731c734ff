//! The bytes of photos and voice notes, beside the database (named by SHA-256, behind `object_store`).
//!
//! | where | what |
//! |---|---|
//! | `parts/PERSON/HASH/OFFSET` | what has come of somebody's upload that is not whole; which server took which part does not matter |
//! | `sent/HASH` | what a phone sent, whole, and as its hash says. Photos of it are never handed out as they are |
//! | `shown/HASH/SIZE` | pictures drawn from it when somebody first wants to see them, without whatever else the file held |
//!
//! | | |
//! |---|---|
//! | who | the author of a record that names a blob sends it; whoever may see such a record sees it |
//! | acknowledged | when the bytes are whole, their hash is right, they are on disk, and the database says so, in this order |
//! | cut off | what came of a part stays; the phone asks how far it is and goes on there |
//! | seen | where the author of a record that names a blob has sent it: to name a hash that one has heard of opens nothing |
//! | orphans | uploads that have not gone on for a day, and blobs of that age that no record names, go ([`Blobs::sweep`]) |

mod look;
mod picture;
mod sweep;
mod transfer;

pub use look::NotThat;
pub use picture::Size;
pub use sweep::{SweepError, sweep_now_and_then};
pub use transfer::{TakeError, handed_out, how_far, take_part};

use axum::body::Bytes;
use domain::kernel::{AttachmentKind, PersonId, Sha256};
use futures::TryStreamExt;
use object_store::{
    Error, GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path,
};
use std::{fs, io, sync::Arc};
use tokio::sync::{RwLock, Semaphore};

/// Pictures drawn at the same time: each takes a processor and tens of megabytes.
const DRAWING: usize = 1;
/// Parts taken in at the same time; each waits in memory, and the last one together with all others.
const UPLOADING: usize = 24;
/// Parts of one upload. Beyond that it begins anew: nobody fills the disk with files of one byte.
const MOST_PARTS: usize = 500;

/// Why bytes were not kept, or not found.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// It may work later: disk full, bucket out of reach.
    #[error("blobs unavailable: {0}")]
    Unavailable(#[from] Error),
    /// They are not what they are said to be.
    #[error(transparent)]
    NotThat(#[from] NotThat),
}

/// Where the bytes are. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    drawing: Arc<Semaphore>,
    uploading: Arc<Semaphore>,
    /// Held for reading by whoever keeps a blob, for writing by whoever removes orphans: none goes in the moment in which
    /// somebody relies on it.
    keeping: Arc<RwLock<()>>,
}

impl Blobs {
    /// Keeps blobs in a folder, which is made where it is missing.
    ///
    /// # Errors
    /// When it cannot be made, or is no folder.
    pub fn in_folder(folder: &std::path::Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        // Acknowledged bytes survive the loss of power, as entries do.
        let store = LocalFileSystem::new_with_prefix(folder).map_err(io::Error::other)?;
        let store = Arc::new(store.with_fsync(true).with_automatic_cleanup(true));
        let (drawing, uploading) = (Semaphore::new(DRAWING), Semaphore::new(UPLOADING));
        Ok(Self { store, drawing: Arc::new(drawing), uploading: Arc::new(uploading), keeping: Arc::default() })
    }

    /// Whether the place can be reached.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn ready(&self) -> Result<(), BlobError> {
        found(self.store.head(&Path::from("ready")).await).map(|_| ())
    }

    /// Whether a blob is here, whole.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn has(&self, sha256: &Sha256) -> Result<bool, BlobError> {
        found(self.store.head(&sent(sha256)).await).map(|meta| meta.is_some())
    }

    /// How many bytes of an upload are here, from its beginning on.
    async fn progress(&self, upload: &UploadOf<'_>) -> Result<u64, BlobError> {
        Ok(self.parts(upload).await?.last().map_or(0, |(offset, part)| offset + part.size))
    }

    /// The parts that follow one another from the beginning, each with its offset. Others are what is left of another try.
    async fn parts(&self, upload: &UploadOf<'_>) -> Result<Vec<(u64, ObjectMeta)>, BlobError> {
        let mut all = self.all(&upload.place()).await?;
        if all.len() > MOST_PARTS {
            self.forget_parts(upload).await?;
            return Ok(Vec::new());
        }
        all.sort_unstable_by(|a, b| a.location.cmp(&b.location));
        let (mut end, mut following) = (0, Vec::new());
        for part in all {
            let offset = part.location.filename().and_then(|name| name.parse().ok());
            if offset == Some(end) && part.size > 0 {
                end += part.size;
                following.push((end - part.size, part));
            }
        }
        Ok(following)
    }

    async fn keep_part(&self, upload: &UploadOf<'_>, offset: u64, bytes: Bytes) -> Result<(), BlobError> {
        // Twelve digits: names sort as numbers do.
        let place = upload.place().join(format!("{offset:012}"));
        self.store.put(&place, PutPayload::from_bytes(bytes)).await?;
        Ok(())
    }

    /// What the parts are together.
    async fn joined(&self, upload: &UploadOf<'_>) -> Result<Vec<u8>, BlobError> {
        let mut whole = Vec::new();
        for (_, part) in self.parts(upload).await? {
            whole.extend_from_slice(&self.store.get(&part.location).await?.bytes().await?);
        }
        Ok(whole)
    }

    async fn forget_parts(&self, upload: &UploadOf<'_>) -> Result<(), BlobError> {
        for part in self.all(&upload.place()).await? {
            self.remove(&part.location).await?;
        }
        Ok(())
    }

    /// Keeps what is whole. Its hash was compared by whoever calls.
    async fn keep(&self, sha256: &Sha256, kind: AttachmentKind, whole: Bytes) -> Result<(), BlobError> {
        look::at(kind, &whole)?;
        self.store.put(&sent(sha256), PutPayload::from_bytes(whole)).await?;
        Ok(())
    }

    /// What a phone sent; `None` where it is not here.
    async fn sent(&self, sha256: &Sha256) -> Result<Option<Bytes>, BlobError> {
        self.read(&sent(sha256)).await
    }

    /// A photo as it is shown: drawn once, then kept.
    async fn shown(&self, sha256: &Sha256, size: Size) -> Result<Option<Bytes>, BlobError> {
        let place = shown(sha256, size);
        if let Some(drawn) = self.read(&place).await? {
            return Ok(Some(drawn));
        }
        // Never closed.
        let Ok(turn) = Arc::clone(&self.drawing).acquire_owned().await else { return Ok(None) };
        // Whoever waited for somebody who wanted the same has it now.
        if let Some(drawn) = self.read(&place).await? {
            return Ok(Some(drawn));
        }
        let Some(photo) = self.sent(sha256).await? else { return Ok(None) };
        let drawn = tokio::task::spawn_blocking(move || {
            // The work goes on where nobody waits for it any more, and so does its turn.
            let _turn = turn;
            picture::draw(&photo, size)
        });
        let drawn = drawn.await;
        let drawn = Bytes::from(drawn.map_err(|_| NotThat::Photo)??);
        self.store.put(&place, PutPayload::from_bytes(drawn.clone())).await?;
        Ok(Some(drawn))
    }

    /// Copies those of these blobs that are here to another place; says how many that is. What is there already has the
    /// same bytes.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`]: then some of it may be there.
    pub async fn copy_to(&self, other: &Self, blobs: &[Sha256]) -> Result<usize, BlobError> {
        let mut copied = 0;
        for sha256 in blobs {
            let Some(bytes) = self.sent(sha256).await? else { continue };
            other.store.put(&sent(sha256), PutPayload::from_bytes(bytes)).await?;
            copied += 1;
        }
        Ok(copied)
    }

    /// All that lies in a folder.
    async fn all(&self, folder: &Path) -> Result<Vec<ObjectMeta>, BlobError> {
        Ok(self.store.list(Some(folder)).try_collect().await?)
    }

    /// Removes what is there, if it is.
    async fn remove(&self, place: &Path) -> Result<(), BlobError> {
        found(self.store.delete(place).await).map(|_| ())
    }

    async fn read(&self, place: &Path) -> Result<Option<Bytes>, BlobError> {
        match found(self.store.get_opts(place, GetOptions::default()).await)? {
            Some(object) => Ok(Some(object.bytes().await?)),
            None => Ok(None),
        }
    }
}

fn found<T>(outcome: Result<T, Error>) -> Result<Option<T>, BlobError> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whose upload of what.
struct UploadOf<'u> {
    author: PersonId,
    sha256: &'u Sha256,
}

impl UploadOf<'_> {
    fn place(&self) -> Path {
        Path::from_iter(["parts", &self.author.to_string(), &self.sha256.to_string()])
    }
}

fn sent(sha256: &Sha256) -> Path {
    Path::from_iter(["sent", &sha256.to_string()])
}

fn shown(sha256: &Sha256, size: Size) -> Path {
    Path::from_iter(["shown", &sha256.to_string(), size.name()])
}
