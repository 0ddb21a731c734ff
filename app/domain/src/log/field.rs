//! The fields of the log, as a person sees them.

use crate::kernel::{ATTACHMENTS, Field};

/// 微网格
pub const PLACE: Field = Field {
    says: &[("unknown", "手机上没有这个单元，连上网更新一下再选。")],
    ..Field::chosen("place", "微网格")
};
/// 类别
pub const CATEGORY: Field = Field::chosen("category", "类别");
/// 常用模板
pub const TEMPLATE: Field = Field::chosen("template", "常用模板");
/// 在哪儿
pub const SPOT: Field = Field {
    says: &[("unknown", "这个单元里没有这个门，点门牌表重新选。")],
    ..Field::chosen("spot", "在哪儿")
};
/// 问题
pub const PROBLEM: Field = Field::typed("problem", "问题");
/// 措施
pub const MEASURES: Field = Field::typed("measures", "措施");
/// 反馈
pub const FEEDBACK: Field = Field::typed("feedback", "反馈");
/// 急不急
pub const URGENCY: Field = Field::chosen("urgency", "急不急");
/// 什么时候的事
pub const HAPPENED: Field = Field::chosen("happened", "什么时候的事");
/// 跟谁有关
pub const SUBJECTS: Field = Field::chosen("subjects", "跟谁有关");
/// 点评
pub const COMMENT: Field = Field::typed("comment", "点评");
/// 要补充什么
pub const QUESTION: Field = Field::typed("question", "要补充什么");
/// 回答
pub const ANSWER: Field = Field::typed("answer", "回答");
/// 停用的原因
pub const WHY: Field = Field::typed("why", "停用的原因");

/// 清除的原因
pub const ERASED_FOR: Field = Field::typed("why", "清除的原因");

/// A field of the entry itself: what a change can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryField {
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
    /// 跟谁有关
    Subjects,
    /// 照片和语音
    Attachments,
}

impl EntryField {
    /// In the order in which the form asks.
    pub const ALL: [Self; 10] = [
        Self::Category,
        Self::Template,
        Self::Spot,
        Self::Problem,
        Self::Measures,
        Self::Feedback,
        Self::Urgency,
        Self::Happened,
        Self::Subjects,
        Self::Attachments,
    ];

    /// As a form shows it.
    #[must_use]
    pub const fn field(self) -> Field {
        match self {
            Self::Category => CATEGORY,
            Self::Template => TEMPLATE,
            Self::Spot => SPOT,
            Self::Problem => PROBLEM,
            Self::Measures => MEASURES,
            Self::Feedback => FEEDBACK,
            Self::Urgency => URGENCY,
            Self::Happened => HAPPENED,
            Self::Subjects => SUBJECTS,
            Self::Attachments => ATTACHMENTS,
        }
    }

    /// Its word on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        self.field().key
    }

    /// Reads [`EntryField::key`]; `None` for a field of a newer version.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }

    /// Whether it holds several values, each changed on its own.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Subjects | Self::Attachments)
    }
}
