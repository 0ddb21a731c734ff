//! What the address of the form says: the step, and everything that was chosen so far. The form can therefore be
//! shown before anything else is known, every step is a link, and the phone's back button goes one step back.

use domain::log::{Category, EntryForm, Template, Urgency};
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

/// A page of the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// 1/3 what, by template.
    #[default]
    What,
    /// 1/3 what, by category.
    Categories,
    /// Before anything that can hurt: 先保护自己.
    Danger,
    /// 2/3 where.
    Where,
    /// 3/3 say it.
    Say,
}

impl Step {
    const NAMED: [(Self, &'static str); 5] = [
        (Self::What, "what"),
        (Self::Categories, "categories"),
        (Self::Danger, "danger"),
        (Self::Where, "where"),
        (Self::Say, "say"),
    ];

    fn code(self) -> &'static str {
        Self::NAMED.iter().find(|(step, _)| *step == self).map_or("what", |(_, code)| code)
    }
}

/// `/write?template=all_well&door=5-2&step=say`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Which page of the form.
    pub step: Step,
    /// Code of the template, or empty.
    pub template: String,
    /// Code of the category, where it was chosen by itself.
    pub category: String,
    /// A door's label, `stairwell` or `yard`, or empty.
    pub door: String,
    /// Id of the micro-grid's place, or empty: the person's only one.
    pub micro_grid: String,
    /// The entry that is being changed.
    pub entry: String,
    /// The command that the server refused and that this makes good.
    pub mend: String,
}

impl Address {
    /// Reads a query. Without a step, the first one that is still open.
    pub fn of(query: &ParamsMap) -> Self {
        Self::read(&|name| query.get(name))
    }

    fn read(value: &dyn Fn(&str) -> Option<String>) -> Self {
        let get = |name| value(name).unwrap_or_default();
        let mut address = Self {
            step: Step::What,
            template: get("template"),
            category: get("category"),
            door: get("door"),
            micro_grid: get("micro_grid"),
            entry: get("entry"),
            mend: get("mend"),
        };
        let named = value("step").and_then(|code| Step::NAMED.into_iter().find(|(_, name)| *name == code));
        address.step = named.map_or_else(|| address.next_step(), |(step, _)| step);
        address
    }

    /// The form with the words of an entry in it. A category that is not its template's is said, and so is kept.
    pub fn of_form(form: &EntryForm, micro_grid: &str) -> Self {
        let templates = Template::parse(&form.template).ok().flatten().map(|template| template.category.code());
        Self {
            step: Step::Say,
            template: form.template.clone(),
            category: if templates == Some(&*form.category) { String::new() } else { form.category.clone() },
            door: form.spot.clone(),
            micro_grid: micro_grid.to_owned(),
            ..Self::default()
        }
    }

    /// The first step that is still open. Danger comes before the place.
    fn next_step(&self) -> Step {
        if self.category().is_none() {
            Step::What
        } else if self.door.is_empty() {
            Step::Where
        } else {
            Step::Say
        }
    }

    /// The chosen template.
    pub fn template(&self) -> Option<&'static Template> {
        Template::parse(&self.template).ok().flatten()
    }

    /// The chosen category: by itself, or the template's.
    pub fn category(&self) -> Option<Category> {
        Category::parse(&self.category).ok().or_else(|| self.template().map(|template| template.category))
    }

    /// The urgency that the form proposes.
    pub fn usual_urgency(&self) -> Urgency {
        let by_category = Category::parse(&self.category).ok().map(Category::usual_urgency);
        let by_template = self.template().map(|template| template.urgency);
        by_category.or(by_template).unwrap_or(Urgency::Ordinary)
    }

    /// What is being written about, in the words of the button.
    pub fn what(&self) -> &'static str {
        match (Category::parse(&self.category), self.template()) {
            (Err(_), Some(template)) => template.title,
            _ => self.category().map_or("还没选", Category::title),
        }
    }

    /// The same form at another step.
    pub fn at(&self, step: Step) -> Self {
        Self { step, ..self.clone() }
    }

    /// The next step after a template was chosen: danger first.
    pub fn with_template(&self, template: &'static Template) -> Self {
        let chosen = Self { template: template.code.to_owned(), category: String::new(), ..self.clone() };
        chosen.after_what(template.danger)
    }

    /// The next step after a category was chosen.
    pub fn with_category(&self, category: Category) -> Self {
        // A changed entry keeps the template it started from: "nobody home" is not a visit, whatever it is filed under.
        let template = if self.entry.is_empty() { String::new() } else { self.template.clone() };
        let chosen = Self { template, category: category.code().to_owned(), ..self.clone() };
        chosen.after_what(category.needs_safety_card())
    }

    fn after_what(self, danger: bool) -> Self {
        let step = if danger && !self.changes() { Step::Danger } else { self.next_step() };
        self.at(step)
    }

    /// The way on from the danger card.
    pub fn after_danger(&self) -> Self {
        self.at(self.next_step())
    }

    /// The next step after a place was chosen.
    pub fn with_place(&self, door: &str, micro_grid: &str) -> Self {
        let chosen = Self { door: door.to_owned(), micro_grid: micro_grid.to_owned(), ..self.clone() };
        chosen.at(chosen.next_step())
    }

    /// Whether something is changed that was written before.
    pub fn changes(&self) -> bool {
        !self.entry.is_empty() || !self.mend.is_empty()
    }

    /// Where the device keeps unfinished texts of this form, each with a part of its own behind it: a change of an entry
    /// has a place of its own.
    pub fn place_of_drafts(&self) -> String {
        match (self.mend.as_str(), self.entry.as_str()) {
            ("", "") => "write".to_owned(),
            ("", entry) => ["amend/", entry].concat(),
            (mend, _) => ["mend/", mend].concat(),
        }
    }

    /// Whether two addresses are about the same unfinished text, whatever its step.
    pub fn same_form(&self, other: &Self) -> bool {
        self.at(Step::What) == other.at(Step::What)
    }

    /// The address. Values are codes, but whatever was typed into it is escaped.
    pub fn href(&self) -> String {
        let mut href = "/write".to_owned();
        let step = if self.step == Step::What && self.next_step() == Step::What { "" } else { self.step.code() };
        let values = [
            ("entry", self.entry.as_str()),
            ("mend", &self.mend),
            ("template", &self.template),
            ("category", &self.category),
            ("micro_grid", &self.micro_grid),
            ("door", &self.door),
            ("step", step),
        ];
        for (name, value) in values.into_iter().filter(|(_, value)| !value.is_empty()) {
            href.push(if href.len() == "/write".len() { '?' } else { '&' });
            href.push_str(name);
            href.push('=');
            escape(value, &mut href);
        }
        href
    }
}

/// Percent-encodes everything but letters, digits, `-`, `_` and `.`.
fn escape(value: &str, into: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            into.push(char::from(byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            into.push('%');
            into.push(char::from(HEX[usize::from(byte >> 4)]));
            into.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(query: &[(&str, &str)]) -> Address {
        Address::read(&|wanted| query.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn three_choices_lead_to_a_page_that_can_be_saved() {
        let nobody_home = Template::parse("nobody_home").ok().flatten().expect("a template");
        let chosen = address(&[]).with_template(nobody_home);
        assert_eq!(chosen.href(), "/write?template=nobody_home&step=where");
        let placed = chosen.with_place("5-2", "");
        assert_eq!(placed.href(), "/write?template=nobody_home&door=5-2&step=say");
        assert_eq!(placed.what(), "没人在家");
    }

    #[test]
    fn a_door_that_is_given_is_not_asked_for_again() {
        let at_door = address(&[("door", "5-2"), ("micro_grid", "01890000-0000-7000-8000-000000000017")]);
        assert_eq!(at_door.step, Step::What);
        assert_eq!(at_door.with_category(Category::Errand).step, Step::Say);
    }

    #[test]
    fn danger_stops_before_anything_is_written_and_is_not_a_dead_end() {
        let gas = Template::parse("gas_smell").ok().flatten().expect("a template");
        let chosen = address(&[]).with_template(gas);
        assert_eq!(chosen.step, Step::Danger);
        assert_eq!(chosen.after_danger().step, Step::Where);
        assert_eq!(address(&[]).with_category(Category::Emergency).step, Step::Danger);
    }

    #[test]
    fn an_entry_that_was_filed_under_another_category_stays_there_when_it_is_changed() {
        let light_out = Template::parse("light_out").ok().flatten().expect("a template");
        let filed = |category: &str| {
            let form = EntryForm { template: light_out.code.into(), category: category.into(), ..EntryForm::default() };
            Address::of_form(&form, "").category().map(Category::code)
        };
        assert_eq!(filed(light_out.category.code()), Some(light_out.category.code()));
        assert_eq!(filed("01"), Some("01"));
    }

    #[test]
    fn a_change_and_a_new_entry_never_share_a_draft() {
        let places = [&[][..], &[("entry", "e")], &[("mend", "c")], &[("entry", "e"), ("mend", "c")]];
        let places = places.map(|query| address(query).place_of_drafts());
        assert_eq!(places, ["write", "amend/e", "mend/c", "mend/c"]);
    }

    #[test]
    fn an_address_comes_back_as_it_was_and_hides_nothing_in_its_values() {
        let odd = address(&[("template", "all_well"), ("door", "5&step=what#东"), ("step", "say")]);
        assert_eq!(odd.href(), "/write?template=all_well&door=5%26step%3Dwhat%23%E4%B8%9C&step=say");
        assert_eq!(odd.step, Step::Say);
        assert!(odd.same_form(&odd.at(Step::Where)));
        assert!(!odd.same_form(&odd.with_place("5-2", "")));
    }
}
