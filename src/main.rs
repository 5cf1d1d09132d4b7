//! The `diembao` command.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    diembao::cli::main().await
}
