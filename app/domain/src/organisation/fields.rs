//! The fields of this module's forms, and what their values may be.

use crate::kernel::{Field, FieldError, Problem, Span, Text};

/// Most characters of a name: of a place, a person, an agency, a community, of whoever answers a number.
pub const NAME_LIMIT: usize = 40;
/// Most characters that say where a valve or switch is: read in the dark, on one screen.
pub const WHEREABOUTS_LIMIT: usize = 100;

/// 名称, of a community or place.
pub const NAME: Field = Field::typed("name", "名称");
/// 缩写, which opens the numbers of entries.
pub const ABBREVIATION: Field = Field {
    says: &[("unknown", "缩写是 2 到 8 个大写字母，比如 HPXC。")],
    ..Field::typed("abbreviation", "缩写")
};
/// 编码
pub const CODE: Field =
    Field { says: &[("unknown", "编码的位数不对，核对一下。")], ..Field::typed("code", "编码") };
/// 常用电话
pub const NUMBER: Field = Field {
    says: &[("unknown", "电话号码只能是 3 到 12 位数字，再核对一下。")],
    ..Field::typed("number", "常用电话")
};
/// 补传期限, in days.
pub const LATE_WORK: Field = Field {
    says: &[("unknown", "天数填 1 到 365。")],
    ..Field::typed("late_work", "离岗后补传期限（天）")
};
/// How long a watcher's phone keeps its copies without contact, in days.
pub const SILENCE_OF_WATCHERS: Field = Field {
    says: &[("unknown", "天数填 1 到 365。")],
    ..Field::typed("silence_of_watchers", "守望员手机多久不联网就清除（天）")
};
/// The same for everybody else.
pub const SILENCE_OF_OTHERS: Field = Field {
    says: &[("unknown", "天数填 1 到 365。")],
    ..Field::typed("silence_of_others", "其他人员设备多久不联网就清除（天）")
};
/// 层级
pub const KIND: Field = Field::chosen("kind", "层级");
/// 户
pub const DOOR: Field = Field::chosen("door", "门牌");
/// 水阀位置
pub const WATER_VALVE: Field = Field::typed("water_valve", "水阀位置");
/// 电闸位置
pub const POWER_SWITCH: Field = Field::typed("power_switch", "电闸位置");
/// 姓名
pub const PERSON_NAME: Field = Field::typed("name", "姓名");
/// 所属机构
pub const AGENCY: Field = Field::typed("agency", "所属机构");
/// 岗位
pub const ROLE: Field = Field::chosen("role", "岗位");
/// 上岗日期
pub const FROM: Field = Field {
    says: &[("too_early", "上岗时间不能早于补传期限，改近一点。")],
    ..Field::chosen("from", "上岗时间")
};
/// 离岗日期
pub const UNTIL: Field = Field {
    says: &[("too_early", "离岗时间要在上岗时间之后，重新选一个。")],
    ..Field::chosen("until", "离岗时间")
};

pub(super) const fn wrong_number() -> FieldError {
    FieldError::new(NUMBER, Problem::Unknown)
}

/// A text that must be there.
pub(super) fn text(field: Field, raw: Option<&str>, limit: usize) -> Result<String, FieldError> {
    Ok(Text::parse(field, raw.unwrap_or_default(), limit)?.as_str().to_owned())
}

/// A text that may be missing.
pub(super) fn optional_text(field: Field, raw: Option<&str>, limit: usize) -> Result<Option<String>, FieldError> {
    let text = Text::parse_optional(field, raw.unwrap_or_default(), limit)?;
    Ok(text.map(|text| text.as_str().to_owned()))
}

/// Capital letters that open the numbers of entries.
pub(super) fn abbreviation(raw: &str) -> Result<String, FieldError> {
    let fits = (2..=8).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_uppercase());
    if fits { Ok(raw.to_owned()) } else { Err(FieldError::new(ABBREVIATION, Problem::Unknown)) }
}

/// The 12 digits of a community.
pub(super) fn community_code(raw: &str) -> Result<String, FieldError> {
    let fits = raw.len() == 12 && raw.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(raw.to_owned()) } else { Err(FieldError::new(CODE, Problem::Unknown)) }
}

/// A number of days, 1 to 365; `None` for the usual one.
pub(super) fn days(field: Field, raw: Option<&str>) -> Result<Option<Span>, FieldError> {
    let Some(raw) = raw else { return Ok(None) };
    let days = raw.parse().ok().filter(|days| (1..=365).contains(days));
    days.map(|days| Some(Span::days(days))).ok_or(FieldError::new(field, Problem::Unknown))
}
