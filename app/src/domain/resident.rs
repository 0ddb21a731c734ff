//! People who live behind the doors, as far as the log needs to know them (PIPL 5 and 6: as little as possible).

use super::{CareGroup, Day, DoorLabel, MicroGridCode, ResidentId, Rights};
use serde::{Deserialize, Serialize};

/// A telephone number and whose it is: elders often give a child's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// Digits; masked (`138****5678`) where the reader may not see all.
    pub number: String,
    /// `本人`, `女儿` …
    pub whose: String,
}

/// A resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resident {
    /// Who.
    pub id: ResidentId,
    /// In which stairwell.
    pub micro_grid: MicroGridCode,
    /// Behind which door.
    pub door: DoorLabel,
    /// Name; masked where the reader may not see all.
    pub name: String,
    /// Year of birth, if known. Ages are always computed (周岁, DOMAIN.md 2.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<u16>,
    /// Care groups (DOMAIN.md 2.12).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub care: Vec<CareGroup>,
    /// How to reach them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}

impl Resident {
    /// What a person with these rights may know of the resident; `None` if nothing. The server sends only this.
    #[must_use]
    pub fn seen_with(&self, rights: &Rights) -> Option<Self> {
        if !rights.sees_residents(&self.micro_grid, !self.care.is_empty()) {
            return None;
        }
        let mut seen = self.clone();
        if !rights.sees_phones(&self.micro_grid)
            && let Some(phone) = &mut seen.phone
        {
            phone.number = mask_phone(&phone.number);
        }
        Some(seen)
    }

    /// Age in completed years, as exactly as a birth year allows: the age reached in the course of this year.
    #[must_use]
    pub fn age(&self, today: Day) -> Option<u16> {
        let (year, _, _) = today.numbers();
        u16::try_from(year).ok()?.checked_sub(self.birth_year?)
    }
}

/// `张*兰`, `李*`.
#[must_use]
pub fn mask_name(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    match characters.as_slice() {
        [] => String::new(),
        [only] => only.to_string(),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len())),
    }
}

/// `138****5678`; shorter numbers keep their last two digits.
#[must_use]
pub fn mask_phone(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    if digits.len() < 8 {
        let hidden = digits.len().saturating_sub(2);
        return "*".repeat(hidden) + &digits[hidden..].iter().collect::<String>();
    }
    let head: String = digits[..3].iter().collect();
    let tail: String = digits[digits.len() - 4..].iter().collect();
    format!("{head}{}{tail}", "*".repeat(digits.len() - 7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_follow_the_fields_habit() {
        assert_eq!(mask_name("张某兰"), "张*兰");
        assert_eq!(mask_name("李某"), "李*");
        assert_eq!(mask_phone("13800005678"), "138****5678");
        assert_eq!(mask_phone("12345"), "***45");
    }
}
