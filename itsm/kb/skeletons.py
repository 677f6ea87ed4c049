"""What a new article begins with: the headings of its template, with a hint under each."""

from itsm.kb.models import Shape

HINTS = {
    Shape.STEPS: "Eine Anleitung: was man braucht, nummerierte Schritte, was zu tun ist, wenn es nicht klappt",
    Shape.FAQ: "Fragen, wie sie gestellt werden, jede mit einer kurzen Antwort",
    Shape.KNOWN_FAULT: "Woran man den Fehler erkennt, was sofort hilft, wann er behoben ist",
    Shape.TEXT: "Freier Text mit Zwischenüberschriften",
}

SKELETONS = {
    Shape.STEPS: """\
Mit dieser Anleitung … Das dauert etwa 5 Minuten.

## Das brauchen Sie

- …
- …

## So geht es

:::schritte
1. Öffnen Sie …
2. Tippen Sie auf **…**.
3. Prüfen Sie, ob …
:::

## Wenn es nicht klappt

:::hinweis
Bleibt …, dann …
:::
""",
    Shape.FAQ: """\
## Wie …?

Die Antwort in einem Satz. Danach, wenn nötig, die Erklärung.

## Was tun, wenn …?

Die Antwort in einem Satz.

## An wen wende ich mich?

…
""",
    Shape.KNOWN_FAULT: """\
## Woran Sie den Fehler erkennen

Auf dem Gerät steht „…“, oder …

## Wen es betrifft

Alle … mit …

## Das hilft sofort

:::schritte
1. …
2. …
:::

## Warum das passiert

…

## Wann es behoben ist

:::hinweis
Stand heute: …
:::
""",
    Shape.TEXT: """\
Das Wichtigste in zwei Sätzen.

## Erste Zwischenüberschrift

…

## An wen wende ich mich?

…
""",
}
