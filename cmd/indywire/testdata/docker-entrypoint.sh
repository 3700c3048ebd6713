#!/usr/bin/env bash
# Stands for the entrypoint of PostgreSQL's image: makes the database at the first start, runs what is mounted for that
# beside a server that only its socket reaches, and becomes the server. OWN_PORT and SOCKET are the test's.
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # shellcheck disable=SC2086 # several words
  initdb --no-sync --pgdata="$PGDATA" --username=postgres --pwfile=<(echo "$POSTGRES_PASSWORD") $POSTGRES_INITDB_ARGS >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl --pgdata="$PGDATA" --wait --options="$(printf '%q ' "${@:2}") -clisten_addresses= -p $OWN_PORT -k $SOCKET" start >/dev/null
  POSTGRES_USER=postgres PGHOST=$SOCKET PGPORT=$OWN_PORT bash "$(dirname "$0")/roles.sh"
  pg_ctl --pgdata="$PGDATA" --wait --mode=fast stop >/dev/null
fi
exec "$@" -clisten_addresses=127.0.0.1 -p "$OWN_PORT" -k "$SOCKET"
