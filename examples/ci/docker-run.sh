#!/usr/bin/env bash
# On any machine with docker: cron, a deploy host, a CI service that has no example here.
#
#   STAGING_DATABASE_URL=... examples/ci/docker-run.sh
set -euo pipefail
image=${IMAGE:-registry.example.com/alembic-ci:0.1.0} # the place you keep the image

code=0
docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/work" --workdir /work \
  --env STAGING_DATABASE_URL "$image" run --environments staging || code=$?

# The names and values are safe for a shell: what would need quoting is left out.
. alembic-ci-report/outputs.env
echo "status $ALEMBIC_CI_STATUS, $ALEMBIC_CI_PENDING_COUNT pending, SQL in $ALEMBIC_CI_SQL_PATH"
case $code in
  5) echo "temporary: worth another attempt" ;;
  6) echo "refused for safety: needs a person" ;;
esac
exit "$code"
