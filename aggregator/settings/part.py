"""What every part of the configuration has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator


class Part(BaseModel):
    """Frozen; unknown keys are refused."""

    # Numbers count as text where text is wanted: a keyword may well be 5 or 802.
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True, coerce_numbers_to_str=True
    )

    @model_validator(mode="before")
    @classmethod
    def _nothing_means_the_default(cls, value: object) -> object:
        # `digest:` with every line below it commented out is what a person leaves behind.
        if not isinstance(value, dict):
            return value
        known = {name for key, field in cls.model_fields.items() for name in (key, field.alias or key)}
        return {key: one for key, one in value.items() if one is not None or key not in known}
