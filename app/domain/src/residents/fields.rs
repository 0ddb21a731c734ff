//! The fields of a resident's form, and what their values may be.

use crate::kernel::Field;

/// Most characters of a name.
pub const NAME_LIMIT: usize = 20;
/// Most characters of a note.
pub const NOTE_LIMIT: usize = 200;

/// 姓名
pub const NAME: Field = Field::typed("name", "姓名");
/// 门牌
pub const DOOR: Field = Field {
    says: &[("unknown", "这个单元没有这个门牌，重新选一个；要是新添的门，先请网格员加上。")],
    ..Field::chosen("door", "门牌")
};
/// 出生年
pub const BIRTH_YEAR: Field = Field {
    says: &[("unknown", "出生年是四位数字，比如 1941。")],
    ..Field::typed("birth_year", "出生年")
};
/// 关爱类别
pub const CARE: Field = Field::chosen("care", "关爱类别");
/// 电话
pub const PHONE: Field = Field {
    says: &[
        ("unknown", "电话号码不对：手机是 11 位，座机 8 位，区号写在前头。"),
        ("too_many", "电话最多记 4 个，去掉一个再加。"),
    ],
    ..Field::typed("phone", "电话")
};
/// 备注
pub const NOTE: Field = Field::typed("note", "备注");
/// 已搬走; set by acts of its own.
pub const MOVED_AWAY: Field = Field::chosen("moved_away", "已搬走");
/// 停用的原因; set by an act of its own.
pub const SET_ASIDE: Field = Field::typed("set_aside", "停用的原因");

/// 清除的原因
pub const ERASED_FOR: Field = Field::typed("why", "清除的原因");

/// All fields of the form, in its order.
pub const ALL: [Field; 6] = [DOOR, NAME, BIRTH_YEAR, CARE, PHONE, NOTE];
