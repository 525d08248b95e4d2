"""Django's PostgreSQL with fewer messages: a page asks some five things, and each one waits.

A transaction begins in the message that first asks something in it, not in one of its own, and
what is only said goes with what is asked next, or with the commit, and so do savepoints: a block
within another costs no message of its own. Whether a pooled connection still lives is seen at its
socket, which tells when the server has ended.
"""

import select
from typing import Any, Self

from django.db.backends.postgresql import base, operations
from psycopg import ClientCursor, Error
from psycopg.pq import Format, TransactionStatus
from psycopg_pool import ConnectionPool

from accounts.writing import Later

BEGIN = "begin"
STANDING = (TransactionStatus.IDLE, TransactionStatus.INTRANS)


class Cursor(base.CursorMixin, ClientCursor[Any]):
    """Django's, for a connection that may have things to say before it asks."""

    wrapper: "DatabaseWrapper | None" = None

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:
        its = self.wrapper
        if its is None or its.autocommit:
            return super().execute(query, params, **how)
        if isinstance(query, Later):
            its.due.append(self.mogrify(query, params))
            return self
        if not isinstance(query, str):
            its.say()
        due, its.due = its.due, []
        if not due:
            return super().execute(query, params, **how)
        # A share of what was said before is not the parameters' own.
        said = "; ".join(due).replace("%", "%%" if params is not None else "%")
        try:
            super().execute(f"{said}; {query}", params, **how)
        except Exception:
            its.keep(due)
            raise
        for _ in due:
            self.nextset()
        return self

    def copy(self, *args: Any, **how: Any) -> Any:
        self._say()
        return super().copy(*args, **how)

    def executemany(self, *args: Any, **how: Any) -> None:
        self._say()
        super().executemany(*args, **how)

    def _say(self) -> None:
        """For what can't be sent together with anything else."""
        if self.wrapper:
            self.wrapper.say()


class Operations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """As it was asked, without what was said with it; the connection may be lost by now."""
        return ClientCursor(cursor.connection).mogrify(sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = Operations

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        # What goes before the statement that is asked next, in its message.
        self.due: list[str] = []

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": Cursor}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.due = []
        connection = super().get_new_connection(conn_params)
        # Each that is lost is replaced: when the server began anew, all there were.
        for _ in range(self.pool.max_size if self.pool else 0):
            if not _is_lost(connection):
                break
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        if name:
            # Such a cursor lives in a transaction, and psycopg knows of none: we begin them
            # ourselves.
            self.say()
            untyped: Any = base  # its stubs leave out what psycopg 3 needs
            cursor = untyped.ServerSideCursor(
                self.connection, name=name, scrollable=False, withhold=self.autocommit
            )
            known = self.connection.adapters.get_loader(untyped.TIMESTAMPTZ_OID, Format.TEXT)
            if self.timezone != known.timezone:
                untyped.register_tzloader(self.timezone, cursor)
            return cursor
        cursor = super().create_cursor()
        cursor.wrapper = self
        return cursor

    def say(self) -> None:
        """Send what is due by itself."""
        due, self.due = self.due, []
        if due:
            try:
                with self.wrap_database_errors:
                    self.connection.execute("; ".join(due))
            except Exception:
                self.keep(due)
                raise

    def keep(self, due: list[str]) -> None:
        """What could not be sent, or not be read by PostgreSQL, was not said: it still is to be.

        An error of PostgreSQL's own ends the transaction, and takes back what was said in it.
        """
        if self.connection.info.transaction_status in STANDING:
            self.due = due

    def _set_autocommit(self, autocommit: bool) -> None:
        # To psycopg every statement stands alone: it would begin by a message of its own.
        if not self.connection.autocommit:
            djangos: Any = super()
            djangos._set_autocommit(True)
        self.due = [] if autocommit else [BEGIN]

    def _commit(self) -> None:
        if self.due and self.due != [BEGIN]:
            self.due.append("commit")
            self.say()
        djangos: Any = super()
        djangos._commit()
        self.due = [] if self.autocommit else [BEGIN]

    def _rollback(self) -> None:
        self.due = []
        djangos: Any = super()
        djangos._rollback()
        self.due = [] if self.autocommit else [BEGIN]

    def _savepoint(self, sid: str) -> None:
        self._say_later(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self._say_later(self.ops.savepoint_commit_sql(sid))

    def _say_later(self, sql: str) -> None:
        with self.cursor() as cursor:
            cursor.execute(Later(sql))

    def _savepoint_rollback(self, sid: str) -> None:
        made = self.ops.savepoint_create_sql(sid)
        if made in self.due:
            # Neither it nor what was said after it was ever sent.
            del self.due[self.due.index(made) + 1 :]
            return
        self.due = []
        djangos: Any = super()
        djangos._savepoint_rollback(sid)


def _is_lost(connection: Any) -> bool:
    """Whether the server ended the connection; it is asked only if it has sent something."""
    seen = select.poll()
    seen.register(connection.pgconn.socket, select.POLLIN)
    if not seen.poll(0):
        return False
    try:
        ConnectionPool.check_connection(connection)
    except Error:
        return True
    return False
