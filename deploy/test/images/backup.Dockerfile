FROM postgres:18.4
COPY opt /opt
# Before the older ones of the base in the path.
COPY bin /opt/postgres/bin
RUN install -d -o postgres -g postgres -m 700 /var/lib/pgbackrest && pgbackrest version && pg_receivewal --version
