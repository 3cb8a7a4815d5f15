# Defaults that have variables. It follows from docker-compose.yml; after a change there:
#   npx vitest run --project unit test/unit/deploy/swarm.test.ts -u
# deploy/swarm/start.sh starts it with one command. docs/deployment.md says what differs from Compose.
export API_TRUSTED_PROXIES="${API_TRUSTED_PROXIES:-${POPVOTE_NETWORKS:-10.213}.2.0/24}"
export ACCESS_PANEL_ORIGIN="${ACCESS_PANEL_ORIGIN:-https://${EDGE_PANEL_SITE:-panel.localhost}:8444}"
export POPVOTE_LOG_HOST="${POPVOTE_LOG_HOST-${EDGE_VOTE_SITE:-vote.localhost}}"
export PANEL_VOTERS_ORIGIN="${PANEL_VOTERS_ORIGIN:-https://${EDGE_VOTE_SITE:-vote.localhost}}"
export PANEL_TRUSTED_PROXIES="${PANEL_TRUSTED_PROXIES:-${POPVOTE_NETWORKS:-10.213}.4.0/24}"
