#!/usr/bin/env bash
# Starts a PostgreSQL of docker-compose.yml. Where FOLLOW names another server and there is no database here yet, that one
# is copied first, and followed through a slot, so that it keeps what this one has yet to read.
set -euo pipefail

slot=${SERVER//-/_}

# The copy carries another name until it is whole: what a crash leaves of one must never be started.
copy() {
  export PGPASSWORD=$REPLICATION_PASSWORD
  until pg_isready --quiet --host="$FOLLOW" --username=replicator --dbname=postgres; do sleep 1; done
  psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --host="$FOLLOW" --username=replicator --dbname=postgres \
    --set=slot="$slot" --output=/dev/null <<'SQL'
SELECT pg_create_physical_replication_slot(:'slot')
 WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = :'slot');
SQL
  rm -rf "$PGDATA.new"
  pg_basebackup --pgdata="$PGDATA.new" --dbname="host=$FOLLOW user=replicator" --slot="$slot" \
    --write-recovery-conf --wal-method=stream --checkpoint=fast
  mv "$PGDATA.new" "$PGDATA"
  unset PGPASSWORD
}

if [ -n "${FOLLOW:-}" ] && [ ! -e "$PGDATA" ]; then
  copy
fi
# It follows under this name, by which synchronous_standby_names knows it. The copying above has another: a commit must
# never be acknowledged because a copy that is not whole yet has it.
exec docker-entrypoint.sh "$@" "-ccluster_name=$SERVER"
