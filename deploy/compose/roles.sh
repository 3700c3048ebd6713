#!/usr/bin/env bash
# Runs once, when the first database of docker-compose.yml has been made: the roles, and from the next start on the rule
# that a commit is acknowledged when another server has it on disk too. The passwords come from the environment, where no
# list of processes shows them.
set -euo pipefail

psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
\getenv indywire INDYWIRE_DB_PASSWORD
\getenv replication REPLICATION_PASSWORD
CREATE ROLE indywire LOGIN PASSWORD :'indywire';
CREATE DATABASE indywire OWNER indywire;
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication';
ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 ("postgres-a", "postgres-b")';
SQL

# "all" does not mean replication. From here as well: a server must be able to follow wherever it is.
cat >>"$PGDATA/pg_hba.conf" <<'HBA'
host replication replicator samenet scram-sha-256
HBA
