//! Fields, what can be wrong with them, and text that has been looked at.
//!
//! The phone shows a [`FieldError`] at its field before anything is saved; the server answers with the same
//! value when a command reaches it by another way.

use serde::{Deserialize, Serialize};

/// A field of a form, as a person sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// 微网格
    MicroGrid,
    /// 类别
    Category,
    /// 常用模板
    Template,
    /// 在哪儿
    Spot,
    /// 问题
    Problem,
    /// 措施
    Measures,
    /// 反馈
    Feedback,
    /// 急不急
    Urgency,
    /// 什么时候的事
    Happened,
    /// 记下的时间 (device clock)
    Written,
    /// 跟谁有关
    Subjects,
    /// 照片和语音
    Attachments,
    /// 点评
    Comment,
    /// 要补充什么
    Question,
    /// 回答
    Answer,
}

impl Field {
    /// The field's word.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::MicroGrid => "微网格",
            Self::Category => "类别",
            Self::Template => "常用模板",
            Self::Spot => "在哪儿",
            Self::Problem => "问题",
            Self::Measures => "措施",
            Self::Feedback => "反馈",
            Self::Urgency => "急不急",
            Self::Happened => "什么时候的事",
            Self::Written => "记下的时间",
            Self::Subjects => "跟谁有关",
            Self::Attachments => "照片和语音",
            Self::Comment => "点评",
            Self::Question => "要补充什么",
            Self::Answer => "回答",
        }
    }

    /// Whether one types it; everything else is chosen.
    const fn is_text(self) -> bool {
        matches!(self, Self::Problem | Self::Measures | Self::Feedback | Self::Comment | Self::Question | Self::Answer)
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// A problem and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{field:?}: {problem:?}")]
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
        match (&self.problem, self.field) {
            (Problem::Missing, field) if field.is_text() => "这里还空着，写几个字。".to_owned(),
            (Problem::Missing, _) => "这里还没选，点一下选一个。".to_owned(),
            (Problem::TooLong { .. }, Field::Attachments) => {
                "有一张照片或一段语音太大了，去掉它，换一个小的。".to_owned()
            }
            (Problem::TooLong { limit, actual }, _) => format!("字太多了：最多 {limit} 个字，现在 {actual} 个。"),
            (Problem::ForbiddenCharacter { .. }, _) => {
                "里面有看不见的符号，多半是粘贴或者表情带来的。删掉那里，重新打一遍。".to_owned()
            }
            (Problem::Unknown, Field::Spot) => "这个单元里没有这个门，点门牌表重新选。".to_owned(),
            (Problem::Unknown, Field::Attachments) => {
                "有一张照片或一段语音认不出来，去掉它，重新拍、重新录。".to_owned()
            }
            (Problem::Unknown, Field::MicroGrid) => "手机上没有这个单元，连上网更新一下再选。".to_owned(),
            (Problem::Unknown, _) => "选的这一项认不出来，重新选一个。".to_owned(),
            (Problem::TooEarly, Field::Written) => "手机上的日期太早了，到手机设置里把日期改对，再点保存。".to_owned(),
            (Problem::TooEarly, _) => "日期太早了，最早只能是 2000 年，重新选一个。".to_owned(),
            (Problem::InFuture, Field::Written) => "手机上的时间走快了，到手机设置里把时间改对，再点保存。".to_owned(),
            (Problem::InFuture, _) => "这个时间还没到，改成已经过去的时间。".to_owned(),
            (Problem::TooMany { limit }, _) => format!("选得太多了，最多 {limit} 个，去掉几个。"),
        }
    }
}

/// Most blanks around a text that are simply cut off. Beyond it they count as characters, because a command that
/// carries them would not fit (LESSONS.md L9).
const BLANKS: usize = 1_000;

/// Text that a person wrote, looked at once: trimmed, within its limit, without characters that deceive.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// Looks at `raw`; empty text is `None`. Line breaks are kept (CR LF becomes LF), tabs become spaces.
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
    pub(super) fn unjudged(raw: &str) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_trimmed_and_line_breaks_are_kept() {
        let text = Text::parse(Field::Problem, "  楼道\r\n灯\t不亮 ", 20).map(|t| t.as_str().to_owned());
        assert_eq!(text.as_deref(), Ok("楼道\n灯 不亮"));
    }

    #[test]
    fn the_limit_counts_characters_and_names_both_numbers() {
        let error = Text::parse(Field::Problem, &"水".repeat(2_001), 2_000).err();
        let problem = Problem::TooLong { limit: 2_000, actual: 2_001 };
        assert_eq!(error, Some(FieldError::new(Field::Problem, problem)));
        assert!(Text::parse(Field::Problem, &"水".repeat(2_000), 2_000).is_ok());
    }

    #[test]
    fn characters_that_deceive_are_refused() {
        for deceiver in ['\u{202E}', '\u{200B}', '\u{0007}', '\u{2066}', '\u{FEFF}', '\u{0}'] {
            let raw = format!("漏{deceiver}水");
            let problem = Problem::ForbiddenCharacter { code: deceiver.into() };
            assert_eq!(Text::parse(Field::Comment, &raw, 20), Err(FieldError::new(Field::Comment, problem)));
        }
    }

    proptest! {
        #[test]
        fn parsing_twice_changes_nothing(raw in ".{0,80}") {
            if let Ok(Some(text)) = Text::parse_optional(Field::Problem, &raw, 100) {
                prop_assert_eq!(Text::parse(Field::Problem, text.as_str(), 100), Ok(text));
            }
        }
    }
}
