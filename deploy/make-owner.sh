#!/bin/sh
# Runs once, when PostgreSQL's volume is new: the login that owns the schema is no superuser.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" <<'SQL'
\getenv password OWNER_PASSWORD
CREATE ROLE bellhop_owner LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE bellhop OWNER bellhop_owner;
SQL
