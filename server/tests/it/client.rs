//! A small HTTP client over one connection that is kept: what an agent needs to load a server, and no more.

use std::{io, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

/// A call that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(15);

pub struct Client {
    /// `127.0.0.1:8600`.
    address: String,
    /// Sent with every call.
    headers: Vec<(String, String)>,
    connection: Option<BufReader<TcpStream>>,
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub text: String,
}

impl Client {
    /// An agent with its key.
    pub fn agent(address: &str, key: &str) -> Self {
        let headers = [("authorization", format!("Bearer {key}")), ("content-type", "application/json".to_owned())];
        Self::with(address, headers)
    }

    /// A browser on a page of this server, with or without a session.
    pub fn browser(address: &str, cookie: &str) -> Self {
        let headers = [
            ("cookie", cookie.to_owned()),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ("sec-fetch-site", "same-origin".to_owned()),
            ("accept", "text/html".to_owned()),
        ];
        Self::with(address, headers)
    }

    fn with<const N: usize>(address: &str, headers: [(&str, String); N]) -> Self {
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { address: address.to_owned(), headers, connection: None }
    }

    /// With one more header in every call.
    pub fn sending(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub async fn get(&mut self, path: &str) -> io::Result<Reply> {
        self.send("GET", path, "", "").await
    }

    pub async fn post(&mut self, path: &str, idempotency_key: &str, body: &str) -> io::Result<Reply> {
        self.send("POST", path, idempotency_key, body).await
    }

    async fn send(&mut self, method: &str, path: &str, idempotency_key: &str, body: &str) -> io::Result<Reply> {
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n", self.address, body.len());
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !idempotency_key.is_empty() {
            head.push_str(&format!("idempotency-key: {idempotency_key}\r\n"));
        }
        let message = format!("{head}\r\n{body}");
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => BufReader::new(TcpStream::connect(&self.address).await?),
        };
        let exchange = async {
            connection.get_mut().write_all(message.as_bytes()).await?;
            read(&mut connection).await
        };
        let late = |_| io::Error::new(io::ErrorKind::TimedOut, "no answer in time");
        let reply = timeout(PATIENCE, exchange).await.map_err(late)??;
        self.connection = Some(connection);
        Ok(reply)
    }
}

async fn read(connection: &mut BufReader<TcpStream>) -> io::Result<Reply> {
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "not an answer");
    let status = line(connection).await?;
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(bad)?;
    let mut headers = Vec::new();
    loop {
        let line = line(connection).await?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut reply = Reply { status, headers, text: String::new() };
    let mut body = Vec::new();
    if reply.header("transfer-encoding") == "chunked" {
        loop {
            let size = usize::from_str_radix(&line(connection).await?, 16).map_err(|_| bad())?;
            let mut chunk = vec![0; size + 2];
            connection.read_exact(&mut chunk).await?;
            if size == 0 {
                break;
            }
            body.extend(&chunk[..size]);
        }
    } else if let Ok(length) = reply.header("content-length").parse() {
        body = vec![0; length];
        connection.read_exact(&mut body).await?;
    }
    reply.text = String::from_utf8_lossy(&body).into_owned();
    Ok(reply)
}

async fn line(connection: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if connection.read_line(&mut line).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The last part of the problem's type, such as `stopped`.
    pub fn slug(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let body = self.json();
        body["type"].as_str().unwrap_or_default().trim_start_matches("/problems/").to_owned()
    }
}
