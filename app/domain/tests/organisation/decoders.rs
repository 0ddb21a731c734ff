//! What comes in from outside never panics, whichever module it is for, and server and phone read it alike.

use crate::acts::{ENTRY, RESIDENT, about, acts, name_of};
use crate::world::{
    GRID_WORKER_WANG, SECRETARY_LI, SOCIAL_WORKER_SUN, STAIRWELL_3, WATCHER_ZHANG, World, by, cases, key, label,
    place_key,
};
use domain::kernel::{Actor, Command, DeviceId, Head, Job, RecordKey, Refusal, ServerSide, Span, json};
use domain::kinds::Kinds;
use domain::{log, organisation, residents, seen};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::fmt::Debug;

thread_local! {
    static WORLD: World = world();
}

/// The community, with an entry, a resident, and what Zhang has seen.
fn world() -> World {
    let mut world = World::new();
    let form = log::EntryForm {
        category: "09".into(),
        spot: "3-2".into(),
        problem: "灯不亮".into(),
        urgency: "4".into(),
        ..log::EntryForm::default()
    };
    let zhang = by(WATCHER_ZHANG);
    let stairwell = place_key(STAIRWELL_3);
    world.act(zhang, &[key("entry", ENTRY), stairwell.clone()], &log::Act::WriteEntry { form }).unwrap();
    let form = residents::Form { door: Some(label("3-1")), name: "张某兰".into(), ..residents::Form::default() };
    world.act(zhang, &[key("resident", RESIDENT), stairwell], &residents::Act::AddResident { form }).unwrap();
    let see = seen::Act::See { up_to: Some(3), seen: Vec::new(), unseen: Vec::new() };
    world.act(zhang, &[key("seen", WATCHER_ZHANG)], &see).unwrap();
    world
}

/// What both readers read, they read alike, and what the server's reads is written as something that both read the same.
/// They differ only in forms that no program of ours writes: halves of a character, `[]` for `{}`, `-0`.
fn read_as<A: Serialize + DeserializeOwned + PartialEq + Debug>(text: &str) -> Result<(), TestCaseError> {
    let server = json::read::<A>(text.as_bytes()).ok();
    let phone = json::read_small::<A>(text.as_bytes()).ok();
    let both = phone.is_some() && server.is_some();
    prop_assert!(!both || phone == server, "the phone reads {text} as {phone:?}, the server as {server:?}");
    if let Some(act) = server {
        let written = json::write(&act).unwrap();
        prop_assert_eq!(&json::read::<A>(written.as_bytes()).unwrap(), &act);
        prop_assert_eq!(&json::read_small::<A>(written.as_bytes()).unwrap(), &act);
    }
    Ok(())
}

/// The same, of the act of a module.
fn read_by_both(module: &str, text: &str) -> Result<(), TestCaseError> {
    match module {
        "log" => read_as::<log::Act>(text),
        "organisation" => read_as::<organisation::Act>(text),
        "residents" => read_as::<residents::Act>(text),
        "seen" => read_as::<seen::Act>(text),
        _ => panic!("how are the acts of {module} read?"),
    }
}

/// Sends the bytes of an act: read or refused with a reason, and what is taken can be read by whoever is told of it.
fn send(name: &str, text: &str, actor: Actor, about: Vec<RecordKey>) -> Result<(), TestCaseError> {
    let kinds = Kinds::all();
    read_by_both(kinds.act(name).unwrap().0.name, text)?;
    WORLD.with(|world| {
        let (id, written) = (uuid::Uuid::from_u128(0xABC).into(), world.now.get());
        let head = Head { id, actor, device: DeviceId::SERVER, written, offset: Some(Span::ZERO), about };
        let bytes = Command { head, act: text.to_owned() }.to_bytes().unwrap();
        let Ok(command) = Command::read(&bytes) else { return Ok(()) };
        let _ = kinds.as_meant(world, &command);
        for server in [None, Some(world as &dyn ServerSide)] {
            match kinds.apply(world, &command, server) {
                Ok(effects) => {
                    for record in effects.records() {
                        let stored = record.stored().unwrap();
                        prop_assert!(kinds.read(&stored.key, &stored.text).is_ok(), "{}", stored.text);
                    }
                }
                Err(Refusal::Rejected(rejection)) => prop_assert!(!rejection.says.is_empty()),
                Err(_) => {}
            }
        }
        Ok(())
    })
}

fn any_actor() -> impl Strategy<Value = Actor> {
    let people = [WATCHER_ZHANG, GRID_WORKER_WANG, SECRETARY_LI, SOCIAL_WORKER_SUN, 999].map(by);
    prop_oneof![select(people.to_vec()), Just(Actor::OPERATOR), Just(Actor::System(Job::Blobs))]
}

/// An act, with the records that it names, or now and then those of another one.
fn any_act() -> impl Strategy<Value = (Value, Vec<RecordKey>)> {
    (select(acts()), prop::option::weighted(0.1, select(acts()))).prop_map(|(act, other)| {
        let about = about(name_of(other.as_ref().unwrap_or(&act)));
        (act, about)
    })
}

/// JSON as nobody's phone writes it.
fn any_token() -> impl Strategy<Value = String> {
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    let tokens = [
        "null",
        "true",
        "0",
        "-1",
        "-0",
        "0.5",
        "1e3",
        "1e400",
        "007",
        "[]",
        "{}",
        "[null]",
        "\"\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\/\\b\\ud83d\\ude00\"",
        "18446744073709551615",
        "18446744073709551616",
        "9223372036854775807",
        "-9223372036854775808",
        "{\"later\":{\"a\":[1]}}",
        "{\"a\":1,\"a\":2}",
        "\"00000000-0000-0000-0000-000000000000\"",
        "\"3-1\"",
        "\"unknown\"",
        "\"name\"",
    ];
    let mut tokens = tokens.map(str::to_owned).to_vec();
    tokens.extend([deep, "9".repeat(400), format!("\"{}\"", "水".repeat(30_000))]);
    prop_oneof![select(tokens), "\\PC{0,9}".prop_map(|text| Value::from(text).to_string())]
}

/// Where anything stands in a value.
fn pointers(value: &Value) -> Vec<String> {
    let within = |name: String, inner: &Value| {
        pointers(inner).into_iter().map(move |rest| format!("/{name}{rest}")).collect::<Vec<_>>()
    };
    let mut all = vec![String::new()];
    match value {
        Value::Object(fields) => all.extend(fields.iter().flat_map(|(name, inner)| within(name.clone(), inner))),
        Value::Array(items) => all.extend(items.iter().enumerate().flat_map(|(n, inner)| within(n.to_string(), inner))),
        _ => {}
    }
    all
}

/// The act with `token` in one place: instead of what stood there, or as a field or item more.
fn with_token(act: &Value, at: Index, token: &str, instead: bool) -> String {
    const HERE: &str = "@here@";
    let mut act = act.clone();
    let pointers = pointers(&act[name_of(&act)]);
    let pointer = format!("/{}{}", name_of(&act), pointers[at.index(pointers.len())]);
    match act.pointer_mut(&pointer).unwrap() {
        Value::Object(fields) if !instead => drop(fields.insert("later".to_owned(), Value::from(HERE))),
        Value::Array(items) if !instead => items.push(Value::from(HERE)),
        value => *value = Value::from(HERE),
    }
    act.to_string().replace(&format!("\"{HERE}\""), token)
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn acts_with_damaged_bytes_are_read_alike_and_never_panic(
        (act, about) in any_act(),
        actor in any_actor(),
        at in any::<Index>(),
        with in "\\PC{0,3}|[{}\\[\\]\",:0-9\\\\ ]{0,3}",
        cut in 0_usize..4,
    ) {
        let mut characters: Vec<char> = act.to_string().chars().collect();
        let (at, end) = (at.index(characters.len()), characters.len());
        characters.splice(at..(at + cut).min(end), with.chars());
        send(name_of(&act), &characters.into_iter().collect::<String>(), actor, about)?;
    }

    #[test]
    fn acts_with_anything_anywhere_are_read_alike_and_never_panic(
        (act, about) in any_act(),
        actor in any_actor(),
        at in any::<Index>(),
        token in any_token(),
        instead in any::<bool>(),
    ) {
        send(name_of(&act), &with_token(&act, at, &token, instead), actor, about)?;
    }

    #[test]
    fn acts_that_are_cut_off_are_none(act in select(acts()), at in any::<Index>()) {
        let text = act.to_string();
        let end = (0..text.len()).filter(|end| text.is_char_boundary(*end)).nth(at.index(text.chars().count())).unwrap();
        let module = Kinds::all().act(name_of(&act)).unwrap().0.name;
        read_by_both(module, &text[..end])?;
        let head = Head { about: about(name_of(&act)), ..WORLD.with(|world| {
            world.command(Actor::OPERATOR, world.now.get(), &[key("entry", ENTRY)], &act).head
        }) };
        let command = Command { head, act: text[..end].to_owned() };
        prop_assert!(WORLD.with(|world| Kinds::all().apply(world, &command, None)).is_err());
    }
}
