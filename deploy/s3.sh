#!/bin/sh
# A store on what `pinpai store-config` wrote: s3.sh CONFIGURATION DATA [FLAG...]
# Its S3 is for the network; its other doors listen there too, and open to the one certificate in CONFIGURATION alone.
set -eu
umask 077
data=$2
cd "$1"
shift 2
# shellcheck disable=SC2046 # one flag a line, none with blanks
weed -logtostderr=true mini -dir="$data" -ip.bind=0.0.0.0 $(cat flags) "$@" &
store=$!
trap 'kill -TERM $store' TERM INT
# The bucket, and each object on disk before it is acknowledged; the shell waits for the store to answer.
until timeout 30 weed -logtostderr=true shell ${SHELL_FLAGS:-} < setup | grep -q '"fsync": *true'; do
    kill -0 $store
    sleep 1
done
echo "the bucket is ready"
wait $store || wait $store  # the first ends when the signal comes, the second when the store has stopped
