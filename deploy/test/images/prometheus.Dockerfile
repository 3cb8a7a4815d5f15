FROM popvote-base:2
RUN install -d -o 65534 -g 65534 /prometheus && install -d /etc/prometheus
WORKDIR /prometheus
VOLUME /prometheus
ENTRYPOINT ["/usr/bin/prometheus"]
