//! Why a request was not answered as asked: the one error that crosses the wire. It says what the person can do; causes
//! are logged once, where they happen, and never travel.
//!
//! What makes a phone let go of what it keeps (no session, no right) names the server's epoch: a captive portal that
//! answers 401 takes nothing away.

use super::Epoch;
use crate::kernel::{CommunityId, Span};
use serde::{Deserialize, Serialize};

/// Why a request was not answered as asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// No answer at all. Made on the phone.
    #[error("the server cannot be reached")]
    Unreachable,
    /// Somebody answered who is not our server: a captive portal, a proxy. Made on the phone.
    #[error("the answer is not ours")]
    NotOurAnswer,
    /// Nobody is signed in, or the session has ended.
    #[error("sign-in needed")]
    SignInNeeded {
        /// Whose answer it is; `None` where only a status came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<Epoch>,
    },
    /// Name and password do not belong together.
    #[error("wrong name or password")]
    WrongCredentials,
    /// Too many wrong passwords: after five a pause.
    #[error("too many attempts, wait {} ms", retry_after.millis())]
    TooManyAttempts {
        /// When the next try is allowed.
        retry_after: Span,
    },
    /// The person has no right to this.
    #[error("forbidden")]
    Forbidden {
        /// Whose answer it is; `None` where only a status came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<Epoch>,
        /// The community in which the person has no right to anything any more; `None` where only this one thing is
        /// refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        community: Option<CommunityId>,
    },
    /// There is no such thing, or none that the person may know of.
    #[error("not found")]
    NotFound,
    /// The request makes no sense.
    #[error("bad request: {detail}")]
    BadRequest {
        /// For whoever wrote the client.
        detail: String,
    },
    /// This version speaks a protocol that the server no longer understands; the outbox is kept.
    #[error("client too old")]
    TooOld,
    /// The server cannot answer right now (database busy, disk full, stopping). Nothing was acknowledged.
    #[error("unavailable, retry in {} ms", retry_after.millis())]
    Unavailable {
        /// When to try again.
        retry_after: Span,
    },
    /// A fault of ours; the cause is in the server's log.
    #[error("internal error")]
    Internal,
}

impl Failure {
    /// Where a status came without anything that says how long to wait after wrong passwords.
    const AFTER_ATTEMPTS: Span = Span::seconds(60);
    /// The same for a server that cannot answer right now.
    const AFTER_TROUBLE: Span = Span::seconds(5);

    /// Nobody is signed in, as the server of this epoch says.
    #[must_use]
    pub const fn sign_in_needed(epoch: Epoch) -> Self {
        Self::SignInNeeded { epoch: Some(epoch) }
    }

    /// The HTTP status that says the same.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::BadRequest { .. } => 400,
            Self::SignInNeeded { .. } | Self::WrongCredentials => 401,
            Self::Forbidden { .. } => 403,
            Self::NotFound => 404,
            Self::TooOld => 426,
            Self::TooManyAttempts { .. } => 429,
            Self::Unreachable | Self::NotOurAnswer | Self::Unavailable { .. } => 503,
            Self::Internal => 500,
        }
    }

    /// What a status says, where nothing else came with it (the answer to a `HEAD`).
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        match status {
            401 => Self::SignInNeeded { epoch: None },
            403 => Self::Forbidden { epoch: None, community: None },
            404 => Self::NotFound,
            426 => Self::TooOld,
            429 => Self::TooManyAttempts { retry_after: Self::AFTER_ATTEMPTS },
            500 => Self::Internal,
            503 => Self::Unavailable { retry_after: Self::AFTER_TROUBLE },
            _ => Self::NotOurAnswer,
        }
    }

    /// The epoch of the server that answered, where it says so.
    #[must_use]
    pub const fn epoch(&self) -> Option<&Epoch> {
        match self {
            Self::SignInNeeded { epoch } | Self::Forbidden { epoch, .. } => epoch.as_ref(),
            _ => None,
        }
    }

    /// After how long the same request may succeed, where the server knows.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Span> {
        match self {
            Self::Unavailable { retry_after } | Self::TooManyAttempts { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    /// Whether the same bytes can never succeed: they are put into quarantine instead of being sent again.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::BadRequest { .. })
    }

    /// What happened and what to do, in words from life.
    #[must_use]
    pub fn spoken(&self) -> String {
        let says = match self {
            Self::Unreachable => "连不上网。写的都在手机里，有信号再试。",
            Self::NotOurAnswer => "这个网络要先登录或者拦住了我们。换个网，或者等一等。",
            Self::SignInNeeded { .. } => "登录过期了，再登录一次就好。写的都在。",
            Self::WrongCredentials => "名字和密码对不上。再看一眼，或者问问网格员。",
            Self::TooManyAttempts { retry_after } => {
                let minutes =
                    retry_after.millis().max(0).unsigned_abs().div_ceil(Span::minutes(1).millis().unsigned_abs());
                return format!("试的次数太多，请等 {} 分钟再试。", minutes.max(1));
            }
            Self::Forbidden { .. } => "这件事不归您管。要看的话，请找社区党委。",
            Self::NotFound => "没找到这一条，可能不在您负责的范围里。",
            Self::BadRequest { .. } => "这一页说的话服务器没听懂，请更新到新版本再试。",
            Self::TooOld => "手机上的版本太旧，请更新。写的都在，更新后接着传。",
            Self::Unavailable { .. } => "服务器正忙，一会儿会自动再试。写的都在手机里。",
            Self::Internal => "服务器出了差错，已经记下。写的都在手机里。",
        };
        says.to_owned()
    }
}
