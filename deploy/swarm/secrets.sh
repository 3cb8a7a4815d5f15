#!/bin/bash
# Gives the files of ./secrets to Swarm: secrets.sh SET [FOLDER]. A secret of Swarm cannot be changed, so each set has a
# name, such as the day; secrets of an older set stay until `docker secret rm`. A set that is there already stays.
set -euo pipefail
set_name=${1:?the name of the set, such as 2026-11-30}
folder=${2:-secrets}
files=(
  api-keys=api.json
  public-keys=public.json
  api-redis-url=api-redis-url
  sms-keys=sms.json
  sms-redis-url=sms-redis-url
  sms-providers=sms-providers.json
  ballots-keys=ballots.json
  ballots-intake-url=ballots-intake-url
  mixer-keys=mixer.json
  mixer-intake-url=mixer-intake-url
  mixer-box-url=mixer-box-url
  access-keys=access.json
  access-database-url=access-database-url
  control-access-redis-url=control-access-redis-url
  elections-keys=elections.json
  elections-database-url=elections-database-url
  elections-box-url=elections-box-url
  control-elections-redis-url=control-elections-redis-url
  elections-redis-url=elections-redis-url
  officials-keys=officials.json
  control-officials-redis-url=control-officials-redis-url
  worker-keys=worker.json
  control-worker-redis-url=control-worker-redis-url
  worker-box-url=worker-box-url
  log-keys=log.json
  log-box-url=log-box-url
  herald-witnesses=herald-witnesses.json
  postgres-intake-password=postgres-intake-password
  postgres-box-password=postgres-box-password
  postgres-access-password=postgres-access-password
  postgres-elections-password=postgres-elections-password
  redis-users=redis-users.acl
  control-redis-users=control-redis-users.acl
  migrate-intake-url=migrate-intake-url
  migrate-box-url=migrate-box-url
  migrate-access-url=migrate-access-url
  migrate-elections-url=migrate-elections-url
  role-passwords=role-passwords.json
)
for file in "${files[@]}"; do
  name=popvote-$set_name-${file%%=*}
  docker secret inspect "$name" >/dev/null 2>&1 || docker secret create "$name" "$folder/${file#*=}" >/dev/null
done
echo "The set $set_name has ${#files[@]} secrets."
