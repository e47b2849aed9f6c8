"""How cards look: two A5 cards on an A4 sheet, black on white, readable at arm's length."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
@page { size: A4 portrait; margin: 0; }
* { box-sizing: border-box; }
html { font-family: "Noto Sans", "Noto Naskh Arabic", "Noto Sans Arabic", system-ui, sans-serif; color: #000;
  background: #ddd; font-size: 9pt; line-height: 1.3; }
body { margin: 0; }
.sheet { width: 210mm; height: 297mm; background: #fff; margin: 0 auto; break-after: page; overflow: hidden; }
.sheet:last-child { break-after: auto; }
@media screen { .sheet { margin: 6mm auto; box-shadow: 0 1mm 4mm #0004; } }
.card { position: relative; width: 210mm; height: 148.5mm; padding: 9mm 10mm 8mm; display: grid; gap: 4mm 7mm;
  grid-template: minmax(0, 1fr) auto / 66mm minmax(0, 1fr); border-bottom: 0.3mm dashed #888; }
.whole .card { height: 297mm; border-bottom: 0; }
.card:last-child:not(:first-child) { border-bottom: 0; }
header { position: absolute; top: 6mm; right: 10mm; }
.number { font-size: 20pt; font-weight: 700; font-variant-numeric: tabular-nums; }
.scan { display: flex; flex-direction: column; align-items: center; gap: 1.5mm; }
.qr { width: 66mm; height: 66mm; display: block; }
code { font-family: "Noto Sans Mono", "DejaVu Sans Mono", monospace; }
.link { font-size: 6.6pt; overflow-wrap: anywhere; }
.steps { list-style: none; margin: 0; padding: 0 14mm 0 0; display: grid; gap: 3mm; align-content: space-between; }
.steps li { display: grid; grid-template-columns: 5mm 17mm minmax(0, 1fr); gap: 2mm; align-items: center; }
.place { font-size: 16pt; font-weight: 700; }
.icon { width: 17mm; height: 17mm; }
.said { display: grid; gap: 0.4mm; }
.said [dir="rtl"] { font-size: 1.08em; }
.typed { grid-column: 1 / -1; display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 7mm;
  border-top: 0.3mm solid #000; padding-top: 3mm; align-items: end; font-size: 8pt; }
.code { display: block; font-size: 21pt; font-weight: 700; letter-spacing: 0.04em; white-space: nowrap;
  margin-top: 1mm; }
.staff { grid-template: auto minmax(0, 1fr) auto / 1fr; }
.staff header { position: static; display: flex; gap: 5mm; align-items: baseline; }
.staff h1 { font-size: 13pt; margin: 0; }
.staff h2 { font-size: 10pt; margin: 0 0 1.5mm; }
.parts { display: grid; grid-template-columns: 1fr 1.25fr 1.1fr; gap: 6mm; }
.staff ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 2mm; }
.staff li { display: grid; grid-template-columns: 4.5mm 1fr; gap: 2mm; }
.box { width: 3.8mm; height: 3.8mm; border: 0.3mm solid #000; margin-top: 0.4mm; }
.staff footer { border-top: 0.3mm solid #000; padding-top: 2mm; font-weight: 600; }
"""
