#!/bin/sh
# One S3 identity that may read, write, delete and list in one bucket, and nothing else.
set -eu
umask 077
cat > /tmp/s3.json <<JSON
{"identities": [{"name": "pinpai", "credentials": [{"accessKey": "pinpai", "secretKey": "$S3_SECRET"}],
                 "actions": ["Read:pinpai", "Write:pinpai", "List:pinpai"]}]}
JSON
exec weed mini -dir=/data -s3.config=/tmp/s3.json -s3.port=8333 -bucket=pinpai -master.telemetry=false \
    -webdav=false -admin.ui=false -s3.port.iceberg=0 -s3.port.lance=0 -filer.disableDirListing \
    -filer.exposeDirectoryData=false
