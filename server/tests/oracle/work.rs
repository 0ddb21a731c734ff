//! What people do with a device: watchers write, change, take back and answer; readers comment, ask and mark as read.

use crate::device::{Device, Saved, Stop};
use crate::world::form;
use app::domain::{Act, AttachmentKind, Category, Entry, EntryForm, Part, ReviewState};
use rand::{Rng, seq::IndexedRandom};

/// One of so many entries has a photo.
const WITH_PHOTO: u32 = 6;

impl Device {
    /// A few minutes at work.
    pub fn work(&mut self) {
        let most = if self.home.is_some() { self.chance.random_range(1..12) } else { 3 };
        for _ in 0..most {
            if matches!(self.act_once(), Err(Stop::Died)) {
                self.restart();
            }
        }
    }

    /// One act, if there is anything to do.
    pub fn act_once(&mut self) -> Result<(), Stop> {
        let act = match self.home.clone() {
            Some(stairwell) => Some(self.watchers_act(stairwell)),
            None => self.readers_act(),
        };
        let Some(act) = act else { return Ok(()) };
        let (entry, is_new_entry) = (act.entry(), matches!(act, Act::WriteEntry { .. }));
        let (bytes, outcome) = self.save(act);
        self.notebook.extend(bytes.map(|bytes| Saved { bytes, entry, is_new_entry }));
        outcome
    }

    fn watchers_act(&mut self, stairwell: String) -> Act {
        let number = self.notebook.len();
        let mut chance = self.chance.clone();
        let own = |entry: &&Entry| entry.author == self.person && entry.withdrawn.is_none();
        let own: Vec<&Entry> = self.records().entries.values().map(AsRef::as_ref).filter(own).collect();
        let asked = own.iter().find_map(|entry| entry.open_questions().next().map(|(event, ..)| (entry.id, event.id)));
        // Often the newest one, so that both devices of one person get hold of the same.
        let chosen = if chance.random() { own.last() } else { own.choose(&mut chance) };
        let act = match (chance.random_range(0..20), chosen, asked) {
            (0..5, _, Some((entry, question))) => Act::Answer { entry, question, text: format!("补充{number}") },
            (5..8, Some(entry), _) => {
                let (entry, replaces, said) = (entry.id, entry.current().id, entry.content().to_form());
                let mut form = EntryForm { measures: format!("措施{number}"), ..said };
                if chance.random_ratio(1, 4) {
                    // Some readers come into sight of it by that.
                    form.category = category(&mut chance).code().to_owned();
                }
                match chance.random_range(0..12) {
                    0 => form.attachments = Vec::new(),
                    1 if form.attachments.len() < AttachmentKind::Photo.most() => {
                        form.attachments.push(self.take_photo(&mut chance));
                    }
                    _ => {}
                }
                Act::AmendEntry { entry, replaces, form }
            }
            (8, Some(entry), _) => Act::WithdrawEntry { entry: entry.id },
            _ => {
                let category = category(&mut chance);
                let photo = chance.random_ratio(1, WITH_PHOTO).then(|| self.take_photo(&mut chance));
                let form = EntryForm {
                    category: category.code().to_owned(),
                    urgency: category.usual_urgency().code().to_owned(),
                    attachments: photo.into_iter().collect(),
                    ..form(&format!("楼道灯不亮{number}"))
                };
                Act::WriteEntry { entry: self.new_entry(&mut chance), micro_grid: stairwell, form }
            }
        };
        self.chance = chance;
        act
    }

    fn readers_act(&mut self) -> Option<Act> {
        let unread = |entry: &&std::sync::Arc<Entry>| entry.review_state() == ReviewState::New;
        let unread: Vec<_> = self.records().entries.values().filter(unread).map(|entry| entry.id).collect();
        let entry = *unread.choose(&mut self.chance)?;
        Some(match self.chance.random_range(0..4) {
            0 => Act::SendBack { entry, part: Part::Problem, question: "哪一层？".to_owned() },
            1 => Act::Comment { entry, text: "写得清楚。".to_owned() },
            _ => Act::MarkRead { entry },
        })
    }
}

fn category(chance: &mut impl Rng) -> Category {
    *Category::ALL.choose(chance).unwrap()
}
