"""The stored tables. Importing this package registers all of them."""

from app.models.audit import AuditEvent
from app.models.backups import Backup, Restoration
from app.models.base import Base, Versioned
from app.models.commending.awards import Award
from app.models.commending.booklets import Booklet
from app.models.commending.commendations import Commendation
from app.models.commending.objections import Objection
from app.models.events import Follower
from app.models.files import File
from app.models.filing.applications import Application, ApplicationListing, ApplicationVersion
from app.models.filing.attachments import Attachment, VersionAttachment
from app.models.filing.campaigns import Campaign
from app.models.filing.documents import Document
from app.models.filing.earlier_wins import EarlierWin
from app.models.filing.endorsements import Endorsement
from app.models.filing.exemptions import Exemption
from app.models.filing.extensions import Extension
from app.models.filing.filings import Filing, FilingItem, Participation
from app.models.filing.images import Image, VersionImage
from app.models.filing.paper_templates import PaperTemplate
from app.models.filing.partners import Partner
from app.models.filing.plans import Plan, PlannedCase
from app.models.filing.programmes import Programme
from app.models.filing.resemblances import Resemblance, Sketch, sketch_marks
from app.models.filing.swaps import Swap
from app.models.filing.tallies import Tally
from app.models.filing.vetoes import Veto
from app.models.handover.deliveries import Delivery, DeliveryAttempt
from app.models.handover.endpoints import Endpoint
from app.models.handover.grants import Grant
from app.models.handover.nominations import Answer, Nomination
from app.models.idempotency import IdempotencyKey
from app.models.judging.assignments import Assignment
from app.models.judging.composites import Composite
from app.models.judging.conflicts import ConflictDismissal
from app.models.judging.figure_tables import FigureTable
from app.models.judging.proposals import Proposal
from app.models.judging.rankings import Ranking
from app.models.judging.recusals import Recusal
from app.models.judging.reviewers import Reviewer
from app.models.judging.reviews import Review
from app.models.judging.rounds import PanelMember, Round, RoundEntry
from app.models.limits import UploadAllowance
from app.models.notifying.announcements import Announcement, AnnouncementDocument, AnnouncementRecipient
from app.models.notifying.notifications import Notification
from app.models.people.accounts import Account
from app.models.people.committees import Committee
from app.models.people.factors import Factor, PasskeyChallenge, RecoveryCode
from app.models.people.former_names import FormerName
from app.models.people.identities import Identity, LogoutToken, SignOnChallenge
from app.models.people.seats import Seat
from app.models.people.sessions import Session, SignInAttempt
from app.models.people.units import Unit
from app.models.people.vocabularies import Vocabulary

__all__ = [
    "Account",
    "Announcement",
    "AnnouncementDocument",
    "AnnouncementRecipient",
    "Answer",
    "Application",
    "ApplicationListing",
    "ApplicationVersion",
    "Assignment",
    "Attachment",
    "AuditEvent",
    "Award",
    "Backup",
    "Base",
    "Booklet",
    "Campaign",
    "Commendation",
    "Committee",
    "Composite",
    "ConflictDismissal",
    "Delivery",
    "DeliveryAttempt",
    "Document",
    "EarlierWin",
    "Endorsement",
    "Endpoint",
    "Exemption",
    "Extension",
    "Factor",
    "FigureTable",
    "File",
    "Filing",
    "FilingItem",
    "Follower",
    "FormerName",
    "Grant",
    "IdempotencyKey",
    "Identity",
    "Image",
    "LogoutToken",
    "Nomination",
    "Notification",
    "Objection",
    "PanelMember",
    "PaperTemplate",
    "Participation",
    "Partner",
    "PasskeyChallenge",
    "Plan",
    "PlannedCase",
    "Programme",
    "Proposal",
    "Ranking",
    "RecoveryCode",
    "Recusal",
    "Resemblance",
    "Restoration",
    "Review",
    "Reviewer",
    "Round",
    "RoundEntry",
    "Seat",
    "Session",
    "SignInAttempt",
    "SignOnChallenge",
    "Sketch",
    "Swap",
    "Tally",
    "Unit",
    "UploadAllowance",
    "VersionAttachment",
    "VersionImage",
    "Versioned",
    "Veto",
    "Vocabulary",
    "sketch_marks",
]
