//! An agent's permissions as files to keep: for `reins agent apply`, and as Cedar policies for other tools.
//!
//! Who takes one out is written to the record, so that nothing is given to a browser that only guesses what comes next.

use app::paths;
use axum::{
    Extension,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    agent_file::AgentFile,
    authoring::cedar::{self, Cedar},
    catalog::Catalog,
};
use governance::{Actor, Error};
use serde::Deserialize;

use crate::{House, pages};

#[derive(Deserialize)]
pub struct Which {
    /// The number of a version; without one, what is in force.
    version: Option<String>,
}

#[derive(Clone, Copy)]
enum Kind {
    Agent,
    Policies,
    Schema,
}

impl Kind {
    fn parse(file: &str) -> Option<Self> {
        match file {
            "agent.toml" => Some(Self::Agent),
            "policies.cedar" => Some(Self::Policies),
            "schema.cedarschema" => Some(Self::Schema),
            _ => None,
        }
    }

    /// Of a file name.
    fn ending(self) -> &'static str {
        match self {
            Self::Agent => "toml",
            Self::Policies => "cedar",
            Self::Schema => "cedarschema",
        }
    }

    fn write(self, file: &AgentFile) -> Result<String, toml::ser::Error> {
        let cedar = || cedar::export(&file.permissions, &Catalog::of_file(file), &file.agent.slug);
        Ok(match self {
            Self::Agent => toml::to_string_pretty(file)?,
            Self::Policies => policies(&cedar()),
            Self::Schema => cedar().schema,
        })
    }
}

pub async fn export(
    State(house): State<House>,
    Extension(actor): Extension<Actor>,
    Path((slug, file)): Path<(String, String)>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Response {
    if is_a_guess(&headers) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let version = which.version.map(|version| version.parse::<i32>()).transpose();
    let (Some(kind), Ok(version)) = (Kind::parse(&file), version) else { return nothing() };
    let file = match house.governance.export_agent(&actor, &slug, version).await {
        Ok(file) => file,
        Err(Error::NotFound) => return nothing(),
        Err(Error::Forbidden) => {
            let words = "Your role may not do this, so nothing was taken out.";
            return pages::refused(StatusCode::FORBIDDEN, words, "/");
        }
        Err(Error::Unknown) => return pages::unknown(&paths::permissions(&slug)),
        Err(_) => return pages::unavailable(),
    };
    let number = version.map(|version| format!("-{version}")).unwrap_or_default();
    let name = format!("{}{number}.{}", file.agent.slug, kind.ending());
    match kind.write(&file) {
        Ok(text) => {
            let kept = format!("attachment; filename=\"{name}\"");
            let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CONTENT_DISPOSITION, &kept)];
            (headers, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "an agent file cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn nothing() -> Response {
    let words = "There is no such file of this agent. It may have no such version.";
    pages::refused(StatusCode::NOT_FOUND, words, "/agents")
}

/// Whether a browser loads ahead what somebody may follow.
fn is_a_guess(headers: &HeaderMap) -> bool {
    let purpose = headers.get("sec-purpose").or_else(|| headers.get("purpose"));
    purpose.and_then(|purpose| purpose.to_str().ok()).is_some_and(|purpose| purpose.contains("prefetch"))
}

/// The policies, and before them what they do not say.
fn policies(cedar: &Cedar) -> String {
    let left_out = cedar.left_out.iter().map(|sentence| format!("// - {}\n", sentence.replace(['\n', '\r'], " ")));
    let left_out: String = left_out.collect();
    match left_out.is_empty() {
        true => cedar.policies.clone(),
        false => format!("// Left out, as Cedar cannot count what came before:\n{left_out}\n{}", cedar.policies),
    }
}
