from programs.models.program import Program, ProgramVersion

__all__ = ["Program", "ProgramVersion"]
