"""Every way to hand something to a partner, by the transport of its endpoint."""

from collections.abc import Mapping

from journeys.domain.carrying import Carrier
from journeys.enums import Transport
from journeys.partners.packet import open_packet
from journeys.partners.portal import open_portal
from journeys.partners.webhook import open_webhook

CARRIERS: Mapping[str, Carrier] = {
    Transport.WEBHOOK: open_webhook,
    Transport.PORTAL: open_portal,
    Transport.PACKET: open_packet,
}
