from enrollment.models.enrollment import Enrollment, Signature
from enrollment.models.masters import Coverage, Patient, PracticeProfile, Prescriber

__all__ = [
    "Coverage",
    "Enrollment",
    "Patient",
    "PracticeProfile",
    "Prescriber",
    "Signature",
]
