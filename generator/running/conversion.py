"""How what a run stores becomes bytes, and how what others have stored there is read."""

from collections.abc import Sequence
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverter,
    DefaultPayloadConverter,
    PayloadConverter,
)
from temporalio.exceptions import ApplicationError

from generator.running.encryption import Encryption, MissingKey, NoKeys
from generator.settings import setting

UNREADABLE = (KeyError, TypeError, RuntimeError, ValueError)  # what the SDK raises over a payload


class Unreadable:
    """Stands for a payload of which nobody here can make anything."""


class Lenient(DefaultPayloadConverter):
    """Takes payloads of any encoding, and JSON that is none, where no type is expected.

    Otherwise the SDK would try a Workflow Task for ever whose run somebody started with them.
    """

    def from_payloads(
        self, payloads: Sequence[Payload], type_hints: list[type] | None = None
    ) -> list[Any]:
        if type_hints:
            return super().from_payloads(payloads, type_hints)
        found: list[Any] = []
        for payload in payloads:
            try:
                found += super().from_payloads([payload])
            except Exception:  # of converters that read what strangers made: any
                found.append(Unreadable())
        return found


class WithoutTrace(DefaultFailureConverter):
    """Leaves the traceback off a failure that was raised on purpose: its message says all.

    Whoever looks at a run in the Web UI, or sends it something, would be shown files of the worker.
    """

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        if isinstance(exception, ApplicationError):
            exception.__traceback__ = None
        super().to_failure(exception, payload_converter, failure)


class EncodedWithoutTrace(WithoutTrace):
    """The same, with the message where a codec encrypts it."""

    def __init__(self) -> None:
        super().__init__(encode_common_attributes=True)


def data_converter() -> DataConverter:
    """Return how payloads become bytes: encrypted if PAYLOAD_KEYS is set.

    Raises:
        ValueError: PAYLOAD_KEYS is wrong.
    """
    codec, failures = (
        (Encryption(), EncodedWithoutTrace) if setting("PAYLOAD_KEYS") else (NoKeys(), WithoutTrace)
    )
    return DataConverter(
        payload_converter_class=Lenient, payload_codec=codec, failure_converter_class=failures
    )


async def in_clear(converter: DataConverter, failure: Failure) -> Failure:
    """Return a failure with its messages, which PAYLOAD_KEYS encrypts, as they were; those that
    nobody can read here stay as they are.

    Raises:
        MissingKey
    """
    clear = Failure()
    clear.CopyFrom(failure)
    each: Failure | None = clear
    while each:
        if each.HasField("encoded_attributes"):
            try:
                [said] = await converter.decode([each.encoded_attributes], [dict])
                each.message, each.stack_trace = said["message"], said["stack_trace"]
                each.ClearField("encoded_attributes")
            except MissingKey:
                raise
            except UNREADABLE:
                pass
        each = each.cause if each.HasField("cause") else None
    return clear
