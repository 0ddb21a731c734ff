//! The tree of places.

use domain::kernel::{Node, PlaceId, PlaceKind, Tree};
use uuid::Uuid;

fn id(number: u128) -> PlaceId {
    Uuid::from_u128(number).into()
}

fn tree(parents: &[(u128, PlaceKind, u128)]) -> Tree {
    let mut tree = Tree::new(Uuid::from_u128(1).into());
    for (place, kind, parent) in parents {
        tree.put(Node { id: id(*place), kind: *kind, parent: Some(id(*parent)), name: place.to_string() });
    }
    tree
}

fn two_grids() -> Tree {
    use PlaceKind::{Grid, Stairwell, Yard};
    tree(&[(2, Grid, 1), (3, Grid, 1), (4, Yard, 2), (5, Stairwell, 4), (6, Stairwell, 4)])
}

#[test]
fn a_place_lies_within_all_that_stand_above_it() {
    let tree = two_grids();
    for outer in [1, 2, 4, 5] {
        assert!(tree.covers(id(outer), id(5)), "{outer}");
    }
    assert!(!tree.covers(id(3), id(5)) && !tree.covers(id(6), id(5)) && !tree.covers(id(5), id(4)));
    assert_eq!(tree.within(id(2)), [2, 4, 5, 6].map(id).into());
    assert_eq!(tree.nearest(id(5), PlaceKind::Yard).map(|node| node.id), Some(id(4)));
}

#[test]
fn a_stairwell_that_moves_lies_within_its_new_grid_only() {
    let mut tree = two_grids();
    tree.put(Node { id: id(5), kind: PlaceKind::Stairwell, parent: Some(id(3)), name: "5".to_owned() });
    assert!(tree.covers(id(3), id(5)) && !tree.covers(id(2), id(5)));
}

#[test]
fn a_ring_of_parents_and_an_unknown_place_lie_within_the_community() {
    let tree = tree(&[(2, PlaceKind::Grid, 3), (3, PlaceKind::Grid, 2)]);
    assert!(tree.covers(id(1), id(2)) && tree.covers(id(1), id(9)));
    assert!(!tree.covers(id(2), id(9)));
}
