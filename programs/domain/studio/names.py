"""What pages call the questions, rules, steps and hubs that a test case names by key."""

from collections.abc import Mapping

from accounts.models import Organization
from programs.core.catalogue import ANSWERABLE
from programs.core.definition import Definition
from programs.core.eligibility import STANDING_RULES
from programs.domain.studio.ports import journeys


def names_in(definition: Definition) -> Mapping[str, str]:
    """The words for every key that may come of answers, by the key."""
    own = [part for each in definition.questions for part in (each, *each.asked)]
    rules = (*STANDING_RULES, *definition.eligibility)
    return {
        **{key: field.label for key, field in ANSWERABLE.items()},
        **{part.id: part.label for part in own},
        **{rule.key: rule.reason for rule in rules if rule.reason},
        **{step.key: step.title for step in journeys().steps(definition.journey)},
        **hub_names(definition.route.hub),
    }


def hub_names(*slugs: str) -> dict[str, str]:
    """What hubs are called, by the names that a route has for them."""
    return dict(Organization.objects.filter(slug__in=slugs).values_list("slug", "name"))
