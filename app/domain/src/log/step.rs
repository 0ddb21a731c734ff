//! What was done to an entry: one step a command. A step holds what it changed, never a copy of the whole.

use super::{EntryField, Part};
use crate::kernel::{Actor, CommandId, FieldChange, Role, Text, Times};
use serde::de::{EnumAccess, IgnoredAny, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// One thing that was done to an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The command that did it.
    pub id: CommandId,
    /// Who.
    pub by: Actor,
    /// When.
    pub times: Times,
    /// What.
    pub did: Did,
}

/// What was done. In JSON every choice is an object, `{"withdrew":{}}`, so that a reader can pass over one that it does
/// not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Did {
    /// 记下
    Wrote {},
    /// 改一改
    Changed(Changed),
    /// 撤回: taken back by its author, kept, and shown as such.
    Withdrew {},
    /// 已阅
    Read(Read),
    /// 点评
    Commented(Commented),
    /// 退回补充
    SentBack(SentBack),
    /// The author's answer to a question.
    Answered(Answered),
    /// 停用: the operator has set the entry aside.
    SetAside(SetAside),
    /// 清除内容: its words were taken away for good.
    Erased(Erased),
    /// A deed of a newer version.
    Unknown {},
}

/// Fields have another value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The version that whoever changed it was looking at. It may be one that the server never took.
    pub seen: CommandId,
    /// The version that came of it, where it was made without sight of the one before: what both say together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<CommandId>,
    /// What it changed: `from` is what the entry said before, `to` what it says since. What stood there already is left out.
    pub changes: Vec<FieldChange>,
}

/// 已阅, once per version and role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The version that was on the screen.
    pub version: CommandId,
    /// As what.
    pub role: Role,
}

/// 点评
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commented {
    /// The version that was on the screen.
    pub version: CommandId,
    /// As what.
    pub role: Role,
    /// What the reviewer says.
    pub text: Text,
}

/// 退回补充
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentBack {
    /// The version that was on the screen.
    pub version: CommandId,
    /// As what.
    pub role: Role,
    /// The part that lacks something.
    pub part: Part,
    /// What is asked.
    pub question: Text,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The command that asked.
    pub question: CommandId,
    /// The answer.
    pub text: Text,
}

/// 停用
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Why.
    pub why: Text,
}

/// 清除内容
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Why.
    pub why: Text,
}

impl Step {
    /// What it changed.
    #[must_use]
    pub fn changes(&self) -> &[FieldChange] {
        match &self.did {
            Did::Changed(changed) => &changed.changes,
            _ => &[],
        }
    }

    /// The attachments that it took off, as forms name them.
    pub(super) fn attachments_taken_off(&self) -> impl Iterator<Item = &str> {
        let of_attachments = self.changes().iter().filter(|one| one.field == EntryField::Attachments.key());
        of_attachments.filter_map(|one| one.from.as_deref())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Wrote,
    Changed,
    Withdrew,
    Read,
    Commented,
    SentBack,
    Answered,
    SetAside,
    Erased,
    #[serde(other)]
    Unknown,
}

/// By hand, because serde's `other` passes over a name and not over what stands behind it.
impl<'de> Deserialize<'de> for Did {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const NAMES: &[&str] =
            &["wrote", "changed", "withdrew", "read", "commented", "sent_back", "answered", "set_aside", "erased"];
        deserializer.deserialize_enum("Did", NAMES, DidVisitor)
    }
}

struct DidVisitor;

impl<'de> Visitor<'de> for DidVisitor {
    type Value = Did;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was done")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, choice: A) -> Result<Did, A::Error> {
        let (name, value) = choice.variant::<Name>()?;
        match name {
            Name::Wrote => value.newtype_variant::<IgnoredAny>().map(|_| Did::Wrote {}),
            Name::Changed => value.newtype_variant().map(Did::Changed),
            Name::Withdrew => value.newtype_variant::<IgnoredAny>().map(|_| Did::Withdrew {}),
            Name::Read => value.newtype_variant().map(Did::Read),
            Name::Commented => value.newtype_variant().map(Did::Commented),
            Name::SentBack => value.newtype_variant().map(Did::SentBack),
            Name::Answered => value.newtype_variant().map(Did::Answered),
            Name::SetAside => value.newtype_variant().map(Did::SetAside),
            Name::Erased => value.newtype_variant().map(Did::Erased),
            Name::Unknown => value.newtype_variant::<IgnoredAny>().map(|_| Did::Unknown {}),
        }
    }
}
