FROM popvote-base:2
RUN install -d -o redis -g redis /data
WORKDIR /data
VOLUME /data
CMD ["redis-server"]
