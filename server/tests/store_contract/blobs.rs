//! Photos and voice notes: the words come first, the bytes later, and nobody sees or sends what is not theirs.

use super::fixture::*;
use app::domain::*;
use app::store::NamedBlob;
use app::sync::Outcome;

const PHOTO: AttachmentKind = AttachmentKind::Photo;

fn photo(n: u8) -> String {
    Attachment { kind: PHOTO, bytes: 250_000, sha256: hash(n) }.word()
}

fn hash(n: u8) -> Sha256Hex {
    Sha256Hex::of(&[n])
}

fn note_with(here: &Neighbourhood, photos: &[u8]) -> Command {
    let mut note = here.note("三楼水管漏水");
    let Act::WriteEntry { form, .. } = &mut note.act else { unreachable!() };
    form.attachments = photos.iter().copied().map(photo).collect();
    note
}

async fn arrive(here: &Neighbourhood, n: u8) {
    let blob = NamedBlob { kind: PHOTO, bytes: 250_000, arrived: false };
    here.store.blob_arrived(here.card(WANG).id, &hash(n), blob, now()).await.unwrap();
}

fn missing(entry: &Entry) -> usize {
    entry.missing().count()
}

#[tokio::test]
async fn an_entry_says_what_is_missing_and_everybody_hears_when_it_comes() {
    let here = Neighbourhood::new().await;
    let note = note_with(&here, &[1, 2]);
    let id = note.act.entry();
    here.accept(WANG, std::slice::from_ref(&note)).await;
    assert_eq!(missing(&here.entry(CHEN, id).await.unwrap()), 2);
    let before = here.pull(CHEN, None, 1_000).await.next;

    arrive(&here, 1).await;
    let page = here.pull(CHEN, Some(before), 10).await;
    let [Change::Entry(entry)] = page.changes.as_slice() else { panic!("{:?}", page.changes) };
    assert_eq!((entry.id, missing(entry), entry.arrived.as_slice()), (id, 1, &[hash(1)][..]));
    assert_eq!(here.entry(CHEN, id).await.as_ref(), Some(entry));

    // Once more, and one that nobody names.
    arrive(&here, 1).await;
    arrive(&here, 9).await;
    assert_eq!(here.pull(CHEN, Some(page.next), 10).await.changes, []);
}

#[tokio::test]
async fn a_blob_that_is_here_is_not_missed_by_the_next_entry_that_names_it() {
    let here = Neighbourhood::new().await;
    let first = note_with(&here, &[1]);
    here.accept(WANG, &[first]).await;
    arrive(&here, 1).await;
    let second = note_with(&here, &[1, 2]);
    let id = second.act.entry();
    here.accept(WANG, std::slice::from_ref(&second)).await;
    assert_eq!(missing(&here.entry(WANG, id).await.unwrap()), 1);

    // A later version brings another photo, and waits for its entry in the database meanwhile.
    let third = note_with(&here, &[]);
    let id = third.act.entry();
    let form = EntryForm { attachments: vec![photo(1)], ..form("01", "又看了一次") };
    let amend = here.act(WANG, Act::AmendEntry { entry: id, replaces: third.id, form });
    let replies = here.push(WANG, std::slice::from_ref(&amend)).await;
    assert!(matches!(replies[0].outcome, Outcome::Parked { .. }));
    here.accept(WANG, &[third]).await;
    let entry = here.entry(WANG, id).await.unwrap();
    assert_eq!((entry.content().attachments().len(), missing(&entry)), (1, 0));
}

#[tokio::test]
async fn only_its_author_may_send_a_blob_and_only_who_may_see_the_entry_sees_it() {
    let here = Neighbourhood::new().await;
    let note = note_with(&here, &[1]);
    here.accept(WANG, std::slice::from_ref(&note)).await;
    let named = async |who: &str, n| here.store.named_blob(here.card(who).id, &hash(n)).await.unwrap();
    let expected = NamedBlob { kind: PHOTO, bytes: 250_000, arrived: false };
    assert_eq!(named(WANG, 1).await, Some(expected));
    assert_eq!((named(CHEN, 1).await, named(ZHAO, 1).await, named(WANG, 2).await), (None, None, None));

    let seen = async |who: &str| here.store.readable_blob(&here.rights(who), &hash(1)).await.unwrap();
    assert_eq!(seen(WANG).await, None, "there are no bytes yet");
    arrive(&here, 1).await;
    for who in EVERYBODY {
        let may_see = here.entry(who, note.act.entry()).await.is_some();
        assert_eq!(seen(who).await.is_some(), may_see, "{who}");
    }
    assert_eq!(named(WANG, 1).await, Some(NamedBlob { arrived: true, ..expected }));
}

#[tokio::test]
async fn to_name_what_another_one_has_sent_opens_nothing() {
    let here = Neighbourhood::new().await;
    here.accept(WANG, &[note_with(&here, &[1])]).await;
    arrive(&here, 1).await;
    let mut note = here.note_at(ZHAO, SECOND, "01", now(), "我也知道这张照片");
    let Act::WriteEntry { entry, form, .. } = &mut note.act else { unreachable!() };
    form.attachments = vec![photo(1)];
    let id = *entry;
    here.accept(ZHAO, &[note]).await;
    assert_eq!(missing(&here.entry(ZHAO, id).await.unwrap()), 1);
    assert_eq!(here.store.readable_blob(&here.rights(ZHAO), &hash(1)).await.unwrap(), None);
    let named = here.store.named_blob(here.card(ZHAO).id, &hash(1)).await.unwrap();
    assert!(!named.unwrap().arrived);
}

#[tokio::test]
async fn what_no_entry_names_is_an_orphan() {
    let here = Neighbourhood::new().await;
    here.accept(WANG, &[note_with(&here, &[1, 2])]).await;
    arrive(&here, 1).await;
    arrive(&here, 3).await;
    let orphans = here.store.orphans([1, 2, 3, 4].map(hash).to_vec()).await.unwrap();
    assert_eq!(orphans, [3, 4].map(hash));
}
