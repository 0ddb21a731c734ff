//! Photos: on the device's disk before any text names them, and uploaded after their words.

use crate::device::Device;
use domain::{
    kernel::{Attachment, AttachmentKind, Sha256},
    log::Entry,
    sync::PART_BYTES,
};
use image::{ImageFormat, RgbImage};
use rand::Rng;
use std::{io::Cursor, sync::LazyLock};

/// One of so many photos takes more than one request.
const LARGE: u32 = 20;

static PICTURE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut picture = Cursor::new(Vec::new());
    RgbImage::new(8, 8).write_to(&mut picture, ImageFormat::Png).unwrap();
    picture.into_inner()
});

impl Device {
    /// Takes a photo unlike any other; `None` where the device does not keep it.
    pub(super) async fn take_photo(&self) -> Option<Attachment> {
        let most = usize::try_from(PART_BYTES.get()).unwrap() + 1_000;
        let most = if self.life.once_in(LARGE) { most } else { 3_000 };
        let mut bytes = PICTURE.clone();
        let (unlike, size): ([u8; 32], _) = self.life.draw(|rng| (rng.random(), rng.random_range(most - 500..most)));
        bytes.extend(unlike);
        bytes.resize(size, 7);
        self.replica().keep_attachment(self.person, AttachmentKind::Photo, &bytes).await.ok()
    }

    /// The entries of which photos are still to be uploaded from here.
    pub fn photos_left(&self) -> Vec<Entry> {
        let left = self.replica().to_upload();
        let names_one = |entry: &&Entry| left.iter().any(|one| entry.attachment(&one.sha256).is_some());
        self.replica().with(|state| state.records.all::<Entry>().filter(names_one).cloned().collect())
    }

    /// Whether the desk shows a photo.
    pub async fn sees_photo(&self, sha256: &Sha256) -> bool {
        self.way.look_at(sha256).await.is_ok_and(|(status, content_type)| status == 200 && content_type == "image/jpeg")
    }
}
