//! Words that belong to the desk alone.

use crate::ui::pages::said;
use domain::kernel::Rejection;
use domain::log::{Part, reason};
use domain::sync::NotSaved;

/// 点评 as the field writes them, as far as they are true here: entries are not merged.
pub const COMMENTS: [&str; 4] = [
    "记录清楚，请补充老人紧急联系人和下次走访时间。",
    "隐患处置及时，写得也清楚。",
    "情绪低落两周以上，建议转介，我周三同去。",
    "两条写的是同一件事，以后续写在一条里。",
];

/// What is usually missing from a part.
pub const fn questions(part: Part) -> &'static [&'static str] {
    match part {
        Part::Problem => &["请补充老人紧急联系人。", "请写明具体位置。", "请写明是谁、多大年纪。"],
        Part::Measures => &["请写明联系了谁、几点。", "请补充当时怎么处理的。"],
        Part::Feedback => &["请补充处理结果。", "请补充下次走访时间。"],
        Part::Unknown => &[],
    }
}

/// Why nothing was written down, and what to do.
pub fn not_saved(why: &NotSaved) -> String {
    match why {
        NotSaved::Refused(why) if why.is(reason::WITHDRAWN) => "作者刚把这一条撤回了，不用再审。".to_owned(),
        NotSaved::Refused(why) if why.is(Rejection::NO_RIGHT) => {
            "这一条不归您审：自己写的，或者不在您负责的范围里。".to_owned()
        }
        why => said::at_field(why),
    }
}
