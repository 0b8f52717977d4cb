#!/usr/bin/env bash
# Prepares this checkout. Quick when there is nothing to do; safe to repeat and to interrupt.
#   scripts/setup.sh run        what the product needs
#   scripts/setup.sh lint       what the linters need
#   scripts/setup.sh messages   what collecting the screens' words needs
#   scripts/setup.sh test       all of it, with the servers and the browser of the tests
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-run}
mkdir -p var
log=var/setup.log

say() { printf '%s\n' "$*" >&2; }

fail() { # Vietnamese first, English second
    say ""
    say "✗ $1"
    say "  $2"
    exit 1
}

# Two set-ups at the same time take turns.
if command -v flock >/dev/null; then
    exec 9>var/setup.lock
    flock 9
fi
: >"$log"

# ── Debian's packages ────────────────────────────────────────────────────────────────────────────

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo "$@"
    else
        return 1
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 \
        -o Acquire::Retries=3 --no-install-recommends "$@" </dev/null >>"$log" 2>&1
}

install_packages() { # what for (vi), what for (en), packages…
    local vi=$1 en=$2
    shift 2
    say "→ Cài gói hệ thống cho $vi: $*"
    if command -v apt-get >/dev/null; then
        # The machine's list of packages may be missing or old: then fetch it and try again.
        apt install "$@" || { apt update && apt install "$@"; } || true
    fi
}

cannot_install() { # what for (vi), what for (en), packages…
    local vi=$1 en=$2
    shift 2
    [ -s "$log" ] && tail -n 5 "$log" >&2
    fail "Không cài được gói hệ thống cho $vi. Hãy nhờ người quản trị máy chạy: sudo apt-get install $*" \
         "The packages for $en could not be installed. Ask an administrator to run: sudo apt-get install $*"
}

# ── Python ───────────────────────────────────────────────────────────────────────────────────────

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3 /usr/bin/python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    return 1
}

make_venv() {
    local python version
    if ! python=$(find_python); then
        install_packages "Python" "Python" python3 python3-venv
        python=$(find_python) || { install_packages "Python" "Python" python3.11 python3.11-venv; python=$(find_python); } ||
            fail "Cần Python 3.11 trở lên; máy này chưa có." "Python 3.11 or newer is needed; this machine has none."
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        install_packages "Python" "Python" "$version-venv"
        "$python" -c 'import ensurepip, venv' 2>/dev/null || cannot_install "Python" "Python" "$version-venv"
    fi
    say "→ Tạo môi trường Python (.venv) bằng $("$python" --version)"
    "$python" -m venv --clear .venv >>"$log" 2>&1 ||
        fail "Không tạo được môi trường Python; xem $log." "The Python environment could not be made; see $log."
}

install_locked() { # lock file
    local lock=$1 stamp
    stamp=.venv/.installed-$lock
    # The locks are made so that the developers' one contains the product's.
    if [ "$(cat "$stamp" 2>/dev/null)" = "$(sha256sum <"$lock")" ]; then
        return
    fi
    say "→ Cài thư viện Python theo $lock (lần đầu mất vài phút)"
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --require-hashes \
        --only-binary :all: -r "$lock" </dev/null >>"$log" 2>&1 || {
        grep -v '^WARNING' "$log" | tail -n 8 >&2
        fail "Không cài được thư viện Python. Kiểm tra mạng rồi chạy lại; chi tiết ở $log." \
             "The Python packages could not be installed. Check the network and try again; details in $log."
    }
    sha256sum <"$lock" >"$stamp"
    [ "$lock" = requirements-dev.txt ] && sha256sum <requirements.txt >.venv/.installed-requirements.txt
    return 0
}

# ── What WeasyPrint draws with ───────────────────────────────────────────────────────────────────

paper_works() { .venv/bin/python -W error -c 'import weasyprint.text.ffi' >>"$log" 2>&1; }

prepare_paper() {
    local packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" stamp=.venv/.paper-works
    [ -e "$stamp" ] && return
    if ! paper_works; then
        # shellcheck disable=SC2086
        install_packages "in giấy chứng nhận (PDF)" "printing certificates (PDF)" $packages
        # shellcheck disable=SC2086
        paper_works || cannot_install "in giấy chứng nhận (PDF)" "printing certificates (PDF)" $packages
    fi
    touch "$stamp"
}

# ── What the tests need besides ──────────────────────────────────────────────────────────────────

have() { command -v "$1" >/dev/null; }
have_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

missing_for_tests() {
    have_postgres || printf 'postgresql '
    have redis-server || printf 'redis-server '
    have chromium || have chromium-browser || have google-chrome || printf 'chromium '
    have pdftotext || printf 'poppler-utils '
}

prepare_tests() {
    local packages
    packages=$(missing_for_tests)
    [ -z "$packages" ] && return
    # shellcheck disable=SC2086
    install_packages "kiểm thử" "the tests" $packages
    packages=$(missing_for_tests)
    # shellcheck disable=SC2086
    [ -z "$packages" ] || cannot_install "kiểm thử" "the tests" $packages
}

prepare_gettext() {
    have xgettext && have msgmerge && return
    install_packages "gom từ ngữ" "collecting words" gettext
    have xgettext || cannot_install "gom từ ngữ" "collecting words" gettext
}

# ── Together ─────────────────────────────────────────────────────────────────────────────────────

.venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv
case $purpose in
    run) install_locked requirements.txt; prepare_paper ;;
    lint) install_locked requirements-dev.txt ;;
    messages) install_locked requirements-dev.txt; prepare_gettext ;;
    test) install_locked requirements-dev.txt; prepare_paper; prepare_gettext; prepare_tests ;;
    *) fail "Không hiểu: $purpose" "Unknown: $purpose" ;;
esac
.venv/bin/python scripts/messages.py compile
