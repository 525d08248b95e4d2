from journeys.models.clients import AccessToken, KeptAnswer, ReportFile
from journeys.models.codes import PartnerCase, StatusLine
from journeys.models.contacts import Contact, ContactStop
from journeys.models.criteria import PayerCriteria
from journeys.models.documents import DrawnPacket, HandedDocument, HandedPage
from journeys.models.exchange import (
    Delivery,
    DeliveryAttempt,
    Endpoint,
    InboundReport,
    PartnerKey,
    PartnerTest,
    StatusCall,
)
from journeys.models.faxes import Fax, FaxPage, FaxPart
from journeys.models.flags import FlagCount
from journeys.models.funnel import CountsLetter, FunnelCount, FunnelRow
from journeys.models.graph import KeptGraph
from journeys.models.journey import (
    ConsentGrant,
    Journey,
    JourneyEvent,
    JourneyParty,
    Packet,
)
from journeys.models.lag import LagCount, LagMark
from journeys.models.likeness import LikelyTwin, PersonKey, TwinSearch
from journeys.models.notices import Notice, NoticeRead, NoticeSettings
from journeys.models.pace import ProgramPace
from journeys.models.safety import SafetyReport, SafetySignOff
from journeys.models.sandbox import SandboxTrial
from journeys.models.upkeep import UpkeepIssue
from journeys.models.work import SavedView, WorkItem

__all__ = [
    "AccessToken",
    "ConsentGrant",
    "Contact",
    "ContactStop",
    "CountsLetter",
    "Delivery",
    "DeliveryAttempt",
    "DrawnPacket",
    "Endpoint",
    "Fax",
    "FaxPage",
    "FaxPart",
    "FlagCount",
    "FunnelCount",
    "FunnelRow",
    "HandedDocument",
    "HandedPage",
    "InboundReport",
    "Journey",
    "JourneyEvent",
    "JourneyParty",
    "KeptAnswer",
    "KeptGraph",
    "LagCount",
    "LagMark",
    "LikelyTwin",
    "Notice",
    "NoticeRead",
    "NoticeSettings",
    "Packet",
    "PartnerCase",
    "PartnerKey",
    "PartnerTest",
    "PayerCriteria",
    "PersonKey",
    "ProgramPace",
    "ReportFile",
    "SafetyReport",
    "SafetySignOff",
    "SandboxTrial",
    "SavedView",
    "StatusCall",
    "StatusLine",
    "TwinSearch",
    "UpkeepIssue",
    "WorkItem",
]
