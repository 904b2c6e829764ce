# Three images, each a target:
#   slim     (the default) the tool, its drivers, uv and git; no compilers
#   full     with compilers and headers, for projects whose drivers have no wheels (mysqlclient)
#   servers  with PostgreSQL and MariaDB, so that scratch databases need no service
#
# The base must have Python 3.11 or newer, with venv, as `python3` on its PATH; git and the CA
# certificates are added where it has apt. The release names the base by digest; a build from this
# file alone takes today's image of the tag.
#
# What changes seldom comes first, so that after a change of the code only small layers are new:
# Debian's packages, then the tool's dependencies, then the tool.
ARG BASE=docker.io/library/python:3.13-slim-trixie

FROM ${BASE} AS dependencies

ARG UV_VERSION=0.13.9

ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_NO_DEV=1 \
    UV_PROJECT_ENVIRONMENT=/opt/alembic-ci \
    UV_PYTHON=python3 \
    UV_PYTHON_DOWNLOADS=never

WORKDIR /src

# A network that ends TLS itself hands its CA bundle over as the build secret `ca`; no layer keeps it.
RUN --mount=type=secret,id=ca,required=false \
    if [ -f /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca; fi \
 && python3 -m venv /opt/uv \
 && /opt/uv/bin/pip install --no-cache-dir --disable-pip-version-check "uv==${UV_VERSION}" \
 && mkdir -p /commands \
 && mv /opt/uv/bin/uv /opt/uv/bin/uvx /commands \
 && ln -s /opt/alembic-ci/bin/alembic-ci /commands/alembic-ci

# With every extra, because the project may have no environment of its own in here.
COPY pyproject.toml uv.lock ./
RUN --mount=type=secret,id=ca,required=false \
    if [ -f /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi \
 && /commands/uv sync --locked --all-extras --no-install-project \
 && touch /opt/alembic-ci/in-image


FROM dependencies AS build

COPY README.md LICENSE ./
COPY src ./src
RUN --mount=type=secret,id=ca,required=false \
    if [ -f /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi \
 && /commands/uv pip install --no-deps --python /opt/alembic-ci --prefix /package .

COPY entrypoint.py /package/


FROM ${BASE} AS system

# The system's git configuration, because CI hosts replace HOME, and every repository is safe,
# because hosts check it out as another user than the one this container runs as.
RUN --mount=type=secret,id=ca,required=false \
    if command -v apt-get >/dev/null; then \
      if [ -f /run/secrets/ca ]; then set -- -o Acquire::https::CAInfo=/run/secrets/ca; fi; \
      apt-get "$@" update \
      && apt-get "$@" install -y --no-install-recommends ca-certificates git \
      && apt-get clean && rm -rf /var/lib/apt/lists/*; \
    fi \
 && git config --system --add safe.directory '*'

# Nothing is written beside the project's own files: they belong to the host's user, not to ours.
ENV PIP_ROOT_USER_ACTION=ignore \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    UV_LINK_MODE=copy

ARG CREATED=""
ARG REVISION=""
ARG SOURCE=""
ARG VERSION=""
LABEL org.opencontainers.image.title="alembic-ci" \
      org.opencontainers.image.description="Alembic migrations in CI: the SQL of every environment, a proof of every rollback, a verified upgrade." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.version="${VERSION}"

# No USER: GitHub needs root, everybody else may choose any uid. Isolated (-I), because earlier steps
# leave PYTHON* variables behind; -B and -u then say what the ignored variables above say.
ENTRYPOINT ["/opt/alembic-ci/bin/python", "-I", "-B", "-u", "/opt/alembic-ci/entrypoint.py"]


# Every target ends the same way. The standard library of the official images comes without bytecode:
# the first start leaves what all later ones import, and proves that the command starts at all.
FROM system AS full

RUN --mount=type=secret,id=ca,required=false \
    if [ -f /run/secrets/ca ]; then set -- -o Acquire::https::CAInfo=/run/secrets/ca; fi; \
    apt-get "$@" update \
 && apt-get "$@" install -y --no-install-recommends \
      build-essential default-libmysqlclient-dev libpq-dev pkg-config python3-dev \
 && apt-get clean && rm -rf /var/lib/apt/lists/*

COPY --from=dependencies /commands /usr/local/bin
COPY --from=dependencies /opt/alembic-ci /opt/alembic-ci
COPY --from=build /package /opt/alembic-ci
RUN PYTHONDONTWRITEBYTECODE="" alembic-ci --help >/dev/null


# The servers are started by the tool, one for a run, each in a folder of its own; none is running
# in an image, and the databases that Debian's packages make are taken out. nss_wrapper gives a name
# to a user without one, whom initdb would refuse. LLVM serves PostgreSQL's JIT alone, which private
# servers have switched off.
FROM system AS servers

RUN --mount=type=secret,id=ca,required=false \
    if [ -f /run/secrets/ca ]; then set -- -o Acquire::https::CAInfo=/run/secrets/ca; fi; \
    mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
 && apt-get "$@" update \
 && DEBIAN_FRONTEND=noninteractive apt-get "$@" install -y --no-install-recommends \
      libnss-wrapper mariadb-client-core mariadb-server-core postgresql \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /usr/lib/*/libLLVM* /usr/lib/*/libz3*

COPY --from=dependencies /commands /usr/local/bin
COPY --from=dependencies /opt/alembic-ci /opt/alembic-ci
COPY --from=build /package /opt/alembic-ci
RUN PYTHONDONTWRITEBYTECODE="" alembic-ci --help >/dev/null


# What a build without a target gives.
FROM system AS slim

COPY --from=dependencies /commands /usr/local/bin
COPY --from=dependencies /opt/alembic-ci /opt/alembic-ci
COPY --from=build /package /opt/alembic-ci
RUN PYTHONDONTWRITEBYTECODE="" alembic-ci --help >/dev/null
