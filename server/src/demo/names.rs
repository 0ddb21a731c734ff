//! Names that are clearly nobody's: surname, 某, one character.

use super::random::Random;

const SURNAMES: [char; 10] = ['王', '李', '张', '刘', '赵', '孙', '杨', '马', '高', '于'];
const WOMEN: &str = "兰芳英华珍梅玉秀凤霞琴丽娟敏静淑芝莲桂娜婷雪云红艳萍荣香菊燕";
const MEN: &str = "国强军明福贵山海林勇刚伟峰龙生义仁德平波涛东亮田武斌成庆宝民";
const CHILDREN: &str = "宇轩涵睿泽晨妍彤琪乐阳诺";

/// A surname.
pub(super) fn surname(random: &mut Random) -> char {
    *random.pick(&SURNAMES)
}

/// A full name: `王某兰`.
pub(super) fn name(surname: char, woman: bool, age: u16, random: &mut Random) -> String {
    let given: Vec<char> = match (age, woman) {
        (..=15, _) => CHILDREN.chars().collect(),
        (_, true) => WOMEN.chars().collect(),
        (_, false) => MEN.chars().collect(),
    };
    format!("{surname}某{}", random.pick(&given))
}

/// Whether the name sounds like a woman's.
pub(super) fn sounds_like_a_woman(name: &str) -> bool {
    name.chars().last().is_some_and(|last| WOMEN.contains(last))
}
