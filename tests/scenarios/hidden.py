"""From whom each concept is hidden."""

OUTSIDERS = ["other committee", "other unit", "reviewer", "municipal", "anonymous"]
HIDDEN_FROM = {
    "applications": [*OUTSIDERS, "sibling unit", "office"],
    "plans": [*OUTSIDERS, "sibling unit", "office"],
    "filings": [*OUTSIDERS, "sibling unit"],
    "exemptions": [*OUTSIDERS, "sibling unit"],
    "earlier-wins": [*OUTSIDERS, "sibling unit"],
    "extensions": [*OUTSIDERS, "sibling unit"],
    "announcements": [*OUTSIDERS, "sibling unit"],
    "documents": [*OUTSIDERS, "sibling unit"],
    "swaps": [*OUTSIDERS, "sibling unit"],
    "resemblances": [*OUTSIDERS, "sibling unit", "office"],
    "seats": [*OUTSIDERS, "sibling unit"],
    "account": [*OUTSIDERS, "sibling unit", "office"],
    "accounts": [*OUTSIDERS, "sibling unit"],
    "sessions": [*OUTSIDERS, "sibling unit", "office"],
    "units": [*OUTSIDERS, "sibling unit"],
    "committees": OUTSIDERS,
    "campaigns": [*OUTSIDERS, "sibling unit"],
    "programmes": [*OUTSIDERS, "sibling unit"],
}
"""By the first word of an address: an application that was never filed, a draft plan, a campaign not yet published…"""

APPLICANTS = ["unit", "committee", "other unit", "other committee", "reviewer", "public"]
HANDOVER_HIDDEN_FROM = {
    "nominations": ["other unit", "other committee", "reviewer", "public", "another client"],
    "nomination-manifests": [*APPLICANTS, "another client"],
    "grants": [*APPLICANTS, "another client"],
    "deliveries": [*APPLICANTS, "municipal"],
    "endpoints": [*APPLICANTS, "municipal"],
    "jobs": [*APPLICANTS, "municipal"],
}
"""By the first word of an address: a nomination with an answer, and the message of it that waits for its delivery."""
