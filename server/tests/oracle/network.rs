//! What happens to a request on its way, drawn for each.

use crate::process::Phone;
use app::error::AppError;
use rand::{Rng, rngs::StdRng};
use reqwest::Response;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Out of a hundred requests in bad times, so many meet each of these.
const LOST_ON_THE_WAY: u32 = 8;
const ANSWER_LOST: u32 = 8;
const SENT_TWICE: u32 = 6;
const DELAYED: u32 = 4;

/// A request that is still somewhere in the network, and arrives when nobody waits for it any more.
struct Late {
    path: &'static str,
    body: Value,
}

/// One device's way to the server.
#[derive(Default)]
pub struct Network {
    /// Whether anything goes wrong at all.
    pub bad: bool,
    late: Vec<Late>,
}

impl Network {
    /// Asks the server, and hears what the network lets one hear.
    pub async fn ask<A: DeserializeOwned>(
        &mut self,
        (phone, base): (&Phone, &str),
        path: &'static str,
        request: &impl Serialize,
        chance: &mut StdRng,
    ) -> Result<A, AppError> {
        let body = serde_json::to_value(request).unwrap();
        let fate = if self.bad { chance.random_range(0..100) } else { u32::MAX };
        let mut below = 0;
        let mut meets = |share: u32| {
            below += share;
            fate < below
        };
        if meets(LOST_ON_THE_WAY) {
            return Err(AppError::Unreachable);
        }
        if meets(ANSWER_LOST) {
            let _ = phone.post(base, path, body).await;
            return Err(AppError::Unreachable);
        }
        if meets(SENT_TWICE) {
            let (first, second) = tokio::join!(phone.post(base, path, body.clone()), phone.post(base, path, body));
            return heard(if chance.random() { first } else { second }).await;
        }
        if meets(DELAYED) {
            self.late.push(Late { path, body });
            return Err(AppError::Unreachable);
        }
        let answer = heard(phone.post(base, path, body).await).await;
        // What was on the way longest arrives last: after what was sent later.
        for Late { path, body } in self.late.drain(..) {
            let _ = phone.post(base, path, body).await;
        }
        answer
    }
}

/// What a phone makes of an answer: the server's words, or that these are not the server's.
async fn heard<A: DeserializeOwned>(answer: reqwest::Result<Response>) -> Result<A, AppError> {
    let answer = answer.map_err(|_| AppError::Unreachable)?;
    let is_good = answer.status().is_success();
    let text = answer.text().await.map_err(|_| AppError::Unreachable)?;
    if is_good {
        return serde_json::from_str(&text).map_err(|_| AppError::NotOurAnswer);
    }
    Err(serde_json::from_str(&text).unwrap_or(AppError::NotOurAnswer))
}
