//! A record as it travels and as a phone keeps it: a line that sync reads, and the text that only its kind reads.
//! Nothing is JSON inside a JSON string.

use super::{Bytes, RecordKey, Unreadable, json};
use serde::{Deserialize, Serialize};

/// What sync reads of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeHead {
    /// Which record.
    pub key: RecordKey,
    /// Where its newest state stands in the community's feed.
    pub position: i64,
}

/// The newest state of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Which, and how new.
    pub head: EnvelopeHead,
    /// Its JSON. One line.
    pub text: String,
}

impl Envelope {
    /// How much room both lines take.
    #[must_use]
    pub fn size(&self) -> Bytes {
        /// `{"key":"COMMUNITY/KIND/ID","position":NUMBER}` without kind and number, and two line breaks.
        const FRAME: usize = 98;
        let EnvelopeHead { key, position } = &self.head;
        let digits = position.checked_ilog10().map_or(1, |digits| digits as usize + 1);
        Bytes::new((FRAME + key.kind.as_str().len() + digits + self.text.len()) as u64)
    }

    /// Adds both lines to `body`.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn write_to(&self, body: &mut String) -> Result<(), Unreadable> {
        body.push_str(&json::write(&self.head)?);
        body.push('\n');
        body.push_str(&self.text);
        body.push('\n');
        Ok(())
    }

    /// Reads the next envelope of `lines`; `None` at their end.
    ///
    /// # Errors
    /// [`Unreadable`] for a line that is no head, or a head without a text.
    pub fn read_from<'l>(lines: &mut impl Iterator<Item = &'l str>) -> Result<Option<Self>, Unreadable> {
        let Some(head) = lines.next() else { return Ok(None) };
        let head = json::read(head.as_bytes())?;
        let text = lines.next().ok_or_else(|| Unreadable::malformed("a head without a record"))?;
        Ok(Some(Self { head, text: text.to_owned() }))
    }
}
