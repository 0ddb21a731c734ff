//! Photos and voice notes: the words come first, the bytes later, and nobody sees or sends what is not theirs.

use crate::neighbourhood::*;
use domain::kernel::{Attachment, AttachmentKind, Bytes, Command, Sha256};
use domain::log::{Entry, EntryForm};
use domain::store::NamedBlob;

fn photo(number: u8) -> Attachment {
    Attachment { kind: AttachmentKind::Photo, bytes: Bytes::new(250_000), sha256: Sha256::of(&[number]) }
}

fn note_with(who: &str, place: u128, photos: &[u8]) -> Command {
    let attachments = photos.iter().map(|number| photo(*number).word()).collect();
    write_form(who, place, now(), EntryForm { attachments, ..form("01", "三楼水管漏水") })
}

fn missing(entry: Option<Entry>) -> usize {
    entry.unwrap().missing().count()
}

promises! {
    async fn an_entry_says_what_is_missing_and_everybody_hears_when_it_comes(here) {
        let note = note_with(WANG, FIRST, &[1, 2]);
        let entry = entry_of(&note);
        here.accept(WANG, std::slice::from_ref(&note)).await;
        assert_eq!(missing(here.entry(CHEN, entry).await), 2);
        let before = here.pull(CHEN, Vec::new(), 1_000).await.cursors;
        here.store.blob_arrived(person(WANG), &photo(1), now()).await.unwrap();
        let page = here.pull(CHEN, before, 10).await;
        let told = entries(&page.envelopes);
        assert_eq!((told.len(), told[0].id, told[0].arrived.as_slice()), (1, entry, &[photo(1).sha256][..]));

        // Once more, one that nobody names, and one from somebody who does not name it.
        here.store.blob_arrived(person(WANG), &photo(1), now()).await.unwrap();
        here.store.blob_arrived(person(WANG), &photo(9), now()).await.unwrap();
        here.store.blob_arrived(person(ZHAO), &photo(2), now()).await.unwrap();
        assert_eq!(here.pull(CHEN, page.cursors, 10).await.envelopes, []);
        assert_eq!(missing(here.entry(CHEN, entry).await), 1);
    }

    async fn a_blob_that_is_here_is_not_missed_by_the_next_entry_that_names_it(here) {
        here.accept(WANG, &[note_with(WANG, FIRST, &[1])]).await;
        here.store.blob_arrived(person(WANG), &photo(1), now()).await.unwrap();
        let second = note_with(WANG, FIRST, &[1, 2]);
        here.accept(WANG, std::slice::from_ref(&second)).await;
        assert_eq!(missing(here.entry(WANG, entry_of(&second)).await), 1);

        // A change brings it to an entry that it waits for.
        let third = note_with(WANG, FIRST, &[]);
        let add = change(WANG, &third, "attachments", None, Some(photo(1).word()));
        assert_eq!(here.outcomes(WANG, &[add]).await, ["parked"]);
        here.accept(WANG, std::slice::from_ref(&third)).await;
        let entry = here.entry(WANG, entry_of(&third)).await.unwrap();
        assert_eq!((entry.content.attachments().len(), missing(Some(entry))), (1, 0));
    }

    async fn only_its_author_may_send_a_blob_and_only_who_may_see_the_entry_sees_it(here) {
        let note = note_with(WANG, FIRST, &[1]);
        here.accept(WANG, std::slice::from_ref(&note)).await;
        let named = async |who: &str, number| here.store.named_blob(person(who), &photo(number).sha256).await.unwrap();
        assert_eq!(named(WANG, 1).await, Some(NamedBlob { attachment: photo(1), arrived: false }));
        assert_eq!((named(CHEN, 1).await, named(ZHAO, 1).await, named(WANG, 2).await), (None, None, None));
        let seen = async |who: &str| here.store.readable_blob(person(who), &photo(1).sha256, now()).await.unwrap();
        assert_eq!(seen(WANG).await, None, "there are no bytes yet");
        here.store.blob_arrived(person(WANG), &photo(1), now()).await.unwrap();
        for who in EVERYBODY {
            let may_see = here.entry(who, entry_of(&note)).await.is_some();
            assert_eq!(seen(who).await, may_see.then(|| photo(1)), "{who}");
        }
        assert_eq!(named(WANG, 1).await, Some(NamedBlob { attachment: photo(1), arrived: true }));
    }

    async fn to_name_what_another_one_has_sent_opens_nothing(here) {
        here.accept(WANG, &[note_with(WANG, FIRST, &[1])]).await;
        here.store.blob_arrived(person(WANG), &photo(1), now()).await.unwrap();
        let note = note_with(ZHAO, SECOND, &[1]);
        here.accept(ZHAO, std::slice::from_ref(&note)).await;
        assert_eq!(missing(here.entry(ZHAO, entry_of(&note)).await), 1);
        assert_eq!(here.store.readable_blob(person(ZHAO), &photo(1).sha256, now()).await.unwrap(), None);
        let named = here.store.named_blob(person(ZHAO), &photo(1).sha256).await.unwrap();
        assert!(!named.unwrap().arrived);
    }

    async fn a_photo_that_was_taken_off_still_belongs_to_its_entry(here) {
        let note = note_with(WANG, FIRST, &[1]);
        here.accept(WANG, std::slice::from_ref(&note)).await;
        let off = change(WANG, &note, "attachments", Some(photo(1).word()), None);
        here.accept(WANG, &[off]).await;
        let named = here.store.named_blob(person(WANG), &photo(1).sha256).await.unwrap();
        assert_eq!(named, Some(NamedBlob { attachment: photo(1), arrived: false }));
        assert_eq!(here.store.orphans(vec![photo(1).sha256]).await.unwrap(), []);
    }

    async fn what_no_record_names_is_an_orphan(here) {
        here.accept(WANG, &[note_with(WANG, FIRST, &[1, 2])]).await;
        here.store.blob_arrived(person(WANG), &photo(1), now()).await.unwrap();
        here.store.blob_arrived(person(WANG), &photo(3), now()).await.unwrap();
        let asked = [1, 2, 3, 4].map(|number| photo(number).sha256).to_vec();
        assert_eq!(here.store.orphans(asked).await.unwrap(), [3, 4].map(|number| photo(number).sha256));
    }
}
