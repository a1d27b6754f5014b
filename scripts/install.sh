#!/bin/sh
# Installs sockeye for this user: sh install.sh
#
#   PREFIX           folder for bin/ and share/ (~/.local)
#   SOCKEYE_RELEASE  address of the folder with the archives and SHA256SUMS (the release that this script came with)
#
# An existing installation is not changed before the archive is complete and its checksum is right.
set -eu

release=${SOCKEYE_RELEASE:-}
prefix=${PREFIX:-${HOME:+$HOME/.local}}

fail() {
  echo "install: $*" >&2
  exit 1
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

# place MODE FILE TARGET: replaces the target atomically, because it may be a running program.
place() {
  mkdir -p "$(dirname "$3")" || fail "Cannot make the folder of $3"
  cp "$2" "$3.new" || fail "Cannot write $3"
  chmod "$1" "$3.new"
  mv -f "$3.new" "$3" || fail "Cannot replace $3"
}

[ -n "$release" ] || fail "Say where the release is: SOCKEYE_RELEASE=https://…"
[ -n "$prefix" ] || fail "There is no HOME: say where to install, PREFIX=/usr/local"
find_target
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fetch "$release/SHA256SUMS" "$work/SHA256SUMS"
line=$(grep "^[^ ]*  sockeye-[^ /]*-$target\.tar\.gz\$" "$work/SHA256SUMS") ||
  fail "The release at $release has nothing for $target"
[ "$(echo "$line" | wc -l)" -eq 1 ] || fail "The release at $release has more than one archive for $target"
want=${line%% *}
name=${line##* }
is_sum "$want" || fail "SHA256SUMS has no checksum for $name: $want"
fetch "$release/$name" "$work/$name"
got=$(sum "$work/$name") || exit 1
[ "$got" = "$want" ] || fail "The checksum of $name is $got, not $want: nothing was installed"
tar -xzf "$work/$name" -C "$work" || fail "Cannot unpack $name"

from=$work/${name%.tar.gz}
share=$prefix/share
place 755 "$from/sockeye" "$prefix/bin/sockeye"
while read -r file to; do
  [ ! -f "$from/$file" ] || place 644 "$from/$file" "$share/$to"
done <<END
sockeye.1 man/man1/sockeye.1
completions/sockeye.bash bash-completion/completions/sockeye
completions/_sockeye zsh/site-functions/_sockeye
completions/sockeye.fish fish/vendor_completions.d/sockeye.fish
END
echo "Installed $prefix/bin/sockeye"
case :${PATH:-}: in
  *":$prefix/bin:"*) ;;
  *) echo "$prefix/bin is not in PATH yet: export PATH=\"$prefix/bin:\$PATH\"" ;;
esac
