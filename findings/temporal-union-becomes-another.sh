#!/usr/bin/env bash
# Temporal's default converter turns a value of a Union into another class, with that one's default values, and says nothing.
#
# Version:    temporalio 1.35.0
# Guess:      Union[A, B] of two dataclasses comes back as a dict, or as the first that fits; bytearray: as bytes; tuple[int, str]: as a
#             tuple; timedelta: TypeError when it is sent
# Behaviour:  fields that a dataclass does not know are passed over, so that the first of the Union whose fields all have defaults always
#             fits: a failure comes back as an empty success. Where the order is the other way round, it is right by chance. A
#             NamedTuple comes back as a list, which has no names, and a bytearray as a list of numbers, where hints and mypy say
#             otherwise. The last two guesses are right. A field that names the kind (Literal, without a default) chooses
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet temporalio==1.35.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import dataclasses, datetime, typing
from temporalio.converter import DataConverter


@dataclasses.dataclass
class Found:
    sources: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Refused:
    reason: str = ""


@dataclasses.dataclass
class NamedFound:
    kind: typing.Literal["found"]
    sources: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class NamedRefused:
    kind: typing.Literal["refused"]
    reason: str = ""


class Point(typing.NamedTuple):
    x: int
    y: int


converter = DataConverter.default.payload_converter
for value, hint in [
    (Refused("no key"), Found | Refused),
    (Refused("no key"), Refused | Found),
    (Found(["a page"]), Refused | Found),
    (NamedRefused("refused", "no key"), NamedFound | NamedRefused),
    (Point(1, 2), Point),
    ((1, "a"), tuple[int, str]),
    (bytearray(b"ab"), bytearray),
    (datetime.timedelta(hours=1), datetime.timedelta),
]:
    try:
        came = converter.from_payloads(converter.to_payloads([value]), [hint])[0]
    except TypeError as error:
        came = f"TypeError: {error}"
    print(f"{value} -> {came}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
Refused(reason='no key') -> Found(sources=[])
Refused(reason='no key') -> Refused(reason='no key')
Found(sources=['a page']) -> Refused(reason='')
NamedRefused(kind='refused', reason='no key') -> NamedRefused(kind='refused', reason='no key')
Point(x=1, y=2) -> [1, 2]
(1, 'a') -> (1, 'a')
bytearray(b'ab') -> [97, 98]
1:00:00 -> TypeError: Object of type timedelta is not JSON serializable
OUTPUT
