//! What an entry has beside its words: photos and voice notes (DOMAIN.md 4: a voice note and a photo instead of typing).
//!
//! | | |
//! |---|---|
//! | data | an entry names its attachments: what kind, how large, and the SHA-256 of their bytes. The bytes travel apart, after the words (DESIGN.md 5.8) |
//! | who | whoever may write the entry attaches; whoever may read it sees them |
//! | offline | a phone keeps the bytes with the entry, in one transaction, until the server has said that it has these very bytes |
//! | never | the server takes none that no entry names, and hands out none that it has not looked into itself |

use super::{Field, FieldError, Problem};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A SHA-256 as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sha256Hex(pub String);

impl Sha256Hex {
    /// The hash of these very bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(bytes) {
            // Writing into a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }

    /// Reads 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (raw.len() == 64 && raw.bytes().all(is_digit)).then(|| Self(raw.to_owned()))
    }
}

/// What kind of thing an attachment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// 照片
    Photo,
    /// 语音
    Voice,
}

impl AttachmentKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Photo, Self::Voice];

    /// As forms name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Voice => "voice",
        }
    }

    /// The field's word.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Photo => "照片",
            Self::Voice => "语音",
        }
    }

    /// Most of this kind in one version of an entry. Nine photos are what people know from the messenger that they use.
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::Photo => 9,
            Self::Voice => 3,
        }
    }

    /// Most bytes of one. A phone makes photos of 300 kB; whatever else sends larger ones is looked at all the same.
    #[must_use]
    pub const fn most_bytes(self) -> u64 {
        match self {
            Self::Photo => 10_000_000,
            Self::Voice => 2_000_000,
        }
    }
}

/// An attachment as a form holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentForm {
    /// Code of the [`AttachmentKind`].
    pub kind: String,
    /// See [`Sha256Hex::parse`].
    pub sha256: String,
    /// How many bytes.
    pub bytes: u64,
}

/// An attachment, looked at and trusted as far as one can without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attachment {
    /// What it is.
    pub kind: AttachmentKind,
    /// The hash of its bytes, which is its name.
    pub sha256: Sha256Hex,
    /// How many bytes.
    pub bytes: u64,
}

impl Attachment {
    /// Looks at all attachments of a form.
    ///
    /// # Errors
    /// At [`Field::Attachments`]: [`Problem::Unknown`] for what is no kind, no hash, empty, or the same twice;
    /// [`Problem::TooMany`]; [`Problem::TooLarge`].
    pub fn parse_all(forms: &[AttachmentForm]) -> Result<Vec<Self>, FieldError> {
        let error = |problem| FieldError::new(Field::Attachments, problem);
        let mut all: Vec<Self> = Vec::with_capacity(forms.len());
        for form in forms {
            let one = Self::read(form).ok_or(error(Problem::Unknown))?;
            if one.bytes > one.kind.most_bytes() {
                return Err(error(Problem::TooLarge { limit: one.kind.most_bytes() }));
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

    /// Those that can be read, where the rules do not take the whole. Never stored as true.
    pub(super) fn unjudged(forms: &[AttachmentForm]) -> Vec<Self> {
        forms.iter().filter_map(Self::read).collect()
    }

    fn read(form: &AttachmentForm) -> Option<Self> {
        let kind = AttachmentKind::ALL.into_iter().find(|kind| kind.code() == form.kind)?;
        let sha256 = Sha256Hex::parse(&form.sha256)?;
        (form.bytes > 0).then_some(Self { kind, sha256, bytes: form.bytes })
    }

    /// The way back: what a form holds for it.
    #[must_use]
    pub fn to_form(&self) -> AttachmentForm {
        AttachmentForm { kind: self.kind.code().to_owned(), sha256: self.sha256.0.clone(), bytes: self.bytes }
    }
}
