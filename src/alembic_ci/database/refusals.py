"""The sentences for a connection that could not be made."""

from alembic_ci.database.failures import LOCAL_HOSTS, Cause, Surroundings
from alembic_ci.errors import AlembicCIError, DatabaseAccessError, DatabaseUnreachableError
from alembic_ci.urls import DatabaseURL


def connection_failure(
    cause: Cause, url: DatabaseURL, *, detail: str, surroundings: Surroundings
) -> AlembicCIError:
    """Say why *url* cannot be reached or entered; *detail* is the driver's own text, or ""."""
    said = f" The driver says: {detail}" if detail else ""
    match cause:
        case Cause.REFUSED | Cause.SILENT | Cause.UNKNOWN_HOST:
            return _unreachable(cause, url, said, surroundings)
        case Cause.STARTING:
            return DatabaseUnreachableError(
                f"The database server at {url.location} is starting or stopping.",
                meaning="It answers, but lets nobody in yet." + said,
                remedy="Wait for its health check, or raise connect-timeout.",
            )
        case Cause.BUSY:
            return DatabaseUnreachableError(
                f"The database server at {url.location} has no connection left.",
                meaning="Its limit of connections is used up." + said,
                remedy="Run again when fewer clients are connected, or raise the limit.",
            )
        case _:
            return _refused(cause, url, said)


def _unreachable(
    cause: Cause, url: DatabaseURL, said: str, surroundings: Surroundings
) -> DatabaseUnreachableError:
    host = url.host or "the local socket"
    if cause is Cause.UNKNOWN_HOST:
        return DatabaseUnreachableError(
            f"The host name {host} of {url.location} cannot be resolved.",
            meaning="The name is misspelled, or it is known only in another network." + said,
            remedy="Check the host in the URL. A service's name is known only to jobs in the "
            "same container network.",
        )
    problem = (
        f"Nothing listens at {url.location}."
        if cause is Cause.REFUSED
        else f"No answer from {url.location}."
    )
    if host in LOCAL_HOSTS and surroundings.in_container:
        return DatabaseUnreachableError(
            problem,
            meaning=f"This runs in a container, where {host} is the container itself." + said,
            remedy=_service_remedy(surroundings),
        )
    return DatabaseUnreachableError(
        problem,
        meaning="The server is not running, is still starting, or a firewall is between." + said,
        remedy="Check host and port, wait for the server's health check, or raise connect-timeout.",
    )


def _service_remedy(surroundings: Surroundings) -> str:
    where = "services: (job file)" if surroundings.ci else "the compose file"
    return (
        f"Use the service's name from {where} as the host, and the port inside its container "
        "(5432 for PostgreSQL, 3306 for MySQL), not the published one. A server on the machine "
        "itself is host.docker.internal, or localhost with the option --network=host."
    )


def _refused(cause: Cause, url: DatabaseURL, said: str) -> DatabaseAccessError:
    problem, meaning, remedy = _REFUSALS[cause]
    return DatabaseAccessError(
        problem.format(
            location=url.location,
            user=f"user {url.username!r}" if url.username else "a user without a name",
            database=repr(url.database or ""),
        ),
        meaning=meaning + said,
        remedy=remedy,
    )


_REFUSALS = {
    Cause.LOGIN: (
        "The server of {location} does not let {user} in.",
        "The user name or the password is wrong, or the user may not log in from here.",
        "Check the secret that holds the URL, and percent-encode special characters in it.",
    ),
    Cause.UNKNOWN_DATABASE: (
        "There is no database {database} at {location}.",
        "The server is reached and the login is right, but the name is unknown there.",
        "Check the database name at the end of the URL, or create the database first.",
    ),
    Cause.NO_PRIVILEGE: (
        "{location} may not be opened by {user}.",
        "The database does not exist, or the privilege to use it is missing.",
        "Create the database, or grant the user the right to connect to it.",
    ),
    Cause.ENCRYPTION: (
        "No encrypted connection to {location} could be made.",
        "The certificate files of the URL are missing, or do not fit the server.",
        "Check the TLS arguments of the URL, and that their files exist on this machine.",
    ),
    Cause.NOT_A_DATABASE: (
        "{location} is not a SQLite database.",
        "The file holds something else, or is encrypted.",
        "Check the path in the URL.",
    ),
    Cause.OTHER: (
        "The connection to {location} failed.",
        "The server answers, but our driver cannot work with it.",
        "Read the driver's message; TLS arguments in the URL are the usual reason.",
    ),
}
