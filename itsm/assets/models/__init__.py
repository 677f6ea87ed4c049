"""Tables of the device file."""

from itsm.assets.models.devices import CostKind, Device, DeviceChange, DeviceCost, DeviceModel, DeviceTask, TaskKind
from itsm.assets.models.imports import (
    DeviceImport,
    DeviceUpload,
    SyncAgreed,
    SyncDecision,
    SyncKind,
    SyncProposal,
    SyncRun,
)
from itsm.assets.models.loans import Acknowledgement, Condition, HolderKind, Loan, LoanTerms
from itsm.assets.models.planning import EntitlementException, Fairness, SchoolSize, Wave, WaveShare
from itsm.assets.models.stocktakes import Finding, Stocktake, StocktakeLine

__all__ = [
    "Acknowledgement",
    "Condition",
    "CostKind",
    "Device",
    "DeviceChange",
    "DeviceCost",
    "DeviceImport",
    "DeviceModel",
    "DeviceTask",
    "DeviceUpload",
    "EntitlementException",
    "Fairness",
    "Finding",
    "HolderKind",
    "Loan",
    "LoanTerms",
    "SchoolSize",
    "Stocktake",
    "StocktakeLine",
    "SyncAgreed",
    "SyncDecision",
    "SyncKind",
    "SyncProposal",
    "SyncRun",
    "TaskKind",
    "Wave",
    "WaveShare",
]
