use std::io::Write;

use governance::Governance;

use super::{TOLD_TO_END, print};
use crate::{
    away,
    config::{DatabaseConfig, ServeConfig},
    end::End,
    listen::most_connections,
    metrics,
    room::Room,
    serve::{BACKLOG, Database, Fault, address, bind, elsewhere, house, say, serve, site_is_built},
};

pub async fn run(configured: &DatabaseConfig, config: ServeConfig) -> Result<(), Fault> {
    let end = End::listen()?;
    let socket = bind(config.listen)?;
    let metrics = config.metrics.map(bind).transpose()?;
    let most = most_connections();
    let mut socket = Some(socket);
    let mut early = None;
    if let Some(governance) = elsewhere(configured)?
        && !governance.is_there().await
    {
        let listener = socket.take().ok_or("no socket")?.listen(BACKLOG)?;
        let address = address(listener.local_addr()?, config.public_url.as_deref());
        say(&format!("Reins is at {address}"));
        tracing::error!("the database does not answer: nothing is allowed until it does");
        if end.before(away::until_there(&listener, most, &governance)).await.is_none() {
            return Ok(());
        }
        early = Some(listener);
    }
    let Some(database) = Database::open(configured, &end).await? else { return Ok(()) };
    let room = configured.database_url.is_none().then(|| Room::of(&configured.data_dir()));
    let work = async |governance: Governance| {
        if !config.allow_data_loss && !governance.is_durable().await? {
            return Err("PostgreSQL may lose what it has confirmed: switch its fsync and full_page_writes on, \
                        or allow it by --allow-data-loss"
                .into());
        }
        let told = early.is_some();
        let listener = match (early, socket) {
            (Some(listener), _) => listener,
            (None, Some(socket)) => socket.listen(BACKLOG)?,
            (None, None) => return Err("no socket".into()),
        };
        let house = house(governance.clone(), config.clone())?;
        if let Some(socket) = metrics {
            tokio::spawn(metrics::serve(socket.listen(BACKLOG)?, house.clone(), end.clone()));
        }
        let address = address(listener.local_addr()?, config.public_url.as_deref());
        if !site_is_built(&house.leptos) {
            let _ = writeln!(
                std::io::stderr(),
                "reins: no client in `{}`: pages work, but without live updates (set REINS_SITE)",
                house.leptos.site_root
            );
        }
        if !told {
            say(&format!("Reins is at {address}"));
        }
        if !governance.has_admin().await? {
            say(&format!(
                "There is no admin yet. Make the first at {address}/setup with the code {}",
                house.setup_code
            ));
        }
        serve(house, listener, most, room, &end).await;
        Ok(())
    };
    database.with(work).await
}

pub async fn migrate(config: &DatabaseConfig) -> Result<(), Fault> {
    match (&config.migrate_url, &config.database_url) {
        (Some(owner), Some(server)) => governance::migrate(owner, server).await?,
        (None, Some(_)) => return Err("REINS_MIGRATE_URL has to name the owner's role".into()),
        (Some(_), None) => return Err("DATABASE_URL has to name the server's role, which is let in".into()),
        (None, None) => {
            let opened = Database::open(config, &End::listen()?).await?;
            opened.ok_or(TOLD_TO_END)?.close().await?;
        }
    }
    print("The schema is up to date.")
}
