//! Every act for everybody in each of their roles, on what is somebody else's: who may not, hears so, and nothing is
//! changed. The rules are the domain's; here it is that no way over HTTP leads around them.

use crate::{
    server::TestServer,
    world::{
        self, CHEN, ELSEWHERE, GRID, HE, HERE, LI, NEXT_STAIRWELL, PEOPLE, QIAN, STAIRWELL, SUN, WANG, WU, YARD, ZHOU,
        act_on, at, bytes, command, entries, entry, id, is_stored, person,
    },
};
use domain::{
    kernel::{Command, FieldChange, PersonId, PlaceKind, Rejection, ResidentId, Role},
    log::{Act, Part},
    organisation::{self, Community, Person},
    residents::{self, Resident},
    seen::{self, Seen},
    sync::Outcome,
};

/// What is done, and who may.
type Deed = (&'static str, &'static [&'static str], Command);

const NOBODY: &[&str] = &[];
const READERS: &[&str] = &[SUN, ZHOU, QIAN, CHEN, WU];

/// What somebody does with an entry of 王某兰's, and around it.
fn deeds(login: &str, written: &Command) -> Vec<Deed> {
    let version = written.head.id;
    let amended = Act::AmendEntry {
        seen: version,
        changes: vec![FieldChange::new("problem", Some("张大娘感冒两天"), Some("张大娘好了"))],
    };
    let (part, text, why) = (Part::Measures, "紧急联系人？".to_owned(), "不想看".to_owned());
    let comment = Act::Comment { version, text: text.clone() };
    let ask = Act::SendBack { version, part, question: text.clone() };
    let on = |act: &Act| act_on(login, written, act);
    vec![
        ("write", &[WANG, SUN], entry(login, STAIRWELL, "一切平安")),
        ("amend", &[WANG], command(login, written.head.about.clone(), &amended)),
        ("read", READERS, on(&Act::MarkRead { version })),
        ("comment", READERS, on(&comment)),
        ("send back", READERS, on(&ask)),
        ("answer", NOBODY, on(&Act::Answer { question: version, text })),
        ("set aside", NOBODY, on(&Act::SetAsideEntry { why: why.clone() })),
        ("erase", NOBODY, on(&Act::EraseEntry { why })),
        ("take back", &[WANG], on(&Act::WithdrawEntry {})),
    ]
}

/// What somebody does with places and people.
fn keeping(login: &str) -> Vec<Deed> {
    use organisation::Act;
    let card = |who: &str| Person::key_of(id(HERE), person(who));
    let new_place = world::place(rand::random(), PlaceKind::Stairwell, YARD, "9单元", None).head.about;
    let new_person = Person::key_of(id(HERE), PersonId::from_parts(1, rand::random()));
    let new_resident = Resident::key_of(id(HERE), ResidentId::from_parts(1, rand::random()));
    let form = residents::Form { name: "吴某奶奶".to_owned(), ..residents::Form::default() };
    let place = Act::MakePlace {
        kind: PlaceKind::Stairwell,
        name: "9单元".to_owned(),
        code: None,
        floors: Vec::new(),
        water_valve: None,
        power_switch: None,
    };
    let number =
        FieldChange::new("number", None, Some(&format!("02400000{} 供水", person(login).uuid().as_u128() % 997)));
    let community = Act::MakeCommunity {
        name: "我的社区".to_owned(),
        abbreviation: "WDSQ".to_owned(),
        code: None,
        numbers: Vec::new(),
    };
    let since = server::clock::now();
    let post = |role| Act::GivePost { role, from: since, until: None };
    let see = seen::Act::See { up_to: Some(1), seen: Vec::new(), unseen: Vec::new() };
    let in_here = &[WANG, LI, SUN, ZHOU, QIAN, CHEN, WU];
    vec![
        ("add a resident", &[WANG, SUN], {
            command(login, vec![new_resident.clone(), at(STAIRWELL)], &residents::Act::AddResident { form })
        }),
        ("erase a resident", NOBODY, {
            command(login, vec![new_resident], &residents::Act::EraseResident { why: "不想看".to_owned() })
        }),
        ("make a place", &[SUN, QIAN], command(login, new_place, &place)),
        ("move a place", &[SUN, QIAN], command(login, vec![at(NEXT_STAIRWELL), at(YARD)], &Act::MovePlace {})),
        ("change the community", &[QIAN], {
            command(login, vec![at(HERE)], &Act::ChangeCommunity { changes: vec![number] })
        }),
        ("make a community", NOBODY, command(login, vec![Community::key_of(id(rand::random()))], &community)),
        ("change another community", NOBODY, {
            command(login, vec![at(ELSEWHERE)], &Act::ChangeCommunity { changes: Vec::new() })
        }),
        ("add somebody", &[QIAN], {
            command(login, vec![new_person], &Act::AddPerson { name: "冯某".to_owned(), agency: None })
        }),
        ("give a post", &[QIAN], command(login, vec![card(LI), at(GRID)], &post(Role::SocialWorker))),
        ("give oneself a post", NOBODY, command(login, vec![card(login), at(GRID)], &post(Role::GridWorker))),
        ("end a post", &[QIAN], {
            let end = Act::EndPost { role: Role::PartyBranch, until: since };
            command(login, vec![card(LI), at(GRID)], &end)
        }),
        ("note what one has seen", in_here, { command(login, vec![Seen::key_of(id(HERE), person(login))], &see) }),
        ("note what another has seen", NOBODY, {
            let other = if login == CHEN { WANG } else { CHEN };
            command(login, vec![Seen::key_of(id(HERE), person(other))], &see)
        }),
    ]
}

#[tokio::test]
async fn whoever_may_not_is_told_so_for_every_act_and_role() {
    let server = TestServer::start().await;
    let wang = server.signed_in(WANG).await;
    for (login, _) in PEOPLE {
        let written = entry(WANG, STAIRWELL, "张大娘感冒两天");
        assert!(is_stored(&wang.push(&[bytes(&written)]).await[0]));
        let client = server.signed_in(login).await;
        let mut deeds = deeds(login, &written);
        let of_the_log = deeds.len();
        deeds.extend(keeping(login));
        let commands: Vec<String> = deeds.iter().map(|(.., command)| bytes(command)).collect();
        for ((what, who, _), reply) in deeds.iter().zip(client.push(&commands).await) {
            match &reply.outcome {
                Outcome::Accepted { .. } => assert!(who.contains(&login), "{login} may not {what}"),
                // Only its author could answer, and nobody has asked.
                Outcome::Rejected { reason } if *what == "answer" && login == WANG => {
                    assert_eq!(reason.code, "no_such_question");
                }
                Outcome::Rejected { reason } => {
                    assert!(reason.is(Rejection::NO_RIGHT) && !who.contains(&login), "{login}, {what}: {reason}");
                }
                other => panic!("{login}, {what}: {other:?}"),
            }
        }
        // Nothing but what was accepted stands in the entry.
        let told = entries(&wang.pull().await.envelopes);
        let told = told.iter().find(|told| told.id == world::entry_of(&written)).unwrap();
        let steps =
            deeds.iter().take(of_the_log).filter(|(what, who, _)| *what != "write" && who.contains(&login)).count();
        assert_eq!(told.steps.len(), 1 + steps, "{login}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_one_has_seen_comes_to_ones_own_devices_and_to_nobody_elses() {
    let server = TestServer::start().await;
    let (phone, tablet) = (server.signed_in(CHEN).await, server.signed_in(CHEN).await);
    let see = seen::Act::See { up_to: Some(7), seen: Vec::new(), unseen: Vec::new() };
    let key = Seen::key_of(id(HERE), person(CHEN));
    assert!(is_stored(&phone.push(&[bytes(&command(CHEN, vec![key.clone()], &see))]).await[0]));
    let hears = async |client: &crate::server::Client| {
        client.pull().await.envelopes.iter().any(|envelope| envelope.head.key == key)
    };
    assert!(hears(&tablet).await);
    for (login, _) in PEOPLE.into_iter().filter(|(login, _)| *login != CHEN) {
        assert!(!hears(&server.signed_in(login).await).await, "{login}");
    }
    server.stop().await;
}

#[tokio::test]
async fn residents_are_told_in_full_masked_or_not_at_all() {
    let server = TestServer::start().await;
    // Who is in no care group is nobody's business next door, nor of those who read for many.
    for (login, _) in PEOPLE {
        let envelopes = server.signed_in(login).await.pull().await.envelopes;
        let residents: Vec<_> = envelopes.iter().filter(|envelope| envelope.head.key.kind == "resident").collect();
        assert_eq!(residents.len(), usize::from([WANG, SUN].contains(&login)), "{login}: {residents:?}");
        assert!(residents.iter().all(|resident| resident.text.contains("张某芝")), "{login}: {residents:?}");
    }
    let care = FieldChange::new("care", None, Some("living_alone"));
    let key = Resident::key_of(id(HERE), ResidentId::from_parts(1, [9; 10]));
    let change = residents::Act::ChangeResident { changes: vec![care] };
    let changed = command(WANG, vec![key, at(STAIRWELL)], &change);
    let replies = server.signed_in(WANG).await.push(&[bytes(&changed)]).await;
    assert!(is_stored(&replies[0]), "{replies:?}");
    for (login, is_told, in_full) in [
        (WANG, true, true),
        (SUN, true, true),
        (CHEN, true, true),
        (WU, true, true),
        (QIAN, true, false),
        (ZHOU, false, false),
        (LI, false, false),
        (HE, false, false),
    ] {
        let envelopes = server.signed_in(login).await.pull().await.envelopes;
        let told = envelopes.into_iter().find(|envelope| envelope.head.key.kind == "resident");
        assert_eq!(told.is_some(), is_told, "{login}");
        let text = told.map(|told| told.text).unwrap_or_default();
        assert_eq!(text.contains("张某芝"), in_full, "{login}: {text}");
    }
    server.stop().await;
}
