//! What an argument can be, as a form names it.

use domain::schema::Schema;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $words:literal),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $kind),+
        }

        impl Kind {
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),+ }
            }

            pub fn words(self) -> &'static str {
                match self { $(Self::$kind => $words),+ }
            }

            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

kinds! {
    Text "text" "Text",
    Choice "choice" "One of several texts",
    Number "number" "Whole number",
    YesNo "yes-no" "Yes or no",
    Money "money" "Amount of money",
    Texts "texts" "List of texts",
    Choices "choices" "List of some of several texts",
    Numbers "numbers" "List of whole numbers",
    Amounts "amounts" "List of amounts of money",
    /// Its members are the rows under its name: `address/street`.
    Group "group" "Group",
    Groups "groups" "List of groups",
}

impl Kind {
    /// `None` of a list of lists, or of answers, which a table has no room for.
    pub fn of(schema: &Schema) -> Option<Self> {
        Some(match schema {
            Schema::String { one_of, .. } if !one_of.is_empty() => Self::Choice,
            Schema::String { .. } => Self::Text,
            Schema::Integer { .. } => Self::Number,
            Schema::Boolean => Self::YesNo,
            Schema::Money { .. } => Self::Money,
            Schema::Object { .. } => Self::Group,
            Schema::Array { items, .. } => match Self::of(items)? {
                Self::Text => Self::Texts,
                Self::Choice => Self::Choices,
                Self::Number => Self::Numbers,
                Self::Money => Self::Amounts,
                Self::Group => Self::Groups,
                _ => return None,
            },
        })
    }

    /// What the list of such is a list of.
    pub fn item(self) -> Option<Self> {
        match self {
            Self::Texts => Some(Self::Text),
            Self::Choices => Some(Self::Choice),
            Self::Numbers => Some(Self::Number),
            Self::Amounts => Some(Self::Money),
            Self::Groups => Some(Self::Group),
            _ => None,
        }
    }

    /// What its bounds are counted in; `None` where it has none.
    pub fn bounded_in(self) -> Option<&'static str> {
        match self {
            Self::Text => Some("characters"),
            Self::Number => Some(""),
            _ => self.item().map(|_| "items"),
        }
    }

    pub fn has_choices(self) -> bool {
        matches!(self, Self::Choice | Self::Choices)
    }

    pub fn has_currency(self) -> bool {
        matches!(self, Self::Money | Self::Amounts)
    }

    pub fn has_members(self) -> bool {
        matches!(self, Self::Group | Self::Groups)
    }
}
