"""Make the faces for paper out of Source Sans 3.

Ê Đê writes ê̆ ô̆ ơ̆ ư̆, which Unicode knows only as two characters. Set as two glyphs they look
right, but whoever copies a name out of the PDF, or has it read aloud, gets it in pieces. So each
becomes one glyph here, composed of parts that the face has already.

The licence (OFL) reserves the name of the original; the result has a name of its own.

    python scripts/build_paper_fonts.py FOLDER-WITH-SourceSans3-*.ttf
"""

import sys
from pathlib import Path

from fontTools.otlLib.builder import buildLigatureSubstSubtable, buildLookup
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent

FAMILY = "Tram Ngay Paper"
OUT = Path(__file__).resolve().parent.parent / "people" / "fonts"

# Letter: (its base, the marks on it, a letter that has its mark at the right place, and what the
# face's own rules may already have made of the two characters).
LETTERS = {
    "ê\u0306": ("e", "uni03020306", "ecircumflex", ["ecircumflex uni0306", "e uni03020306"]),
    "ô\u0306": ("o", "uni03020306", "ocircumflex", ["ocircumflex uni0306", "o uni03020306"]),
    "ơ\u0306": ("ohorn", "uni0306", "obreve", ["ohorn uni0306"]),
    "ư\u0306": ("uhorn", "uni0306", "ubreve", ["uhorn uni0306"]),
    "Ê\u0306": ("E", "uni03020306.c", "Ecircumflex", ["Ecircumflex uni0306", "E uni0302 uni0306"]),
    "Ô\u0306": ("O", "uni03020306.c", "Ocircumflex", ["Ocircumflex uni0306", "O uni0302 uni0306"]),
    "Ơ\u0306": ("Ohorn", "uni0306.c", "Obreve", ["Ohorn uni0306"]),
    "Ư\u0306": ("Uhorn", "uni0306.c", "Ubreve", ["Uhorn uni0306"]),
}


def build(source: Path, style: str) -> None:
    font = TTFont(source)
    ligatures = {}
    for letter, (base, marks, model, sequences) in LETTERS.items():
        name = f"{base}.{letter.encode().hex()}"
        _compose(font, name, base, marks, model)
        for sequence in sequences:
            first, *rest = sequence.split()
            ligatures[first, *rest] = name
            # Marks above capitals lie flatter.
            ligatures[first, *(f"{mark}.c" for mark in rest)] = name
    _substitute(font, ligatures)
    _rename(font, style)
    font.save(OUT / f"TramNgayPaper-{style}.ttf")


def _compose(font, name, base, marks, model):
    glyf = font["glyf"]
    place = glyf[model].components[1]
    glyph = Glyph()
    glyph.numberOfContours = -1
    glyph.components = []
    for part, x, y in ((base, 0, 0), (marks, place.x, place.y)):
        component = GlyphComponent()
        component.glyphName, component.x, component.y = part, x, y
        component.flags = 0x0204 if part == base else 0x0004
        glyph.components.append(component)
    glyf[name] = glyph
    font.setGlyphOrder([*dict.fromkeys([*font.getGlyphOrder(), name])])
    glyph.recalcBounds(glyf)
    font["hmtx"][name] = font["hmtx"][base][0], glyph.xMin
    font["GDEF"].table.GlyphClassDef.classDefs[name] = 1


def _substitute(font, ligatures):
    """Add the ligatures after every rule that the face has."""
    table = font["GSUB"].table
    known = set(font.getGlyphOrder())
    ligatures = {parts: name for parts, name in ligatures.items() if known.issuperset(parts)}
    table.LookupList.Lookup.append(buildLookup([buildLigatureSubstSubtable(ligatures)]))
    number = len(table.LookupList.Lookup) - 1
    table.LookupList.LookupCount = number + 1
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "ccmp":
            record.Feature.LookupListIndex.append(number)
            record.Feature.LookupCount = len(record.Feature.LookupListIndex)


def _rename(font, style):
    names = font["name"]
    values = {
        1: FAMILY if style == "Regular" else f"{FAMILY} {style}",
        2: "Regular",
        3: f"{FAMILY} {style}; made from Source Sans 3",
        4: f"{FAMILY} {style}",
        6: f"TramNgayPaper-{style}",
        16: FAMILY,
        17: style,
    }
    for record in list(names.names):
        if record.nameID in (7, 18, 21, 22, 25):
            names.removeNames(nameID=record.nameID)
        elif record.nameID in values:
            record.string = values[record.nameID]


if __name__ == "__main__":
    for style in ("Regular", "SemiBold"):
        build(Path(sys.argv[1]) / f"SourceSans3-{style}.ttf", style)
