//! Sorted maps and sets against the standard library's trees.

use domain::kernel::{SortedMap, SortedSet};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

proptest! {
    #[test]
    fn it_holds_what_a_tree_holds(acts in prop::collection::vec((0..4_u8, 0..20_u8, any::<u16>()), 0..200)) {
        let (mut map, mut tree) = (SortedMap::new(), BTreeMap::new());
        for (act, key, value) in acts {
            match act {
                0 | 1 => {
                    map.insert(key, value);
                    tree.insert(key, value);
                }
                2 => prop_assert_eq!(map.remove(&key), tree.remove(&key)),
                _ => prop_assert_eq!(map.get_or_insert_with(key, || value), tree.entry(key).or_insert(value)),
            }
            prop_assert_eq!(map.get(&key), tree.get(&key));
            prop_assert_eq!(map.contains_key(&key), tree.contains_key(&key));
            prop_assert_eq!(map.len(), tree.len());
        }
        prop_assert!(map.keys().zip(map.values()).eq(tree.iter()));
        map.retain(|key, _| key % 3 == 0);
        tree.retain(|key, _| key % 3 == 0);
        prop_assert!(map.keys().eq(tree.keys()) && map.into_values().eq(tree.into_values()));
    }

    #[test]
    fn a_set_holds_each_once_in_order(keys in prop::collection::vec(0..50_u8, 0..100)) {
        let (set, tree): (SortedSet<_>, BTreeSet<_>) = (keys.iter().copied().collect(), keys.iter().copied().collect());
        prop_assert!(set.iter().eq(tree.iter()));
        let mut anew = SortedSet::new();
        let mut tree = BTreeSet::new();
        for key in keys {
            prop_assert_eq!(anew.insert(key), tree.insert(key));
        }
        prop_assert_eq!(anew.remove(&7), tree.remove(&7));
        prop_assert!(anew.into_iter().eq(tree));
    }
}
