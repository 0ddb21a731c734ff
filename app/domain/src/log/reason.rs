//! Why the log does not take a command.

use crate::kernel::Reason;

/// The entry was taken back.
pub const WITHDRAWN: Reason =
    Reason { code: "withdrawn", says: "这一条已经撤回了，不能再改。有要说的，另记一条。" };
/// Nobody here has heard of the version that was on the screen.
pub const NO_SUCH_VERSION: Reason =
    Reason { code: "no_such_version", says: "您看的那一版找不到了，刷新一下再看看这一条。" };
/// There is no such question on the entry.
pub const NO_SUCH_QUESTION: Reason =
    Reason { code: "no_such_question", says: "这个问题找不到了，刷新一下看看要补充什么。" };
/// The question was answered before.
pub const ALREADY_ANSWERED: Reason = Reason {
    code: "already_answered",
    says: "这个问题已经回答过了。还有要说的，改一改那一条日志。",
};
/// Somebody has reviewed the entry: it can be changed, but not taken back.
pub const ALREADY_REVIEWED: Reason =
    Reason { code: "already_reviewed", says: "社工已经看过这一条，不能撤回了，可以改一改。" };
