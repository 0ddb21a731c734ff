//! Whom one can be under `--demo`.

use super::{DemoPerson, Server};
use crate::error::AppError;
use domain::kernel::{CommunityId, PlaceId, Record, json};
use domain::organisation::{Community, Directory, Place};
use domain::store::AccountLine;
use std::collections::BTreeMap;

impl Server {
    /// Everybody who is something now, by login, with the name of their first place.
    pub(super) async fn demo_people(&self) -> Result<Vec<DemoPerson>, AppError> {
        let now = self.now();
        let mut known = Known::new();
        let mut people = Vec::new();
        for AccountLine { cards, .. } in self.store.accounts().await? {
            let card = cards.into_iter().find(|card| card.posts_at(now).next().is_some());
            let Some(card) = card else { continue };
            let place = card.posts_at(now).next().map_or(card.community.into(), |held| held.place);
            let place = self.place_name(&mut known, card.community, place).await?;
            people.push(DemoPerson { card, place });
        }
        Ok(people)
    }

    async fn place_name(&self, known: &mut Known, community: CommunityId, place: PlaceId) -> Result<String, AppError> {
        let directory = known.entry(community).or_insert_with(|| Directory::new(community));
        let mut next = Some(place);
        while let Some(place) = next {
            if place == directory.tree().root() {
                if directory.community().is_none() {
                    let stored = self.store.stored(&Community::key_of(community)).await?;
                    take_in::<Community>(directory, stored.map(|one| one.text));
                }
                break;
            }
            if directory.tree().node(place).is_none() {
                let stored = self.store.stored(&Place::key_of(community, place)).await?;
                take_in::<Place>(directory, stored.map(|one| one.text));
            }
            next = directory.tree().node(place).and_then(|node| node.parent);
        }
        Ok(directory.place_name(place))
    }
}

type Known = BTreeMap<CommunityId, Directory>;

fn take_in<R: Record>(directory: &mut Directory, text: Option<String>) {
    if let Some(record) = text.and_then(|text| json::read::<R>(text.as_bytes()).ok()) {
        directory.take_in(&record);
    }
}
