//! What a record has beside its words: photos and voice notes instead of typing.
//!
//! | | |
//! |---|---|
//! | data | a record names its attachments: what kind, how large, and the SHA-256 of their bytes. The bytes travel apart, after the words |
//! | who | the author of the record attaches; whoever may read it sees them |
//! | offline | the bytes are on the disk before anything is shown of them, the transaction that saves the command makes sure that they are, and they stay until the server has said that it has these very bytes, and a month longer |
//! | never | the server takes none that no record names, and hands out none that it has not looked into itself |

use super::{Bytes, Field, FieldError, Problem, Sha256, is_word};
use serde::{Deserialize, Serialize};
use std::fmt;

/// 照片和语音
pub const ATTACHMENTS: Field = Field {
    says: &[
        ("too_long", "有一张照片或一段语音太大了，去掉它，换一个小的。"),
        ("unknown", "有一张照片或一段语音认不出来，去掉它，重新拍、重新录。"),
    ],
    ..Field::chosen("attachments", "照片和语音")
};

/// What kind of thing an attachment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttachmentKind {
    /// 照片
    Photo,
    /// 语音
    Voice,
    /// A kind of a newer version, with its word: records that name one are read and written as they are.
    Unknown(KindWord),
}

/// The word of a kind that this version does not know.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KindWord {
    /// Small letters, digits and underscores.
    letters: [u8; Self::MOST_BYTES],
    length: usize,
}

impl KindWord {
    const MOST_BYTES: usize = 16;

    /// Reads a word of a newer vocabulary; `None` for what is none.
    fn read(word: &str) -> Option<Self> {
        let mut letters = [0; Self::MOST_BYTES];
        letters.get_mut(..word.len()).filter(|_| is_word(word))?.copy_from_slice(word.as_bytes());
        Some(Self { letters, length: word.len() })
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.letters.get(..self.length).and_then(|letters| str::from_utf8(letters).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for KindWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl AttachmentKind {
    /// Both that this version knows.
    pub const ALL: [Self; 2] = [Self::Photo, Self::Voice];

    /// As forms name it.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Photo => "photo",
            Self::Voice => "voice",
            Self::Unknown(word) => word.as_str(),
        }
    }

    /// The field's word.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Photo => "照片",
            Self::Voice => "语音",
            Self::Unknown(_) => "这部分要新版本才看得懂",
        }
    }

    /// Most of this kind in one version of an entry. Nine photos are what people know from the messenger that they use.
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::Photo => 9,
            Self::Voice => 3,
            Self::Unknown(_) => 0,
        }
    }

    /// Most bytes of one. A phone makes photos of 300 kB; whatever else sends larger ones is looked at all the same.
    #[must_use]
    pub const fn most_bytes(self) -> Bytes {
        match self {
            Self::Photo => Bytes::new(10_000_000),
            Self::Voice => Bytes::new(2_000_000),
            Self::Unknown(_) => Bytes::new(0),
        }
    }
}

/// The content type of a voice note, by its container: what Chromium, Safari and Firefox record. `None` for what is none of
/// them.
#[must_use]
pub const fn sound_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Some("audio/webm"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("audio/mp4"),
        [b'O', b'g', b'g', b'S', ..] => Some("audio/ogg"),
        _ => None,
    }
}

/// An attachment, validated as far as one can without its bytes. On the wire and in storage, and in forms,
/// it is one word: `photo:250000:` and the hash. A phone would load another kilobyte and a half for a record of its
/// own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Attachment {
    /// What it is.
    pub kind: AttachmentKind,
    /// How large.
    pub bytes: Bytes,
    /// The hash of its bytes, which is its name.
    pub sha256: Sha256,
}

impl Attachment {
    /// The attachment that these very bytes are.
    #[must_use]
    pub fn of(kind: AttachmentKind, bytes: &[u8]) -> Self {
        Self { kind, bytes: Bytes::of(bytes), sha256: Sha256::of(bytes) }
    }

    /// Reads the word for an attachment of a kind that this version knows; `None` for what is none.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::read_any(word).filter(|one| !matches!(one.kind, AttachmentKind::Unknown(_)))
    }

    /// Reads the word for an attachment as records have it, of any kind; `None` for what is none.
    #[must_use]
    pub fn read_any(word: &str) -> Option<Self> {
        let mut parts = word.split(':');
        let (kind, bytes, sha256) = (parts.next()?, parts.next()?, parts.next()?);
        let known = AttachmentKind::ALL.into_iter().find(|one| one.code() == kind);
        let kind = known.or_else(|| KindWord::read(kind).map(AttachmentKind::Unknown))?;
        let bytes = bytes.parse().ok().filter(|bytes| *bytes > 0).map(Bytes::new)?;
        let one = Self { kind, bytes, sha256: Sha256::parse(sha256)? };
        // Nothing can be written in two ways.
        (one.word() == word).then_some(one)
    }

    /// Whether a word names an attachment of a kind that a newer version knows.
    #[must_use]
    pub fn is_of_newer_kind(word: &str) -> bool {
        Self::read_any(word).is_some() && Self::read(word).is_none()
    }

    /// The word for it.
    #[must_use]
    pub fn word(&self) -> String {
        [self.kind.code(), ":", &self.bytes.get().to_string(), ":", &self.sha256.to_string()].concat()
    }

    /// All attachments that a JSON text names, without a look at what it says: what a store fetches before the text is
    /// judged. Whatever stands in quotation marks and reads as an attachment is one.
    pub fn words_in(text: &str) -> impl Iterator<Item = Self> + '_ {
        // Most texts name none, which is seen at a glance.
        let may_name = AttachmentKind::ALL.iter().any(|kind| text.contains(kind.code()));
        may_name.then(|| text.split('"').filter_map(Self::read)).into_iter().flatten()
    }

    /// Validates all attachments of a form.
    ///
    /// # Errors
    /// At [`ATTACHMENTS`]: [`Problem::Unknown`] for what is none, or the same twice; [`Problem::TooMany`];
    /// [`Problem::TooLong`] in bytes.
    pub fn parse_all(words: &[String]) -> Result<Vec<Self>, FieldError> {
        let error = |problem| FieldError::new(ATTACHMENTS, problem);
        let mut all: Vec<Self> = Vec::with_capacity(words.len());
        for word in words {
            let one = Self::read(word).ok_or(error(Problem::Unknown))?;
            let limit = one.kind.most_bytes();
            if one.bytes > limit {
                let bytes = |bytes: Bytes| usize::try_from(bytes.get()).unwrap_or(usize::MAX);
                return Err(error(Problem::TooLong { limit: bytes(limit), actual: bytes(one.bytes) }));
            }
            if all.iter().any(|other| other.sha256 == one.sha256) {
                return Err(error(Problem::Unknown));
            }
            all.push(one);
        }
        let count = |kind| all.iter().filter(|one| one.kind == kind).count();
        match AttachmentKind::ALL.into_iter().find(|kind| count(*kind) > kind.most()) {
            Some(kind) => Err(error(Problem::TooMany { limit: kind.most() })),
            None => Ok(all),
        }
    }
}

/// What should be an attachment is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an attachment")]
pub struct NoAttachment;

impl TryFrom<String> for Attachment {
    type Error = NoAttachment;

    fn try_from(word: String) -> Result<Self, NoAttachment> {
        Self::read_any(&word).ok_or(NoAttachment)
    }
}

impl From<Attachment> for String {
    fn from(attachment: Attachment) -> Self {
        attachment.word()
    }
}
