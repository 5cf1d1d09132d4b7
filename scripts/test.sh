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
command -v runuser >/dev/null || missing+=(util-linux)
[ ${#missing[@]} -eq 0 ] || install "${missing[@]}"
command -v cargo >/dev/null || { echo "a Rust toolchain is needed: see README.md" >&2; exit 1; }
for part in rustfmt clippy; do
  cargo "${part/rustfmt/fmt}" --version >/dev/null 2>&1 || rustup component add "$part"
done

cargo fmt --all -- --check
cargo clippy --all-targets --locked -- -D warnings
cargo test --locked
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items --locked --quiet
echo "all is well"
