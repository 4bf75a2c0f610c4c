#!/bin/sh
# Run once by PostgreSQL's image: a role that owns the schema, and one that serves and owns nothing.
set -eu
psql --set=ON_ERROR_STOP=1 --username postgres --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" <<'SQL'
CREATE ROLE pinpai_owner LOGIN PASSWORD :'owner';
CREATE ROLE pinpai_app LOGIN PASSWORD :'app';
CREATE DATABASE pinpai OWNER pinpai_owner;
REVOKE ALL ON DATABASE pinpai FROM PUBLIC;
GRANT CONNECT ON DATABASE pinpai TO pinpai_app;
SQL
