//! The commands: arguments in, results on stdout, progress and logs on stderr.

mod audit;
mod clock;
mod closing;
mod document;
mod dossier;
mod evidence;
mod inspect;
mod line;
mod notify;
mod rulings;
mod standing;
mod terms;
mod user;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::Context;
use chrono::{DateTime, FixedOffset, NaiveDate};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, error::ErrorKind};
use tracing_subscriber::EnvFilter;

use crate::{
    app::{App, AppError, Places, demo, desk, fixed_clock, system_clock},
    config::ConfigError,
    domain::{month::Month, outlet::OutletId, relevance::JudgementKind},
    jobs::{Clock, crawl::CrawlScope},
    report::board::Board,
    search::FACETS,
};

/// Watches a province's press and proves, month by month, whether each outlet published on preventing human
/// trafficking.
#[derive(Debug, Parser)]
#[command(name = "diembao", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Global {
    /// Folder with diembao.toml, outlets.toml, terms.toml, calendar.toml and facets.toml
    #[arg(long, global = true, value_name = "DIR", env = "DIEMBAO_CONFIG", default_value = "config")]
    config: PathBuf,
    /// Folder for the database and everything else that must be kept
    #[arg(long, global = true, value_name = "DIR", env = "DIEMBAO_DATA", default_value = "data")]
    data: PathBuf,
    /// Folder for the search index, which can be rebuilt at any time
    #[arg(long, global = true, value_name = "DIR", env = "DIEMBAO_INDEX", default_value = "index")]
    index: PathBuf,
    /// Pretend that it is this instant, for example 2026-11-06T08:00:00+07:00
    #[arg(long, global = true, value_name = "RFC3339", value_parser = instant)]
    now: Option<DateTime<FixedOffset>>,
    /// Log more: once for each visit and page, twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the scheduler, the crawler and the desk until stopped
    Run {
        /// Address of the desk [default: 127.0.0.1:8300, or web.listen]
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
    },
    /// Crawl a rehearsed year of press on this machine, print its month board, then open the desk
    Demo {
        /// Address of the desk [default: 127.0.0.1:8300]
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
        /// Stop after printing the board
        #[arg(long)]
        once: bool,
    },
    /// Make one pass over all sources and read what they list
    Crawl {
        /// Only this outlet; may be repeated
        #[arg(long, value_name = "ID")]
        outlet: Vec<OutletId>,
        /// Also walk sitemaps and listings back to this month
        #[arg(long, value_name = "YYYY-MM")]
        from: Option<Month>,
        /// Only sources and pages that are due
        #[arg(long)]
        due: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the verdicts of a month
    Review {
        #[arg(value_name = "YYYY-MM")]
        month: Month,
        /// Only this outlet; may be repeated
        #[arg(long, value_name = "ID")]
        outlet: Vec<OutletId>,
        /// Show a closed month as it was closed, computed again from its snapshot
        #[arg(long)]
        as_closed: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Close a month for good, if nothing that decides it waits
    Close {
        #[arg(value_name = "YYYY-MM")]
        month: Month,
        /// Who closes it
        #[arg(long, value_name = "USER")]
        by: String,
        /// Who has checked it as well
        #[arg(long, value_name = "USER")]
        second: String,
    },
    /// Look again at the pages of the articles that count for a month: taken down, edited, or as they were
    Recheck {
        #[arg(value_name = "YYYY-MM")]
        month: Month,
        /// Only this outlet; may be repeated
        #[arg(long, value_name = "ID")]
        outlet: Vec<OutletId>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Search the articles, with or without diacritics; "quoted words" stand side by side
    Search(SearchArgs),
    /// Judge articles given as JSON lines {"id", "title", "lead"?, "text"}
    Judge {
        /// A file, or - for standard input
        #[arg(required_unless_present = "against_rulings")]
        file: Option<PathBuf>,
        /// Judge the articles that officers ruled on, and show where the dictionary and they differ
        #[arg(long, conflicts_with = "file")]
        against_rulings: bool,
        /// Print JSON; the lines of a file always are
        #[arg(long)]
        json: bool,
    },
    /// Look into the dictionary
    #[command(subcommand)]
    Terms(terms::TermsCommand),
    /// Show what the reader makes of one document
    Extract(ExtractArgs),
    /// Show what the present dictionary would change in the stored judgements
    Rejudge {
        /// Keep the new judgements
        #[arg(long)]
        apply: bool,
    },
    /// Show how right the outlets' clocks are, and the rules that correct them
    Clock(ClockArgs),
    /// Check the configuration, then each source's health
    Check {
        /// Read each source now, without recording anything
        #[arg(long)]
        online: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Propose sources for a new outlet
    Discover {
        /// Its home page
        url: url::Url,
    },
    /// Write and send the notices that are due
    Notify {
        /// Only show what would go, to whom, and why not the others
        #[arg(long)]
        dry_run: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Draft the official letter to the outlets for which nothing was found in a month
    Letter {
        #[arg(value_name = "YYYY-MM")]
        month: Month,
        /// Only this outlet; may be repeated
        #[arg(long, value_name = "ID")]
        outlet: Vec<OutletId>,
        #[arg(long, value_enum, default_value_t = LetterFormat::Docx)]
        format: LetterFormat,
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Rebuild the search index from the store
    Reindex,
    /// Evidence, the decisions of officers, and the dossiers that prove verdicts
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    /// Officers who work at the desk
    #[command(subcommand)]
    User(user::UserCommand),
    /// Show what officers decided, in the order in which it was recorded
    Audit {
        /// Print JSON, one row a line
        #[arg(long)]
        json: bool,
        /// Say whether the log, and every decision by it, is as it was written
        #[arg(long)]
        verify: bool,
    },
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
struct ClockArgs {
    #[command(subcommand)]
    action: Option<ClockAction>,
    /// Only this outlet; may be repeated
    #[arg(long, value_name = "ID")]
    outlet: Vec<OutletId>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum ClockAction {
    /// Print which articles a rule moves over a month's border, then put it in force
    Apply(ClockDecision),
    /// Refuse a proposed rule or take back one in force, in the same way
    Withdraw(ClockDecision),
}

#[derive(Debug, Args)]
struct ClockDecision {
    /// Number of the rule
    id: i64,
    /// Who decides
    #[arg(long, value_name = "USER")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Only print which articles would move
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Reads a facet as the command line writes it.
fn facet(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if FACETS.contains(&name) && !value.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("write NAME:VALUE, where the name is one of {}", FACETS.join(", "))),
    }
}

#[derive(Debug, Args)]
struct SearchArgs {
    /// Words that must all occur
    query: String,
    #[arg(long, value_name = "ID")]
    outlet: Option<OutletId>,
    /// First day, YYYY-MM-DD
    #[arg(long, value_name = "D")]
    from: Option<NaiveDate>,
    /// Last day, YYYY-MM-DD
    #[arg(long, value_name = "D")]
    to: Option<NaiveDate>,
    /// about, candidate, mention or unrelated
    #[arg(long, value_name = "J")]
    judgement: Option<JudgementKind>,
    /// Only articles with this facet, such as topic:law, genre:news, source:reprint, place:xa-a-luoi-2, hotline:yes or look:yes
    #[arg(long = "facet", value_name = "NAME:VALUE", value_parser = facet)]
    facets: Vec<(String, String)>,
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct ExtractArgs {
    /// A file or an http(s) address
    document: String,
    /// What to read it as [default: what it looks like]
    #[arg(long = "as", value_name = "KIND")]
    kind: Option<DocumentKind>,
    /// The address that a file stands for
    #[arg(long, value_name = "URL")]
    url: Option<url::Url>,
    /// Read it by this outlet's selectors and hosts
    #[arg(long, value_name = "ID")]
    outlet: Option<OutletId>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The form of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LetterFormat {
    Docx,
    Pdf,
}

/// The form of a document given to `extract`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum DocumentKind {
    Page,
    Feed,
    Sitemap,
    Listing,
}

/// How a command ended when nothing surprising happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Done,
    /// The work was done as far as it goes, and something in it was wrong; what, has been said.
    Failed,
}

/// A command used in a way that cannot work.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongUse(String);

/// Runs the command line. Exit status: 0 done, 1 failed, 2 wrong use or wrong configuration.
pub async fn main() -> ExitCode {
    let cli = Cli::parse();
    let level = ["warn", "diembao=info", "debug"][usize::from(cli.global.verbose.min(2))];
    let filter = EnvFilter::try_from_env("DIEMBAO_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).init();
    match dispatch(cli).await {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Failed) => ExitCode::from(1),
        Err(fault) => {
            eprintln!("diembao: {fault:#}");
            ExitCode::from(if is_wrong_use(&fault) { 2 } else { 1 })
        }
    }
}

fn is_wrong_use(fault: &anyhow::Error) -> bool {
    let of_app = matches!(fault.downcast_ref(), Some(AppError::Config(_) | AppError::Mail(_) | AppError::Hook(_)));
    of_app || fault.is::<ConfigError>() || fault.is::<WrongUse>()
}

async fn dispatch(cli: Cli) -> anyhow::Result<End> {
    let Cli { global, command } = cli;
    let places = Places { config: global.config.clone(), data: global.data.clone(), index: global.index.clone() };
    if global.now.is_some() && matches!(command, Command::Run { .. } | Command::Demo { .. }) {
        Cli::command().error(ErrorKind::ArgumentConflict, "--now is for one-shot commands: run and demo have clocks of their own").exit();
    }
    let clock = global.now.map_or_else(system_clock, |it| fixed_clock(it.to_utc()));
    match command {
        Command::Run { listen } => App::open(&places, clock).await?.run(listen).await.map(|()| End::Done).map_err(Into::into),
        Command::Demo { listen, once } => run_demo(&places, listen, once).await,
        Command::Crawl { outlet, from, due, json } => {
            let app = open(&places, clock, &outlet).await?;
            let back_to = from.map(|it| it.span(app.line.zone).from);
            line::crawl_once(app, CrawlScope { outlets: outlet, due_only: due, back_to }, global.now.is_some(), json).await
        }
        Command::Review { month, outlet, as_closed: true, json } => {
            closing::review_as_closed(&open(&places, clock, &outlet).await?, month, &outlet, json).await
        }
        Command::Review { month, outlet, as_closed: false, json } => {
            line::review_month(&open(&places, clock, &outlet).await?, month, &outlet, json).await
        }
        Command::Close { month, by, second } => closing::close_month(&open(&places, clock, &[]).await?, month, &by, &second).await,
        Command::Evidence(evidence::EvidenceCommand::Verify { file }) => dossier::check(&file),
        Command::Recheck { month, outlet, json } => line::recheck_month(open(&places, clock, &outlet).await?, month, &outlet, json).await,
        Command::Search(args) => {
            let outlets: Vec<_> = args.outlet.iter().cloned().collect();
            line::search(&open(&places, clock, &outlets).await?, args).await
        }
        Command::Rejudge { apply } => line::rejudge_all(&open(&places, clock, &[]).await?, apply).await,
        Command::Notify { dry_run, json } => notify::notices(&open(&places, clock, &[]).await?, dry_run, json).await,
        Command::Letter { month, outlet, format, output } => {
            let app = open(&places, clock, &outlet).await?;
            notify::letter(&app, month, outlet, format == LetterFormat::Pdf, &output).await
        }
        Command::Reindex => line::reindex(places, clock).await,
        Command::Judge { file: Some(file), .. } => document::judge_lines(&places, &file),
        Command::Judge { file: None, json, .. } => rulings::judge_again(&open(&places, clock, &[]).await?, json).await,
        Command::Terms(command) => terms::terms(&places, command),
        Command::Extract(args) => document::extract(&places, clock, args).await,
        Command::Clock(args) => clock::clock(&open(&places, clock, &args.outlet).await?, args).await,
        Command::Check { online, json } => inspect::check(&open(&places, clock, &[]).await?, online, json).await,
        Command::Evidence(command) => {
            let outlets: Vec<_> = command.outlet().cloned().into_iter().collect();
            evidence::evidence(&open(&places, clock, &outlets).await?, command).await
        }
        Command::User(command) => user::user(&open(&places, clock, &[]).await?, command).await,
        Command::Audit { json, verify } => audit::audit(&open(&places, clock, &[]).await?, json, verify).await,
        Command::Discover { url } => inspect::discover(&places, clock, &url).await,
    }
}

/// Opens the installation and makes sure that the outlets named on the command line exist.
async fn open(places: &Places, clock: Clock, outlets: &[OutletId]) -> anyhow::Result<App> {
    let app = App::open(places, clock).await?;
    for id in outlets {
        if app.line.register.get(id.as_str()).is_none() {
            let known: Vec<_> = app.line.register.outlets.iter().map(|it| it.id.as_str()).collect();
            return Err(WrongUse(format!("there is no outlet `{id}` in the register; it has: {}", known.join(", "))).into());
        }
    }
    Ok(app)
}

async fn run_demo(places: &Places, listen: Option<SocketAddr>, once: bool) -> anyhow::Result<End> {
    eprintln!("diembao: crawling a rehearsed year of press on this machine …");
    let demo = demo::rehearse(&places.data).await?;
    let board = Board::of(&demo.reviews);
    println!("{}", board.text());
    println!("{}\n", Board::legend());
    for line in board.reasons() {
        println!("{line}");
    }
    eprintln!("diembao: {} visits, {} pages tried, {} requests answered", demo.visits, demo.pages, demo.requests);
    if once {
        demo.app.close().await;
    } else {
        let users = demo.app.add_demo_users().await?;
        eprintln!("diembao: log in under one of these names, with the password `{}`:", desk::DEMO_PASSWORD);
        for (name, role) in users {
            eprintln!("  {name} ({role})");
        }
        demo.serve(listen).await?;
    }
    Ok(End::Done)
}

fn instant(text: &str) -> Result<DateTime<FixedOffset>, String> {
    DateTime::parse_from_rfc3339(text).map_err(|wrong| format!("{wrong}: write it like 2026-11-06T08:00:00+07:00"))
}

fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(value).context("write JSON")?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
