//! Whether bytes are what they are said to be, as far as one can tell without decoding them.

use domain::kernel::{AttachmentKind, sound_type};
use image::{ImageFormat, ImageReader};
use std::io::Cursor;

/// Most pixels of a photo; a phone of ours sends two millions.
const MOST_PIXELS: u64 = 16_000_000;
/// Most bytes that a photo may take in memory.
pub(super) const MOST_MEMORY: u64 = 50_000_000;

/// Bytes are not what they are said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotThat {
    /// No JPEG, PNG or WebP that can be read.
    #[error("this is no photo that can be read")]
    Photo,
    /// More pixels than anybody needs to see.
    #[error("this photo has more than {MOST_PIXELS} pixels")]
    SmallEnough,
    /// None of the containers in which browsers record.
    #[error("this is no voice note that can be played")]
    Voice,
    /// Of a kind that a newer version knows.
    #[error("this is of a kind that only a newer version knows")]
    Known,
}

/// Looks at the beginning of the bytes: what they are, and of a photo how large, before anything is decoded.
pub(super) fn at(kind: AttachmentKind, bytes: &[u8]) -> Result<(), NotThat> {
    match kind {
        AttachmentKind::Photo => {
            let (width, height) = reader(bytes)?.into_dimensions().map_err(|_| NotThat::Photo)?;
            if u64::from(width) * u64::from(height) > MOST_PIXELS {
                return Err(NotThat::SmallEnough);
            }
            Ok(())
        }
        AttachmentKind::Voice => sound_type(bytes).map(|_| ()).ok_or(NotThat::Voice),
        // No act names one: nobody is asked for its bytes.
        AttachmentKind::Unknown(_) => Err(NotThat::Known),
    }
}

/// Reads only formats that phones make: every other decoder would be one more to trust.
pub(super) fn reader(bytes: &[u8]) -> Result<ImageReader<Cursor<&[u8]>>, NotThat> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| NotThat::Photo)?;
    match reader.format() {
        Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) => Ok(reader),
        _ => Err(NotThat::Photo),
    }
}
