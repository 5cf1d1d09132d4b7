//! The rehearsed year, crawled through the real line over real HTTP: the board must come out as scripted.

use std::collections::HashMap;

use diembao::{
    app::demo::rehearse,
    domain::verdict::Verdict,
    rehearsal::expected::expected,
    search::{Filter, query::Question},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rehearsed_year_comes_out_as_scripted_for_every_outlet_and_month() {
    let dir = tempfile::tempdir().unwrap();
    let demo = rehearse(dir.path()).await.unwrap();
    let mut seen = HashMap::new();
    for review in &demo.reviews {
        for it in &review.outlets {
            seen.insert((it.outlet.to_string(), review.month), it.clone());
        }
    }
    let mut wrong = Vec::new();
    for cell in expected() {
        let it = &seen[&(cell.outlet.to_owned(), cell.month)];
        let same = (it.verdict, it.reason) == (cell.verdict, cell.reason) && (cell.verdict != Verdict::Met || it.count == cell.count);
        if !same {
            wrong.push(format!(
                "{} {}: {} / {} ({}), scripted {} / {} ({}): {}",
                cell.outlet, cell.month, it.verdict, it.reason, it.count, cell.verdict, cell.reason, cell.count, cell.why
            ));
        }
    }
    assert_eq!(seen.len(), expected().len());
    assert!(wrong.is_empty(), "{} cells differ:\n{}", wrong.len(), wrong.join("\n"));

    let found = demo.app.search.find(&Question::read("\"mua ban nguoi\""), &Filter::default(), 100).unwrap();
    assert!(found.total >= 50, "{} articles found", found.total);
    demo.app.close().await;
}
