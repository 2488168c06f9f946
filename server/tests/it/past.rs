//! Past actions that somebody gives to be judged by a draft.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    http::{Request, header},
};
use domain::{
    authoring::{
        draft::DraftSeen,
        edit::{ActionStanding, Change, Edit},
        impact::Impact,
    },
    role::Role,
    view::impact::RunState,
};
use serde_json::json;

use crate::{
    front::{Answer, Front, refund},
    support::Shop,
};

const HERE: &str = "/agents/support/permissions/impact";

/// Everything that asks for a refund is denied.
async fn draft(shop: &Shop) -> DraftSeen {
    let set = shop.governance.draft(&shop.admin, "support").await.unwrap().permissions;
    let change = Change::Action { name: "order.refund".to_owned(), standing: ActionStanding::Denied };
    let seen = change.part().map(|part| set.piece(&part).seen());
    let edited = shop.governance.edit_draft(&shop.admin, "support", &Edit { seen, change }).await.unwrap();
    edited.seen.unwrap()
}

fn lines(number: usize) -> String {
    let line = |n: usize| {
        let mut line = refund("20.00");
        line["at"] = json!(format!("2026-10-01T{:02}:{:02}:{:02}Z", n / 3600, n / 60 % 60, n % 60));
        line.to_string()
    };
    (0..number).map(line).collect::<Vec<_>>().join("\r\n")
}

fn form(parts: &[(&str, &str)]) -> String {
    let part = |(name, text): &(&str, &str)| {
        let file = if *name == "file" { "; filename=\"past.jsonl\"" } else { "" };
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n")
    };
    format!("{}--x--\r\n", parts.iter().map(part).collect::<String>())
}

async fn post(front: &Front, cookie: &str, body: impl Into<Body>, length: usize) -> Answer {
    let request = Request::builder().method("POST").uri(HERE).header(header::COOKIE, cookie);
    let request = request.header("sec-fetch-site", "same-origin").header(header::CONTENT_LENGTH, length);
    let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    front.send(request.body(body.into()).unwrap()).await
}

async fn give(front: &Front, cookie: &str, parts: &[(&str, &str)]) -> Answer {
    let body = form(parts);
    let length = body.len();
    post(front, cookie, body, length).await
}

async fn judged(front: &Front) -> Impact {
    for _ in 0..200 {
        let view = front.shop.governance.impact(&front.shop.admin, "support").await.unwrap();
        match view.run {
            Some(run) if run.state == RunState::Done => return run.summary.unwrap(),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    panic!("it goes on for ever");
}

#[tokio::test]
async fn a_file_is_judged_or_what_was_pasted() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let seen = draft(&front.shop).await.to_string();
    let file = format!("\u{feff}{}", lines(9));
    for (parts, number) in [
        (&[("seen", seen.as_str()), ("lines", &lines(3)), ("file", "")][..], 3),
        (&[("file", &file), ("lines", &lines(3)), ("seen", &seen)], 9),
        // More than other forms may have.
        (&[("seen", &seen), ("lines", &lines(20_000))], 20_000),
    ] {
        let answer = give(&front, &admin.cookie, parts).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, HERE), "{answer:?}");
        let impact = judged(&front).await;
        assert_eq!((impact.judged, impact.left_out.len()), (number, 0));
        front.shop.database.run("delete from impact_runs").await;
    }
    let page = admin.get(HERE).await;
    assert!(page.text.contains("At most 100 MB"), "{}", page.text);
}

#[tokio::test]
async fn what_is_not_judged_is_refused_with_words() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let old = draft(&front.shop).await.to_string();
    let seen = {
        front.shop.governance.discard_draft(&front.shop.admin, "support", old.parse().unwrap()).await.unwrap();
        draft(&front.shop).await.to_string()
    };
    for (parts, status, words) in [
        (
            &[("seen", seen.as_str()), ("lines", " \n"), ("file", "")][..],
            422,
            "No lines were pasted, and no file was chosen",
        ),
        (&[("seen", "x"), ("lines", "{}")], 422, "What was sent cannot be read as text"),
        (&[("seen", &old), ("lines", "{}")], 409, "Somebody has changed the draft meanwhile"),
    ] {
        let answer = give(&front, &admin.cookie, parts).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.text.contains(&format!("{words}, so nothing was judged.")), "{}", answer.text);
    }
}

#[tokio::test]
async fn too_much_is_refused_once_it_has_all_come() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    draft(&front.shop).await;
    let (part, parts) = (Bytes::from(vec![b'x'; 1024 * 1024]), 102);
    let length = part.len() * parts;
    let body = Body::from_stream(futures::stream::iter((0..parts).map(move |_| Ok::<_, std::io::Error>(part.clone()))));
    let answer = post(&front, &admin.cookie, body, length).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert!(
        answer.text.contains("This is more than 100 MB; give it in parts, so nothing was judged."),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn what_goes_on_for_ever_is_not_read_for_ever() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    draft(&front.shop).await;
    let read = Arc::new(AtomicUsize::new(0));
    let (part, counted) = (Bytes::from(vec![b'x'; 1024 * 1024]), read.clone());
    let for_ever = futures::stream::iter(std::iter::repeat_with(move || {
        counted.fetch_add(1, SeqCst);
        Ok::<_, std::io::Error>(part.clone())
    }));
    let answer = post(&front, &admin.cookie, Body::from_stream(for_ever), usize::MAX / 4).await;
    assert_eq!((answer.status.as_u16(), answer.header("connection")), (413, "close"), "{answer:?}");
    assert!(read.load(SeqCst) < 300, "{} MB were read", read.load(SeqCst));
}
