//! The officers' desk as it is served, with its users, over one installation that reads one scripted outlet.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

#[path = "../desk/mod.rs"]
pub mod desk;

use std::net::SocketAddr;

use desk::Desk;
use diembao::{domain::user::Role, web};
use reqwest::{Client, Response, header, redirect::Policy};
use tokio::{net::TcpListener, task::JoinHandle};

/// An installation with its desk open.
pub struct Office {
    pub desk: Desk,
    pub address: SocketAddr,
    serving: JoinHandle<()>,
}

/// Somebody at the desk, with a browser that keeps its session.
pub struct Visitor {
    client: Client,
    base: String,
    pub cookie: Option<String>,
}

/// The one password of every user here.
pub const PASSWORD: &str = "mua roi tren pho nho";

impl Office {
    /// Opens the desk; `viewer`, `officer`, `second` (an officer too), `head` and `admin` may log in.
    pub async fn open(register: &str, start: &str) -> Self {
        Self::over(Desk::open(register, start).await).await
    }

    pub async fn over(desk: Desk) -> Self {
        for (name, role) in
            [("viewer", Role::Viewer), ("officer", Role::Officer), ("second", Role::Officer), ("head", Role::Head), ("admin", Role::Admin)]
        {
            desk.app.add_user(&name.parse().unwrap(), name, role, PASSWORD.to_owned()).await.unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = web::routes(desk.app.desk());
        let serving =
            tokio::spawn(async move { axum::serve(listener, routes.into_make_service_with_connect_info::<SocketAddr>()).await.unwrap() });
        Self { desk, address, serving }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Somebody who has not logged in.
    pub fn stranger(&self) -> Visitor {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Visitor { client, base: self.url(""), cookie: None }
    }

    /// Somebody who has.
    pub async fn visitor(&self, name: &str) -> Visitor {
        let mut visitor = self.stranger();
        let entered = visitor.post("/login", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(entered.status(), 303, "{name} logs in");
        visitor.cookie = session_of(&entered);
        assert!(visitor.cookie.is_some());
        visitor
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Visitor {
    pub async fn get(&self, path: &str) -> Response {
        self.sent(self.client.get(format!("{}{path}", self.base))).await
    }

    /// A page's text; it must be there.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    /// Sends a form, as a browser does from a page of the desk.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let asked = self.client.post(format!("{}{path}", self.base)).header("sec-fetch-site", "same-origin");
        self.sent(asked.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)).await
    }

    /// Sends a form with files: fields of a name, a file name (empty for none) and the content.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str, &[u8])]) -> Response {
        let border = "----diembao-border";
        let mut body = Vec::new();
        for (name, file, content) in fields {
            let file =
                if file.is_empty() { String::new() } else { format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream") };
            body.extend(format!("--{border}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").into_bytes());
            body.extend(*content);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{border}--\r\n").into_bytes());
        let asked = self.client.post(format!("{}{path}", self.base)).header("sec-fetch-site", "same-origin");
        self.sent(asked.header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={border}")).body(body)).await
    }

    /// Sends a form as a page of another site does.
    pub async fn forge(&self, path: &str) -> Response {
        let asked = self.client.post(format!("{}{path}", self.base)).header("sec-fetch-site", "cross-site");
        self.sent(asked.header("origin", "https://bad.example").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")).await
    }

    async fn sent(&self, asked: reqwest::RequestBuilder) -> Response {
        match &self.cookie {
            Some(cookie) => asked.header(header::COOKIE, cookie).send().await.unwrap(),
            None => asked.send().await.unwrap(),
        }
    }
}

/// The session cookie that an answer sets, as it is sent back.
pub fn session_of(answer: &Response) -> Option<String> {
    let set = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|it| it.to_str().ok());
    set.filter_map(|it| it.split(';').next()).find(|it| it.starts_with("diembao=") && it.len() > "diembao=".len()).map(str::to_owned)
}

/// Where an answer leads.
pub fn leads_to(answer: &Response) -> &str {
    answer.headers().get(header::LOCATION).and_then(|it| it.to_str().ok()).unwrap_or_default()
}
