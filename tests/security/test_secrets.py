"""No secret is in the repository, as it is and as it was."""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parents[2]

# What looks like a secret and opens nothing, each with the reason.
FIXTURES = {
    "every-program-one-page": "everybody's in the demo; printed on the cast page",
    "password": "where the example of the environment says what to fill in",
    "scram-sha-256": "how PostgreSQL is asked for passwords",
    "BCDFGHJKMNPQRTVWXYZ2346789": "the letters that a journey's number is made of",
    "whsec_": "how every signing secret begins; what follows is drawn when a key is made",
    "THROUGHLINE_PARTNER=northstar-sandbox": "the name of a partner in its sandbox",
    "AB1234567": "a registration number of nobody, for a check of its form",
    "whsec_+/a+kJh2sXk8/3cvbWfQ2yLr1nTz5uVb+8dRkQ0aXw=": "the key of nobody, that a form encodes",
}
# Findings by the name or the place of a value, not by its look: tests invent such values.
GUESSES = {"Secret Keyword", "Basic Auth Credentials"}
PLUGINS = (
    "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "GitHubTokenDetector",
    "GitLabTokenDetector", "JwtTokenDetector", "KeywordDetector", "PrivateKeyDetector",
    "PypiTokenDetector", "SendGridDetector", "SlackDetector", "StripeDetector",
)  # fmt: skip
FILTERS = (
    "is_indirect_reference", "is_not_alphanumeric_string", "is_potential_uuid",
    "is_sequential_string", "is_templated_secret",
)  # fmt: skip
SETTINGS = {
    "plugins_used": [
        *({"name": name} for name in PLUGINS),
        {"name": "Base64HighEntropyString", "limit": 4.5},
        {"name": "HexHighEntropyString", "limit": 3.0},
    ],
    "filters_used": [{"path": f"detect_secrets.filters.heuristic.{name}"} for name in FILTERS],
}
# The latest commits whose lines are read: what was taken out again can still be read.
COMMITS = 400
# Hashes of published packages; tests/security/test_supply.py reads those.
WITHOUT = ":!requirements/*.lock"
# A line with a quoted word, a value or an address: the rest cannot hold a secret.
WORTH_READING = re.compile(r"""["'][^"'\s]{6,}["']|[:=]\s*[^\s"'(\[{]{8,}|://|BEGIN""")


def git(*words: str) -> str:
    if not (ROOT / ".git").exists():
        pytest.skip("These sources are no git checkout, so there is no history to read.")
    command = ["git", "-c", f"safe.directory={ROOT}", *words]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, check=True, errors="replace", text=True
    )
    return done.stdout


def added_lines(log: str) -> Iterable[tuple[str, str]]:
    """File and text of every line that a log of changes adds."""
    name = ""
    for line in log.splitlines():
        if line.startswith("+++ "):
            name = line.removeprefix("+++ ").removeprefix("b/")
        elif line.startswith("+"):
            yield name, line[1:]


def tracked_lines(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """File and text of every line of the files."""
    for name in names:
        if (ROOT / name).is_file():
            text = (ROOT / name).read_text(errors="replace")
            yield from ((name, line) for line in text.splitlines())


@dataclass(frozen=True)
class Finding:
    """What in a line looks like a secret, why, and the file it was found in."""

    text: str
    kind: str
    file: str

    @property
    def is_harmless(self) -> bool:
        """Listed above; or only called a password, in a test or in words with spaces."""
        prose = self.file.startswith("tests/") or " " in self.text
        return self.text in FIXTURES or (self.kind in GUESSES and prose)


def secrets_in(lines: Iterable[tuple[str, str]], *, folder: Path) -> list[Finding]:
    """Everything in the lines that may be a secret.

    Equal lines are read once; each kind of file is read together, as its kind says how.
    """
    unique = {line.strip(): name for name, line in lines if WORTH_READING.search(line)}
    kinds: dict[str, list[str]] = {}
    for line, name in unique.items():
        kinds.setdefault(Path(name).suffix, []).append(line)
    found = []
    with transient_settings(SETTINGS):
        for kind, texts in kinds.items():
            copy = folder / f"lines{kind or '.txt'}"
            copy.write_text("\n".join(texts) + "\n")
            for secret in scan_file(str(copy)):
                file = unique[texts[secret.line_number - 1]]
                found.append(Finding(secret.secret_value or "", secret.type, file))
    return [finding for finding in found if not finding.is_harmless]


@pytest.mark.asvs("13.3.1")
def test_no_secret_is_in_the_repository_or_its_history(tmp_path: Path) -> None:
    log = git("log", "-p", "-U0", "--no-color", f"-n{COMMITS}", "--", ".", WITHOUT)
    tree = git("ls-files", "--", ".", WITHOUT).splitlines()
    assert secrets_in([*added_lines(log), *tracked_lines(tree)], folder=tmp_path) == []


def test_a_secret_is_reported(tmp_path: Path) -> None:
    # In parts, so that this file holds none.
    key = "".join(["AKIA", "Q3EGRLZ7WJ5XKVNT"])
    head = " ".join(["-----BEGIN RSA", "PRIVATE KEY-----"])
    log = f'+++ b/config/settings.py\n+AWS_KEY = "{key}"\n+++ b/deploy/key\n+{head}\n'
    found = secrets_in(added_lines(log), folder=tmp_path)
    assert {(key, "config/settings.py"), (head.strip("-"), "deploy/key")} <= {
        (finding.text, finding.file) for finding in found
    }
