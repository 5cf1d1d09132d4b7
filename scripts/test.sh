#!/usr/bin/env bash
# Everything that must hold: format, lints, all tests, docs. Installs what is missing on Debian.
set -euo pipefail
cd "$(dirname "$0")/.."

install() {
  echo "installing: $*"
  if [ "$(id -u)" = 0 ]; then run=(env); else run=(sudo); fi
  "${run[@]}" apt-get update -qq
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

missing=()
command -v cc >/dev/null || missing+=(gcc libc6-dev)
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
command -v runuser >/dev/null || missing+=(util-linux)
command -v chromium >/dev/null || missing+=(chromium)
command -v chromedriver >/dev/null || missing+=(chromium-driver)
command -v npm >/dev/null || missing+=(npm)
command -v soffice >/dev/null || missing+=(libreoffice-writer-nogui)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
fc-list 2>/dev/null | grep LiberationSerif >/dev/null || missing+=(fontconfig fonts-liberation)
[ ${#missing[@]} -eq 0 ] || install "${missing[@]}"
command -v cargo >/dev/null || { echo "a Rust toolchain is needed: see README.md" >&2; exit 1; }
for part in rustfmt clippy; do
  cargo "${part/rustfmt/fmt}" --version >/dev/null 2>&1 || rustup component add "$part"
done

# What finds barriers for readers of screens, in a real browser.
target="${CARGO_TARGET_DIR:-target}"
axe="axe-core-4.14.1"
if [ ! -f "$target/axe-core/package/axe.min.js" ]; then
  mkdir -p "$target/axe-core"
  (cd "$target/axe-core" && npm pack --silent "axe-core@${axe##*-}" >/dev/null && tar xzf "$axe.tgz")
fi

# A folder of Python with one package from PyPI.
venv() {
  local venv="$target/venv-$1"
  [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
  "$venv/bin/python" -c "import ${1%%==*}" 2>/dev/null || "$venv/bin/pip" install --quiet --disable-pip-version-check "$1"
}

# The mail server that tests/mail.rs starts, at the version that tests/smtp/mod.rs names.
venv "aiosmtpd==1.4.6"

cargo fmt --all -- --check
cargo clippy --all-targets --locked -- -D warnings
cargo test --locked

# The archive that the tests left behind, read by the standard tool.
warcio="warcio==1.8.1"
venv "$warcio"
"$target/venv-$warcio/bin/python" tests/archive_warcio.py "$target/tmp/archive/data/archive"

RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items --locked --quiet
echo "all is well"
