//! Whatever happens in whatever order, a client that follows the feed ends up knowing what a new one is told: with
//! pages cut anywhere, posts that change half-way, and a horizon.

use super::fixture::*;
use app::domain::*;
use app::sync::Cursor;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

const STEPS: usize = 400;
const WRITERS: [(&str, &str); 3] = [(WANG, FIRST), (ZHAO, SECOND), (QIAN, FAR)];
/// What a follower may be, at different times.
const POSTS: [(Role, &str); 6] = [
    (Role::Watcher, FIRST),
    (Role::Watcher, FAR),
    (Role::GridWorker, "210102025900001"),
    (Role::SocialWorker, "210102025900001"),
    (Role::SocialWorker, COMMUNITY),
    (Role::PartyCommittee, COMMUNITY),
];

/// A client that is sometimes there, as the sync loop of the browser follows.
struct Follower {
    person: PersonId,
    post: (Role, &'static str),
    records: Records,
    cursor: Option<Cursor>,
}

impl Follower {
    fn rights(&self) -> Rights {
        let (role, place) = self.post;
        let place = PlaceCode::parse(place).unwrap();
        let membership = Membership { role, place, from: Timestamp::EARLIEST, until: None };
        Rights::of(self.person, &[membership], now())
    }

    /// One page. Says whether there is more.
    async fn pull(&mut self, here: &Neighbourhood, limit: u32, horizon: Timestamp) -> bool {
        let community = CommunityCode::parse(COMMUNITY).unwrap();
        let page = here.store.pull(&self.rights(), &community, self.cursor.take(), limit, horizon).await.unwrap();
        if page.start_over {
            self.records = Records::default();
        }
        page.changes.into_iter().for_each(|change| self.records.absorb(change));
        self.cursor = Some(page.next);
        page.more
    }

    async fn catch_up(&mut self, here: &Neighbourhood, horizon: Timestamp) {
        while self.pull(here, 7, horizon).await {}
    }

    /// Who has been told nothing yet, in the same post.
    fn anew(&self) -> Self {
        Self { records: Records::default(), cursor: None, ..*self }
    }
}

/// Something that somebody does, now or long ago, and sends now.
fn step(here: &Neighbourhood, chance: &mut StdRng, known: &[(usize, Command)]) -> (&'static str, Command) {
    let writer = chance.random_range(0..WRITERS.len());
    let (who, place) = WRITERS[writer];
    let category = Category::ALL.choose(chance).unwrap().code();
    let Some((author, written)) = known.choose(chance) else {
        return (who, here.note_at(who, place, category, now(), "第一条"));
    };
    let entry = written.act.entry();
    let author = WRITERS[*author].0;
    match chance.random_range(0..6) {
        0 => (CHEN, here.act(CHEN, Act::MarkRead { entry })),
        1 => (LI, here.act(LI, Act::SendBack { entry, part: Part::Problem, question: "几楼？".into() })),
        2 => {
            let form = form(category, "改一改");
            (author, here.act(author, Act::AmendEntry { entry, replaces: written.id, form }))
        }
        3 => (author, here.act(author, Act::WithdrawEntry { entry })),
        _ => (who, here.note_at(who, place, category, now(), "又一条")),
    }
}

#[tokio::test]
async fn followers_of_changing_posts_know_in_the_end_what_a_new_client_is_told() {
    let here = Neighbourhood::new().await;
    let horizon = now().plus_minutes(-92 * 24 * 60);
    for seed in 0..3 {
        let mut chance = StdRng::seed_from_u64(seed);
        let mut followers: Vec<Follower> = EVERYBODY
            .iter()
            .map(|who| Follower {
                person: here.card(who).id,
                post: POSTS[0],
                records: Records::default(),
                cursor: None,
            })
            .collect();
        let mut known = Vec::new();
        for _ in 0..STEPS {
            let (who, command) = step(&here, &mut chance, &known);
            // Long ago for the server, too: whoever starts anew is not told of it.
            let received = if chance.random_bool(0.2) { horizon.plus_minutes(-1) } else { now() };
            let mut batch = here.batch(who, std::slice::from_ref(&command));
            batch.received = received;
            here.store.push(batch).await.unwrap();
            if matches!(command.act, Act::WriteEntry { .. }) {
                known.push((WRITERS.iter().position(|(name, _)| *name == who).unwrap(), command));
            }
            let follower = chance.random_range(0..followers.len());
            let follower = &mut followers[follower];
            if chance.random_bool(0.1) {
                follower.post = *POSTS.choose(&mut chance).unwrap();
            }
            follower.pull(&here, chance.random_range(1..20), horizon).await;
        }
        for mut follower in followers {
            follower.catch_up(&here, horizon).await;
            let mut anew = follower.anew();
            anew.catch_up(&here, horizon).await;
            let told = |records: &Records| Records { entries: Default::default(), ..records.clone() };
            assert_eq!(told(&follower.records), told(&anew.records), "seed {seed}, {:?}", follower.post);
            for (id, entry) in &anew.records.entries {
                assert_eq!(follower.records.entries.get(id), Some(entry), "seed {seed}, {:?}", follower.post);
            }
            let rights = follower.rights();
            assert!(follower.records.entries.values().all(|entry| rights.may_read(entry)));
            // Whatever it knows beyond what is told anew is the newest state, too.
            for (id, entry) in &follower.records.entries {
                assert_eq!(here.store.entry(&rights, *id).await.unwrap().as_ref(), Some(entry.as_ref()), "seed {seed}");
            }
        }
    }
}
