//! Reading the body of a request, up to a limit.

use crate::answer::ErrorAnswer;
use axum::{body::Body, http::StatusCode};
use futures::StreamExt;
use std::time::Duration;

/// So many times the limit is read and thrown away, because a client that is still sending cannot hear the answer.
const DRAINED: usize = 8;

/// What came of a body.
pub struct Received {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether they end before the body does.
    pub cut_off: bool,
}

/// Reads a body of at most `most` bytes, in which nothing pauses for longer than `pause`.
///
/// # Errors
/// 413 where there are more; `said` is what they are more than.
pub async fn read(body: Body, most: usize, pause: Duration, said: &str) -> Result<Received, ErrorAnswer> {
    let (mut bytes, mut seen, mut cut_off) = (Vec::new(), 0, false);
    let mut stream = body.into_data_stream();
    loop {
        match tokio::time::timeout(pause, stream.next()).await {
            Ok(None) => break,
            Ok(Some(Ok(chunk))) => {
                seen += chunk.len();
                if seen <= most {
                    bytes.extend_from_slice(&chunk);
                } else if seen > DRAINED * most {
                    break;
                }
            }
            Ok(Some(Err(_))) | Err(_) => {
                cut_off = true;
                break;
            }
        }
    }
    if seen > most {
        return Err(ErrorAnswer::of_request(StatusCode::PAYLOAD_TOO_LARGE, said));
    }
    Ok(Received { bytes, cut_off })
}
