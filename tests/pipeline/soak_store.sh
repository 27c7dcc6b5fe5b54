#!/bin/bash
# soak_store - the store under 10,000 kill -9 and with each write of a session failing once.
set -eu
export TOCSIN_KILLS="${TOCSIN_KILLS:-10000}" TOCSIN_SOAK=1
exec "${TOCSIN_BUILDDIR:-.}/tests/unit/test_store_sqlite"
