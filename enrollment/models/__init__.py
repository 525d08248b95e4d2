from enrollment.models.documents import Document, DocumentFile, DocumentPage
from enrollment.models.enrollment import Enrollment, Signature
from enrollment.models.masters import Coverage, Patient, PracticeProfile, Prescriber

__all__ = [
    "Coverage",
    "Document",
    "DocumentFile",
    "DocumentPage",
    "Enrollment",
    "Patient",
    "PracticeProfile",
    "Prescriber",
    "Signature",
]
