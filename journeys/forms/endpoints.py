"""How a partner takes what is sent to it: one form per way, each with its own checks."""

import re
from collections.abc import Callable, Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from django import forms
from django.utils.translation import gettext_lazy as _

from journeys.domain.endpoints import Way
from journeys.enums import Transport
from journeys.models import Endpoint

# What stands against sending to an address by these schemes, or "".
AddressCheck = Callable[[str, tuple[str, ...]], str]
_FAX_DIGITS = 10


def _text(label: object, missing: object = "", **options: object) -> forms.CharField:
    given: dict[str, object] = {"label": label, "max_length": 200, **options}
    if missing:
        given["error_messages"] = {"required": missing}
    else:
        given["required"] = False
    return forms.CharField(**given)  # type: ignore[arg-type]  # as the table of a form names them


def _address(hint: object) -> forms.CharField:
    box = forms.TextInput({"autocomplete": "off", "spellcheck": "false", "inputmode": "url"})
    return _text(_("Address"), _("Give the address."), max_length=300, help_text=hint, widget=box)


def _secret(label: object, hint: object) -> forms.CharField:
    box = forms.PasswordInput({"autocomplete": "off"})
    return _text(label, help_text=hint, max_length=500, strip=False, widget=box)


class WayForm(forms.Form):
    """What every way has: its transport, the schemes of its address, where its fields are kept."""

    use_required_attribute = False
    transport: Transport
    schemes: tuple[str, ...] = ("https",)
    # Fields that are neither the address nor the secret: the adapter's options.
    options: tuple[str, ...] = ()
    needs_secret = False

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        known: Endpoint | None,
        check: AddressCheck,
    ) -> None:
        """`known` is the partner's endpoint where it goes this way already."""
        kept = dict.fromkeys(self.options, "") | known.options if known else {}
        initial = {**kept, "address": known.address} if known else {}
        super().__init__(data, initial=initial)
        self.check, self.has_secret = check, bool(known and known.secret)

    def clean_address(self) -> str:
        return self.reachable(self.cleaned_data["address"])

    def reachable(self, address: str) -> str:
        """The address, if it is one we send to; a sentence at the field otherwise."""
        if problem := self.check(address, self.schemes):
            raise forms.ValidationError(problem)
        return address

    def clean_secret(self) -> str:
        secret: str = self.cleaned_data["secret"]
        if self.needs_secret and not secret and not self.has_secret:
            raise forms.ValidationError(_("Without it they do not let us in."))
        return secret

    def way(self) -> Way:
        """What was filled in, once the form is valid."""
        given = self.cleaned_data
        return Way(
            transport=self.transport,
            address=given.get("address", ""),
            options={name: given[name] for name in self.options if given[name]},
            secret=given.get("secret", ""),
        )


class PortalForm(WayForm):
    transport = Transport.PORTAL


class PacketForm(WayForm):
    transport = Transport.PACKET


class WebhookForm(WayForm):
    transport = Transport.WEBHOOK
    address = _address(_("Begins with https://. We post there, signed by Standard Webhooks."))


class FhirForm(WayForm):
    transport = Transport.FHIR
    options = ("token_url", "client_id", "scope", "form")

    address = _address(_("The base of your FHIR R4 server, beginning with https://"))
    token_url = _text(
        _("Token address"),
        _("Give the address that hands out tokens."),
        max_length=300,
        help_text=_("Where we ask for an access token with a signed assertion."),
    )
    client_id = _text(
        _("Client ID"),
        _("Give the ID under which your server knows us."),
        widget=forms.TextInput({"class": "width-30", "autocomplete": "off"}),
    )
    scope = _text(
        _("Scope"),
        help_text=_("Empty for system/*.write"),
        widget=forms.TextInput({"class": "width-30"}),
    )
    form = forms.ChoiceField(
        label=_("An enrollment arrives as"),
        choices=(
            ("message", _("A message, to $process-message")),
            ("collection", _("A collection headed by a Task, to Bundle")),
        ),
    )

    def clean_token_url(self) -> str:
        return self.reachable(self.cleaned_data["token_url"])


class EmailForm(WayForm):
    transport = Transport.EMAIL
    schemes = ("smtps", "smtp")
    options = ("to",)

    address = _address(_("Your mail server: smtps://mail.example.com, or smtp:// with STARTTLS"))
    to = forms.EmailField(
        label=_("Mailbox"),
        help_text=_("The one that takes packets. Nothing of a patient stands outside the PDF."),
        error_messages={
            "required": _("Give the mailbox."),
            "invalid": _("This is not an e-mail address."),
        },
        widget=forms.EmailInput({"class": "width-30", "autocomplete": "off"}),
    )
    secret = _secret(
        _("Name and password"),
        _("Where the server asks for them: name:password. Empty leaves them as they are."),
    )

    def clean_secret(self) -> str:
        secret = super().clean_secret()
        if secret and not all(secret.partition(":")):
            raise forms.ValidationError(_("Write the name, a colon, and the password."))
        return secret


class FaxForm(WayForm):
    transport = Transport.FAX
    options = ("to",)
    needs_secret = True

    address = _address(_("Where your fax gateway takes a posted PDF, beginning with https://"))
    to = _text(
        _("Fax number"),
        _("Give the number to dial."),
        help_text=_("Ten digits."),
        widget=forms.TextInput({"class": "width-20", "inputmode": "tel", "autocomplete": "off"}),
    )
    secret = _secret(_("Token"), _("The gateway's, for us. Empty leaves it as it is."))

    def clean_to(self) -> str:
        digits = re.sub(r"\D", "", self.cleaned_data["to"])[-_FAX_DIGITS:]
        if len(digits) != _FAX_DIGITS:
            raise forms.ValidationError(_("A fax number has 10 digits."))
        return digits


class SftpForm(WayForm):
    transport = Transport.SFTP
    schemes = ("sftp",)
    options = ("username", "host_key", "folder", "acknowledgements", "format", "packets")

    address = _address(_("Your server: sftp://files.example.com, with :port where it is not 22"))
    username = _text(
        _("User name"),
        _("Give the name under which we sign in."),
        widget=forms.TextInput({"class": "width-20", "autocomplete": "off"}),
    )
    host_key = _text(
        _("The server's public key"),
        _("Give the key by which we know your server."),
        max_length=2_000,
        help_text=_("One line, as in known_hosts without the name: ssh-ed25519 AAAA…"),
    )
    folder = _text(_("Folder for files"), help_text=_("Empty for where we land."))
    acknowledgements = _text(
        _("Folder for acknowledgement files"), help_text=_("Empty for the folder ack.")
    )
    format = forms.ChoiceField(
        label=_("Files are"), choices=(("jsonl", _("JSON lines")), ("csv", _("CSV")))
    )
    packets = forms.ChoiceField(
        label=_("Signed packets"),
        choices=(("beside", _("A PDF each, beside the file")), ("", _("Not sent"))),
        required=False,
        help_text=_("The file names each PDF, with its SHA-256."),
    )

    def clean_host_key(self) -> str:
        line: str = self.cleaned_data["host_key"].strip()
        try:
            load_ssh_public_key(line.encode())
        except (ValueError, UnsupportedAlgorithm):
            raise forms.ValidationError(_("This is not a public key of an SSH server.")) from None
        return line


FORMS: Mapping[str, type[WayForm]] = {
    form.transport: form
    for form in (PortalForm, WebhookForm, FhirForm, EmailForm, FaxForm, SftpForm, PacketForm)
}
