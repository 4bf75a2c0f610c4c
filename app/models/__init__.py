"""What is stored. Importing this package knows every table."""

from app.models.accounts import Account
from app.models.applications import Application, ApplicationVersion
from app.models.audit import AuditEvent
from app.models.base import Base, Versioned
from app.models.campaigns import Campaign
from app.models.committees import Committee
from app.models.endorsements import Endorsement
from app.models.extensions import Extension
from app.models.files import File
from app.models.filings import Filing, FilingItem, Participation
from app.models.idempotency import IdempotencyKey
from app.models.images import Image, VersionImage
from app.models.plans import Plan, PlannedCase
from app.models.sessions import Session, SignInAttempt
from app.models.units import Unit

__all__ = [
    "Account",
    "Application",
    "ApplicationVersion",
    "AuditEvent",
    "Base",
    "Campaign",
    "Committee",
    "Endorsement",
    "Extension",
    "File",
    "Filing",
    "FilingItem",
    "IdempotencyKey",
    "Image",
    "Participation",
    "Plan",
    "PlannedCase",
    "Session",
    "SignInAttempt",
    "Unit",
    "VersionImage",
    "Versioned",
]
