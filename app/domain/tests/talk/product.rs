//! The same loop with the modules of the product: an entry of the log, from the stairwell to its number and its photo.

use crate::neighbourhood::{Who, community, stairwell};
use crate::world::{A_MOMENT, World};
use domain::kernel::{Arrival, Command, EntryId, Got, Record, RecordKey, Span};
use domain::kinds::Kinds;
use domain::log::{Act, Category, Entry, EntryForm, Urgency};
use domain::memory::Fate;
use domain::organisation::Place;
use uuid::Uuid;

#[test]
fn an_entry_with_a_photo_written_without_signal_comes_back_with_its_number() {
    let world = World::knowing(Kinds::all());
    let phone = world.phone();
    let tab = phone.open_with(Kinds::all()).unwrap();
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(A_MOMENT);
    phone.network.set_always(Fate::Lost);
    let photo = tab.take_photo(Who::Watcher, vec![7; 3_000]).unwrap();
    let key = RecordKey::new(community(), Entry::KIND, EntryId::from(Uuid::from_u128(0xE1)));
    let form = EntryForm {
        category: Category::ALL[0].code().to_owned(),
        spot: "stairwell".to_owned(),
        problem: "楼道灯不亮".to_owned(),
        urgency: Urgency::ALL[0].code().to_owned(),
        attachments: vec![photo.word()],
        ..EntryForm::default()
    };
    let about = vec![key.clone(), Place::key_of(community(), stairwell(1))];
    let command = Command::new(tab.replica.head(about).unwrap(), &Act::WriteEntry { form }).unwrap();
    let sha256 = photo.sha256;
    tab.does(move |replica| async move { replica.submit(command, None, &[sha256]).await }).unwrap();
    world.pass(Span::hours(2));
    assert_eq!(tab.replica.status().unsent_commands(), 1);
    phone.network.set_always(Fate::Arrives);
    tab.replica.reconnected();
    world.pass(Span::minutes(2));
    assert!(tab.replica.status().all_uploaded());
    tab.replica.with(|state| {
        let Got::Here(entry) = state.records.get::<Entry>(&key) else { panic!("the feed brings it") };
        assert!(entry.number.as_ref().is_some_and(|number| number.as_str().starts_with("HPXC-")), "{:?}", entry.number);
        assert_eq!(entry.arrival(&sha256), Arrival::Arrived);
        assert!(entry.steps[0].times.is_late_upload());
    });
}
