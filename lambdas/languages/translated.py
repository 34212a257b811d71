"""Texts of files that are written by hand, such as forms and queues, in several languages."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from lambdas.languages.language import language
from lambdas.runtime.models import Frozen

Tag = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class Translated(Frozen):
    """`i18n`: its texts in other languages, by language and by the text's name, as Ubersmith's records carry them:
    `i18n.de.label = "Vorname"`. A text that is not there stays in the language of the file.
    """

    i18n: Mapping[Tag, Mapping[str, str | tuple[str, ...]]] = {}

    @model_validator(mode="after")
    def _translate_texts_it_has(self) -> Self:
        for tag, texts in self.i18n.items():
            for name, text in texts.items():
                own = getattr(self, name, None) if name in type(self).model_fields else None
                if not own or type(own) is not type(text):
                    raise ValueError(f"i18n.{tag}.{name}: there is no such text to translate")
        return self

    def in_language(self, tag: str) -> Self:
        """The same with its texts, and those of its parts, in this language. Texts that the file left out are ours, and are in
        gettext's catalog."""
        catalog = language(tag).catalog
        changes: dict[str, Any] = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if isinstance(value, str) and value and name not in self.model_fields_set and value == field.default:
                changes[name] = catalog.gettext(value)
            elif (translated := _in_language(value, tag)) is not value:
                changes[name] = translated
        return self.changed(**{**changes, **self.i18n.get(tag, {})})


def _in_language(value: Any, tag: str) -> Any:
    """The value with each part of it that has texts in the language; the value itself if it has none."""
    if isinstance(value, Translated):
        return value.in_language(tag)
    if isinstance(value, tuple) and any(isinstance(each, Translated) for each in value):
        return tuple(_in_language(each, tag) for each in value)
    if isinstance(value, dict) and any(isinstance(each, Translated) for each in value.values()):
        return {key: _in_language(each, tag) for key, each in value.items()}
    return value
