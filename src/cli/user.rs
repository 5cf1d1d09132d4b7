//! `user`: who may work at the desk.

use std::io::{BufRead, IsTerminal};

use anyhow::Context as _;
use clap::Subcommand;

use super::{End, WrongUse};
use crate::{
    app::App,
    domain::user::{Role, UserName, check_password},
    store::user::UserChangeEnd,
};

/// Passwords are asked for without showing them, or read as the first line of standard input.
#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add a user
    Add {
        /// Small letters a to z, digits, `.`, `-` and `_`
        #[arg(value_name = "USER")]
        name: UserName,
        /// viewer, officer, head or admin
        #[arg(long)]
        role: Role,
        /// The name as people read it [default: USER]
        #[arg(long, value_name = "NAME")]
        shown: Option<String>,
    },
    /// Show who may log in
    List,
    /// Give a user a new password
    Password {
        #[arg(value_name = "USER")]
        name: UserName,
    },
    /// Keep a user from logging in; what the user did keeps the name
    Disable {
        #[arg(value_name = "USER")]
        name: UserName,
    },
}

pub(super) async fn user(app: &App, command: UserCommand) -> anyhow::Result<End> {
    match command {
        UserCommand::Add { name, role, shown } => {
            let password = new_password(&name)?;
            if !app.add_user(&name, shown.as_deref().unwrap_or(name.as_str()), role, password).await? {
                return Err(WrongUse(format!("there is a user `{name}` already")).into());
            }
            println!("{name} ({role})");
            Ok(End::Done)
        }
        UserCommand::List => {
            for it in app.line.store.users().await? {
                let state = if it.disabled_at.is_some() { "disabled" } else { "active" };
                println!("{}\t{}\t{}\t{state}", it.name, it.role, it.shown);
            }
            Ok(End::Done)
        }
        UserCommand::Password { name } => {
            let password = new_password(&name)?;
            ended(&name, app.set_password(&name, password).await?)
        }
        UserCommand::Disable { name } => ended(&name, app.disable_user(&name).await?),
    }
}

fn ended(name: &UserName, end: UserChangeEnd) -> anyhow::Result<End> {
    match end {
        UserChangeEnd::Done => Ok(End::Done),
        UserChangeEnd::Unknown => Err(WrongUse(format!("there is no user `{name}`")).into()),
        UserChangeEnd::LastAdmin => Err(WrongUse(format!("`{name}` is the last administrator")).into()),
    }
}

fn new_password(name: &UserName) -> anyhow::Result<String> {
    let password = if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password(format!("Password for {name}: ")).context("read the password")?;
        let again = rpassword::prompt_password("The same again: ").context("read the password")?;
        if first != again {
            return Err(WrongUse("the two passwords differ".to_owned()).into());
        }
        first
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("read the password from standard input")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    check_password(&password, name).map_err(|fault| WrongUse(format!("this password is refused: {fault}")))?;
    Ok(password)
}
