#!/bin/bash
# Health check of a container: whether a service answers 200. It costs a millisecond or two of processor. A check that
# starts Node costs two hundred, which under load is what makes a service late.
#
#   probe.sh 8080            /livez: the process answers. Restart it only when this fails
#   probe.sh 8080 /readyz    it can take requests: send it none while this fails
#
# The port is one without TLS, such as the private port. The wait for an answer is bounded to 4 seconds.
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET %s HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n' "${2:-/livez}" >&3
read -r -t 4 status <&3 && [[ $status == 'HTTP/1.1 200 '* ]]
