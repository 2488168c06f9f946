//! Which parts of `governance` and `domain` use which: as ARCHITECTURE.md says, and in no circle.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use crate::tidy::{Source, repository, sources};

const FOLDER: &str = "governance/src/";

/// Files at the top that stand above the rooms.
const ABOVE: [&str; 4] = ["lib", "setup", "frame", "today"];

type Module = Vec<String>;

/// `asking::ask::door` for its file.
fn module(source: &Source) -> Module {
    let path = source.path.trim_start_matches(FOLDER).trim_end_matches(".rs");
    path.trim_end_matches("/mod").split('/').map(str::to_owned).collect()
}

/// The paths of a tree of imports.
fn paths(tree: &str) -> Vec<Module> {
    let tree = tree.trim();
    let Some((head, rest)) = tree.split_once('{') else {
        return vec![tree.split("::").map(|part| part.trim().to_owned()).collect()];
    };
    let head: Module = head.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    let inner = rest.rsplit_once('}').unwrap().0;
    let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[from..]);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty()).flat_map(paths);
    parts.map(|path| head.iter().cloned().chain(path).collect()).collect()
}

/// The trees that are imported.
fn imports(code: &str) -> impl Iterator<Item = Module> {
    let starts = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "];
    let begins = move |line: &str| starts.iter().find_map(|start| line.trim_start().strip_prefix(start)).map(str::len);
    let mut at = 0;
    let mut found = Vec::new();
    for line in code.split_inclusive('\n') {
        at += line.len();
        if let Some(left) = begins(line) {
            found.extend(code[at - left..].split_once(';').into_iter().flat_map(|(tree, _)| paths(tree)));
        }
    }
    found.into_iter()
}

/// Every path that a file names, from the top of the crate.
fn named(source: &Source) -> Vec<Module> {
    let here = module(source);
    let above = &here[..here.len() - 1];
    let code = source.code().map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    let uses = imports(&code);
    let within = code.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(rest.len());
        let path = rest[..end].split("::").filter(|part| !part.is_empty()).map(str::to_owned);
        [vec!["crate".to_owned()], path.collect()].concat()
    });
    let from_top = |path: Module| match path.first().map(String::as_str) {
        Some("crate") => Some(path[1..].to_vec()),
        Some("super") => Some([above, &path[1..]].concat()),
        _ => None,
    };
    uses.chain(within).filter_map(from_top).collect()
}

/// What each file uses, a file and the folder of its name as one.
fn graph() -> BTreeMap<Module, BTreeSet<Module>> {
    let sources = sources(FOLDER);
    let modules: BTreeSet<Module> = sources.iter().map(module).collect();
    let top = fs::read_to_string(repository().join(FOLDER).join("lib.rs")).unwrap();
    let again = imports(&top).filter(|path| path.first().is_some_and(|first| first != "std"));
    let again: BTreeMap<String, Module> = again.map(|path| (path.last().unwrap().clone(), path)).collect();
    let whole = |path: &Module| {
        let path = path.first().and_then(|first| again.get(first)).unwrap_or(path);
        let longest = (1..=path.len()).rev().map(|length| path[..length].to_vec());
        let found = longest.into_iter().find(|path| modules.contains(path))?;
        Some(found.into_iter().take(2).collect::<Module>())
    };
    let mut graph: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.path.ends_with("lib.rs")) {
        let here: Module = module(source).into_iter().take(2).collect();
        let uses = named(source).iter().filter_map(whole).filter(|used| *used != here).collect::<BTreeSet<_>>();
        graph.entry(here).or_default().extend(uses);
    }
    graph
}

/// The rooms with what each may use, as the map says.
fn map() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    let rows = text.lines().skip_while(|line| *line != "| room | what it does | may use |").skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let names =
        |cell: &str| cell.split('`').skip(1).step_by(2).map(|name| name.trim_end_matches('/').to_owned()).collect();
    let room = |line: &str| {
        let cells: Vec<&str> = line.split('|').collect();
        let room: Vec<String> = names(cells[1]);
        Some((room.first()?.clone(), BTreeSet::from_iter(names(cells[3]))))
    };
    rows.filter_map(room).collect()
}

#[test]
fn rooms_use_what_the_map_says() {
    let map = map();
    let graph = graph();
    let folders: BTreeSet<&String> = graph.keys().filter(|file| file.len() > 1).map(|file| &file[0]).collect();
    assert_eq!(folders, map.keys().collect(), "the map names every room");
    let mut wrong = Vec::new();
    for (file, uses) in &graph {
        for used in uses.iter().filter(|used| used[0] != file[0]) {
            let may = match map.get(&file[0]) {
                // What is spoken of: the ground knows no room.
                None => ABOVE.contains(&file[0].as_str()) || used[0] == "db" || !map.contains_key(&used[0]),
                Some(rooms) => rooms.contains(&used[0]) || used[0] == "db" || !map.contains_key(&used[0]),
            };
            if !may || ABOVE.contains(&used[0].as_str()) {
                wrong.push(format!("{} uses {}", file.join("/"), used.join("/")));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn no_two_files_use_each_other() {
    let mut left = graph();
    // Whoever uses nothing that is left is in no circle.
    loop {
        let ends: Vec<Module> = left
            .iter()
            .filter(|(_, uses)| !uses.iter().any(|used| left.contains_key(used)))
            .map(|(file, _)| file.clone())
            .collect();
        if ends.is_empty() {
            break;
        }
        ends.iter().for_each(|file| drop(left.remove(file)));
    }
    assert_eq!(left.keys().map(|file| file.join("/")).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn what_decides_uses_nothing_of_what_authors() {
    let authors = |path: &str| path.starts_with("domain/src/authoring/") || path.starts_with("domain/src/view");
    let found: Vec<String> = sources("domain/src")
        .iter()
        .filter(|source| !authors(&source.path))
        .flat_map(|source| source.find(&["authoring::"]))
        .collect();
    assert_eq!(found, [""; 0]);
}
