//! Fields, what can be wrong with them, and validated text.
//!
//! The phone shows a [`FieldError`] at its field before anything is saved; the server answers with the same when a command
//! reaches it by another way.

use serde::{Deserialize, Serialize};

/// A field of a form. Each module names its own as constants.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its word on the wire; two fields of one key are one.
    pub key: &'static str,
    /// The field's word.
    pub title: &'static str,
    /// Whether one types it; everything else is chosen.
    pub is_text: bool,
    /// Sentences of its own for a problem ([`Problem::code`]), where the usual one does not say what to do.
    pub says: &'static [(&'static str, &'static str)],
}

impl Field {
    /// One that is typed.
    #[must_use]
    pub const fn typed(key: &'static str, title: &'static str) -> Self {
        Self { key, title, is_text: true, says: &[] }
    }

    /// One that is chosen.
    #[must_use]
    pub const fn chosen(key: &'static str, title: &'static str) -> Self {
        Self { key, title, is_text: false, says: &[] }
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Field {}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was given where something is needed.
    Missing,
    /// More characters than fit; of attachments, more bytes.
    TooLong {
        /// Most characters allowed.
        limit: usize,
        /// Characters given.
        actual: usize,
    },
    /// A control, bidirectional or zero-width character that could make the text show something it is not.
    ForbiddenCharacter {
        /// Code point, for the log; such characters cannot be shown.
        code: u32,
    },
    /// A code or a name that the vocabulary does not hold.
    Unknown,
    /// Before 2000-01-01: no log reaches back that far, a clock is wrong.
    TooEarly,
    /// Later than it was written or received.
    InFuture,
    /// More items than fit.
    TooMany {
        /// Most items allowed.
        limit: usize,
    },
}

impl Problem {
    /// Its word on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong { .. } => "too_long",
            Self::ForbiddenCharacter { .. } => "forbidden_character",
            Self::Unknown => "unknown",
            Self::TooEarly => "too_early",
            Self::InFuture => "in_future",
            Self::TooMany { .. } => "too_many",
        }
    }
}

/// A problem and where it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem:?}", field.key)]
pub struct FieldError {
    /// The field.
    pub field: Field,
    /// The problem.
    pub problem: Problem,
}

impl FieldError {
    /// A problem at a field.
    #[must_use]
    pub const fn new(field: Field, problem: Problem) -> Self {
        Self { field, problem }
    }

    /// What is wrong and what to do, in words from life, to stand at the field itself.
    #[must_use]
    pub fn spoken(&self) -> String {
        if let Some((_, says)) = self.field.says.iter().find(|(code, _)| *code == self.problem.code()) {
            return (*says).to_owned();
        }
        match &self.problem {
            Problem::Missing if self.field.is_text => "这里还空着，写几个字。".to_owned(),
            Problem::Missing => "这里还没选，点一下选一个。".to_owned(),
            Problem::TooLong { limit, actual } => format!("字太多了：最多 {limit} 个字，现在 {actual} 个。"),
            Problem::ForbiddenCharacter { .. } => {
                "里面有看不见的符号，多半是粘贴或者表情带来的。删掉那里，重新打一遍。".to_owned()
            }
            Problem::Unknown => "选的这一项认不出来，重新选一个。".to_owned(),
            Problem::TooEarly => "日期太早了，最早只能是 2000 年，重新选一个。".to_owned(),
            Problem::InFuture => "这个时间还没到，改成已经过去的时间。".to_owned(),
            Problem::TooMany { limit } => format!("选得太多了，最多 {limit} 个，去掉几个。"),
        }
    }
}

/// Most blanks around a text that are simply cut off. Beyond it they count as characters, because a command that
/// carries them would not fit.
const BLANKS: usize = 1_000;

/// Text that a person wrote, validated: trimmed, within its limit, without characters that deceive.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// Validates `raw`; empty text is `None`. Line breaks are kept (CR LF becomes LF), tabs become spaces.
    ///
    /// # Errors
    /// [`Problem::TooLong`] (characters, not bytes) or [`Problem::ForbiddenCharacter`].
    pub fn parse_optional(field: Field, raw: &str, limit: usize) -> Result<Option<Self>, FieldError> {
        let text = raw.replace("\r\n", "\n").replace('\t', " ");
        let text = text.trim();
        if let Some(forbidden) = text.chars().find(|c| is_forbidden(*c)) {
            let problem = Problem::ForbiddenCharacter { code: forbidden.into() };
            return Err(FieldError::new(field, problem));
        }
        let actual = text.chars().count();
        let given = raw.chars().count();
        if actual > limit || given > limit + BLANKS {
            let actual = if actual > limit { actual } else { given };
            return Err(FieldError::new(field, Problem::TooLong { limit, actual }));
        }
        Ok((actual > 0).then(|| Self(text.to_owned())))
    }

    /// As [`Text::parse_optional`], where something must be said.
    ///
    /// # Errors
    /// Also [`Problem::Missing`].
    pub fn parse(field: Field, raw: &str, limit: usize) -> Result<Self, FieldError> {
        Self::parse_optional(field, raw, limit)?.ok_or(FieldError::new(field, Problem::Missing))
    }

    /// What somebody wrote, where the rules do not take it: only what cannot be shown is left out.
    #[must_use]
    pub fn unjudged(raw: &str) -> Self {
        let shown: String = raw.chars().filter(|c| !is_forbidden(*c)).collect();
        Self(shown.trim().to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, bidirectional controls, zero-width characters and other invisible marks.
///
/// The zero-width joiner inside emoji is refused too: the log is read aloud and printed, and one rule that
/// everybody can understand beats a table of exceptions.
fn is_forbidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether this is how words of a vocabulary are written: small letters, digits and underscores. A newer version may have
/// more of them; `unknown` is none, because that is what this one writes for those.
#[must_use]
pub fn is_word(raw: &str) -> bool {
    const MOST_BYTES: usize = 32;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !raw.is_empty() && raw.len() <= MOST_BYTES && raw != "unknown" && raw.bytes().all(fits)
}
