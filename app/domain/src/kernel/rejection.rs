//! Why a command did nothing, and what the person can do about it.
//!
//! On the wire it is a code, the key of a field, and a sentence: a client that does not know the code shows the sentence,
//! so that a reason of a newer version stops nobody.

use super::FieldError;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A reason of this version. Each module names its own as constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its word on the wire; never used again for another reason.
    pub code: &'static str,
    /// What happened and what to do, in words from life.
    pub says: &'static str,
}

/// Why a command did nothing, for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code} {}", field.as_deref().unwrap_or_default())]
pub struct Rejection {
    /// The reason's word.
    pub code: Cow<'static, str>,
    /// The key of the field that is wrong, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// What happened and what to do, in words from life.
    pub says: Cow<'static, str>,
}

impl Rejection {
    /// The bytes are no command of any version.
    pub const MALFORMED: Reason = Reason {
        code: "malformed",
        says: "这一条服务器没看懂。更新到新版本，再改一改存一次；字都在。",
    };
    /// The person may not do this.
    pub const NO_RIGHT: Reason = Reason {
        code: "no_right",
        says: "这一条不归您记或者改。要是负责的地方变了，问问网格员；字都在。",
    };
    /// The command was made by somebody else than the one who sends it.
    pub const ANOTHER_AUTHOR: Reason =
        Reason { code: "another_author", says: "这一条是别人写的，要他本人登录才能传。" };
    /// The id of the new record is taken.
    pub const EXISTS: Reason =
        Reason { code: "exists", says: "这个编号已经有一条了，改一改另存一条；字都在。" };
    /// The record has reached a bound. What ends something never meets one.
    pub const FULL: Reason = Reason { code: "full", says: "这一条改得太多次了，另记一条；字都在。" };
    /// The operator has set the record aside.
    pub const SET_ASIDE: Reason =
        Reason { code: "set_aside", says: "这一条已经停用了，有要说的，另记一条；字都在。" };
    /// The words of the record were erased, and nothing that is sent about it is kept.
    pub const ERASED: Reason = Reason {
        code: "erased",
        says: "这一条的内容已经按要求清除了，不能再补、再改。别的事，另记一条。",
    };
    /// Whoever decides about late work has decided against it.
    pub const TOO_LATE: Reason =
        Reason { code: "too_late", says: "负责的时间早已结束，社区没有收下这一条；字都在。" };

    /// Whether this is the reason.
    #[must_use]
    pub fn is(&self, reason: Reason) -> bool {
        self.code == reason.code
    }

    /// Whether the record takes no more and its words may go into another one; those of an erased one may not.
    #[must_use]
    pub fn takes_no_more(&self) -> bool {
        self.is(Self::FULL) || self.is(Self::SET_ASIDE)
    }
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self { code: Cow::Borrowed(reason.code), field: None, says: Cow::Borrowed(reason.says) }
    }
}

impl From<FieldError> for Rejection {
    fn from(error: FieldError) -> Self {
        let says = format!("“{}”：{}", error.field.title, error.spoken());
        let (code, field) = (Cow::Borrowed(error.problem.code()), Some(Cow::Borrowed(error.field.key)));
        Self { code, field, says: Cow::Owned(says) }
    }
}
