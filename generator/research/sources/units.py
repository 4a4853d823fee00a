"""The same amount in other units: a page's "1.5 hours" are the 90 minutes of a statement."""

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST = 10_000.0  # between two units that one amount is said in


class _Unit(NamedTuple):
    kind: int
    worth: float  # in the smallest unit of its kind


# Units of one kind, and what each is worth. One without a name is only turned into: a page with
# 5 % would else have 500, too.
_KINDS: tuple[dict[str, float], ...] = (
    {
        "ms millisecond": 1, "s sec second Sekunde seconde segundo": 1e3,
        "min minute minuto Minute": 6e4, "h hr hour Stunde heure hora": 3.6e6,
        "day Tag jour día": 8.64e7, "week Woche semaine": 6.048e8, "fortnight": 1.2096e9,
    },
    {
        "month Monat mois": 1, "quarter": 3, "year yr Jahr": 12, "decade Jahrzehnt décennie": 120,
        "century centuries Jahrhundert siècle": 1200, "millennium millennia": 12_000,
    },
    {
        "nm nanometre nanometer": 1e-3, "μm micron micrometre micrometer": 1,
        "mm millimetre millimeter": 1e3, "cm centimetre centimeter": 1e4, "m metre meter": 1e6,
        "km kilometre kilometer": 1e9, "mile mi": 1.609344e9, "foot feet ft": 3.048e5,
        "inch inches": 2.54e4,
    },
    {
        "μg microgram": 1, "mg milligram": 1e3, "g gram": 1e6, "kg kilogram kilo": 1e9,
        "t ton tonne": 1e12, "kt kiloton kilotonne": 1e15, "Mt megaton megatonne": 1e18,
        "Gt gigaton gigatonne": 1e21, "lb": 4.5359e8,
    },
    {
        "ml mL millilitre milliliter": 1, "l L litre liter": 1e3, "gallon": 3785.41,
        "barrel": 158_987, "m3 cubic_metre cubic_meter": 1e6,
    },
    {"W watt": 1, "kW kilowatt": 1e3, "MW megawatt": 1e6, "GW gigawatt": 1e9, "TW terawatt": 1e12},
    {"Wh": 1, "kWh": 1e3, "MWh": 1e6, "GWh": 1e9, "TWh": 1e12},
    {"Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    {"kB KB": 1, "MB megabyte": 1e3, "GB gigabyte": 1e6, "TB terabyte": 1e9, "PB petabyte": 1e12},
    {
        "m2 sq_m square_metre square_meter": 1e-4, "hectare ha": 1, "acre": 0.404686,
        "km2 sq_km square_kilometre square_kilometer": 100,
        "square_foot square_feet sq_ft ft2": 9.2903e-6, "square_mile sq_mi": 258.999,
    },
    {"Pa": 1, "hPa": 100, "kPa": 1e3, "MPa": 1e6, "bar": 1e5, "psi": 6894.76},
    {"J": 1, "kJ": 1e3, "MJ": 1e6, "GJ": 1e9, "kcal": 4184},
    {"km/h kph": 1, "mph": 1.609344, "m/s": 3.6, "km/s": 3600},
    {"cent": 1, "": 100},
    {"bp bps basis_point": 1, "": 100, "pp percentage_point": 100},
)  # fmt: skip
_UNITS = {
    name.replace("_", " "): _Unit(kind, worth)
    for kind, units in enumerate(_KINDS)
    for names, worth in units.items()
    for name in names.split()
}
_NAMES = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_LONG = "|".join(sorted((n for n in _UNITS if n.islower() and len(n) > 2), key=len, reverse=True))
_BEHIND = re.compile(
    rf"(?:\s?(?:-|to|bis|à)\s?\d[\d.,]{{0,8}})?[\s-]?(?:(?P<unit>{_NAMES})(?:s|en|n|e)?(?![\w²³])"
    r"|(?:°|degrees?)\s?(?P<scale>C|F|Celsius|Fahrenheit)\b)"
)
# "a century", "half an hour", "three quarters of an hour", "a year and a half"
_ONE = re.compile(
    rf"\b(?:(?P<part>[Hh]alf|(?:[Aa]|[Tt]hree) quarters? of)\s)?(?:[Aa]n?|[Oo]ne)\s"
    rf"(?P<unit>{_LONG})\b"
    r"(?P<more>\sand\sa\shalf\b)?|\b(?P<alone>fortnight)\b"
)
_PARTS = {"half": 0.5, "a quarter of": 0.25, "three quarters of": 0.75}


def in_other_units(value: float, behind: str) -> Iterator[float]:
    """Yield what a number is in the other units of the kind that stands behind it."""
    match = _BEHIND.match(behind)
    if match and match["scale"]:
        yield value * 1.8 + 32 if match["scale"][0] == "C" else (value - 32) / 1.8
    elif match:
        yield from _turned(value, match["unit"])


def single_units(text: str) -> Iterator[float]:
    """Yield what units without a number are: a century is 100 years."""
    for match in _ONE.finditer(text):
        value = _PARTS.get((match["part"] or "").lower(), 1.0) + (0.5 if match["more"] else 0)
        yield from _turned(value, match["unit"] or match["alone"])


def _turned(value: float, name: str) -> Iterator[float]:
    unit = _UNITS[name]
    for worth in _KINDS[unit.kind].values():
        if worth != unit.worth and 1 / MOST <= unit.worth / worth <= MOST:
            yield value * unit.worth / worth
