from enrollment.models.documents import Document, DocumentFile, DocumentPage
from enrollment.models.enrollment import Enrollment, Signature
from enrollment.models.keying import Keying
from enrollment.models.masters import (
    ClinicalFact,
    Coverage,
    Patient,
    PracticeProfile,
    Prescriber,
)
from enrollment.models.prefills import Prefill
from enrollment.models.signing import PaperSignature, SealedCopy, SigningLink

__all__ = [
    "ClinicalFact",
    "Coverage",
    "Document",
    "DocumentFile",
    "DocumentPage",
    "Enrollment",
    "Keying",
    "PaperSignature",
    "Patient",
    "PracticeProfile",
    "Prefill",
    "Prescriber",
    "SealedCopy",
    "Signature",
    "SigningLink",
]
