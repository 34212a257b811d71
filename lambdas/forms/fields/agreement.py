"""An agreement that must be accepted, with a typed signature: `info.msa` (reference/ubersmith.md 3.3 and 5.1)."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from lambdas.forms.fields.field import FormField, Given, Input, InputRefusedError, Typed
from lambdas.forms.fields.wording import at_most, in_sentence
from lambdas.languages.texts import N_, _
from lambdas.orders.model.info import Info, text

MSA = "msa"
_YES = "1"
SIGNER_CHARACTERS = range(2, 121)


class AgreementField(FormField):
    """`agreement`: the name of the accepted text with its version. `url`: the address of that text."""

    kind: Literal["agreement"]
    agreement: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")
    url: str = Field(default="", pattern=r"^(https://\S+|/\S*)?$")
    url_text: str = ""
    signature: bool = True
    signature_label: str = N_("Type your full name to sign")

    @property
    def key(self) -> str:
        return MSA

    @property
    def signature_name(self) -> str:
        return f"{self.name}_signature"

    @property
    def when_missing(self) -> str:
        if self.missing or not self.url_text:
            return self.missing or _("Tick the box to agree")
        return _("Tick the box to agree to the {document}", document=in_sentence(self.url_text))

    def inputs(self, given: Given) -> tuple[Input, ...]:
        (box,) = self.one("checkbox", url=self.url, url_text=self.url_text)
        signature = Input(
            name=self.signature_name,
            label=self.signature_label,
            widget="text",
            required=self.required,
            autocomplete="name",
            attributes={"maxlength": str(SIGNER_CHARACTERS.stop - 1)},
        )
        return (box, signature) if self.signature else (box,)

    def typed(self, given: Given) -> dict[str, str]:
        stated = _said(given.info)
        accepted = {self.name: _YES if text(stated, self.agreement) == _YES else ""}
        return {**accepted, self.signature_name: text(stated, "signer")} if self.signature else accepted

    def read(self, typed: Typed, given: Given) -> Info:
        accepted = typed.get(self.name) == _YES
        signer = self.line(typed, self.signature_name)
        if not accepted and not self.required:
            return self.cleared(given.info)
        unsigned = self._signature_errors(signer)
        if not accepted:
            raise InputRefusedError(self.name, self.when_missing, unsigned)
        for name, why in unsigned.items():
            raise InputRefusedError(name, why)
        return {MSA: {self.agreement: _YES, **({"signer": signer} if self.signature else {})}}

    def _signature_errors(self, signer: str) -> dict[str, str]:
        if not self.signature or len(signer) in SIGNER_CHARACTERS:
            return {}
        long = at_most(_("Your full name"), SIGNER_CHARACTERS.stop - 1)
        return {
            self.signature_name: _("Enter your full name to sign") if len(signer) < SIGNER_CHARACTERS.start else long
        }

    def cleared(self, info: Info) -> Info:
        return {MSA: {self.agreement: ""}} if text(_said(info), self.agreement) else {}


def _said(info: Mapping[str, Any]) -> Mapping[str, Any]:
    stated = info.get(MSA)
    return stated if isinstance(stated, Mapping) else {}
