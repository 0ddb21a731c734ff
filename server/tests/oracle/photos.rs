//! Photos: on the device's disk before any text names them, and uploaded after their words, as `frontend/src/uploads.rs` does
//! it; what comes next and what an answer means is `app::sync`'s.

use crate::device::{Device, Stop};
use app::domain::{Attachment, AttachmentKind, Sha256Hex};
use app::error::AppError;
use app::sync::{
    AfterUpload, BlobReply, PART_BYTES, UPLOAD_OFFSET, Upload, UploadStep, after_failed_upload, to_upload,
};
use image::{ImageFormat, RgbImage};
use rand::Rng;
use reqwest::{Method, Response, header};
use std::io::Cursor;
use std::sync::LazyLock;

/// One of so many photos takes more than one request.
const LARGE: u32 = 20;

static PICTURE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut picture = Cursor::new(Vec::new());
    RgbImage::new(8, 8).write_to(&mut picture, ImageFormat::Png).unwrap();
    picture.into_inner()
});

impl Device {
    /// Takes a photo unlike any other; the word that names it.
    pub fn take_photo(&mut self, chance: &mut impl Rng) -> String {
        let most = if chance.random_ratio(1, LARGE) { PART_BYTES + 1_000 } else { 3_000 };
        let mut bytes = PICTURE.clone();
        let unlike: [u8; 32] = chance.random();
        bytes.extend(unlike);
        bytes.resize(chance.random_range(most - 500..most), 7);
        let one = Attachment::of(AttachmentKind::Photo, &bytes);
        self.disk.blobs.insert(one.sha256.clone(), bytes);
        one.word()
    }

    /// What is still to be uploaded from here.
    pub fn photos_left(&self) -> Vec<Attachment> {
        let mut left = to_upload(self.person, self.records(), self.outbox());
        left.retain(|one| self.disk.blobs.contains_key(&one.sha256));
        left
    }

    /// Uploads what is left, one after the other.
    pub async fn upload(&mut self, base: &str) -> Result<(), Stop> {
        for one in self.photos_left() {
            self.upload_one(base, &one).await?;
        }
        Ok(())
    }

    async fn upload_one(&mut self, base: &str, one: &Attachment) -> Result<(), Stop> {
        let bytes = self.disk.blobs[&one.sha256].clone();
        let mut upload = Upload::new(one);
        loop {
            let way = (&self.phone, base);
            let answer = match upload.step() {
                UploadStep::Done | UploadStep::Rest => return Ok(()),
                UploadStep::Ask => {
                    let answer = self.network.how_far(way, &one.sha256, &mut self.chance).await;
                    answer.map(|answer| upload.asked(how_far(&answer)))
                }
                UploadStep::Send(range) => {
                    let at = |at: u64| usize::try_from(at).unwrap();
                    let part = (&one.sha256, range.start, bytes[at(range.start)..at(range.end)].to_vec());
                    match self.network.send(way, part, &mut self.chance).await {
                        Ok(answer) => answer
                            .json::<BlobReply>()
                            .await
                            .map(|reply| upload.sent(reply.offset, reply.whole))
                            .map_err(|_| AppError::Unreachable),
                        Err(AppError::Unreachable) => {
                            upload.cut();
                            Ok(())
                        }
                        Err(error) => Err(error),
                    }
                }
            };
            self.may_die()?;
            if let Err(error) = answer {
                return match after_failed_upload(&error) {
                    AfterUpload::Stop => Err(error.into()),
                    AfterUpload::PassOver => Ok(()),
                    AfterUpload::Refused => panic!("{one:?} was refused: {error}"),
                };
            }
        }
    }

    /// Looks at a photo as the desk shows it.
    pub async fn sees_photo(&self, base: &str, sha256: &Sha256Hex) -> bool {
        let answer = self.phone.blob(base, Method::GET, sha256, 0, "").await.unwrap();
        answer.status() == 200 && answer.headers()[header::CONTENT_TYPE] == "image/jpeg"
    }
}

fn how_far(answer: &Response) -> u64 {
    answer.headers()[UPLOAD_OFFSET].to_str().unwrap().parse().unwrap()
}
