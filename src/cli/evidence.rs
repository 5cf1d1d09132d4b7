//! The commands by which officers decide on evidence.

mod list;

use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};
use clap::{ArgGroup, Args, Subcommand};
use url::Url;

use super::{End, WrongUse, dossier, instant, rulings};
use crate::{
    app::App,
    config::site::Pause,
    domain::{
        confirmation::{Confirmation, ConfirmationKind, standing_list},
        hand_check::HandCheck,
        link::article_key,
        month::{Month, Span},
        off_web::{AttachedFile, OffWeb},
        officer::{Item, MonthDecisions, Refusal, Statement, Withdrawal},
        outlet::{Host, Medium, Outlet, OutletId},
        ruling::{Asked, RuledOn, Ruling, text_digest},
    },
    store::{
        article::Stored,
        attachment::{AttachmentError, Attachments},
        officer::WithdrawalEnd,
    },
};

#[derive(Debug, Subcommand)]
pub(super) enum EvidenceCommand {
    /// Register a broadcast, print or other item that reading web pages cannot see
    Add(Box<AddArgs>),
    /// Take back off-web evidence, a confirmation or a hand check; nothing is deleted
    Withdraw {
        /// As listed: off-web:12, confirmation:3, hand-check:4; a bare number is off-web evidence
        #[arg(value_name = "ID")]
        item: Item,
        #[arg(long)]
        reason: Statement,
        /// Who decides
        #[arg(long, value_name = "USER")]
        by: Statement,
    },
    /// Rule on an article, whatever the machine made of it
    Rule(RuleArgs),
    /// Vouch for what no machine can know of a month that is over
    Confirm(ConfirmArgs),
    /// Record that an officer looked through what an outlet published; closes the gaps that it spans wholly
    HandCheck {
        #[arg(value_name = "OUTLET")]
        outlet: OutletId,
        #[arg(long, value_name = "RFC3339", value_parser = instant)]
        from: DateTime<FixedOffset>,
        #[arg(long, value_name = "RFC3339", value_parser = instant)]
        to: DateTime<FixedOffset>,
        /// Pages, papers or recordings that were looked through
        #[arg(long, value_name = "TEXT")]
        looked_at: Statement,
        /// What was found there
        #[arg(long, value_name = "TEXT")]
        found: Statement,
        /// Who decides
        #[arg(long, value_name = "USER")]
        by: Statement,
    },
    /// Write everything that proves an outlet's month into one file
    Dossier {
        #[arg(value_name = "OUTLET")]
        outlet: OutletId,
        #[arg(value_name = "YYYY-MM")]
        month: Month,
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Check a dossier; needs neither configuration nor database
    Verify {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Write the articles that officers ruled on as JSON lines for `judge`, each with the decision; names of victims are masked
    Rulings {
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Show what officers decided on a month
    List {
        #[arg(value_name = "OUTLET")]
        outlet: OutletId,
        #[arg(value_name = "YYYY-MM")]
        month: Month,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    #[arg(value_name = "OUTLET")]
    outlet: OutletId,
    /// The month in which it counts
    #[arg(value_name = "YYYY-MM")]
    month: Month,
    /// broadcast, print, video or paywall
    #[arg(long)]
    medium: Medium,
    #[arg(long, value_name = "T")]
    title: Statement,
    #[arg(long, value_name = "P")]
    programme: Option<Statement>,
    /// When it was aired or printed
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    aired: Option<DateTime<FixedOffset>>,
    /// How long it is, for example 5m
    #[arg(long, value_name = "TIME")]
    duration: Option<Pause>,
    #[arg(long)]
    url: Option<Url>,
    /// A scan, recording or rundown to keep, at most 200 MiB
    #[arg(long)]
    file: Option<PathBuf>,
    #[arg(long)]
    note: Option<Statement>,
    /// Who decides
    #[arg(long, value_name = "USER")]
    by: Statement,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("decision").required(true).args(["counts", "does_not_count", "month"]))]
pub(super) struct RuleArgs {
    /// The article's address, or its number
    #[arg(value_name = "URL|ID")]
    article: String,
    /// It counts in the month of its date
    #[arg(long)]
    counts: bool,
    /// It does not count
    #[arg(long)]
    does_not_count: bool,
    /// It counts in this month
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<Month>,
    #[arg(long)]
    reason: Statement,
    /// Who decides
    #[arg(long, value_name = "USER")]
    by: Statement,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["off_web_checked", "silence"]))]
pub(super) struct ConfirmArgs {
    #[arg(value_name = "OUTLET")]
    outlet: OutletId,
    #[arg(value_name = "YYYY-MM")]
    month: Month,
    /// The month's list of off-web evidence, which may be empty, is all that there was
    #[arg(long)]
    off_web_checked: bool,
    /// That nothing at all was seen of the outlet is right
    #[arg(long)]
    silence: bool,
    #[arg(long)]
    reason: Statement,
    /// Who decides
    #[arg(long, value_name = "USER")]
    by: Statement,
}

impl EvidenceCommand {
    /// The outlet that is named on the command line.
    pub(super) fn outlet(&self) -> Option<&OutletId> {
        match self {
            Self::Add(args) => Some(&args.outlet),
            Self::Confirm(args) => Some(&args.outlet),
            Self::HandCheck { outlet, .. } | Self::List { outlet, .. } | Self::Dossier { outlet, .. } => Some(outlet),
            Self::Withdraw { .. } | Self::Rule(_) | Self::Rulings { .. } | Self::Verify { .. } => None,
        }
    }
}

pub(super) async fn evidence(app: &App, command: EvidenceCommand) -> anyhow::Result<End> {
    match command {
        EvidenceCommand::Add(args) => add(app, *args).await,
        EvidenceCommand::Withdraw { item, reason, by } => withdraw(app, item, reason, by).await,
        EvidenceCommand::Rule(args) => rule(app, args).await,
        EvidenceCommand::Confirm(args) => confirm(app, args).await,
        EvidenceCommand::HandCheck { outlet, from, to, looked_at, found, by } => {
            let span = Span { from: from.to_utc(), to: to.to_utc() };
            let check = HandCheck { outlet, span, looked_at, found }.admit(by, app.line.clock.now()).map_err(refused)?;
            let id = app.line.store.record_hand_check(&check).await?;
            done(Item::HandCheck(id), "đã ghi nhận lần kiểm tra thủ công")
        }
        EvidenceCommand::Dossier { outlet, month, output } => dossier::build(app, &outlet, month, &output).await,
        EvidenceCommand::Verify { file } => dossier::check(&file),
        EvidenceCommand::Rulings { output } => rulings::export(app, &output).await,
        EvidenceCommand::List { outlet, month, json } => list::list(app, &outlet, month, json).await,
    }
}

async fn add(app: &App, args: AddArgs) -> anyhow::Result<End> {
    let seconds = args.duration.map(|it| it.0.as_secs().max(u64::from(it.0.subsec_nanos() > 0)));
    let mut item = OffWeb {
        outlet: args.outlet,
        month: args.month,
        medium: args.medium,
        title: args.title,
        programme: args.programme,
        aired: args.aired.map(|it| it.to_utc()),
        seconds: seconds.map(u32::try_from).transpose().map_err(|_| WrongUse("the duration is longer than any broadcast".to_owned()))?,
        url: args.url,
        file: None,
        note: args.note,
    };
    let (zone, now) = (app.line.zone, app.line.clock.now());
    // All else is looked at before a file is copied.
    item.clone().admit(args.by.clone(), zone, now).map_err(refused)?;
    if let Some(path) = args.file {
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let name = name.parse().map_err(|wrong| WrongUse(format!("the name of the file {}: {wrong}", path.display())))?;
        let attachments = Attachments::under(&app.places.data);
        let sha256 = tokio::task::spawn_blocking(move || attachments.keep(&path)).await?.map_err(unfit)?;
        item.file = Some(AttachedFile { name, sha256 });
    }
    let id = app.line.store.add_off_web(&item.admit(args.by, zone, now).map_err(refused)?).await?;
    done(Item::OffWeb(id), "đã ghi nhận minh chứng ngoài trang mạng")
}

async fn withdraw(app: &App, item: Item, reason: Statement, by: Statement) -> anyhow::Result<End> {
    match app.line.store.withdraw(&Withdrawal::admit(item, reason, by, app.line.clock.now())).await? {
        WithdrawalEnd::Done => done(item, "đã rút lại"),
        WithdrawalEnd::Unknown => Err(WrongUse(format!("there is no {item}")).into()),
        WithdrawalEnd::AlreadyDone => Err(WrongUse(format!("{item} was taken back before")).into()),
    }
}

async fn rule(app: &App, args: RuleArgs) -> anyhow::Result<End> {
    let article = find(app, &args.article).await?;
    let asked = match args.month {
        Some(month) => Asked::In(month),
        None if args.counts => Asked::Counts,
        None => Asked::DoesNotCount,
    };
    let digest = text_digest(&article.title, &article.lead, &article.text);
    let firm_date = article.published.filter(|_| article.date_from == article.date_to);
    let on = RuledOn { article: article.id, firm_date, terms: &article.terms, text_digest: &digest };
    let ruling = Ruling::admit(asked, on, args.reason, args.by, app.line.zone, app.line.clock.now()).map_err(refused)?;
    app.line.store.record_ruling(&ruling).await?;
    let month = ruling.what().decision.month().map_or_else(String::new, |it| format!(", tháng {:02}/{}", it.number(), it.year()));
    println!("{} ({}): {}{month}", article.title, article.url, ruling.what().decision.label());
    Ok(End::Done)
}

/// The article of a number or an address.
async fn find(app: &App, named: &str) -> anyhow::Result<Stored> {
    let unknown = || WrongUse(format!("there is no article `{named}`: give its address as `review` shows it, or its number"));
    if let Ok(id) = named.parse::<i64>() {
        return app.line.store.article(id).await?.ok_or_else(|| unknown().into());
    }
    let url: Url = named.parse().map_err(|_| unknown())?;
    let mut found: Option<Stored> = None;
    // Where outlets had a host one after the other, the article is with one of them.
    for outlet in app.line.register.outlets.iter().filter(|it| lists(it, &url)) {
        let Some(id) = app.line.store.article_of_key(&outlet.id, &article_key(outlet, &url)).await? else { continue };
        let Some(article) = app.line.store.article(id).await? else { continue };
        if let Some(other) = &found {
            let (a, b) = (other.id, article.id);
            return Err(WrongUse(format!("`{named}` is article {a} of {} and {b} of {}: give the number", other.outlet, outlet.id)).into());
        }
        found = Some(article);
    }
    found.ok_or_else(|| unknown().into())
}

/// Whether an address can be that of an article of the outlet.
fn lists(outlet: &Outlet, url: &Url) -> bool {
    outlet.owns(url) || Host::of(url).is_some_and(|host| outlet.sources.iter().any(|it| it.accept.contains(&host)))
}

async fn confirm(app: &App, args: ConfirmArgs) -> anyhow::Result<End> {
    let (zone, now) = (app.line.zone, app.line.clock.now());
    let kind = if args.silence { ConfirmationKind::SilenceAccepted } else { ConfirmationKind::BlindChecked };
    let listed = match kind {
        ConfirmationKind::BlindChecked => standing_list(&decisions(app, &args.outlet, args.month).await?.off_web),
        ConfirmationKind::SilenceAccepted => Vec::new(),
    };
    let items = listed.len();
    let confirmation = Confirmation { outlet: args.outlet, month: args.month, kind, listed, reason: args.reason };
    let id = app.line.store.record_confirmation(&confirmation.admit(args.by, zone, now).map_err(refused)?).await?;
    match kind {
        ConfirmationKind::BlindChecked => done(Item::Confirmation(id), &format!("{} ({items} mục)", kind.label())),
        ConfirmationKind::SilenceAccepted => done(Item::Confirmation(id), kind.label()),
    }
}

async fn decisions(app: &App, outlet: &OutletId, month: Month) -> anyhow::Result<MonthDecisions> {
    let span = month.span(app.line.zone);
    Ok(app.line.store.month_decisions(outlet, (month, span), span, app.line.clock.now()).await?)
}

fn done(item: Item, what: &str) -> anyhow::Result<End> {
    println!("{item}: {what}");
    Ok(End::Done)
}

fn refused(why: Refusal) -> WrongUse {
    WrongUse(why.to_string())
}

/// A file that cannot be attached is wrong use; a folder that refuses is a failure.
fn unfit(fault: AttachmentError) -> anyhow::Error {
    match fault {
        AttachmentError::Unfit(..) => WrongUse(fault.to_string()).into(),
        other => other.into(),
    }
}
