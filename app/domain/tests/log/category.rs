//! The codes of classes.

use domain::kernel::{FieldError, Problem, Topics};
use domain::kinds::topic;
use domain::log::field::{CATEGORY, URGENCY};
use domain::log::{Category, Urgency};

#[test]
fn codes_round_trip_and_unknown_ones_are_named() {
    for category in Category::ALL {
        assert_eq!(Category::parse(category.code()), Ok(*category));
    }
    assert_eq!(Category::ALL.len(), 12);
    assert_eq!(Category::parse("13"), Err(FieldError::new(CATEGORY, Problem::Unknown)));
    assert_eq!(Category::parse("unknown"), Err(FieldError::new(CATEGORY, Problem::Unknown)));
    assert_eq!(Urgency::parse(""), Err(FieldError::new(URGENCY, Problem::Missing)));
}

#[test]
fn the_twelve_classes_are_the_first_twelve_topics() {
    let all = Category::ALL.iter().fold(Topics::NONE, |all, category| all.and(category.topic()));
    assert_eq!(all, topic::ALL_CLASSES);
    let people = Category::ALL.iter().filter(|category| category.topic().meets(topic::CLASSES_OF_PEOPLE));
    assert_eq!(people.map(|one| one.code()).collect::<Vec<_>>(), ["01", "02", "06", "08", "09", "10", "12"]);
}

#[test]
fn a_category_of_a_newer_version_is_no_error() {
    assert_eq!(serde_json::from_str::<Category>("\"13\"").ok(), Some(Category::Unknown));
    assert_eq!(serde_json::from_str::<Category>("\"06\"").ok(), Some(Category::Dispute));
}
