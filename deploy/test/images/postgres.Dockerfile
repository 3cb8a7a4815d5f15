FROM popvote-base:2
# The user has the number of the official image, which caddy has here.
RUN userdel caddy && useradd -r -U -u 999 --home-dir /var/lib/postgresql postgres && \
    install -d -o postgres -m 1777 /var/lib/postgresql && install -d -o postgres -m 3777 /var/run/postgresql && \
    mkdir /docker-entrypoint-initdb.d
COPY postgres /opt/postgres
COPY docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ENV PATH=/opt/postgres/bin:/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PGDATA=/var/lib/postgresql/18/docker
VOLUME /var/lib/postgresql
ENTRYPOINT ["docker-entrypoint.sh"]
STOPSIGNAL SIGINT
CMD ["postgres"]
