//! What people read when something is wrong, and the one-tap entries.

use crate::neighbourhood::*;
use domain::kernel::{ATTACHMENTS, Field, FieldError, Problem, Rejection, Times};
use domain::log::{EntryContent, EntryField, EntryForm, Template, Urgency, field, reason};

#[test]
fn every_one_tap_entry_can_be_saved_as_it_is() {
    let world = World::new();
    for template in Template::ALL {
        let form = EntryForm {
            category: template.category.code().into(),
            template: template.code.into(),
            spot: "5-2".into(),
            problem: template.title.into(),
            measures: template.measures.into(),
            urgency: template.urgency.code().into(),
            ..EntryForm::default()
        };
        let times = Times { written: NOON, clock_offset: None, received: None };
        let content = EntryContent::parse(&form, world.stairwell(), &times).unwrap();
        assert_eq!(content.template(), Some(template.code));
        assert_eq!(content.to_form(), EntryForm { happened: Some(NOON), ..form });
        assert_eq!(Template::ALL.iter().filter(|other| other.code == template.code).count(), 1);
    }
    assert!(Template::ALL.iter().any(|template| template.code == Template::NOBODY_HOME));
    let gas = Template::parse("gas_smell").unwrap().unwrap();
    assert!(gas.danger && gas.urgency == Urgency::Extreme, "first protect yourself");
}

#[test]
fn every_problem_says_what_to_do() {
    let too_long = FieldError::new(field::PROBLEM, Problem::TooLong { limit: 2_000, actual: 2_105 });
    assert_eq!(too_long.spoken(), "字太多了：最多 2000 个字，现在 2105 个。");
    let others = [field::PLACE, field::COMMENT, field::QUESTION, field::ANSWER, field::WHY];
    let fields: Vec<Field> = EntryField::ALL.into_iter().map(EntryField::field).chain(others).collect();
    let problems = [
        Problem::Missing,
        Problem::TooLong { limit: 500, actual: 501 },
        Problem::ForbiddenCharacter { code: 0x202E },
        Problem::Unknown,
        Problem::TooEarly,
        Problem::InFuture,
        Problem::TooMany { limit: 100 },
    ];
    let at_fields =
        fields.iter().flat_map(|field| problems.iter().map(|problem| FieldError::new(*field, problem.clone())));
    let reasons = [
        reason::WITHDRAWN,
        reason::NO_SUCH_VERSION,
        reason::NO_SUCH_QUESTION,
        reason::ALREADY_ANSWERED,
        reason::ALREADY_REVIEWED,
    ];
    let all = at_fields.map(Rejection::from).chain(reasons.map(Rejection::from));
    for spoken in all.map(|rejection| rejection.says.into_owned()) {
        let length = spoken.chars().count();
        assert!(spoken.ends_with('。') && (8..=50).contains(&length), "{length}: {spoken}");
        assert!(!spoken.contains(['！', '!']), "never exclaim: {spoken}");
    }
    let door = FieldError::new(field::SPOT, Problem::Unknown).spoken();
    assert_eq!(door, "这个单元里没有这个门，点门牌表重新选。");
    assert!(FieldError::new(ATTACHMENTS, Problem::Unknown).spoken().contains("重新拍"));
}

#[test]
fn every_field_of_an_entry_has_a_word_of_its_own() {
    for field in EntryField::ALL {
        assert_eq!(EntryField::from_key(field.key()), Some(field));
        assert!(field.together().contains(&field));
    }
    assert_eq!(EntryField::from_key("weather"), None);
}
