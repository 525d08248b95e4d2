"""Every way to hand something to a partner, by the transport of its endpoint."""

from collections.abc import Mapping

from journeys.domain.carrying import Carrier
from journeys.enums import Transport
from journeys.partners.email import open_email
from journeys.partners.fax import open_fax
from journeys.partners.fhir import open_fhir
from journeys.partners.packet import open_packet
from journeys.partners.portal import open_portal
from journeys.partners.sftp import open_sftp
from journeys.partners.webhook import open_webhook

CARRIERS: Mapping[str, Carrier] = {
    Transport.WEBHOOK: open_webhook,
    Transport.PORTAL: open_portal,
    Transport.PACKET: open_packet,
    Transport.EMAIL: open_email,
    Transport.FAX: open_fax,
    Transport.FHIR: open_fhir,
    Transport.SFTP: open_sftp,
}
