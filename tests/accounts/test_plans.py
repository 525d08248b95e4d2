"""Statements that PostgreSQL keeps a plan of."""

from uuid import UUID, uuid4

import pytest
from django.db import NotSupportedError, connection, transaction

from accounts.plans import execution, planned, run_plans

pytestmark = pytest.mark.django_db


def test_a_plan_takes_other_values_and_outlives_a_change_of_its_columns() -> None:
    one, other, stand_in = uuid4(), uuid4(), uuid4()
    with connection.cursor() as cursor:
        cursor.execute("create temp table kept_plans (id uuid, word varchar(3))")
        cursor.execute("insert into kept_plans values (%s, 'one'), (%s, 'two')", [one, other])
        sql = cursor.mogrify(
            "select word from kept_plans where id = %s and word <> %s", [stand_in, "a stand-in"]
        )
    held, plan = planned(sql, [uuid4(), "a stand-in", stand_in])
    assert held == ["a stand-in", stand_in]

    def words(id_: UUID, but: str = "") -> list[str]:
        return [row[0] for row in run_plans([execution(plan, [but, id_])])[0]]

    assert [words(one), words(other), words(one, "one"), words(uuid4())] == [
        ["one"],
        ["two"],
        [],
        [],
    ]
    with connection.cursor() as cursor:
        cursor.execute("alter table kept_plans alter column word type text")
    with pytest.raises(NotSupportedError), transaction.atomic():
        words(one)
    assert words(other) == ["two"]
