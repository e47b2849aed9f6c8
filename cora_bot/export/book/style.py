"""How the document looks: A4 across, so that five languages stand beside each other; readable on screen too."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
@page { size: A4 landscape; margin: 13mm 12mm 15mm; @bottom-right { content: counter(page); font-size: 8pt; } }
* { box-sizing: border-box; }
html { font-family: "Noto Sans", "Noto Naskh Arabic", "Noto Sans Arabic", system-ui, sans-serif; font-size: 9pt;
  line-height: 1.4; color: #111; background: #fff; }
body { margin: 0 auto; max-width: 273mm; }
@media screen { body { padding: 8mm; } }
h1 { font-size: 26pt; margin: 14mm 0 2mm; }
h2 { font-size: 16pt; margin: 0 0 3mm; }
h3 { font-size: 11pt; margin: 6mm 0 1.5mm; break-after: avoid; }
h4, h5 { font-size: 9pt; margin: 4mm 0 1mm; break-after: avoid; }
small { font-weight: 400; font-size: 8pt; color: #444; }
p { margin: 0 0 2mm; max-width: 190mm; }
.lead { font-size: 12pt; }
.chapter { break-before: page; }
.contents { break-inside: avoid; margin-top: 10mm; }
.contents ol { columns: 2; font-size: 11pt; line-height: 1.8; }
.contents a { color: inherit; text-decoration: none; }
table { border-collapse: collapse; width: 100%; margin: 0 0 3mm; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.2mm solid #bbb; padding: 1mm 1.6mm; vertical-align: top; text-align: start; }
thead th { background: #eee; font-size: 8pt; }
tbody th { font-weight: 600; font-size: 8pt; background: #f7f7f7; }
.pairs { width: auto; }
.beside { table-layout: fixed; font-size: 8.5pt; }
.beside col.what { width: 24mm; }
.beside td[dir="rtl"], .full[dir="rtl"] { font-size: 1.12em; line-height: 1.6; }
.media td { font-size: 8pt; }
.media img, .media video { max-width: 45mm; max-height: 45mm; }
.media audio { width: 45mm; }
@media print { .media audio { display: none; } }
.missing { color: #a00; font-style: italic; }
code, pre { font-family: "Noto Sans Mono", "DejaVu Sans Mono", monospace; font-size: 0.88em; overflow-wrap: anywhere; }
pre { border: 0.2mm solid #bbb; padding: 3mm; white-space: pre-wrap; break-inside: avoid; }
.condition { break-after: avoid; color: #444; font-size: 8pt; max-width: none; }
.full { columns: 3; column-gap: 6mm; font-size: 8.5pt; border-block-start: 0.2mm solid #bbb; padding-top: 1.5mm; }
.flow { display: flex; flex-wrap: wrap; gap: 2mm; align-items: center; max-width: none; }
.flow b { border: 0.3mm solid #333; border-radius: 1.5mm; padding: 1.5mm 2.5mm; font-weight: 600; }
"""
