//! A stand-in until the module `organisation` has it.
#![allow(missing_docs, clippy::missing_const_for_fn, clippy::must_use_candidate)]
use crate::kernel::{AnyRecord, CommunityId, Membership, PersonId, Span, Tree};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub struct Directory {
    pub community: CommunityId,
    pub abbreviation: Option<String>,
    pub tree: Tree,
    pub people: BTreeMap<PersonId, Vec<Membership>>,
}

impl Directory {
    pub fn new(community: CommunityId) -> Self {
        Self { community, abbreviation: None, tree: Tree::new(community), people: BTreeMap::new() }
    }
    pub fn is_known(&self) -> bool {
        self.abbreviation.is_some()
    }
    pub fn tree(&self) -> &Tree {
        &self.tree
    }
    pub fn memberships(&self, person: PersonId) -> &[Membership] {
        self.people.get(&person).map_or(&[], Vec::as_slice)
    }
    pub fn grace(&self) -> Span {
        Span::days(30)
    }
    pub fn put(&mut self, record: &dyn AnyRecord) {
        let _ = record;
    }
}
