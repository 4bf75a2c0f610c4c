"""The closed vocabularies. Codes are what is stored and sent; labels are what a clerk reads."""

from app.models.enums.commending import AwardBasis, AwardStatus, CommendationStatus, ObjectionStatus
from app.models.enums.filing import (
    ApplicationStatus,
    CampaignStatus,
    CheckDecision,
    DeadlineKind,
    DeadlineSource,
    ExtensionCause,
    FileState,
    PlanStatus,
    VersionOccasion,
)
from app.models.enums.handover import AnswerKind, DeliveryFailure, DeliveryStatus, EndpointStatus, NominationStatus
from app.models.enums.judging import (
    AssignmentOrigin,
    ConflictReason,
    ProposalKind,
    ProposalStatus,
    RankingMethod,
    RecusalKind,
    ReviewStatus,
    RoundIntake,
    RoundStatus,
    WithdrawalCause,
)
from app.models.enums.people import AccountStatus, CommitteeKind, HonourLevel, ImportOutcome, OrganisationStatus, Role
from app.models.enums.words import Labelled, Language, Severity
from app.models.enums.working import JobStatus

__all__ = [
    "AccountStatus",
    "AnswerKind",
    "ApplicationStatus",
    "AssignmentOrigin",
    "AwardBasis",
    "AwardStatus",
    "CampaignStatus",
    "CheckDecision",
    "CommendationStatus",
    "CommitteeKind",
    "ConflictReason",
    "DeadlineKind",
    "DeadlineSource",
    "DeliveryFailure",
    "DeliveryStatus",
    "EndpointStatus",
    "ExtensionCause",
    "FileState",
    "HonourLevel",
    "ImportOutcome",
    "JobStatus",
    "Labelled",
    "Language",
    "NominationStatus",
    "ObjectionStatus",
    "OrganisationStatus",
    "PlanStatus",
    "ProposalKind",
    "ProposalStatus",
    "RankingMethod",
    "RecusalKind",
    "ReviewStatus",
    "Role",
    "RoundIntake",
    "RoundStatus",
    "Severity",
    "VersionOccasion",
    "WithdrawalCause",
]
