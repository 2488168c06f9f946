//! Names: plainly visible, and none that people take for another's.

use std::collections::BTreeSet;

use domain::{
    action::ActionType,
    agent_file::{AgentFile, AgentHead, MOST_DESCRIBED},
    authoring::statement::keys,
    fault::Fault,
    role::Role,
};
use governance::Error;

use crate::support::{Shop, support_file};

const PASSWORD: &str = "correct horse battery";

#[track_caller]
fn refused<T: std::fmt::Debug>(answer: Result<T, Error>, fault: Fault, words: &str) {
    match answer {
        Err(Error::Invalid(found, said)) => {
            assert!(found == fault && said.contains(words), "{found:?}: {said}");
        }
        other => panic!("{other:?}"),
    }
}

fn head(slug: &str, name: &str, purpose: &str) -> AgentHead {
    AgentHead { slug: slug.to_owned(), name: name.to_owned(), purpose: purpose.to_owned() }
}

/// Permissions are read by their labels, so that one put in the place of another of the same looks would be no difference.
#[tokio::test]
async fn no_two_labels_of_a_kind_look_alike() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    let (mut action, mut set) = (support_file().actions[0].clone(), support_file().data_sets[0].clone());
    action.name = "twin".to_owned();
    set.name = "twin".to_owned();
    for other in [action.label.clone(), action.label.replace('e', "\u{435}")] {
        action.label = other;
        let words = "looks like that of another action";
        refused(governance.put_action_type(admin, &action, None, "new", &[]).await, Fault::Alike, words);
        let mut file = support_file();
        file.actions.push(action.clone());
        refused(governance.apply(admin, &file, "new", &[], true).await, Fault::Alike, words);
    }
    let words = "looks like that of another data set";
    refused(governance.put_data_set(admin, &set, None, "new", &[]).await, Fault::Alike, words);
    let mut file = support_file();
    file.data_sets.push(set);
    refused(governance.apply(admin, &file, "new", &[], true).await, Fault::Alike, words);

    let mut other = support_file().integrations[0].clone();
    other.slug = "other".to_owned();
    let mut file = support_file();
    file.integrations.push(other);
    refused(governance.apply(admin, &file, "new", &[], true).await, Fault::Alike, "another integration");
}

/// Whatever order it writes them in.
#[tokio::test]
async fn a_file_passes_names_on() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    let mut file = support_file();
    let swap = |file: &mut AgentFile| {
        let (one, other) = file.actions.split_at_mut(1);
        std::mem::swap(&mut one[0].label, &mut other[0].label);
        let (one, other) = file.queues.split_at_mut(1);
        std::mem::swap(&mut one[0].name, &mut other[0].name);
    };
    swap(&mut file);
    let apply = async |file: &AgentFile| {
        let accepted = keys(&governance.apply(admin, file, "swapped", &[], true).await?.to_accept());
        governance.apply(admin, file, "swapped", &accepted, false).await
    };
    assert_eq!(apply(&file).await.unwrap().changes.len(), 4);
    // The first gives its label to the next one, which is no two that look alike, and the last one takes it from nobody.
    let given = std::mem::replace(&mut file.actions[0].label, "Something new".to_owned());
    file.actions[1].label = given;
    file.actions.reverse();
    assert_eq!(apply(&file).await.unwrap().changes.len(), 2);
    let taken = file.actions[0].label.clone();
    file.actions[1].label = taken;
    refused(apply(&file).await, Fault::Alike, "looks like that of another action");
}

#[tokio::test]
async fn a_file_describes_so_much_at_most() {
    let shop = Shop::open().await;
    let mut file = support_file();
    let one = file.actions[0].clone();
    file.actions.extend((0..MOST_DESCRIBED).map(|n| ActionType { name: format!("a.{n}"), ..one.clone() }));
    for dry in [true, false] {
        let answer = shop.governance.apply(&shop.admin, &file, "much", &[], dry).await;
        refused(answer, Fault::Other, "a file describes at most 500");
    }
    refused(
        shop.governance.import_agent(&shop.admin, &file, "much", None, &[], false).await,
        Fault::Other,
        "a file describes at most 500",
    );
}

#[tokio::test]
async fn no_two_look_alike() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    for name in ["Support", "ѕuppоrt", "SUPPORT", "Suppor\u{ff54}"] {
        let new = governance.create_agent(admin, &head("other", name, ""), None).await;
        refused(new, Fault::Alike, "looks like that of another agent, `Support`");
    }
    governance.create_agent(admin, &head("other", "Other", ""), None).await.unwrap();
    let renamed = governance.describe_agent(admin, &head("other", "Other", ""), "Suppοrt", "").await;
    refused(renamed, Fault::Alike, "`Support`");
    // Its own name is no other's.
    governance.describe_agent(admin, &head("support", "Support", "Answers customers."), "SUPPORT", "").await.unwrap();

    refused(governance.add_queue(admin, "leads", "CS Ieads").await, Fault::Alike, "another queue, `CS leads`");
    for name in ["Ana", "Αna", "ANA"] {
        let new = governance.add_person(admin, "ana2@example.com", name, Role::Reviewer, PASSWORD).await;
        refused(new, Fault::Alike, "another person, `Ana`");
    }
    let ana = governance.person_by_email("ana@example.com").await.unwrap().unwrap();
    governance.disable_person(admin, ana.id, 9).await.unwrap();
    let new = governance.add_person(admin, "ana2@example.com", "Ana", Role::Reviewer, PASSWORD).await;
    refused(new, Fault::Alike, "another person, `Ana`");

    for name in ["Ben.", "ʙen"] {
        let new = governance.add_person(admin, "ben2@example.com", name, Role::Reviewer, PASSWORD).await;
        refused(new, Fault::Alike, "another person, `Ben`");
    }
    let new = governance.add_person(admin, "\u{430}na@example.com", "Anna", Role::Reviewer, PASSWORD).await;
    refused(new, Fault::EmailAlike, "another person, `ana@example.com`");
    for name in ["Reins", "The command line", "all agents!"] {
        let new = governance.add_person(admin, "new@example.com", name, Role::Reviewer, PASSWORD).await;
        refused(new, Fault::Alike, "one that Reins uses itself");
        refused(
            governance.create_agent(admin, &head("fourth", name, ""), None).await,
            Fault::Alike,
            "Reins uses itself",
        );
        refused(governance.add_queue(admin, "fourth", name).await, Fault::Alike, "Reins uses itself");
    }

    let mut file = support_file();
    file.agent.slug = "third".to_owned();
    file.agent.name = "Ѕupport".to_owned();
    refused(governance.apply(admin, &file, "new", &[], false).await, Fault::Alike, "another agent, `SUPPORT`");
    file.agent.name = "Third".to_owned();
    file.queues[1].name = "CS  leads".replace("  ", " ");
    refused(governance.apply(admin, &file, "new", &[], false).await, Fault::Alike, "another queue, `CS leads`");
}

#[tokio::test]
async fn what_cannot_be_seen_is_in_no_name() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    let names = ["Sup\u{202e}trop", "New\u{200b}", "New\nLine", "New\tTab", "\u{2066}New", "\u{1b}[1m", " New", ""];
    for name in names {
        let new = governance.create_agent(admin, &head("other", name, ""), None).await;
        refused(new, Fault::Name, "the name of an agent");
        let seen = head("support", "Support", "Answers customers.");
        let renamed = governance.describe_agent(admin, &seen, name, "").await;
        refused(renamed, Fault::Name, "the name of an agent");
        let mut file = support_file();
        file.agent.name = name.to_owned();
        refused(governance.apply(admin, &file, "x", &[], false).await, Fault::Other, "the name of the agent `support`");
    }
    for name in names.iter().filter(|name| name.trim() == **name) {
        refused(governance.add_queue(admin, "other", name).await, Fault::Name, "the name of a queue");
        let new = governance.add_person(admin, "x@example.com", name, Role::Reviewer, PASSWORD).await;
        refused(new, Fault::Name, "the name of a person");
        let key = governance.create_key(admin, "support", domain::view::KeyKind::Agent, name).await;
        refused(key, Fault::Label, "the label of a key");
    }
    refused(
        governance.create_agent(admin, &head("other", "Other", "a\u{202e}b"), None).await,
        Fault::Purpose,
        "the purpose holds U+202E",
    );
    for (slug, name) in [("a", "علی\u{200c}رضا"), ("b", "क्\u{200d}ष"), ("c", "👨\u{200d}👩\u{200d}👧"), ("d", "שרה")]
    {
        governance.create_agent(admin, &head(slug, name, "One\nTwo"), None).await.unwrap();
    }
}

#[tokio::test]
async fn a_reason_says_something_and_a_line_break_is_one_character() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    let tighten = async |reason: &str| governance.tighten(admin, "support", BTreeSet::new(), reason, None).await;
    for nothing in ["", " \r\n", "\u{200b}", "\u{2060}\u{feff} \u{3164}"] {
        refused(tighten(nothing).await, Fault::Reason, "a reason is needed");
    }
    let lines = |each: usize| vec!["x".repeat(each); 44].join("\r\n");
    tighten(&lines(44)).await.unwrap();
    refused(tighten(&lines(45)).await, Fault::Reason, "at most 2000");
    let (wide, most) = (head("a", "A", &lines(44)), head("b", "B", &lines(45)));
    governance.create_agent(admin, &wide, None).await.unwrap();
    refused(governance.create_agent(admin, &most, None).await, Fault::Purpose, "more than 2000");
}
