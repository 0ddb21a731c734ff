//! Envelopes in writing.

use domain::kernel::{Bytes, Envelope, EnvelopeHead, RecordKey};
use uuid::Uuid;

#[test]
fn an_envelope_takes_as_much_room_as_it_says() {
    for (kind, position) in [("entry", 0), ("seen", 9), ("community", 10), ("entry", 1_234_567_890_123)] {
        let key = RecordKey::new(Uuid::from_u128(1).into(), kind, Uuid::from_u128(2));
        let envelope = Envelope { head: EnvelopeHead { key, position }, text: "{\"name\":\"张某兰\"}".to_owned() };
        let mut body = String::new();
        assert_eq!(envelope.write_to(&mut body), Ok(()));
        assert_eq!(envelope.size(), Bytes::of(body.as_bytes()), "{body}");
    }
}
