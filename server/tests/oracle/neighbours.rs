//! Eight stairwells in two grids and a yard, sixteen watchers, four of them with a second device, and three who read; a
//! community next to it, with a post for two of them; one whose post has ended long ago, and one who stands in.

use crate::native::{Founding, Post, id};
use domain::{
    kernel::{CommunityId, PlaceId, PlaceKind, ResidentId, Role, Span},
    organisation::DoorLabel,
    residents::{self, CareGroup, Phone},
};
use server::clock::now;

/// 和平新村社区, its grids, and a yard in the first of them.
pub const HERE: u128 = 0x10;
pub const GRID: u128 = 0x11;
pub const NEXT_GRID: u128 = 0x12;
const YARD: u128 = 0x13;
/// The first of its stairwells; half of them are in each grid.
const STAIRWELL: u128 = 0x20;
pub const STAIRWELLS: usize = 8;
/// 幸福社区 next to it.
const ELSEWHERE: u128 = 0x90;
const OTHER_GRID: u128 = 0x91;
const OTHER_STAIRWELL: u128 = 0xA0;
const OTHER_STAIRWELLS: usize = 2;
/// Residents of each stairwell; the first is in a care group.
const RESIDENTS: u128 = 2;

/// Watchers; each stairwell has two, who stand in for each other.
pub const WATCHERS: usize = 16;
/// Watchers with a second device.
pub const TWO_DEVICES: usize = 4;
/// The watcher who watches a stairwell in the other community, too.
const IN_BOTH: usize = WATCHERS - 2;
/// The watcher who is a social worker as well, and in another grid than their stairwell.
const WITH_TWO_POSTS: usize = WATCHERS - 1;
/// Who has no post to begin with, and is given and taken one.
pub const STAND_IN: &str = "lin";
/// How long ago the post of 钱某 ended: longer than late work counts.
const ENDED: Span = Span::days(40);
/// And how long ago it is that things were written down which come only now.
pub const BEFORE_THE_END: Span = Span::days(50);

/// What somebody's work is.
#[derive(Clone, Debug)]
pub enum Work {
    /// 守望员: writes about these stairwells.
    Watching(Vec<(CommunityId, PlaceId)>),
    /// Reads and reviews.
    Reading,
    /// 专职网格员: reads, keeps doors, and writes now and then.
    KeepingGrid,
    /// 社区党委: reads, and keeps the tree of places.
    KeepingCommunity,
    /// Has watched this stairwell, and has much to bring.
    Late(CommunityId, PlaceId),
}

/// Somebody with an account.
#[derive(Clone, Debug)]
pub struct Neighbour {
    pub login: String,
    pub name: String,
    pub posts: Vec<Post>,
    pub work: Work,
}

/// The place of a watcher's own.
pub fn stairwell_of(watcher: usize) -> PlaceId {
    stairwell(watcher % STAIRWELLS)
}

/// A stairwell here.
pub fn stairwell(n: usize) -> PlaceId {
    id(STAIRWELL + n as u128)
}

/// Where a stairwell here may stand.
pub fn parents() -> [PlaceId; 3] {
    [id(GRID), id(NEXT_GRID), id(YARD)]
}

fn other_stairwell(n: usize) -> PlaceId {
    id(OTHER_STAIRWELL + n as u128)
}

fn post(community: u128, role: Role, place: impl Into<PlaceId>) -> Post {
    Post { community: id(community), role, place: place.into(), until: None }
}

/// Those who write, in the order of their devices; a watcher's second device comes after all first ones.
pub fn writers() -> Vec<Neighbour> {
    let mut writers: Vec<Neighbour> = (0..WATCHERS).map(watcher).collect();
    writers.extend((0..TWO_DEVICES).map(watcher));
    writers.extend((0..OTHER_STAIRWELLS).map(|n| {
        let (login, home) = (format!("e{n}"), other_stairwell(n));
        let posts = vec![post(ELSEWHERE, Role::Watcher, home)];
        Neighbour { name: login.clone(), login, posts, work: Work::Watching(vec![(id(ELSEWHERE), home)]) }
    }));
    writers.push(late());
    let (login, name) = (STAND_IN.to_owned(), "林某".to_owned());
    writers.push(Neighbour { login, name, posts: Vec::new(), work: Work::Watching(vec![(id(HERE), stairwell(1))]) });
    writers
}

fn watcher(n: usize) -> Neighbour {
    let home = stairwell_of(n);
    let (mut posts, mut homes) = (vec![post(HERE, Role::Watcher, home)], vec![(id(HERE), home)]);
    if n == IN_BOTH {
        posts.push(post(ELSEWHERE, Role::Watcher, other_stairwell(1)));
        homes.push((id(ELSEWHERE), other_stairwell(1)));
    }
    if n == WITH_TWO_POSTS {
        posts.push(post(HERE, Role::SocialWorker, id::<PlaceId>(GRID)));
    }
    Neighbour { login: format!("w{n}"), name: format!("守望员{n}"), posts, work: Work::Watching(homes) }
}

fn late() -> Neighbour {
    let post = Post { until: Some(now().plus(ENDED.negated())), ..post(HERE, Role::Watcher, stairwell(0)) };
    let work = Work::Late(id(HERE), stairwell(0));
    Neighbour { login: "qian".to_owned(), name: "钱某".to_owned(), posts: vec![post], work }
}

/// Those who read: some categories of a grid here and of the one elsewhere, all of a grid, everything here.
pub fn readers() -> Vec<Neighbour> {
    let grid = |number: u128| id::<PlaceId>(number);
    let reader = |login: &str, name: &str, work, posts| {
        let (login, name) = (login.to_owned(), name.to_owned());
        Neighbour { login, name, posts, work }
    };
    vec![
        reader(
            "chen",
            "陈某",
            Work::Reading,
            vec![post(HERE, Role::SocialWorker, grid(GRID)), post(ELSEWHERE, Role::SocialWorker, grid(OTHER_GRID))],
        ),
        reader("sun", "孙某强", Work::KeepingGrid, vec![post(HERE, Role::GridWorker, grid(NEXT_GRID))]),
        reader("zhao", "赵某民", Work::KeepingCommunity, vec![post(HERE, Role::PartyCommittee, grid(HERE))]),
    ]
}

/// Everybody and everything.
pub fn founding() -> Founding {
    let mut founding = Founding::long_ago();
    founding.community(id(HERE), "和平新村社区", "HPXC");
    let here = |founding: &mut Founding, place: u128, kind, parent: u128, name: &str| {
        founding.place(id(HERE), id(place), kind, id(parent), name);
    };
    here(&mut founding, GRID, PlaceKind::Grid, HERE, "第三网格");
    here(&mut founding, NEXT_GRID, PlaceKind::Grid, HERE, "第四网格");
    here(&mut founding, YARD, PlaceKind::Yard, GRID, "八经街46号院");
    for n in 0..STAIRWELLS {
        let parent = if n >= STAIRWELLS / 2 { NEXT_GRID } else { [YARD, GRID][n % 2] };
        founding.place(id(HERE), stairwell(n), PlaceKind::Stairwell, id(parent), &format!("{}单元", n + 1));
    }
    founding.community(id(ELSEWHERE), "幸福社区", "XFSQ");
    founding.place(id(ELSEWHERE), id(OTHER_GRID), PlaceKind::Grid, id(ELSEWHERE), "第一网格");
    for n in 0..OTHER_STAIRWELLS {
        let name = format!("{}单元", n + 1);
        founding.place(id(ELSEWHERE), other_stairwell(n), PlaceKind::Stairwell, id(OTHER_GRID), &name);
    }
    let mut known: Vec<String> = Vec::new();
    for neighbour in writers().into_iter().chain(readers()) {
        if !known.contains(&neighbour.login) {
            let Neighbour { login, name, posts, .. } = &neighbour;
            let community = posts.first().map_or(id(HERE), |post| post.community);
            founding.person(login, name, community, posts);
            known.push(neighbour.login);
        }
    }
    for n in 0..STAIRWELLS {
        for number in 0..RESIDENTS {
            let resident: ResidentId = id(0x1000 + n as u128 * RESIDENTS + number);
            founding.resident(id(HERE), resident, stairwell(n), resident_form(number == 0));
        }
    }
    founding
}

fn resident_form(is_in_care: bool) -> residents::Form {
    residents::Form {
        door: Some(DoorLabel::parse("5-2").unwrap()),
        name: "张某芝".to_owned(),
        birth_year: Some(1940),
        care: is_in_care.then_some(CareGroup::LivingAlone).into_iter().collect(),
        phones: vec![Phone { number: "13800005678".to_owned(), whose: "女儿".to_owned() }],
        note: None,
    }
}
