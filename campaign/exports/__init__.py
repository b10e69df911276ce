"""Exports: what organisers take out, by purpose, with formulas made harmless. Other rooms import from here."""

from campaign.exports.bundle import Bundle, open_bundle, write_bundle
from campaign.exports.bundle_format import BundleError
from campaign.exports.cells import text_cell
from campaign.exports.columns import COLUMNS, Purpose
from campaign.exports.csv_file import write_csv
from campaign.exports.putting_back import PutBack, check_origin, put_back
from campaign.exports.report import ExportReport, LeftOut, Problem
from campaign.exports.resealing import reseal_bundle
from campaign.exports.signatures import export_signatures, verify_signatures

__all__ = [
    "COLUMNS",
    "Bundle",
    "BundleError",
    "ExportReport",
    "LeftOut",
    "Problem",
    "Purpose",
    "PutBack",
    "check_origin",
    "export_signatures",
    "open_bundle",
    "put_back",
    "reseal_bundle",
    "text_cell",
    "verify_signatures",
    "write_bundle",
    "write_csv",
]
