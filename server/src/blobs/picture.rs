//! Photos as they are shown: decoded, turned upright, made smaller and written anew. Nothing else that was in the file
//! (a place, a second file, a script) comes through.

use super::look::{MOST_MEMORY, NotThat, reader};
use image::{DynamicImage, ImageDecoder, codecs::jpeg::JpegEncoder};

/// JPEG quality of 100.
const QUALITY: u8 = 82;

/// How large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// In a list.
    Small,
    /// On the whole screen.
    Large,
}

impl Size {
    /// As addresses name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }

    /// Pixels of the longer side.
    const fn pixels(self) -> u32 {
        match self {
            Self::Small => 320,
            Self::Large => 1_600,
        }
    }
}

/// A JPEG of a photo. Takes tens of milliseconds.
pub(super) fn draw(photo: &[u8], size: Size) -> Result<Vec<u8>, NotThat> {
    super::look::at(domain::kernel::AttachmentKind::Photo, photo)?;
    let mut decoder = reader(photo)?.into_decoder().map_err(|_| NotThat::Photo)?;
    if decoder.total_bytes() > MOST_MEMORY {
        return Err(NotThat::SmallEnough);
    }
    let upright = decoder.orientation().map_err(|_| NotThat::Photo)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| NotThat::Photo)?;
    let most = size.pixels();
    if picture.width().max(picture.height()) > most {
        picture = picture.thumbnail(most, most);
    }
    picture.apply_orientation(upright);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder).map_err(|_| NotThat::Photo)?;
    Ok(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbImage};
    use std::io::Cursor;

    fn photo(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 120]))
            .write_to(&mut bytes, format)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn what_phones_make_is_drawn_within_its_size_and_smaller_ones_stay() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let sizes = [(2_000, 1_000, Size::Large, (1_600, 800)), (900, 1_800, Size::Small, (160, 320))];
            for (width, height, size, expected) in sizes.into_iter().chain([(50, 40, Size::Large, (50, 40))]) {
                let drawn = image::load_from_memory(&draw(&photo(width, height, format), size).unwrap()).unwrap();
                assert_eq!((drawn.width(), drawn.height()), expected, "{format:?}");
            }
        }
    }

    #[test]
    fn what_is_no_photo_or_would_fill_the_memory_is_refused() {
        let half = photo(300, 300, ImageFormat::Jpeg);
        for bytes in [&b""[..], b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"\xff\xd8\xff", &half[..20]] {
            assert_eq!(draw(bytes, Size::Small), Err(NotThat::Photo));
        }
        // A PNG of a few hundred bytes that says it is 60,000 pixels wide and high.
        let mut bomb = photo(8, 8, ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
        let crc = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(draw(&bomb, Size::Small), Err(NotThat::SmallEnough));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
        })
    }
}
