//! The shop: Juniper & Lark sells things for the home. All of it is made up.

use domain::{
    agent_file::AgentFile,
    facts::BrandFacts,
    money::{Currency, Money},
    role::Role,
};
use governance::{CustomerFacts, starting_points::StartingPoint};

use super::{dice::Dice, story::Person};

pub const BRAND: &str = "Juniper & Lark";
pub const TIME_ZONE: &str = "America/Chicago";
/// How far that zone is behind UTC in winter, for a plausible working day.
pub const HOURS_BEHIND: i64 = 6;
pub const PASSWORD: &str = "demo-password";

pub const ADMIN: &str = "ana@juniperandlark.example";
pub const MANAGER: &str = "marcus@juniperandlark.example";
pub const OPERATOR: &str = "priya@juniperandlark.example";
pub const REVIEWER: &str = "grace@juniperandlark.example";
pub const AUDITOR: &str = "helen@juniperandlark.example";

pub fn people() -> Vec<Person> {
    let person = |email, name, role, queues| Person { email, name, role, queues };
    vec![
        person(ADMIN, "Ana Reyes", Role::Admin, &["ops-desk"]),
        person(MANAGER, "Marcus Boyd", Role::Manager, &["cs-leads", "marketing", "merchandising"]),
        person(OPERATOR, "Priya Nair", Role::Operator, &["ops-desk", "cs-leads"]),
        person(REVIEWER, "Grace Okafor", Role::Reviewer, &["cs-leads"]),
        person("tomas@juniperandlark.example", "Tomas Lindqvist", Role::Reviewer, &["cs-leads"]),
        person("wei@juniperandlark.example", "Wei-Lin Zhao", Role::Reviewer, &["marketing"]),
        person("sofia@juniperandlark.example", "Sofia Marchetti", Role::Reviewer, &["marketing", "merchandising"]),
        person("daniel@juniperandlark.example", "Daniel Frost", Role::Reviewer, &["legal"]),
        person(AUDITOR, "Helen Abara", Role::Auditor, &[]),
    ]
}

/// The agents of the shop, the first with what the others share: what starting points became once they were trusted.
const AGENTS: [&str; 6] = ["support", "returns", "reviews", "campaigns", "pricing", "inventory"];

pub fn agent_files() -> Result<Vec<AgentFile>, toml::de::Error> {
    AGENTS.iter().filter_map(|slug| StartingPoint::find(slug)).map(StartingPoint::as_written).collect()
}

pub const PRODUCTS: [(&str, i64); 22] = [
    ("Linen duvet cover, oat", 12900),
    ("Stoneware bowls, set of four", 6800),
    ("Beeswax taper candles, six", 2400),
    ("Oak serving board", 5400),
    ("Wool throw, heather", 9800),
    ("Pour-over set, speckled", 4600),
    ("Rattan laundry basket", 7200),
    ("Brass wall hooks, pair", 3200),
    ("Percale sheet set, queen", 14500),
    ("Hand-blown carafe", 5800),
    ("Walnut picture frame, A4", 3900),
    ("Jute rug, 5 by 7", 18900),
    ("Terracotta planter, large", 4900),
    ("Cast iron trivet", 2800),
    ("Waffle bath towel, clay", 3400),
    ("Olive wood spoons, three", 3600),
    ("Table lamp, pleated shade", 16400),
    ("Enamel kettle, sage", 7600),
    ("Kilim cushion cover", 4200),
    ("Ash bedside stool", 21800),
    ("Wool runner, 2 by 8", 26400),
    ("Copper watering can", 6100),
];

const FIRST: [&str; 36] = [
    "maya",
    "jonah",
    "priscilla",
    "teo",
    "harriet",
    "amir",
    "lucia",
    "owen",
    "nadia",
    "felix",
    "ingrid",
    "samuel",
    "rosa",
    "dev",
    "clara",
    "malik",
    "june",
    "anton",
    "bea",
    "victor",
    "salma",
    "henry",
    "noor",
    "elise",
    "kofi",
    "mirela",
    "dylan",
    "yuki",
    "carmen",
    "leif",
    "asha",
    "martin",
    "opal",
    "ruben",
    "tessa",
    "idris",
];
const LAST: [&str; 36] = [
    "ellison",
    "varga",
    "okoye",
    "brandt",
    "castellanos",
    "mehta",
    "halloran",
    "nguyen",
    "petrov",
    "sorensen",
    "whitlock",
    "abbott",
    "moreau",
    "tanaka",
    "delgado",
    "farrow",
    "lindgren",
    "osei",
    "quinn",
    "rahman",
    "sandoval",
    "thorne",
    "ueda",
    "vance",
    "weiss",
    "yilmaz",
    "zielinski",
    "baptiste",
    "cho",
    "dunmore",
    "eriksen",
    "fontaine",
    "greer",
    "hakimi",
    "ivanova",
    "jansen",
];

pub fn dollars(minor: i64) -> Option<Money> {
    Some(Money { minor, currency: Currency::parse("USD").ok()? })
}

/// The brand's list of customers; most have bought more than once, few have a complaint open.
pub fn customers() -> Vec<CustomerFacts> {
    let mut dice = Dice(0x6a75_6e69_7065_7231);
    let mut customers = Vec::new();
    for number in 0..420_i64 {
        let id = format!("{}_{}_{}", dice.pick(&FIRST), dice.pick(&LAST), 2117 + number * 17);
        let orders = [1, 1, 2, 2, 2, 3, 3, 4, 5, 7, 11, 19][dice.place(12)];
        let value = (0..orders).map(|_| dice.between(2_800, 19_500)).sum();
        let facts = BrandFacts {
            orders: Some(orders),
            lifetime_value: dollars(value),
            open_complaints: Some(u32::from(dice.chance(35))),
        };
        customers.push(CustomerFacts { id, facts });
    }
    customers
}
