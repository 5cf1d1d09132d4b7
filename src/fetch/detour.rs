//! Where a redirect leads: some lead to no document, and say so by their address.

use url::Url;

use crate::domain::visit::Outcome;

/// Parts of a path that lead to a form for name and password.
const LOG_IN_PATHS: &[&str] =
    &["login", "log-in", "signin", "sign-in", "dang-nhap", "dangnhap", "wp-login", "login-page", "userlogin", "dang-nhap-he-thong"];

/// Parts of a path where sites keep their page for what is not there.
const MISSING_PATHS: &[&str] = &[
    "404",
    "error404",
    "404-error",
    "notfound",
    "not-found",
    "page-not-found",
    "pagenotfound",
    "khong-tim-thay",
    "khong-tim-thay-trang",
    "loi-404",
];

/// Parts of a path where sites keep their page for faults of their own.
const ERROR_PATHS: &[&str] = &["error", "errors", "error-page", "errorpage", "loi", "trang-loi", "bao-tri", "baotri", "maintenance"];

/// Paths of home pages, in lower case and without the last slash.
const HOME_PATHS: &[&str] = &[
    "",
    "/index",
    "/index.html",
    "/index.htm",
    "/index.php",
    "/index.aspx",
    "/index.jsp",
    "/default.aspx",
    "/default.asp",
    "/default.html",
    "/default.htm",
    "/home",
    "/home.html",
    "/home.aspx",
    "/home/index",
    "/trang-chu",
    "/trang-chu.html",
    "/trang-chu.htm",
    "/trangchu",
    "/vi",
    "/vn",
    "/vi-vn",
    "/vi/home",
    "/vi/trang-chu",
];

/// Parameters beside a home page's path that choose no article.
const EMPTY_PARAMETERS: &[&str] = &[
    "fbclid",
    "gclid",
    "ref",
    "src",
    "source",
    "from",
    "redirect",
    "redirected",
    "error",
    "err",
    "status",
    "msg",
    "notfound",
    "lang",
    "language",
    "hl",
];

/// What a redirect says by where it leads: to a form for name and password, or to a page for what is not there.
pub fn aside(asked: &Url, to: &Url) -> Option<(Outcome, String)> {
    // By the last part of the path: numbers further up are sections.
    let holds = |url: &Url, names: &[&str]| {
        let path = url.path().to_ascii_lowercase();
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        names.contains(&last.split('.').next().unwrap_or_default())
    };
    let leads = |names: &[&str]| holds(to, names) && !holds(asked, names);
    match () {
        () if to.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case("aspxerrorpath")) => {
            Some((Outcome::Gone, format!("redirects to the error page {to}")))
        }
        () if leads(LOG_IN_PATHS) => Some((Outcome::Blocked, format!("redirects to the log-in page {to}"))),
        () if leads(MISSING_PATHS) => Some((Outcome::Gone, format!("redirects to {to}, a page for what is not there"))),
        () if leads(ERROR_PATHS) => Some((Outcome::ServerError, format!("redirects to the error page {to}"))),
        () if is_home(to) && !is_home(asked) => Some((Outcome::Gone, format!("redirects to the home page {to}"))),
        () => None,
    }
}

/// Whether an address is a site's home page: parameters that choose no article do not count.
fn is_home(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let chooses = |name: &str| {
        let name = name.to_ascii_lowercase();
        !(name.starts_with("utm_") || name.starts_with("404") || EMPTY_PARAMETERS.contains(&name.as_str()))
    };
    HOME_PATHS.contains(&path.trim_end_matches('/')) && !url.query_pairs().any(|(name, _)| chooses(&name))
}
