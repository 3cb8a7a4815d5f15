FROM popvote-base:2
RUN install -d -o 65534 -g 65534 /alertmanager && install -d /etc/alertmanager
WORKDIR /alertmanager
VOLUME /alertmanager
ENTRYPOINT ["/usr/bin/prometheus-alertmanager"]
