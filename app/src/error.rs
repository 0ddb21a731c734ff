//! The one error that crosses the wire. It says what the person can do; causes are logged once, where they happen,
//! and never travel.

use crate::api::JsonEncoding;
use serde::{Deserialize, Serialize};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// Why a request was not answered as asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// No answer at all. Made on the phone.
    #[error("the server cannot be reached")]
    Unreachable,
    /// Somebody answered who is not our server: a captive portal, a proxy. Made on the phone.
    #[error("the answer is not ours")]
    NotOurAnswer,
    /// Nobody is signed in, or the session has ended.
    #[error("sign-in needed")]
    SignInNeeded,
    /// Name and password do not belong together.
    #[error("wrong name or password")]
    WrongCredentials,
    /// Too many wrong passwords (DOMAIN.md 3: five failures, then a pause).
    #[error("too many attempts, wait {retry_after_seconds} s")]
    TooManyAttempts {
        /// Seconds until the next try.
        retry_after_seconds: u32,
    },
    /// The person has no right to this.
    #[error("forbidden")]
    Forbidden,
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
    #[error("unavailable, retry in {retry_after_seconds} s")]
    Unavailable {
        /// Seconds until the next try.
        retry_after_seconds: u32,
    },
    /// A fault of ours; the cause is in the server's log.
    #[error("internal error")]
    Internal,
}

impl AppError {
    /// The HTTP status that says the same.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::BadRequest { .. } => 400,
            Self::SignInNeeded | Self::WrongCredentials => 401,
            Self::Forbidden => 403,
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
            401 => Self::SignInNeeded,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            426 => Self::TooOld,
            429 => Self::TooManyAttempts { retry_after_seconds: 60 },
            500 => Self::Internal,
            503 => Self::Unavailable { retry_after_seconds: 5 },
            _ => Self::NotOurAnswer,
        }
    }

    /// Seconds after which the same request may succeed, where the server knows.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Unavailable { retry_after_seconds } | Self::TooManyAttempts { retry_after_seconds } => {
                Some(*retry_after_seconds)
            }
            _ => None,
        }
    }

    /// What happened and what to do, in words from life.
    #[must_use]
    pub fn spoken(&self) -> String {
        match self {
            Self::Unreachable => "连不上网。写的都在手机里，有信号再试。".to_owned(),
            Self::NotOurAnswer => "这个网络要先登录或者拦住了我们。换个网，或者等一等。".to_owned(),
            Self::SignInNeeded => "登录过期了，再登录一次就好。写的都在。".to_owned(),
            Self::WrongCredentials => "名字和密码对不上。再看一眼，或者问问网格员。".to_owned(),
            Self::TooManyAttempts { retry_after_seconds } => {
                format!("试的次数太多，请等 {} 分钟再试。", retry_after_seconds.div_ceil(60).max(1))
            }
            Self::Forbidden => "这件事不归您管。要看的话，请找社区党委。".to_owned(),
            Self::NotFound => "没找到这一条，可能不在您负责的范围里。".to_owned(),
            Self::BadRequest { .. } => "这一页说的话服务器没听懂，请更新到新版本再试。".to_owned(),
            Self::TooOld => "手机上的版本太旧，请更新。写的都在，更新后接着传。".to_owned(),
            Self::Unavailable { .. } => "服务器正忙，一会儿会自动再试。写的都在手机里。".to_owned(),
            Self::Internal => "服务器出了差错，已经记下。写的都在手机里。".to_owned(),
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            // In the browser: the answer cannot be read, so it is not our server's.
            ServerFnErrorErr::Deserialization(detail) if cfg!(feature = "ssr") => Self::BadRequest { detail },
            ServerFnErrorErr::Deserialization(_) => Self::NotOurAnswer,
            ServerFnErrorErr::Args(detail) | ServerFnErrorErr::MissingArg(detail) => Self::BadRequest { detail },
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_not_ours_is_told_from_no_answer() {
        let portal = AppError::de(b"<html>Please log in</html>".to_vec().into());
        assert_eq!(portal, AppError::NotOurAnswer);
        let ours = AppError::de(AppError::Unavailable { retry_after_seconds: 5 }.ser());
        assert_eq!(ours.retry_after(), Some(5));
    }
}
