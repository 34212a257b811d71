#!/bin/sh
# Brings Chromium for the tests of the pages, from Debian's packages, unless there is one.
set -eu
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if ! command -v apt-get >/dev/null; then
    echo "the tests of the pages need Chromium, and there is no apt-get to bring it: install chromium, then run this again" >&2
    exit 1
fi
echo "setting up: Chromium"
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null
