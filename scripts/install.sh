#!/bin/sh
# Installs sockeye for this user: sh install.sh, see --help.
#
# An existing installation is not changed before the archive is complete and its checksum is right.
set -eu

release=${SOCKEYE_RELEASE:-}
prefix=${PREFIX:-${HOME:+$HOME/.local}}

usage() {
  cat <<'END'
Usage: sh install.sh [OPTION]

  --version X    this version, such as 1.2.0 (the one that the script came with)
  --uninstall    remove what was installed
  --help         this help

Environment:
  PREFIX           folder for bin/ and share/ (~/.local)
  SOCKEYE_RELEASE  address of the folder with the archives and SHA256SUMS

In an unpacked archive the program beside the script is installed, and nothing is fetched.
END
}

fail() {
  echo "install: $*" >&2
  exit 1
}

misused() {
  echo "install: $*; --help lists the options" >&2
  exit 2
}

has() {
  command -v "$1" >/dev/null 2>&1
}

find_target() {
  system=$(uname -s)
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) cpu=x86_64 ;;
    aarch64 | arm64) cpu=aarch64 ;;
    *) fail "There is no sockeye for the processor $machine: x86_64 and aarch64 have one" ;;
  esac
  case $system in
    Linux)
      # The embedded runtime needs glibc; on musl the shell would report an existing program as "not found".
      if has ldd && ldd --version 2>&1 | grep -qi musl; then
        fail "This Linux has musl, sockeye needs glibc: use a container with Debian, or run it with Deno from source"
      fi
      target=$cpu-unknown-linux-gnu
      ;;
    Darwin) target=$cpu-apple-darwin ;;
    *) fail "There is no sockeye for $system that this script could install: for Windows take the zip file" ;;
  esac
}

# fetch URL FILE
fetch() {
  if has curl; then
    curl -fsSL -o "$2" "$1" || fail "Cannot fetch $1"
  elif has wget; then
    wget -q -O "$2" "$1" || fail "Cannot fetch $1"
  else
    fail "Neither curl nor wget is there to fetch $1"
  fi
}

is_sum() {
  case $1 in
    *[!0-9a-f]*) return 1 ;;
  esac
  [ "${#1}" -eq 64 ]
}

# sum FILE
sum() {
  if has sha256sum; then
    said=$(sha256sum "$1") || fail "Cannot check the archive: sha256sum failed"
  elif has shasum; then
    said=$(shasum -a 256 "$1") || fail "Cannot check the archive: shasum failed"
  else
    fail "Neither sha256sum nor shasum is there to check the archive"
  fi
  is_sum "${said%% *}" || fail "Cannot check the archive: its checksum is said to be \"${said%% *}\""
  echo "${said%% *}"
}

# Fetches the archive to the folder $work, checks it and unpacks it to the folder $from.
fetch_archive() {
  [ -n "$release" ] || fail "Say where the release is: SOCKEYE_RELEASE=https://…"
  find_target
  versions='[^ /]*'
  if [ -n "$version" ]; then
    versions=$(echo "$version" | sed 's/[.]/\\./g')
    # A release of its own for each version; another folder may have all of them.
    case $release in
      */v[0-9]*) release=${release%/*}/v$version ;;
    esac
  fi
  fetch "$release/SHA256SUMS" "$work/SHA256SUMS"
  line=$(grep "^[^ ]*  sockeye-$versions-$target\.tar\.gz\$" "$work/SHA256SUMS") ||
    fail "The release at $release has nothing for $target${version:+ in version $version}"
  [ "$(echo "$line" | wc -l)" -eq 1 ] ||
    fail "The release at $release has more than one archive for $target: choose one with --version"
  want=${line%% *}
  name=${line##* }
  is_sum "$want" || fail "SHA256SUMS has no checksum for $name: $want"
  fetch "$release/$name" "$work/$name"
  got=$(sum "$work/$name") || exit 1
  [ "$got" = "$want" ] || fail "The checksum of $name is $got, not $want: nothing was installed"
  tar -xzf "$work/$name" -C "$work" || fail "Cannot unpack $name"
  from=$work/${name%.tar.gz}
}

# What is installed besides the program: a file of the archive, and its place below $share.
files() {
  cat <<'END'
sockeye.1 man/man1/sockeye.1
completions/sockeye.bash bash-completion/completions/sockeye
completions/_sockeye zsh/site-functions/_sockeye
completions/sockeye.fish fish/vendor_completions.d/sockeye.fish
completions/sockeye.ps1 sockeye/sockeye.ps1
END
}

# place MODE FILE TARGET: replaces the target atomically, because it may be a running program.
place() {
  mkdir -p "$(dirname "$3")" || fail "Cannot make the folder of $3"
  cp "$2" "$3.new" || fail "Cannot write $3"
  chmod "$1" "$3.new"
  mv -f "$3.new" "$3" || fail "Cannot replace $3"
}

# Shells that are here but look elsewhere for completions: says what to add.
tell_shells() {
  if has zsh && [ -f "$share/zsh/site-functions/_sockeye" ]; then
    # shellcheck disable=SC2016 # zsh expands it
    zsh -fc 'print -rl -- $fpath' 2>/dev/null | grep -qxF "$share/zsh/site-functions" ||
      echo "zsh completes after this line in ~/.zshrc, before compinit: fpath=(\"$share/zsh/site-functions\" \$fpath)"
  fi
  if has bash && [ -f "$share/bash-completion/completions/sockeye" ]; then
    found=
    for folder in /usr/share /usr/local/share /opt/homebrew/share; do
      [ ! -f "$folder/bash-completion/bash_completion" ] || found=yes
    done
    [ -n "$found" ] ||
      echo "bash completes after this line in ~/.bashrc: . \"$share/bash-completion/completions/sockeye\""
  fi
  if has pwsh && [ -f "$share/sockeye/sockeye.ps1" ]; then
    echo "PowerShell completes after this line in \$PROFILE: . \"$share/sockeye/sockeye.ps1\""
  fi
}

install() {
  place 755 "$from/sockeye" "$prefix/bin/sockeye"
  files | while read -r file to; do
    [ ! -f "$from/$file" ] || place 644 "$from/$file" "$share/$to"
  done
  echo "Installed $prefix/bin/sockeye"
  case :${PATH:-}: in
    *":$prefix/bin:"*) ;;
    *) echo "$prefix/bin is not in PATH yet: export PATH=\"$prefix/bin:\$PATH\"" ;;
  esac
  tell_shells
}

uninstall() {
  [ -f "$prefix/bin/sockeye" ] || fail "There is no $prefix/bin/sockeye to remove"
  files | while read -r _ to; do
    rm -f "$share/$to" || fail "Cannot remove $share/$to"
  done
  rmdir "$share/sockeye" 2>/dev/null || true
  rm -f "$prefix/bin/sockeye" || fail "Cannot remove $prefix/bin/sockeye"
  echo "Removed $prefix/bin/sockeye, its manual and its completions"
}

version=
remove=
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --uninstall) remove=yes ;;
    --version)
      [ $# -gt 1 ] || misused "Option --version needs a version"
      version=$2
      shift
      ;;
    --version=*) version=${1#*=} ;;
    *) misused "Unknown argument \"$1\"" ;;
  esac
  case ${version#v} in
    *[!0-9A-Za-z.+-]*) misused "Bad version \"$version\"" ;;
  esac
  version=${version#v}
  shift
done
[ -n "$prefix" ] || fail "There is no HOME: say where to install, PREFIX=/usr/local"
share=$prefix/share

if [ -n "$remove" ]; then
  [ -z "$version" ] || misused "Options --uninstall and --version do not go together"
  uninstall
  exit 0
fi

# Read from a pipe the script has no place of its own.
here=
case $0 in
  */install.sh | install.sh) here=$(dirname "$0") ;;
esac
if [ -n "$here" ] && [ -z "$release$version" ] && [ -f "$here/sockeye" ] && [ -f "$here/sockeye.1" ]; then
  from=$here
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  fetch_archive
fi
install
