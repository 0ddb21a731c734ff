//! People with phones, and the server that they talk to.

use crate::neighbourhood::{NOON, Who, community, kinds, note_key, stairwell};
use crate::notebook::{Note, NoteAct};
use crate::site::{Site, begin_session};
use domain::kernel::{Attachment, AttachmentKind, Command, CommandId, RecordKey, Sha256, Span};
use domain::kinds::Kinds;
use domain::memory::{Browser, MemoryDisk, MemoryHost, MemoryNetwork, Shelf, Simulation, Tabs, TaskId};
use domain::organisation::Place;
use domain::sync::{
    Delivery, Doors, Link, LocalError, NotEntered, NotSaved, Outbox, Overlay, QueuedState, Replica, Transport, View,
    upload,
};
use std::{cell::Cell, rc::Rc};
use uuid::Uuid;

/// Long enough for a talk, and shorter than any pause.
pub const A_MOMENT: Span = Span::from_millis(1_500);

/// Everything.
pub struct World {
    pub simulation: Simulation,
    pub site: Site,
    phones: Cell<u64>,
}

impl World {
    pub fn at_noon() -> Self {
        Self::knowing(kinds())
    }

    /// One whose server knows these modules.
    pub fn knowing(kinds: Kinds) -> Self {
        let simulation = Simulation::at(NOON);
        let site = Site::knowing(kinds, &simulation);
        Self { simulation, site, phones: Cell::default() }
    }

    pub fn pass(&self, span: Span) {
        self.simulation.pass(span);
    }

    /// A phone on which somebody has signed in and read everything, with one tab open.
    pub fn phone_of(&self, who: Who) -> (Phone, Tab) {
        let phone = self.phone();
        let tab = phone.open();
        tab.sign_in(who).unwrap();
        self.pass(A_MOMENT);
        assert_eq!(tab.link(), Link::Reached);
        (phone, tab)
    }

    /// The same with a second tab, which has read everything as well.
    pub fn two_tabs_of(&self, who: Who) -> (Phone, Tab, Tab) {
        let (phone, first) = self.phone_of(who);
        let second = phone.open();
        self.pass(A_MOMENT);
        (phone, first, second)
    }

    /// A phone that nobody has touched.
    pub fn phone(&self) -> Phone {
        self.phone_with(Tabs::default())
    }

    /// One whose tabs are these.
    pub fn phone_with(&self, tabs: Tabs) -> Phone {
        self.phones.set(self.phones.get() + 1);
        let number = self.phones.get();
        let browser = self.site.browser();
        let network = MemoryNetwork::to(Rc::clone(&browser) as Rc<dyn Transport>, &self.simulation);
        let disk = MemoryDisk::new(&self.simulation, Uuid::from_u128(0xD100 + u128::from(number)).into());
        let opened = Cell::new(number * 1_000);
        Phone { simulation: self.simulation.clone(), disk, tabs, network, browser, opened }
    }
}

/// A phone or tablet.
pub struct Phone {
    simulation: Simulation,
    pub disk: MemoryDisk,
    tabs: Tabs,
    pub network: Rc<MemoryNetwork>,
    pub browser: Rc<Browser>,
    opened: Cell<u64>,
}

impl Phone {
    /// Opens the app in a tab.
    pub fn open(&self) -> Tab {
        self.try_open().unwrap()
    }

    /// Opens the app in a tab, if the device lets it.
    pub fn try_open(&self) -> Result<Tab, LocalError> {
        self.open_with(kinds())
    }

    /// Opens a program that knows these modules.
    pub fn open_with(&self, kinds: Kinds) -> Result<Tab, LocalError> {
        let (replica, host) = self.page(kinds);
        let opened = Rc::clone(&replica);
        self.simulation.finish(async move { opened.start().await }).unwrap()?;
        let task = self.simulation.begin(Rc::clone(&replica).run(upload));
        Ok(self.tab(replica, host, task))
    }

    /// A tab that is just being opened.
    pub fn opening(&self) -> Tab {
        let (replica, host) = self.page(kinds());
        let opened = Rc::clone(&replica);
        let task = self.simulation.begin(async move {
            opened.start().await.unwrap();
            opened.run(upload).await;
        });
        self.tab(replica, host, task)
    }

    fn page(&self, kinds: Kinds) -> (Rc<Replica>, Rc<MemoryHost>) {
        self.opened.set(self.opened.get() + 1);
        let host = MemoryHost::open(&self.simulation, &self.tabs, self.opened.get());
        let doors =
            Doors { local: self.disk.tab(), transport: Rc::clone(&self.network) as _, host: Rc::clone(&host) as _ };
        let replica = Replica::new(doors, kinds, |_| {});
        let hears = Rc::clone(&replica);
        host.hear(move |news| hears.hear(news));
        (replica, host)
    }

    fn tab(&self, replica: Rc<Replica>, host: Rc<MemoryHost>, task: TaskId) -> Tab {
        Tab { simulation: self.simulation.clone(), replica, host, browser: Rc::clone(&self.browser), task }
    }

    /// How often the app was opened on it, and a number that no other phone has.
    pub fn opened(&self) -> u64 {
        self.opened.get()
    }

    /// What is on its disk for somebody.
    pub fn shelf(&self, who: Who) -> Shelf {
        self.disk.shelf(who.id())
    }
}

/// A tab in which the app is open.
pub struct Tab {
    simulation: Simulation,
    pub replica: Rc<Replica>,
    pub host: Rc<MemoryHost>,
    browser: Rc<Browser>,
    task: TaskId,
}

impl Tab {
    /// Its page is gone, in the middle of whatever it was about.
    pub fn kill(self) {
        self.simulation.end(self.task);
    }

    /// Does something with the replica to its end.
    pub fn does<T: 'static, F: Future<Output = T> + 'static>(&self, work: impl FnOnce(Rc<Replica>) -> F) -> T {
        self.simulation.finish(work(Rc::clone(&self.replica))).expect("it waits for what never comes")
    }

    pub fn sign_in(&self, who: Who) -> Result<(), NotEntered> {
        begin_session(&self.browser, who);
        self.does(|replica| async move { replica.signed_in().await })
    }

    pub fn sign_out(&self) -> usize {
        self.does(|replica| async move { replica.sign_out().await }).unwrap()
    }

    /// A command of whoever is signed in.
    pub fn command(&self, about: Vec<RecordKey>, act: &NoteAct) -> Command {
        Command::new(self.replica.head(about).unwrap(), act).unwrap()
    }

    pub fn submit(&self, command: Command, draft: Option<&'static str>) -> Result<CommandId, NotSaved> {
        self.does(|replica| async move { replica.submit(command, draft, &[]).await })
    }

    /// Writes note `n` about the stairwell of 王某兰.
    pub fn write(&self, n: u8, text: &str) -> CommandId {
        self.submit(self.writing(n, text, Vec::new()), None).unwrap()
    }

    pub fn writing(&self, n: u8, text: &str, attachments: Vec<Attachment>) -> Command {
        let about = vec![note_key(n), Place::key_of(community(), stairwell(1))];
        self.command(about, &NoteAct::WriteNote { text: text.to_owned(), attachments })
    }

    pub fn adding(&self, n: u8, text: &str) -> Command {
        self.command(vec![note_key(n)], &NoteAct::AddLine { text: text.to_owned() })
    }

    pub fn add(&self, n: u8, text: &str) -> CommandId {
        self.submit(self.adding(n, text), None).unwrap()
    }

    /// Keeps an unfinished text at its place.
    pub fn keep_draft(&self, place: &'static str, text: &str) {
        let text = text.to_owned();
        self.does(|replica| async move { replica.keep_draft(place, text).await }).unwrap();
    }

    /// Nobody looks at it any more.
    pub fn goes_into_a_pocket(&self) {
        self.host.set_visible(false);
        self.replica.looked_at(false);
        self.replica.talk_soon();
    }

    /// Somebody looks at it.
    pub fn is_looked_at(&self) {
        self.host.set_visible(true);
        self.replica.looked_at(true);
    }

    /// Takes a photo.
    pub fn take_photo(&self, who: Who, bytes: Vec<u8>) -> Result<Attachment, LocalError> {
        self.does(move |replica| async move { replica.keep_attachment(who.id(), AttachmentKind::Photo, &bytes).await })
    }

    /// Writes note `n` with such a photo.
    pub fn write_with_photo(&self, n: u8, photo: &Attachment) -> CommandId {
        let (command, sha256): (Command, Sha256) = (self.writing(n, "灯不亮", vec![photo.clone()]), photo.sha256);
        self.does(|replica| async move { replica.submit(command, None, &[sha256]).await }).unwrap()
    }

    pub fn link(&self) -> Link {
        self.replica.with(|state| state.link)
    }

    /// The lines of note `n` on the screen; empty where it is not shown.
    pub fn lines(&self, n: u8) -> Vec<String> {
        self.lines_of(&note_key(n))
    }

    pub fn lines_of(&self, key: &RecordKey) -> Vec<String> {
        self.shown(key, |note, _| note.texts().into_iter().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// Where the words of note `n` are.
    pub fn delivery(&self, n: u8) -> Option<Delivery> {
        self.shown(&note_key(n), |_, delivery| delivery)
    }

    fn shown<T>(&self, key: &RecordKey, read: impl FnOnce(&Note, Delivery) -> T) -> Option<T> {
        self.replica.with(|state| {
            let overlay = Overlay::of(&state.records, &state.outbox);
            let shown = View::new(&state.records, &overlay).shown(key)?;
            Some(read(shown.read()?, shown.delivery))
        })
    }

    /// How each command in the outbox stands.
    pub fn states(&self) -> Vec<QueuedState> {
        self.replica.with(|state| state.outbox.items().iter().map(|item| item.state.clone()).collect())
    }

    pub fn outbox_is_empty(&self) -> bool {
        self.replica.with(|state| state.outbox == Outbox::default())
    }
}
