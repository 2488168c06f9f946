//! Who counts as one person: those of whom somebody may be able to sign in as both.

use std::collections::BTreeMap;

use crate::{approval::Given, id::PersonId};

/// Everybody of whom somebody else may know the password, with one of those; and so on, to one who stands for them all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AsOne(BTreeMap<PersonId, PersonId>);

impl AsOne {
    /// Of each pair, one may know the password of the other. What somebody has chosen while they were signed in as
    /// another is noted as that other's: so whoever knows one password may know what hangs on it.
    pub fn new(pairs: impl IntoIterator<Item = (PersonId, PersonId)>) -> Self {
        let mut all = Self::default();
        for (one, other) in pairs {
            let (one, other) = (all.of(one), all.of(other));
            if one != other {
                all.0.insert(one, other);
            }
        }
        all
    }

    /// The one who stands for all who count as one with this person.
    pub fn of(&self, person: PersonId) -> PersonId {
        let mut person = person;
        while let Some(next) = self.0.get(&person) {
            person = *next;
        }
        person
    }

    pub fn are_two(&self, one: PersonId, other: PersonId) -> bool {
        self.of(one) != self.of(other)
    }

    /// Whether this person counts as one with anybody.
    pub fn is_shared(&self, person: PersonId) -> bool {
        self.0.iter().any(|(one, other)| *one == person || *other == person)
    }

    /// What was said, where each who counts as one with somebody before is that one.
    pub fn apart(&self, given: &[Given]) -> Vec<Given> {
        let mut first = BTreeMap::new();
        let mut said = |given: &Given| {
            let by = *first.entry(self.of(given.by)).or_insert(given.by);
            Given { by, ..given.clone() }
        };
        given.iter().map(&mut said).collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    #[test]
    fn who_may_know_a_password_is_one_with_its_person_and_with_whoever_hangs_on_that() {
        // 1 has chosen the passwords of 2 and 3, 2 that of 4; 5 and 6 have chosen each other's.
        let pairs = [(2, 1), (4, 2), (3, 1), (5, 6), (6, 5)].map(|(one, other)| (id(one), id(other)));
        let all = AsOne::new(pairs);
        let groups = [vec![1, 2, 3, 4], vec![5, 6], vec![7]];
        for (at, group) in groups.iter().enumerate() {
            for (other_at, other) in groups.iter().enumerate() {
                for (one, another) in group.iter().flat_map(|one| other.iter().map(move |other| (*one, *other))) {
                    assert_eq!(all.are_two(id(one), id(another)), at != other_at, "{one}, {another}");
                }
            }
        }
        assert!(AsOne::default().are_two(id(1), id(2)) && !AsOne::default().are_two(id(1), id(1)));
    }
}
