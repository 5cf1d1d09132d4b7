//! The only SQL: one text that runs on SQLite and on PostgreSQL.

mod ahead;
pub mod article;
pub mod attachment;
pub mod audit;
pub mod backfill;
pub mod call;
pub mod capture;
pub mod cause;
pub mod clock;
pub mod closing;
pub mod control;
pub mod coverage;
pub mod dossier;
pub mod hand;
pub mod health;
pub mod letter;
pub mod link;
pub mod month;
pub mod notice;
pub mod officer;
pub mod reading;
pub mod recheck;
pub mod reprint;
pub mod request;
pub mod run;
pub mod saved;
pub mod session;
pub mod shown;
pub mod silence;
pub mod source;
mod stray;
pub mod token;
pub mod uptime;
pub mod user;
pub mod verdict;
pub mod version;
pub mod visit;
pub mod waiting;

use std::{
    hash::{BuildHasher, RandomState},
    path::Path,
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};
use sqlx::{
    Any, AnyPool, AssertSqlSafe, Executor, Row, SqlSafeStr, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions, AnyRow, install_default_drivers},
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

use crate::domain::{
    facet::Facets,
    nature::Nature,
    privacy::{Mask, Privacy},
    relevance::Mark,
};

/// The database of one installation.
#[derive(Debug, Clone)]
pub struct Store {
    /// One connection on SQLite, so that writers wait for each other here and not in the file's lock.
    writer: AnyPool,
    reader: AnyPool,
    kind: Kind,
    /// Tells this opening of the database from every other one: runs and sources are claimed in its name.
    worker: Arc<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

/// Something that was attempted on the database and failed.
#[derive(Debug, thiserror::Error)]
#[error("{attempt}")]
pub struct StoreError {
    attempt: String,
    #[source]
    cause: sqlx::Error,
}

type Result<T> = std::result::Result<T, StoreError>;

/// Migrations in order; the version is the place in the list, counted from 1, and the number in a file's name is but its name.
/// Released ones are never changed, nor is one put before them.
const MIGRATIONS: [(&str, &str); 25] = [
    ("line", include_str!("migrations/0001_line.sql")),
    ("repair", include_str!("migrations/0002_repair.sql")),
    ("listed_title", include_str!("migrations/0003_listed_title.sql")),
    ("capture", include_str!("migrations/0004_capture.sql")),
    ("officer", include_str!("migrations/0005_officer.sql")),
    ("closing", include_str!("migrations/0006_closing.sql")),
    ("uptime", include_str!("migrations/0007_uptime.sql")),
    ("clock", include_str!("migrations/0008_clock.sql")),
    ("reading", include_str!("migrations/0009_reading.sql")),
    ("backfill", include_str!("migrations/0010_backfill.sql")),
    ("closed", include_str!("migrations/0011_closed.sql")),
    ("walk", include_str!("migrations/0012_walk.sql")),
    ("facets", include_str!("migrations/0013_facets.sql")),
    ("said_ahead", include_str!("migrations/0014_said_ahead.sql")),
    ("marks", include_str!("migrations/0015_marks.sql")),
    ("desk", include_str!("migrations/0016_desk.sql")),
    ("reply", include_str!("migrations/0017_reply.sql")),
    ("search", include_str!("migrations/0018_search.sql")),
    ("queue", include_str!("migrations/0020_queue.sql")),
    ("article_dates", include_str!("migrations/0021_article_dates.sql")),
    ("notice", include_str!("migrations/0022_notice.sql")),
    ("times", include_str!("migrations/0023_times.sql")),
    ("letter", include_str!("migrations/0024_letter.sql")),
    ("outbox", include_str!("migrations/0025_outbox.sql")),
    ("crawls", include_str!("migrations/0026_crawls.sql")),
];

const READERS_MAX: u32 = 4;
/// How long to wait for a connection before saying that there is none.
const PATIENCE: Duration = Duration::from_secs(10);

impl Store {
    /// Opens a database by its URL (`sqlite://FILE` or `postgres://…`) and brings its schema up to date.
    ///
    /// # Errors
    /// Where the database cannot be reached or a migration fails.
    pub async fn open(url: &str) -> Result<Self> {
        install_default_drivers();
        let kind = if url.starts_with("sqlite:") { Kind::Sqlite } else { Kind::Postgres };
        let shown = without_password(url);
        let options: AnyConnectOptions = url.parse().map_err(doing(format!("read the database address {shown}")))?;
        let connect = |max: u32| {
            let options = options.clone();
            async move {
                let pool = AnyPoolOptions::new().max_connections(max).acquire_timeout(PATIENCE).after_connect(move |connection, _| {
                    Box::pin(async move {
                        if kind == Kind::Sqlite {
                            connection.execute(SQLITE_SETTINGS).await?;
                        }
                        Ok(())
                    })
                });
                pool.connect_with(options).await
            }
        };
        let failed = || doing(format!("open the database {shown}"));
        let (writer, reader) = match kind {
            Kind::Sqlite => (connect(1).await.map_err(failed())?, connect(READERS_MAX).await.map_err(failed())?),
            Kind::Postgres => {
                let pool = connect(READERS_MAX * 2).await.map_err(failed())?;
                (pool.clone(), pool)
            }
        };
        let worker = format!("{:016x}", RandomState::new().hash_one(std::process::id())).into();
        let store = Self { writer, reader, kind, worker };
        store.migrate(&shown).await?;
        Ok(store)
    }

    /// The address of the SQLite file of that name.
    pub fn sqlite_url(file: &Path) -> String {
        format!("sqlite://{}?mode=rwc", file.display())
    }

    async fn migrate(&self, shown: &str) -> Result<()> {
        let id = match self.kind {
            Kind::Sqlite => "INTEGER PRIMARY KEY AUTOINCREMENT",
            Kind::Postgres => "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        };
        let migrations = (1i64..).zip(MIGRATIONS).map(|(version, (name, sql))| {
            let sql = AssertSqlSafe(sql.replace("{{id}}", id)).into_sql_str();
            Migration::new(version, name.into(), MigrationType::Simple, sql, false)
        });
        let migrator = Migrator::with_migrations(migrations.collect());
        let attempt = doing(format!("bring the schema of {shown} up to date"));
        let migrated = match self.kind {
            // sqlx locks nothing here: of several first starts on one file, each would make every table. Whoever holds the
            // write lock from the first look on is alone, and the others find all done.
            Kind::Sqlite => self.migrate_alone(&migrator).await,
            Kind::Postgres => migrator.run(&self.writer).await,
        };
        migrated.map_err(|cause| attempt(sqlx::Error::Migrate(Box::new(cause))))
    }

    async fn migrate_alone(&self, migrator: &Migrator) -> std::result::Result<(), MigrateError> {
        let mut tx = self.write().await?;
        migrator.run_direct(None, &mut *tx, false).await?;
        Ok(tx.commit().await?)
    }

    /// Begins a transaction that writes.
    async fn write(&self) -> std::result::Result<Transaction<'static, Any>, sqlx::Error> {
        match self.kind {
            // A deferred transaction that turns into a writing one half-way fails at once instead of waiting.
            Kind::Sqlite => self.writer.begin_with("BEGIN IMMEDIATE").await,
            Kind::Postgres => self.writer.begin().await,
        }
    }

    /// Closes the connections after the work under way.
    pub async fn close(&self) {
        self.writer.close().await;
        self.reader.close().await;
    }
}

/// WAL lets readers go on while one writes; NORMAL is safe with it against everything but loss of power, which
/// costs the last commits, never the file. Patience comes first: another start may be turning a new file to WAL.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
     PRAGMA cache_size = -16000;";

/// Turns a database error into one that says what was attempted.
fn doing(attempt: impl Into<String>) -> impl FnOnce(sqlx::Error) -> StoreError {
    let attempt = attempt.into();
    move |cause| StoreError { attempt, cause }
}

fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
        _ => url.to_owned(),
    }
}

fn instant(secs: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(secs, 0).unwrap_or(DateTime::UNIX_EPOCH)
}

fn optional_instant(row: &AnyRow, column: &str) -> std::result::Result<Option<DateTime<Utc>>, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(instant))
}

fn secs(at: DateTime<Utc>) -> i64 {
    at.timestamp()
}

/// Reads a closed word or a JSON record back; a foreign one is a fault of the database's content.
fn decoded<T, E: std::error::Error + Send + Sync + 'static>(read: std::result::Result<T, E>) -> std::result::Result<T, sqlx::Error> {
    read.map_err(|cause| sqlx::Error::Decode(Box::new(cause)))
}

/// A JSON record that may be missing.
fn optional_json<T: serde::de::DeserializeOwned>(row: &AnyRow, column: &str) -> std::result::Result<Option<T>, sqlx::Error> {
    row.try_get::<Option<String>, _>(column)?.map(|it| decoded(serde_json::from_str(&it))).transpose()
}

/// What of an article's words is masked wherever it is shown.
fn masks_of(row: &AnyRow) -> std::result::Result<Vec<Mask>, sqlx::Error> {
    Ok(optional_json::<Privacy>(row, "privacy")?.map(|it| it.masks).unwrap_or_default())
}

/// What kind of article the judge marked it as.
fn marks_of(row: &AnyRow) -> std::result::Result<Vec<Mark>, sqlx::Error> {
    decoded(serde_json::from_str(&row.try_get::<String, _>("marks")?))
}

/// The same, with what in it may identify a person.
fn nature_of(row: &AnyRow) -> std::result::Result<Nature, sqlx::Error> {
    let taken_from = optional_json::<Facets>(row, "facets")?.and_then(|it| it.taken_from);
    Ok(Nature::new(marks_of(row)?, optional_json::<Privacy>(row, "privacy")?.as_ref(), taken_from))
}

fn encoded(value: &impl serde::Serialize) -> std::result::Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|cause| sqlx::Error::Encode(Box::new(cause)))
}
