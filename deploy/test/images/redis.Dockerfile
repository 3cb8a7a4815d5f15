FROM popvote-base:1
RUN install -d -o redis -g redis /data
WORKDIR /data
VOLUME /data
CMD ["redis-server"]
