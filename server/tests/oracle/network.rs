//! What happens to a request on its way, drawn for each.

use crate::process::Phone;
use app::domain::Sha256Hex;
use app::error::AppError;
use rand::{Rng, rngs::StdRng};
use reqwest::{Method, Response};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Out of a hundred requests in bad times, so many meet each of these.
const FATES: [(Fate, u32); 4] = [(Fate::Lost, 8), (Fate::AnswerLost, 8), (Fate::SentTwice, 6), (Fate::Delayed, 4)];

/// What becomes of a request.
#[derive(Clone, Copy)]
enum Fate {
    /// It does not arrive.
    Lost,
    /// It arrives, an upload perhaps not to its end, and nobody hears the answer.
    AnswerLost,
    /// It arrives twice at once.
    SentTwice,
    /// It arrives when nobody waits for it any more.
    Delayed,
    /// It arrives, and is answered.
    Arrives,
}

/// A request that is still somewhere in the network.
enum Late {
    Talk { path: &'static str, body: Value },
    Part { sha256: Sha256Hex, offset: u64, bytes: Vec<u8> },
}

/// One device's way to the server.
#[derive(Default)]
pub struct Network {
    /// Whether anything goes wrong at all.
    pub bad: bool,
    late: Vec<Late>,
}

impl Network {
    fn fate(&self, chance: &mut StdRng) -> Fate {
        if !self.bad {
            return Fate::Arrives;
        }
        let mut left = chance.random_range(0..100);
        for (fate, share) in FATES {
            if left < share {
                return fate;
            }
            left -= share;
        }
        Fate::Arrives
    }

    /// Asks the server, and hears what the network lets one hear.
    pub async fn ask<A: DeserializeOwned>(
        &mut self,
        (phone, base): (&Phone, &str),
        path: &'static str,
        request: &impl Serialize,
        chance: &mut StdRng,
    ) -> Result<A, AppError> {
        let body = serde_json::to_value(request).unwrap();
        match self.fate(chance) {
            Fate::Lost => Err(AppError::Unreachable),
            Fate::AnswerLost => {
                let _ = phone.post(base, path, body).await;
                Err(AppError::Unreachable)
            }
            Fate::SentTwice => {
                let (first, second) = tokio::join!(phone.post(base, path, body.clone()), phone.post(base, path, body));
                heard(if chance.random() { first } else { second }).await
            }
            Fate::Delayed => {
                self.late.push(Late::Talk { path, body });
                Err(AppError::Unreachable)
            }
            Fate::Arrives => {
                let answer = heard(phone.post(base, path, body).await).await;
                self.arrive_late((phone, base)).await;
                answer
            }
        }
    }

    /// Asks how much of a blob the server has.
    pub async fn how_far(
        &mut self,
        (phone, base): (&Phone, &str),
        sha256: &Sha256Hex,
        chance: &mut StdRng,
    ) -> Result<Response, AppError> {
        match self.fate(chance) {
            Fate::SentTwice | Fate::Arrives => answered(phone.blob(base, Method::HEAD, sha256, 0, "").await).await,
            Fate::Lost | Fate::AnswerLost | Fate::Delayed => Err(AppError::Unreachable),
        }
    }

    /// Sends a part of a blob.
    pub async fn send(
        &mut self,
        (phone, base): (&Phone, &str),
        (sha256, offset, bytes): (&Sha256Hex, u64, Vec<u8>),
        chance: &mut StdRng,
    ) -> Result<Response, AppError> {
        let put = |bytes: Vec<u8>| phone.blob(base, Method::PUT, sha256, offset, bytes);
        match self.fate(chance) {
            Fate::Lost => Err(AppError::Unreachable),
            Fate::AnswerLost => {
                let cut = chance.random_range(0..=bytes.len());
                let _ = put(bytes[..cut].to_vec()).await;
                Err(AppError::Unreachable)
            }
            Fate::SentTwice => {
                let (first, second) = tokio::join!(put(bytes.clone()), put(bytes));
                answered(if chance.random() { first } else { second }).await
            }
            Fate::Delayed => {
                self.late.push(Late::Part { sha256: sha256.clone(), offset, bytes });
                Err(AppError::Unreachable)
            }
            Fate::Arrives => {
                let answer = answered(put(bytes).await).await;
                self.arrive_late((phone, base)).await;
                answer
            }
        }
    }

    /// What was on the way longest arrives last: after what was sent later.
    async fn arrive_late(&mut self, (phone, base): (&Phone, &str)) {
        for late in self.late.drain(..) {
            let _ = match late {
                Late::Talk { path, body } => phone.post(base, path, body).await,
                Late::Part { sha256, offset, bytes } => phone.blob(base, Method::PUT, &sha256, offset, bytes).await,
            };
        }
    }
}

/// What a phone makes of an answer: the server's words, or that these are not the server's.
async fn heard<A: DeserializeOwned>(answer: reqwest::Result<Response>) -> Result<A, AppError> {
    let text = answered(answer).await?.text().await.map_err(|_| AppError::Unreachable)?;
    serde_json::from_str(&text).map_err(|_| AppError::NotOurAnswer)
}

/// A good answer, or what a bad one says.
async fn answered(answer: reqwest::Result<Response>) -> Result<Response, AppError> {
    let answer = answer.map_err(|_| AppError::Unreachable)?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let text = answer.text().await.map_err(|_| AppError::Unreachable)?;
    // An answer to HEAD has no words.
    Err(serde_json::from_str(&text).unwrap_or_else(|_| AppError::of_status(status.as_u16())))
}
