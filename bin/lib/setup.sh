# shellcheck shell=bash
# What the commands in bin/ share: the system packages, the virtual environment, the settings. Sourced, never run.

set -euo pipefail
unset CDPATH PYTHONHOME
# An empty HOME would send caches into the current folder; without one, programs ask the system where home is.
[ -n "${HOME:-}" ] || unset HOME

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
VENV="$ROOT/.venv"
VENV_PYTHON="$VENV/bin/python"
PYTHON=""       # the interpreter that the virtual environment is made from; find_python fills it
PACKAGES=()     # system packages somebody has to install; need_* fill it
export PYTHONPATH="$ROOT"
export PYTHONSAFEPATH=1 # a folder called campaign where the command is typed must not be taken for ours

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# The comment at the head of a command is its help.
help_if_asked() {
    case "${1:-}" in
    -h | --help)
        sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    esac
}

# --- System packages --------------------------------------------------------------------------------------------------

on_macos() { [ "$(uname -s)" = Darwin ]; }

if on_macos; then # Homebrew's libraries are not where the system's own loader looks
    export DYLD_FALLBACK_LIBRARY_PATH="${DYLD_FALLBACK_LIBRARY_PATH:-/opt/homebrew/lib:/usr/local/lib:/usr/lib}"
fi

find_python() {
    local candidate
    # The interpreter of the environment we have comes first: another one on the PATH is no reason to make a new one.
    for candidate in "$VENV_PYTHON" python3 python3.14 python3.13 python3.12 python3.11; do
        # The base of an environment, not the environment: ours may be about to be thrown away.
        PYTHON="$("$candidate" -c '
import sys
if (3, 11) <= sys.version_info < (3, 15): print(sys._base_executable)' 2>/dev/null)" || PYTHON=""
        [ -z "$PYTHON" ] || return 0
    done
    return 1
}

need_python() {
    find_python && return
    if command -v python3 >/dev/null; then
        fail "Python 3.11 to 3.14 is needed, and this machine has $(python3 -V 2>&1): install a newer one" \
            "$(on_macos && echo '(brew install python@3.12) ')and run this command again."
    fi
    PACKAGES+=(python3-venv)
}

need_libraries() {
    if [ -z "$PYTHON" ]; then # nothing to ask with; apt-get knows what is already there
        PACKAGES+=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)
        return
    fi
    local package
    while read -r package; do
        PACKAGES+=("$package")
    done < <("$PYTHON" "$ROOT/bin/lib/machine.py" missing-packages)
}

# need_command COMMAND PACKAGE
need_command() {
    command -v "$1" >/dev/null || PACKAGES+=("$2")
}

# need_library FILE PACKAGE, on Linux
need_library() {
    on_macos && return
    [ -n "$PYTHON" ] || find_python || true
    [ -n "$PYTHON" ] && "$PYTHON" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null || PACKAGES+=("$2")
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif [ -t 2 ]; then
        sudo "$@"
    else
        sudo -n "$@" # without a terminal nobody could type a password
    fi
}

apt_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null || return 1
    say "Installing system packages: $*"
    as_root apt-get update >/dev/null 2>&1 </dev/null || true # one stale source must not stop the others
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >/dev/null 2>&1 </dev/null
}

# nginx for the tests of deploy/, without installing it: on Debian that would start a web server on this machine.
fetch_nginx() {
    local folder
    command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || [ -x "$VENV/nginx/usr/sbin/nginx" ] && return
    say "Fetching nginx for the tests of deploy/ into .venv …"
    folder="$(mktemp -d)"
    (
        cd "$folder"
        command -v apt-get >/dev/null || exit 1
        apt-get download nginx >/dev/null 2>&1 || { as_root apt-get update && apt-get download nginx; } >/dev/null 2>&1
        dpkg-deb -x nginx_*.deb "$VENV/nginx"
    ) || say "That did not work; the tests of deploy/ will fail until the package nginx is installed."
    rm -r "$folder"
}

brew_names() {
    local package
    for package in "$@"; do
        case "$package" in
        libpango* | libharfbuzz*) echo pango ;;
        python3*) echo python@3.12 ;;
        poppler-utils) echo poppler ;;
        *) echo "$package" ;;
        esac
    done | sort -u | tr '\n' ' ' | sed 's/ $//'
}

install_packages() {
    [ "${#PACKAGES[@]}" -gt 0 ] || return 0
    if on_macos; then
        fail "Some system packages are missing: run 'brew install $(brew_names "${PACKAGES[@]}")', then this command again."
    fi
    apt_install "${PACKAGES[@]}" || fail "These system packages are missing and could not be installed: run" \
        "'apt-get install ${PACKAGES[*]}' as root (or what your system has instead), then this command again."
    PACKAGES=()
    if [ -z "$PYTHON" ]; then
        need_python
        [ -n "$PYTHON" ] || fail "Python 3.11 to 3.14 is needed and python3 was not found."
    fi
}

# --- The virtual environment ------------------------------------------------------------------------------------------

checksum() {
    if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi
}

# What an environment is made of: the interpreter and the locks.
fingerprint() {
    { "$PYTHON" -VV && uname -sm && cat "$@"; } | checksum
}

is_stamped() {
    [ -x "$VENV_PYTHON" ] && [ -f "$VENV/$1" ] && [ "$(cat "$VENV/$1")" = "$2" ]
}

# One command at a time builds; a second one waits and then finds the work done. macOS has no flock.
alone() {
    if command -v flock >/dev/null; then (flock 9 && "$@") 9<"$ROOT/bin/lib/setup.sh"; else "$@"; fi
}

install_lock() {
    say "Installing the locked Python packages from $1 into .venv (once; this can take a few minutes) …"
    [ -w "${HOME:-/}" ] || export PIP_NO_CACHE_DIR=1
    "$VENV_PYTHON" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
        --only-binary=:all: -r "$ROOT/$1" ||
        fail "The Python packages could not be installed; pip's reason stands above (is this machine online?)."
}

# The environment is made anew only for another interpreter. A new lock is installed over what is there, so that a server
# that still runs from it keeps its files, and a machine that is offline keeps its old environment.
make_venv() {
    [ "$("$VENV_PYTHON" -VV 2>/dev/null)" = "$("$PYTHON" -VV)" ] && "$VENV_PYTHON" -c 'import pip' 2>/dev/null && return
    "$PYTHON" -m venv --clear "$VENV" || fail "The virtual environment .venv could not be made with $PYTHON."
}

build_runtime() {
    is_stamped .lock-runtime "$1" && return
    make_venv
    install_lock requirements.txt
    printf '%s\n' "$1" >"$VENV/.lock-runtime"
}

build_tools() {
    is_stamped .lock-runtime "$1" && is_stamped .lock-tools "$2" && return
    make_venv
    install_lock requirements-dev.txt # which holds the product's own packages in the same versions
    printf '%s\n' "$1" >"$VENV/.lock-runtime"
    printf '%s\n' "$2" >"$VENV/.lock-tools"
}

# Everything a command needs; WITH_TOOLS=yes adds what tests and lint need. Calls before it may name more packages.
prepare() {
    local runtime tools
    need_python
    need_libraries
    if [ -n "$PYTHON" ] && ! "$PYTHON" -c 'import ensurepip' 2>/dev/null; then
        PACKAGES+=("$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")
    fi
    install_packages
    runtime="$(fingerprint "$ROOT/requirements.txt")"
    if [ "${WITH_TOOLS:-}" = yes ]; then
        tools="$(fingerprint "$ROOT/requirements-dev.txt")"
        alone build_tools "$runtime" "$tools"
    else
        alone build_runtime "$runtime"
    fi
    compile_catalogues
}

# The compiled translations are not committed; they are made again when a catalogue is newer.
compile_catalogues() {
    local catalogue
    for catalogue in "$ROOT"/campaign/translations/*/LC_MESSAGES/*.po; do
        if [ -f "$catalogue" ] && [ "$catalogue" -nt "${catalogue%.po}.mo" ]; then
            "$VENV_PYTHON" "$ROOT/bin/lib/catalogues.py" compile
            return
        fi
    done
}

# --- Settings ---------------------------------------------------------------------------------------------------------

# Settings from the file .env, if there is one: NAME=value lines, taken literally. The environment itself wins.
read_settings_file() {
    local name value
    [ -f "$ROOT/.env" ] || return 0
    while IFS='=' read -r name value || [ -n "$name" ]; do
        case "$name" in
        '' | '#'* | *[!A-Za-z0-9_]* | [0-9]*) continue ;;
        esac
        if [ -z "${!name+set}" ]; then export "$name=$value"; fi
    done <"$ROOT/.env"
}
