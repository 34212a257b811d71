#!/bin/sh
# Brings PHP, Ruby and Go for the tests of callers in these languages, from Debian's packages, those that are missing.
set -eu
missing=""
php -r 'exit((int) !function_exists("curl_init"));' 2>/dev/null || missing="$missing php-cli php-curl"
command -v ruby >/dev/null || missing="$missing ruby"
command -v go >/dev/null || missing="$missing golang-go"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
    echo "there is no apt-get to bring$missing: tests of callers in these languages are skipped" >&2
    exit 0
fi
echo "setting up:$missing"
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
