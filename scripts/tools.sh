# What tests/run and examples/try share: source it.
# shellcheck shell=bash
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
has() { command -v "$1" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null; }

# install_packages NAME...: Debian packages, where this user may install them.
install_packages() {
  if [ "$#" -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ] || ! has apt-get; then
    say "NOT INSTALLED: $*"
    say "As root on Debian or Ubuntu they are installed here; what needs them is skipped or fails."
    return
  fi
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq "$@" >/dev/null
}

# uv from PyPI into a folder of its own, where there is none.
install_uv() {
  local home="${HOME:-/root}/.cache/alembic-ci-tests/uv"
  if has uv; then return; fi
  python3 -c 'import ensurepip' 2>/dev/null || install_packages python3-venv
  if [ ! -x "$home/bin/uv" ]; then
    say "installing uv into $home"
    python3 -m venv "$home"
    "$home/bin/pip" install --quiet --disable-pip-version-check uv
  fi
  PATH="$home/bin:$PATH"
}
