//! What the screens know, without a browser: the client over a device in memory, and nobody who answers.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use app::ui::{Client, Device, Phase};
use async_trait::async_trait;
use domain::{
    kernel::{
        CommunityId, Day, DeviceId, EntryId, Envelope, EnvelopeHead, Membership, PersonId, PlaceId, PlaceKind, Record,
        Role, Sha256, Span, Times, Timestamp, json,
    },
    log::{Act, Entry, EntryForm},
    memory::{MemoryDisk, MemoryHost, Simulation, Tabs},
    organisation::{Community, Door, DoorLabel, Person, Place},
    sync::{
        BlobReply, Card, Cursor, Delivery, DeviceFacts, Doors, Epoch, Failure, LocalError, LocalStore, MeReply,
        NotSaved, PROTOCOL, Page, PullReply, PullRequest, PushReply, PushRequest, ServerMark, SyncMarks, Transport,
    },
};
use leptos::prelude::Owner;
use std::{cell::Cell, rc::Rc};

const MADE: Times = Times { written: Timestamp::EARLIEST, clock_offset: None, received: None };

fn noon() -> Timestamp {
    Day::from_numbers(2025, 11, 17).unwrap().at(12, 0)
}

fn community() -> CommunityId {
    CommunityId::from_parts(1, [0; 10])
}

fn stairwell() -> PlaceId {
    PlaceId::from_parts(2, [0; 10])
}

fn wang() -> PersonId {
    PersonId::from_parts(3, [0; 10])
}

fn place() -> Place {
    Place {
        id: stairwell(),
        community: community(),
        kind: PlaceKind::Stairwell,
        parent: community().into(),
        name: "3单元".to_owned(),
        code: None,
        floors: vec![vec![Door::new(DoorLabel::parse("5-2").unwrap())]],
        water_valve: None,
        power_switch: None,
        closed: None,
        made: MADE,
        changed: MADE,
    }
}

fn person() -> Person {
    let post = Membership { role: Role::Watcher, place: stairwell(), from: Timestamp::EARLIEST, until: None };
    Person {
        id: wang(),
        community: community(),
        name: "王某兰".to_owned(),
        agency: None,
        memberships: vec![post],
        made: MADE,
        changed: MADE,
    }
}

fn envelope(record: &impl Record, position: i64) -> Envelope {
    Envelope { head: EnvelopeHead { key: record.key(), position }, text: json::write(record).unwrap() }
}

/// Nobody answers but, where there is such an answer, to the question who it is.
struct Network {
    me: Result<MeReply, Failure>,
    /// What was on the screen when that was asked.
    asked_at: Cell<Option<Phase>>,
    client: Client,
}

#[async_trait(?Send)]
impl Transport for Network {
    async fn me(&self) -> Result<MeReply, Failure> {
        self.asked_at.set(Some(self.client.phase.get_untracked()));
        self.me.clone()
    }

    async fn push(&self, _: &PushRequest) -> Result<PushReply, Failure> {
        Err(Failure::Unreachable)
    }

    async fn pull(&self, _: &PullRequest) -> Result<PullReply, Failure> {
        Err(Failure::Unreachable)
    }

    async fn blob_offset(&self, _: &Sha256) -> Result<u64, Failure> {
        Err(Failure::Unreachable)
    }

    async fn send_part(&self, _: &Sha256, _: u64, _: &[u8]) -> Result<BlobReply, Failure> {
        Err(Failure::Unreachable)
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        Err(Failure::Unreachable)
    }
}

struct NoBrowser;

#[async_trait(?Send)]
impl Device for NoBrowser {
    async fn facts(&self) -> Result<DeviceFacts, LocalError> {
        Ok(DeviceFacts::default())
    }

    fn take_update(&self) {}

    fn install(&self) {}
}

/// A phone on which 王某兰 signed in yesterday, and the tab that she opens now.
fn opened() -> (Owner, Simulation, Client) {
    let owner = Owner::new();
    owner.set();
    let simulation = Simulation::at(noon());
    let disk = MemoryDisk::new(&simulation, DeviceId::from_parts(9, [0; 10]));
    let yesterday = disk.tab();
    let kept = async move {
        yesterday.sign_in(&Card::of(wang(), &[person()]).unwrap()).await?;
        yesterday.turn_to(Some(wang()));
        let cursor = Cursor { community: community(), position: 3, scope: "她的单元".to_owned() };
        let contact = Some(noon().plus(Span::days(1).negated()));
        let marks =
            SyncMarks { cursors: vec![cursor], first_sync_done: true, last_contact: contact, ..SyncMarks::default() };
        let envelopes = vec![envelope(&person(), 2), envelope(&place(), 3)];
        let forgotten = vec![community()];
        yesterday.absorb(&Page { envelopes, marks, forgotten, ..Page::default() }, noon()).await
    };
    simulation.finish(kept).unwrap().unwrap();
    let (client, _) = connected(&simulation, &disk, Err(Failure::Unreachable));
    simulation.finish(async move { client.start(false).await }).unwrap().unwrap();
    (owner, simulation, client)
}

/// A tab on a device, and what it can reach.
fn connected(simulation: &Simulation, disk: &MemoryDisk, me: Result<MeReply, Failure>) -> (Client, Rc<Network>) {
    let client = Client::new();
    let host = MemoryHost::open(simulation, &Tabs::default(), 1);
    let network = Rc::new(Network { me, asked_at: Cell::default(), client });
    client.connect(Doors { local: disk.tab(), transport: Rc::clone(&network) as _, host }, Rc::new(NoBrowser));
    (client, network)
}

fn write(simulation: &Simulation, client: Client, problem: &str) -> Result<Entry, NotSaved> {
    let id = client.new_entry_id().unwrap();
    let form = EntryForm {
        category: "04".to_owned(),
        spot: "stairwell".to_owned(),
        problem: problem.to_owned(),
        urgency: "3".to_owned(),
        ..EntryForm::default()
    };
    let about = vec![Entry::key_of(community(), id), Place::key_of(community(), stairwell())];
    let act = Act::WriteEntry { form };
    simulation.finish(async move { client.submit(about, &act, None).await }).unwrap()?;
    Ok(client.shown.get_untracked().get(&id).map(|shown| (*shown.entry).clone()).unwrap())
}

#[test]
fn without_signal_the_screens_know_who_writes_where() {
    let (_owner, _simulation, client) = opened();
    assert_eq!(client.phase.get_untracked(), Phase::Ready);
    assert!(client.is_me(wang()));
    assert_eq!(client.communities(), [community()]);
    assert_eq!(client.my_stairwells().iter().map(|place| place.id).collect::<Vec<_>>(), [stairwell()]);
    assert_eq!((client.person_name(wang()), client.place_name(stairwell())), ("王某兰".to_owned(), "3单元".to_owned()));
    assert_eq!(client.with_rights(community(), |rights| rights.is_reader()), Some(false));
    assert!(
        client.with_rights(CommunityId::from_parts(7, [0; 10]), |_| ()).is_none(),
        "nothing is known of that community"
    );
    assert_eq!(
        client.with_directory(community(), |directory| directory.community().map(|one: &Community| one.id)),
        None
    );
}

#[test]
fn whoever_has_just_signed_in_is_not_sent_to_sign_in_while_the_server_is_asked_who_it_is() {
    let owner = Owner::new();
    owner.set();
    let simulation = Simulation::at(noon());
    let disk = MemoryDisk::new(&simulation, DeviceId::from_parts(9, [0; 10]));
    let server = ServerMark {
        person: wang(),
        epoch: Epoch("一世".to_owned()),
        protocol: PROTOCOL,
        now: noon(),
        version: "0.1.0".to_owned(),
    };
    let told = MeReply { server, card: Card::of(wang(), &[person()]).unwrap() };
    let (client, network) = connected(&simulation, &disk, Ok(told));
    simulation.finish(async move { client.start(true).await }).unwrap().unwrap();
    assert_eq!(network.asked_at.take(), Some(Phase::Opening));
    assert_eq!(client.phase.get_untracked(), Phase::Ready);
    assert!(client.is_me(wang()));
}

#[test]
fn what_is_written_without_signal_is_shown_where_it_is_and_counted() {
    let (_owner, simulation, client) = opened();
    assert!(client.status.get_untracked().all_uploaded());
    let entry = write(&simulation, client, "三楼声控灯不亮").unwrap();
    let shown = client.shown.get_untracked();
    assert!(matches!(shown.get(&entry.id).unwrap().delivery, Delivery::OnDevice { .. }));
    assert_eq!(client.status.get_untracked().waiting, 1);
    let act = Act::WithdrawEntry {};
    let about = act.about(&entry);
    simulation.finish(async move { client.submit(about, &act, None).await }).unwrap().unwrap();
    assert!(client.shown.get_untracked().get(&entry.id).unwrap().entry.withdrawn().is_some());
    assert_eq!(client.status.get_untracked().waiting, 2);
}

#[test]
fn what_the_rules_refuse_is_not_kept_and_says_why() {
    let (_owner, simulation, client) = opened();
    let refused = write(&simulation, client, "  ").unwrap_err();
    assert!(matches!(refused, NotSaved::Refused(ref reason) if reason.field.as_deref() == Some("problem")));
    assert!(client.outbox.get_untracked().items().is_empty());
}

#[test]
fn what_the_server_found_lies_beneath_ones_own_changes() {
    let (_owner, simulation, client) = opened();
    let old = Entry { id: EntryId::from_parts(11, [0; 10]), ..write(&simulation, client, "旧事一件").unwrap() };
    let found = [(old.id, std::sync::Arc::new(old.clone()))].into_iter().collect();
    assert!(client.shown_with(&found).contains_key(&old.id));
    assert_eq!(client.shown_with(&found).len(), client.shown.get_untracked().len() + 1);
}
