from programs.models.draft import ProgramDraft
from programs.models.program import Program, ProgramVersion
from programs.models.references import DiagnosisCode, DiagnosisRelease, NpiRecord

__all__ = [
    "DiagnosisCode",
    "DiagnosisRelease",
    "NpiRecord",
    "Program",
    "ProgramDraft",
    "ProgramVersion",
]
