//! A real browser, driven by the WebDriver protocol (W3C WebDriver, second edition): Debian's chromium without a window.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at what it did not expect")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// How often, and after which pause, something that a page still draws is looked for.
const TRIES: usize = 100;
const PAUSE: Duration = Duration::from_millis(100);
/// The key under which WebDriver names elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One browser of its own, with an empty profile.
pub struct Browser {
    driver: Child,
    client: reqwest::Client,
    session: String,
    base: String,
    profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one; `base` stands before every path.
    pub async fn open(base: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("chromedriver")
            .args([format!("--port={port}"), "--log-level=OFF".to_owned()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed by scripts/test.sh");
        let profile = tempfile::tempdir().unwrap();
        let client = reqwest::Client::new();
        let root = format!("http://127.0.0.1:{port}");
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": {"args": arguments}}}});
        let mut session = None;
        for _ in 0..TRIES {
            let answer = client.post(format!("{root}/session")).json(&wanted).send().await;
            if let Ok(answer) = answer {
                let value: Value = answer.json().await.unwrap();
                session = Some(value["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("no browser: {value}")).to_owned());
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        let session = format!("{root}/session/{}", session.expect("chromedriver answers"));
        Self { driver, client, session, base: base.to_owned(), profile }
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        let answer = self.client.post(format!("{}/{path}", self.session)).json(&body).send().await.map_err(|it| it.to_string())?;
        let good = answer.status().is_success();
        let mut value: Value = answer.json().await.map_err(|it| it.to_string())?;
        if good { Ok(value["value"].take()) } else { Err(value["value"]["message"].to_string()) }
    }

    pub async fn resize(&self, width: u32, height: u32) {
        self.post("window/rect", json!({"width": width, "height": height})).await.unwrap();
    }

    pub async fn go(&self, path: &str) {
        self.go_to(&format!("{}{path}", self.base)).await;
    }

    /// Goes to an address that need not be under the base.
    pub async fn go_to(&self, address: &str) {
        self.post("url", json!({"url": address})).await.unwrap();
    }

    /// Runs a script in the page; what it returns.
    pub async fn run(&self, script: &str) -> Value {
        self.post("execute/sync", json!({"script": script, "args": []})).await.unwrap()
    }

    async fn find(&self, css: &str) -> String {
        let mut fault = String::new();
        for _ in 0..TRIES {
            match self.post("element", json!({"using": "css selector", "value": css})).await {
                Ok(value) => return value[ELEMENT].as_str().unwrap().to_owned(),
                Err(why) => fault = why,
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("{css} is not there: {fault}\n{}", self.text().await);
    }

    pub async fn click(&self, css: &str) {
        let element = self.find(css).await;
        self.post(&format!("element/{element}/click"), json!({})).await.unwrap_or_else(|it| panic!("click {css}: {it}"));
    }

    /// Clicks what leads to another page, and waits until that page is there.
    pub async fn submit(&self, css: &str) {
        self.run("window.left = false").await;
        self.click(css).await;
        for _ in 0..TRIES {
            // Between two pages the browser may have none that a script could run in.
            let script = json!({"script": "return window.left === undefined && document.readyState === 'complete'", "args": []});
            if self.post("execute/sync", script).await == Ok(Value::Bool(true)) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("{css} leads to no other page: {}", self.text().await);
    }

    /// Types into a field, in place of what stands there.
    pub async fn fill(&self, css: &str, text: &str) {
        let element = self.find(css).await;
        self.post(&format!("element/{element}/clear"), json!({})).await.unwrap();
        self.post(&format!("element/{element}/value"), json!({"text": text})).await.unwrap();
    }

    /// Chooses a file in a file field.
    pub async fn attach(&self, css: &str, file: &Path) {
        let element = self.find(css).await;
        self.post(&format!("element/{element}/value"), json!({"text": file.display().to_string()})).await.unwrap();
    }

    /// Presses keys where the page has its focus.
    pub async fn press(&self, keys: &str) {
        let pressed = keys.chars().flat_map(|it| [json!({"type": "keyDown", "value": it}), json!({"type": "keyUp", "value": it})]);
        let actions = json!({"actions": [{"type": "key", "id": "keys", "actions": pressed.collect::<Vec<_>>()}]});
        self.post("actions", actions).await.unwrap();
    }

    /// Says yes to a question of the page.
    pub async fn accept(&self) {
        self.post("alert/accept", json!({})).await.unwrap();
    }

    /// All that the page says.
    pub async fn text(&self) -> String {
        self.run("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says something.
    pub async fn says(&self, words: &str) {
        for _ in 0..TRIES {
            if self.text().await.contains(words) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("“{words}” is not said: {}", self.text().await);
    }

    pub async fn path(&self) -> String {
        self.run("return location.pathname + location.search").await.as_str().unwrap_or_default().to_owned()
    }

    /// The whole page as a picture.
    pub async fn picture(&self, file: &Path, width: u32) {
        self.resize(width, 900).await;
        let height = self.run("return Math.min(document.documentElement.scrollHeight + 160, 6000)").await.as_u64().unwrap_or(900);
        self.resize(width, u32::try_from(height).unwrap()).await;
        let value: Value = self.client.get(format!("{}/screenshot", self.session)).send().await.unwrap().json().await.unwrap();
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, BASE64_STANDARD.decode(value["value"].as_str().unwrap()).unwrap()).unwrap();
    }

    /// What axe-core finds wrong with the page that is serious or critical: rule and place.
    pub async fn barriers(&self) -> Vec<String> {
        let axe = fs::read_to_string(axe()).expect("axe-core is fetched by scripts/test.sh");
        // The page's own policy lets no script in but its own; WebDriver runs beside it.
        self.run(&axe).await;
        let script = "const done = arguments[arguments.length - 1]; axe.run(document, {resultTypes: ['violations']}).then(it => done(it.violations \
                      .filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | '))), \
                      fault => done(['axe: ' + fault]))";
        let found = self.post("execute/async", json!({"script": script, "args": []})).await.unwrap();
        found.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver takes its browser with it.
        let ended = Command::new("pkill").args(["-P", &self.driver.id().to_string()]).status();
        let _ = (ended, self.driver.kill(), self.driver.wait());
    }
}

/// Where scripts/test.sh puts axe-core.
fn axe() -> PathBuf {
    target().join("axe-core/package/axe.min.js")
}

/// The folder that cargo builds into.
pub fn target() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}
