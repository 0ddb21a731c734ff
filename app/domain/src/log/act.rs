//! What can be done in the log. The record that an act is about, and the stairwell that it needs, stand in the head of
//! the command and nowhere else: `about` is the entry, and for the first two acts the entry and its stairwell.

use super::{Entry, EntryForm, Part};
use crate::kernel::{CommandId, FieldChange, Record, RecordKey, Sha256};
use crate::organisation::Place;
use serde::{Deserialize, Serialize};

/// What can be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// 记一条
    WriteEntry {
        /// What it says.
        form: EntryForm,
    },
    /// 改一改
    AmendEntry {
        /// The version that was on the screen ([`super::Entry::version`]).
        seen: CommandId,
        /// What is to be changed, as form values; the rest stays as it is. A time is a decimal number of milliseconds
        /// since 1970: in `from` as the record has it, in `to` by the clock of the device, as in a form. An item of a
        /// list (`subjects`, `attachments`) is a change of its own. The same in `from` and `to` says that what stands
        /// there holds, whatever another version says.
        #[serde(deserialize_with = "FieldChange::read_wanted")]
        changes: Vec<FieldChange>,
    },
    /// 撤回: take back one's own entry.
    WithdrawEntry {},
    /// 已阅
    MarkRead {
        /// The version that was on the screen.
        version: CommandId,
    },
    /// 点评
    Comment {
        /// The version that was on the screen.
        version: CommandId,
        /// What the reviewer says.
        text: String,
    },
    /// 退回补充
    SendBack {
        /// The version that was on the screen.
        version: CommandId,
        /// The part that lacks something.
        part: Part,
        /// What is asked.
        question: String,
    },
    /// The author's answer to a question.
    Answer {
        /// The command that asked.
        question: CommandId,
        /// The answer.
        text: String,
    },
    /// The bytes of a photo or voice note have arrived. Only of the system.
    TakeBlob {
        /// Which.
        sha256: Sha256,
    },
    /// 停用: whoever runs the server sets the entry aside. It is kept, leaves the lists and takes nothing more.
    SetAsideEntry {
        /// Why.
        why: String,
    },
    /// 清除内容: whoever runs the server, or retention, takes its words away for good, in the trail too. That it was
    /// written, by whom, when and about what kind of thing, stays.
    EraseEntry {
        /// Why, without the words themselves. Of an erased entry: the reason that takes the place of the one before.
        why: String,
    },
}

impl Act {
    /// The records that such an act on an entry names.
    #[must_use]
    pub fn about(&self, entry: &Entry) -> Vec<RecordKey> {
        let mut about = vec![entry.key()];
        if matches!(self, Self::WriteEntry { .. } | Self::AmendEntry { .. }) {
            about.push(Place::key_of(entry.community, entry.place));
        }
        about
    }
}
