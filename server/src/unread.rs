//! What nobody has read of a body when its answer is there.
//!
//! HTTP/1 cannot begin the next call before the body of this one is read: a server that closes the connection without
//! a word loses the next call of a client that keeps it.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderValue, header},
    response::Response,
};
use futures::StreamExt;
use http_body::{Frame, SizeHint};
use tokio::{sync::oneshot, time::timeout};

/// How much is passed over after an answer, and how long that may take.
const MOST: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(2);

/// The request with a body that comes back, and where it comes back to; `None` where there is none.
pub fn lend(request: Request) -> (Request, Option<Loan>) {
    if request.body().is_end_stream() {
        return (request, None);
    }
    // Whoever asks first whether to send has sent nothing, and shall not begin now.
    let asks_first = request.headers().contains_key(header::EXPECT);
    let (back, returned) = oneshot::channel();
    let lent = |body| Body::new(Lent { body: Some(body), back: Some(back), begun: false });
    (request.map(lent), Some(Loan { returned, asks_first }))
}

/// Where a body comes back to.
pub struct Loan {
    returned: oneshot::Receiver<(Body, bool)>,
    asks_first: bool,
}

impl Loan {
    /// Passes over what is left of a body; of one that is too long or too slow the answer says that the connection closes.
    pub async fn tidy(mut self, response: &mut Response) {
        let whole = match self.returned.try_recv() {
            Ok((_, begun)) if self.asks_first && !begun => false,
            // Most have been read to their end.
            Ok((body, _)) => body.is_end_stream() || pass_over(body, MOST, PATIENCE).await,
            Err(_) => false,
        };
        if !whole {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

/// Reads on without keeping anything; whether that was all of it.
pub async fn pass_over(body: Body, most: usize, patience: Duration) -> bool {
    let mut parts = body.into_data_stream();
    let reading = async {
        let mut read = 0;
        while read <= most {
            match parts.next().await {
                Some(Ok(part)) => read += part.len(),
                Some(Err(_)) => return false,
                None => return true,
            }
        }
        false
    };
    timeout(patience, reading).await.unwrap_or(false)
}

/// A body that comes back when whoever reads it lets it go.
struct Lent {
    /// `None` only when it has gone back.
    body: Option<Body>,
    back: Option<oneshot::Sender<(Body, bool)>>,
    begun: bool,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.begun = true;
        match &mut self.body {
            Some(body) => Poll::Ready(ready!(Pin::new(body).poll_frame(cx))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(body), Some(back)) = (self.body.take(), self.back.take()) {
            // Nobody waits for it where the caller has gone.
            let _ = back.send((body, self.begun));
        }
    }
}
