//! Who is signed in, and what they are in each of their communities.

use super::ServerMark;
use crate::{
    kernel::{Envelope, EnvelopeHead, PersonId, Record, Unreadable, json},
    organisation::Person,
};
use serde::{Deserialize, Serialize};

/// One's own card: what makes writing possible before the first page of the feed, and without signal for ever after.
/// The device keeps it whatever else goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Who.
    pub person: PersonId,
    /// As written in the log.
    pub name: String,
    /// Their own record in each community, under all that the feed brings of it: at position 0.
    pub people: Vec<Envelope>,
}

#[derive(Serialize, Deserialize)]
struct CardHead {
    person: PersonId,
    name: String,
}

impl Card {
    /// The card of a person who has these records, one in each community.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn of(person: PersonId, cards: &[Person]) -> Result<Self, Unreadable> {
        let envelope = |card: &Person| {
            Ok(Envelope { head: EnvelopeHead { key: card.key(), position: 0 }, text: json::write(card)? })
        };
        let name = cards.first().map(|card| card.name.clone()).unwrap_or_default();
        let people = cards.iter().map(envelope).collect::<Result<_, Unreadable>>()?;
        Ok(Self { person, name, people })
    }

    /// As the device keeps it: a line that says who, then their records, two lines each.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn write(&self) -> Result<String, Unreadable> {
        with_people(&CardHead { person: self.person, name: self.name.clone() }, &self.people)
    }

    /// Reads what [`Card::write`] wrote.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let (head, people) = read_with_people::<CardHead>(text)?;
        Ok(Self { person: head.person, name: head.name, people })
    }
}

/// The first line of the answer to the question whose session it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeReplyHead {
    /// Whose answer, and who is signed in.
    pub server: ServerMark,
    /// Their name, as written in the log.
    pub name: String,
}

/// The answer to the question whose session it is: a line, then the person's own records, two lines each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeReply {
    /// Whose answer.
    pub server: ServerMark,
    /// Who is signed in.
    pub card: Card,
}

impl MeReply {
    /// The body.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn write(&self) -> Result<String, Unreadable> {
        let head = MeReplyHead { server: self.server.clone(), name: self.card.name.clone() };
        with_people(&head, &self.card.people)
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`Unreadable`] where the first line is not ours.
    pub fn read(body: &str) -> Result<Self, Unreadable> {
        let (head, people) = read_with_people::<MeReplyHead>(body)?;
        let card = Card { person: head.server.person, name: head.name, people };
        Ok(Self { server: head.server, card })
    }
}

fn with_people(head: &impl Serialize, people: &[Envelope]) -> Result<String, Unreadable> {
    let mut text = json::write(head)?;
    text.push('\n');
    for person in people {
        person.write_to(&mut text)?;
    }
    Ok(text)
}

fn read_with_people<H: serde::de::DeserializeOwned>(text: &str) -> Result<(H, Vec<Envelope>), Unreadable> {
    let mut lines = text.lines();
    let head = json::read(lines.next().unwrap_or_default().as_bytes())?;
    let mut people = Vec::new();
    while let Some(person) = Envelope::read_from(&mut lines)? {
        people.push(person);
    }
    Ok((head, people))
}
