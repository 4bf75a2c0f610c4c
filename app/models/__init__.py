"""What is stored. Importing this package knows every table."""

from app.models.accounts import Account
from app.models.applications import Application, ApplicationVersion
from app.models.assignments import Assignment
from app.models.audit import AuditEvent
from app.models.awards import Award
from app.models.base import Base, Versioned
from app.models.campaigns import Campaign
from app.models.commendations import Commendation
from app.models.committees import Committee
from app.models.deliveries import Delivery, DeliveryAttempt
from app.models.endorsements import Endorsement
from app.models.endpoints import Endpoint
from app.models.events import Follower
from app.models.extensions import Extension
from app.models.files import File
from app.models.filings import Filing, FilingItem, Participation
from app.models.idempotency import IdempotencyKey
from app.models.images import Image, VersionImage
from app.models.nominations import Answer, Nomination
from app.models.notifications import Notification
from app.models.objections import Objection
from app.models.plans import Plan, PlannedCase
from app.models.proposals import Proposal
from app.models.rankings import Ranking
from app.models.recusals import Recusal
from app.models.reviewers import Reviewer
from app.models.reviews import Review
from app.models.rounds import PanelMember, Round, RoundEntry
from app.models.sessions import Session, SignInAttempt
from app.models.units import Unit

__all__ = [
    "Account",
    "Answer",
    "Application",
    "ApplicationVersion",
    "Assignment",
    "AuditEvent",
    "Award",
    "Base",
    "Campaign",
    "Commendation",
    "Committee",
    "Delivery",
    "DeliveryAttempt",
    "Endorsement",
    "Endpoint",
    "Extension",
    "File",
    "Filing",
    "FilingItem",
    "Follower",
    "IdempotencyKey",
    "Image",
    "Nomination",
    "Notification",
    "Objection",
    "PanelMember",
    "Participation",
    "Plan",
    "PlannedCase",
    "Proposal",
    "Ranking",
    "Recusal",
    "Review",
    "Reviewer",
    "Round",
    "RoundEntry",
    "Session",
    "SignInAttempt",
    "Unit",
    "VersionImage",
    "Versioned",
]
