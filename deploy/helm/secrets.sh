#!/bin/bash
# Gives the files of ./secrets to Kubernetes, as the secrets that the chart names: secrets.sh [FOLDER] [PREFIX]. It changes
# those that are there. KUBECTL names the program, also with a namespace: KUBECTL='kubectl -n votes'.
set -euo pipefail
folder=${1:-secrets}
prefix=${2:-popvote}
read -ra kubectl <<<"${KUBECTL:-kubectl}"
services=(
  'api api-keys=api.json public-keys=public.json api-redis-url=api-redis-url'
  'sms sms-keys=sms.json public-keys=public.json sms-redis-url=sms-redis-url sms-providers=sms-providers.json'
  'ballots ballots-keys=ballots.json public-keys=public.json ballots-intake-url=ballots-intake-url'
  'mixer mixer-keys=mixer.json public-keys=public.json mixer-intake-url=mixer-intake-url mixer-box-url=mixer-box-url'
  'access access-keys=access.json public-keys=public.json access-database-url=access-database-url
    control-access-redis-url=control-access-redis-url'
  'elections elections-keys=elections.json public-keys=public.json elections-database-url=elections-database-url
    elections-box-url=elections-box-url control-elections-redis-url=control-elections-redis-url
    elections-redis-url=elections-redis-url'
  'officials officials-keys=officials.json public-keys=public.json control-officials-redis-url=control-officials-redis-url'
  'worker worker-keys=worker.json public-keys=public.json control-worker-redis-url=control-worker-redis-url
    worker-box-url=worker-box-url'
  'log log-keys=log.json public-keys=public.json log-box-url=log-box-url'
  'herald herald-witnesses=herald-witnesses.json'
  'migrate migrate-intake-url=migrate-intake-url migrate-box-url=migrate-box-url migrate-access-url=migrate-access-url
    migrate-elections-url=migrate-elections-url role-passwords=role-passwords.json'
)
for row in "${services[@]}"; do
  read -r -d '' -a words <<<"$row" || true
  files=()
  for file in "${words[@]:1}"; do files+=("--from-file=${file%%=*}=$folder/${file#*=}"); done
  "${kubectl[@]}" create secret generic "$prefix-${words[0]}" "${files[@]}" --dry-run=client -o yaml |
    "${kubectl[@]}" apply -f - >/dev/null
done
echo "${#services[@]} secrets."
