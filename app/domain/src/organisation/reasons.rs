//! Why something of this module did nothing.

use crate::kernel::Reason;

/// A place would stand in itself.
pub const RING: Reason =
    Reason { code: "place_ring", says: "不能把一个地方放到它自己里面，换一个上级。" };
/// The level does not stand below the other one, or the role has no post there.
pub const LEVEL: Reason = Reason {
    code: "place_level",
    says: "层级不对：社区、网格、楼院、楼栋、单元，从大到小，换一个上级。",
};
/// A role has its posts at another level.
pub const ROLE_LEVEL: Reason = Reason {
    code: "role_level",
    says: "这个岗位不设在这一级：守望员在单元，网格员和党支部在网格，党委在社区。",
};
/// Something within it is still open.
pub const OPEN_WITHIN: Reason =
    Reason { code: "place_open_within", says: "里面还有没停用的地方，先停用或者移走它们。" };
/// The place is no more.
pub const CLOSED: Reason =
    Reason { code: "place_closed", says: "这个地方已经停用了，换一个；字都在。" };
/// The community has as many places as it can have.
pub const TOO_MANY_PLACES: Reason =
    Reason { code: "too_many_places", says: "社区登记的地方已经满了，请找管理系统的人看看。" };
/// The community has as many people as it can have.
pub const TOO_MANY_PEOPLE: Reason =
    Reason { code: "too_many_people", says: "社区登记的人员已经满了，请找管理系统的人看看。" };
/// A code is given once.
pub const CODE_TAKEN: Reason =
    Reason { code: "code_taken", says: "这个编码可能用过了，编码只用一次，换一个大一点的。" };
/// A door's label belongs to another door.
pub const DOOR_TAKEN: Reason =
    Reason { code: "door_taken", says: "这个门牌已经有了，换一个叫法，或者先改那一户。" };
