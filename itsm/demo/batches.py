"""What the demo city has bought over the years; models and prices are invented, the stock of each year is not."""

from dataclasses import dataclass

from itsm.assets.kinds import Kind


@dataclass(frozen=True)
class Batch:
    """Devices bought together: model, when, for how much, from which money, and how heavy the batch weighs."""

    maker: str
    name: str
    identifier: str
    year: int
    cents: int
    funding: str
    weight: int


# The weights of the iPads follow the stock the report names for each year since 2021.
BATCHES: dict[Kind, tuple[Batch, ...]] = {
    Kind.IPAD: (
        Batch("Apple", "iPad (8. Generation)", "iPad11,6", 2020, 34_900, "Sofortausstattung", 13),
        Batch("Apple", "iPad (8. Generation)", "iPad11,6", 2021, 34_900, "Lehrkräfte-Endgeräte", 20),
        Batch("Apple", "iPad (9. Generation)", "iPad12,1", 2022, 37_900, "REACT-EU", 38),
        Batch("Apple", "iPad (9. Generation)", "iPad12,1", 2023, 36_900, "DigitalPakt 1.0", 25),
        Batch("Apple", "iPad (10. Generation)", "iPad13,18", 2024, 38_900, "Haushalt", 3),
        Batch("Apple", "iPad (A16)", "iPad15,7", 2025, 39_900, "Haushalt", 1),
    ),
    Kind.DESKTOP: (
        Batch("Beispiel", "OPS-PC i5", "", 2020, 64_900, "DigitalPakt 1.0", 30),
        Batch("Beispiel", "OPS-PC i5", "", 2022, 69_900, "DigitalPakt 1.0", 45),
        Batch("Beispiel", "Mini-PC", "", 2024, 59_900, "Haushalt", 25),
    ),
    Kind.LAPTOP: (
        Batch("Muster", "Notebook 14", "", 2020, 71_900, "Sofortausstattung", 35),
        Batch("Muster", "Notebook 14 G2", "", 2023, 74_999, "DigitalPakt 1.0", 40),
        Batch("Muster", "Notebook 14 G3", "", 2025, 78_900, "Haushalt", 25),
    ),
    Kind.DISPLAY: (
        Batch("Tafelwerk", "Display 75", "", 2019, 299_000, "Gute Schule 2020", 25),
        Batch("Tafelwerk", "Display 86", "", 2021, 324_900, "DigitalPakt 1.0", 45),
        Batch("Tafelwerk", "Display 86 Pylone", "", 2023, 349_900, "DigitalPakt 1.0", 30),
    ),
    Kind.PROJECTOR: (
        Batch("Lichtblick", "Veranstaltungsbeamer", "", 2018, 189_000, "Haushalt", 60),
        Batch("Lichtblick", "Laserbeamer", "", 2022, 219_000, "Haushalt", 40),
    ),
    Kind.CHARGING_CASE: (Batch("Koffermann", "Ladekoffer 16", "", 2023, 129_900, "Haushalt", 1),),
    Kind.DIGITAL_TOOL: (Batch("Beispiel", "Lernroboter", "", 2024, 18_900, "DigitalPakt 1.0", 1),),
}
