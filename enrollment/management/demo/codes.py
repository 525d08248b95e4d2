"""The public code tables of the demo: every diagnosis, and a fictional extract of the registry."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files

from django.conf import settings
from django.core.management import call_command

from programs.models import DiagnosisCode


@contextmanager
def loading_codes() -> Iterator[None]:
    """Load what is not there yet, beside what is done meanwhile: a process of its own takes the
    seconds and the memory that reading the table costs. Raises CalledProcessError.
    """
    if DiagnosisCode.objects.exists():
        yield
        return
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "load_diagnosis_codes"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as loading:  # noqa: S603  # our own command
        with as_file(files(__package__).joinpath("npi_registry.csv")) as extract:
            call_command("load_npi_registry", extract, verbosity=0)
        yield
        loading.wait()
    if loading.returncode:
        raise subprocess.CalledProcessError(loading.returncode, command)
