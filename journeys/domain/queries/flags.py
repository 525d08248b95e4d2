"""How good the at-risk flags were, as a hub or the operator reads it."""

from dataclasses import dataclass

from django.db.models import Sum

from journeys.core.risk_words import RISK_WORDS
from journeys.models import FlagCount


@dataclass(frozen=True)
class Flags:
    """One rule, in one program or (no program) in all: flags raised, and followed by a delay."""

    rule: str
    program: str
    raised: int
    followed: int

    @property
    def words(self) -> str:
        return RISK_WORDS[self.rule]

    @property
    def percent(self) -> int:
        return round(100 * self.followed / self.raised)


def by_rule() -> list[Flags]:
    """Over all programs of the acting organization, the rule raised most often first."""
    found = FlagCount.objects.values_list("rule").annotate(Sum("raised"), Sum("followed"))
    rows = [Flags(rule, "", raised, followed) for rule, raised, followed in found.order_by()]
    return sorted(rows, key=lambda row: (-row.raised, row.rule))


def by_program() -> list[Flags]:
    """By program, and in each the rule raised most often first."""
    found = FlagCount.objects.order_by("program__name", "-raised", "rule")
    return [Flags(*row) for row in found.values_list("rule", "program__name", "raised", "followed")]
