"""Exports: what organisers take out, by purpose, with formulas made harmless. Other rooms import from here."""

from campaign.exports.cells import text_cell
from campaign.exports.columns import COLUMNS, Purpose
from campaign.exports.csv_file import write_csv
from campaign.exports.signatures import ExportReport, LeftOut, Problem, export_signatures

__all__ = [
    "COLUMNS",
    "ExportReport",
    "LeftOut",
    "Problem",
    "Purpose",
    "export_signatures",
    "text_cell",
    "write_csv",
]
