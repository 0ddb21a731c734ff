//! What somebody did, in words: the deed, and the words that must not be lost.

use crate::ui::components::NEWER;
use domain::kernel::{Command, FieldChange};
use domain::log::{Act, EntryField, EntryForm, Part};

/// An act by its name. One of another version, or of a part of the program that is not loaded, is a deed all the same.
pub fn deed(act: &str) -> &'static str {
    match act {
        "write_entry" => "记一条",
        "amend_entry" => "改一条",
        "withdraw_entry" => "撤回",
        "mark_read" => "已阅",
        "comment" => "点评",
        "send_back" => "退回补充",
        "answer" => "回答",
        "see" => "看过",
        _ => NEWER,
    }
}

/// The words of a command, in full.
pub fn words_of(command: &Command) -> String {
    match command.read_act::<Act>() {
        Ok(Act::WriteEntry { form }) => form_words(&form),
        Ok(Act::AmendEntry { changes, .. }) => changed_words(&changes),
        Ok(Act::Comment { text, .. } | Act::Answer { text, .. }) => text,
        Ok(Act::SendBack { question, .. }) => question,
        Ok(
            Act::WithdrawEntry {}
            | Act::MarkRead { .. }
            | Act::TakeBlob { .. }
            | Act::SetAsideEntry { .. }
            | Act::EraseEntry { .. },
        )
        | Err(_) => String::new(),
    }
}

/// The parts of a form, one after the other.
pub fn form_words(form: &EntryForm) -> String {
    let parts = Part::ALL.into_iter().map(|part| form.part(part)).filter(|text| !text.is_empty());
    parts.collect::<Vec<_>>().join("。")
}

/// The parts that are to say something else; where there are none, what else is changed.
fn changed_words(changes: &[FieldChange]) -> String {
    let part_of = |change: &FieldChange| {
        let field = EntryField::from_key(&change.field);
        Part::ALL.into_iter().find(|part| field.is_some() && part.entry_field() == field)
    };
    let words = changes.iter().filter(|change| part_of(change).is_some());
    let words: Vec<&str> = words.filter_map(|change| change.to.as_deref()).collect();
    if !words.is_empty() {
        return words.join("。");
    }
    let mut fields: Vec<&str> = Vec::new();
    for change in changes {
        let title = EntryField::from_key(&change.field).map_or(NEWER, |field| field.field().title);
        if !fields.contains(&title) {
            fields.push(title);
        }
    }
    fields.join("、")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kernel::AttachmentKind;

    #[test]
    fn a_change_is_told_by_its_words_and_by_its_fields_where_it_has_none() {
        let feedback = FieldChange::new(EntryField::Feedback.key(), None, Some("女儿明天来"));
        let photo = domain::kernel::Attachment::of(AttachmentKind::Photo, b"x").word();
        let photo = FieldChange::new(EntryField::Attachments.key(), None, Some(&photo));
        assert_eq!(changed_words(&[feedback, photo.clone()]), "女儿明天来");
        assert_eq!(changed_words(&[photo.clone(), photo]), "照片和语音");
    }
}
